"""Oracle kinds of models for counts and of regression models; ``spec`` is read by its words, ``expected`` never."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.oracle import adapters_counts, adapters_dependence, adapters_regression, adapters_tables
from tests.oracle.adapters_regression import edge_regression
from tests.oracle.case import Case, Result

__all__ = ["KINDS", "edge_regression"]

KINDS: dict[str, Callable[[Case, Result], Any]] = {
    **adapters_tables.KINDS,
    **adapters_counts.KINDS,
    **adapters_regression.KINDS,
    **adapters_dependence.KINDS,
}
