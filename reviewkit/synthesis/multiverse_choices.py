"""Ready-made choices of a multiverse: model and estimator, studies in or out, outliers, readings of a number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from reviewkit.errors import InputError
from reviewkit.synthesis.diagnostics import outliers
from reviewkit.synthesis.multiverse import Choice, StudyData
from reviewkit.synthesis.pooling import pool

Mask = NDArray[np.bool_]


def standard_settings(
    *,
    models: Sequence[str] = ("random", "common"),
    estimators: Sequence[str] = ("REML", "DL", "PM", "SJ"),
    intervals: Sequence[str] = ("normal", "hk"),
) -> tuple[Choice, ...]:
    """The choices of model, estimator of tau2 and interval that `pool` offers, beside those of the data.

    Examples
    --------
    >>> [choice.name for choice in standard_settings()]
    ['model', 'estimator', 'interval']
    """
    return tuple(
        Choice(name, {value: {keyword: value} for value in values}, "setting")
        for name, keyword, values in (
            ("model", "model", models),
            ("estimator", "tau2", estimators),
            ("interval", "ci", intervals),
        )
    )


def studies_in_or_out(name: str, studies: Sequence[str]) -> Choice:
    """Studies of a kind (at high risk of bias, say), by name, in ('in') or out ('out').

    Names and not positions, since another measure may have lost a study; a name that the data lack changes nothing.

    Raises
    ------
    InputError
        Where no study is named: 'in' and 'out' would be one.
    """
    if not studies:
        raise InputError(f"choice {name!r} names no study.", code="no-study")
    left = frozenset(studies)

    def out(data: StudyData) -> Mask:
        return np.array([study not in left for study in data.studies], dtype=bool)

    return Choice(name, {"in": _everyone, "out": out}, "studies")


def outliers_in_or_out(*, rule: Literal["studentised", "interval"] = "studentised", name: str = "outliers") -> Choice:
    """Outliers of a random-effects pool of the data chosen so far, in ('in') or out ('out'); see `outliers`.

    Below three studies nobody is an outlier.
    """

    def out(data: StudyData) -> Mask:
        if len(data.studies) < 3:
            return _everyone(data)
        odd = outliers(pool(data.yi, data.vi, studies=data.studies), rule=rule)
        return np.array([study not in odd for study in data.studies], dtype=bool)

    return Choice(name, {"in": _everyone, "out": out}, "studies")


def readings(study: str, options: Mapping[str, tuple[float, float]]) -> Choice:
    """Readings of one study's doubtful number: label -> (effect, variance) under that reading.

    Examples
    --------
    >>> readings("Ay 2001", {"SD": (0.4, 0.05), "SE printed as SD": (0.1, 0.02)}).name
    'reading of Ay 2001'
    """
    return Choice(f"reading of {study}", {label: _read(study, numbers) for label, numbers in options.items()}, "data")


def _read(study: str, numbers: tuple[float, float]) -> Any:
    return lambda data: data.with_study(study, *numbers)


def _everyone(data: StudyData) -> Mask:
    return np.ones(data.yi.size, dtype=bool)
