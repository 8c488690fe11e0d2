"""Certainty of the evidence after GRADE: proposals by stated rules, a person's judgement beside each, and wording.

Names are loaded when first used, so that importing this package costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from reviewkit.certainty.evidence import Effect, Evidence, MissingEvidence, Settings, StudyEvidence
    from reviewkit.certainty.information_size import size_for_means, size_for_risks
    from reviewkit.certainty.rating import Judgement, Rating, Step, rate
    from reviewkit.certainty.strong_words import overclaims
    from reviewkit.certainty.wording import Finding, size_class, statement

_MODULES = {
    "evidence": "Effect Evidence MissingEvidence Settings StudyEvidence",
    "information_size": "size_for_means size_for_risks",
    "strong_words": "overclaims",
    "rating": "Judgement Rating Step rate",
    "wording": "Finding size_class statement",
}
_HOME = {name: module for module, names in _MODULES.items() for name in names.split()}

__all__ = [
    "Effect", "Evidence", "Finding", "Judgement", "MissingEvidence", "Rating", "Settings", "Step", "StudyEvidence",
    "overclaims", "rate", "size_class", "size_for_means", "size_for_risks", "statement",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
