"""The multiverse: the conclusion under every defensible analysis, not only under the one that was chosen.

Every combination of the options of every choice is carried out. Combinations that come to the same analysis (an
estimator of tau2 under a common effect) are shown but count once. What cannot be carried out is shown with its reason.

Steegen S et al. Perspect Psychol Sci 2016;11:702-712. doi:10.1177/1745691616658637. Simonsohn U et al. Nat Hum Behav
2020;4:1208-1214. doi:10.1038/s41562-020-0912-z. Voracek M et al. Z Psychol 2019;227:64-82.
doi:10.1027/2151-2604/a000357 (in meta-analysis).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import ArrayLike

from reviewkit.errors import InputError
from reviewkit.synthesis.batch import pool_many
from reviewkit.synthesis.inputs import Array, check_choice, check_studies
from reviewkit.synthesis.multiverse_result import Conclusion, Multiverse, MultiverseRow
from reviewkit.synthesis.pooling import pool

ChoiceKind = Literal["data", "studies", "setting"]


@dataclass(frozen=True, slots=True, eq=False)
class StudyData:
    """What is pooled: effects and variances of shape (k,), names, and the measure (which tells the scale)."""

    yi: Array
    vi: Array
    studies: tuple[str, ...]
    measure: str = "GEN"

    @classmethod
    def of(
        cls, yi: ArrayLike, vi: ArrayLike, *, studies: Sequence[str] | None = None, measure: str = "GEN"
    ) -> StudyData:
        """Checked data; raises `InputError` naming the study that is wrong."""
        data = check_studies(yi, vi, studies)
        return cls(data.yi, data.vi, data.names, measure)

    def with_study(self, study: str, yi: float, vi: float) -> StudyData:
        """The same with other numbers for one study: another reading of a doubtful number."""
        if study not in self.studies:
            raise InputError(f"study {study}: not among the studies.", code="unknown-study")
        here = self.studies.index(study)
        new_yi, new_vi = self.yi.copy(), self.vi.copy()
        new_yi[here], new_vi[here] = yi, vi
        return StudyData.of(new_yi, new_vi, studies=self.studies, measure=self.measure)

    def keep(self, mask: ArrayLike) -> StudyData:
        """The studies for which ``mask``, shape (k,), is true."""
        kept = np.asarray(mask, dtype=bool)
        if kept.shape != self.yi.shape:
            raise InputError(f"mask has shape {kept.shape} for {self.yi.size} studies.", code="length-mismatch")
        names = tuple(name for name, k in zip(self.studies, kept.tolist(), strict=True) if k)
        return StudyData(self.yi[kept], self.vi[kept], names, self.measure)


class Analysis(Protocol):
    """What an analysis must return; `Pooled` does."""

    @property
    def k(self) -> int: ...
    @property
    def estimate(self) -> float: ...
    @property
    def ci_low(self) -> float: ...
    @property
    def ci_high(self) -> float: ...
    @property
    def p(self) -> float: ...


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """One decision and its defensible options.

    Attributes
    ----------
    name : str
        Such as 'estimator' or 'high risk of bias'.
    options : mapping of str to value
        What a value is, depends on ``kind``. 'data': a `StudyData` (measure, imputed correlation), or a function from
        `StudyData` to `StudyData` (one reading of a number or the other). 'studies': a mask of shape (k,), True for
        the studies that stay, or a function from `StudyData` to one (outliers). 'setting': a mapping of keyword
        arguments of the analysis, such as ``{"tau2": "DL"}``.
    kind : {'data', 'studies', 'setting'}
        Data are chosen first, in the order of the choices, then studies, then settings.
    """

    name: str
    options: Mapping[str, Any]
    kind: ChoiceKind

    def __post_init__(self) -> None:
        check_choice("kind", self.kind, ChoiceKind)
        if not self.options:
            raise InputError(f"choice {self.name!r} has no option.", code="no-option")


def run_multiverse(
    data: StudyData,
    choices: Sequence[Choice],
    *,
    conclusion: Conclusion | None = None,
    chosen: Mapping[str, str] | None = None,
    analyse: Callable[..., Analysis] | None = None,
    limit: int = 20_000,
) -> Multiverse:
    """Carry out every combination of the options.

    Parameters
    ----------
    data : StudyData
        Where the choices start from.
    choices : sequence of Choice
        Names must differ.
    conclusion : Conclusion, optional
        What an analysis has to show to support the conclusion; without it, what the chosen analysis shows (an
        interval above or below 0, or one that includes 0).
    chosen : mapping of str to str, optional
        Option of each choice that the review's own analysis uses; the first of each without it.
    analyse : callable, optional
        ``analyse(data, **settings)`` returning estimate, ci_low, ci_high, p and k; `pool` without it.
    limit : int
        Refuse more combinations than this.

    Raises
    ------
    InputError
        For two choices of one name, an option that is not there, too many combinations, or a chosen analysis that
        cannot be carried out while no conclusion is given.

    Examples
    --------
    >>> data = StudyData.of([-0.9, -1.5, -0.4, -0.2], [0.3, 0.2, 0.02, 0.05], measure="RR")
    >>> result = run_multiverse(
    ...     data,
    ...     [
    ...         Choice("model", {"random": {"model": "random"}, "common": {"model": "common"}}, "setting"),
    ...         Choice("estimator", {"REML": {"tau2": "REML"}, "DL": {"tau2": "DL"}}, "setting"),
    ...         Choice("second study", {"in": [True] * 4, "out": [True, False, True, True]}, "studies"),
    ...     ],
    ...     conclusion=Conclusion("below"),
    ... )
    >>> result.n, result.n_distinct
    (8, 6)
    """
    _check_choices(choices, limit)
    own = _chosen(choices, chosen or {})
    plans = [_plan(data, choices, labels) for labels in product(*(choice.options for choice in choices))]
    results = _carry_out(plans, analyse)
    first: dict[_Mark, int] = {}
    rows: list[MultiverseRow] = []
    for position, plan in enumerate(plans):
        row = replace(plan.row, chosen=tuple(plan.row.choices.values()) == own)
        if plan.data is not None:
            earlier = first.setdefault(plan.mark, position)
            same_as = earlier if earlier < position else None
            row = replace(row, **results[plan.mark], duplicate_of=same_as)
        rows.append(row)
    here = next(row for row in rows if row.chosen)
    if conclusion is None:
        if here.error:
            raise InputError(
                f"the chosen analysis cannot be carried out: {here.error}",
                code="chosen-analysis",
                remedy="Name another with chosen=, or state the conclusion.",
            )
        conclusion = Conclusion.of(here)
    judged = tuple(replace(row, supports=conclusion.holds(row)) for row in rows)
    return Multiverse({choice.name: tuple(choice.options) for choice in choices}, judged, conclusion)


_Mark = tuple[bytes, tuple[tuple[str, str], ...]]
_BATCHED = frozenset({"model", "tau2", "ci", "level"})


@dataclass(frozen=True, slots=True, eq=False)
class _Plan:
    """One combination: what goes in, or (data None) why nothing can."""

    row: MultiverseRow
    data: StudyData | None
    settings: dict[str, Any]
    mark: _Mark


def _plan(start: StudyData, choices: Sequence[Choice], labels: Sequence[str]) -> _Plan:
    picked = dict(zip((choice.name for choice in choices), labels, strict=True))
    settings = _settings(choices, labels)
    try:
        data = _assemble(start, choices, labels)
    except InputError as error:
        return _Plan(MultiverseRow(picked, start.measure, error=str(error)), None, settings, (b"", ()))
    # Under a common effect no estimator of tau2 is used, so combinations that differ by it alone are one analysis.
    used = {k: v for k, v in settings.items() if not (settings.get("model") == "common" and k == "tau2")}
    numbers = data.yi.tobytes() + data.vi.tobytes() + "|".join((data.measure, *data.studies)).encode()
    mark = (numbers, tuple(sorted((k, repr(v)) for k, v in used.items())))
    return _Plan(MultiverseRow(picked, data.measure), data, settings, mark)


def _carry_out(plans: Sequence[_Plan], analyse: Callable[..., Analysis] | None) -> dict[_Mark, dict[str, Any]]:
    """The numbers of each different analysis; those that `pool_many` can do, setting by setting, all at once."""
    groups: dict[tuple[tuple[str, str], ...], dict[_Mark, _Plan]] = {}
    for plan in plans:
        if plan.data is not None:
            groups.setdefault(plan.mark[1], {}).setdefault(plan.mark, plan)
    results: dict[_Mark, dict[str, Any]] = {}
    for group in groups.values():
        settings = next(iter(group.values())).settings
        if analyse is None and "ci" in settings and set(settings) <= _BATCHED:
            results.update(_together(group, settings))
        else:
            results.update({mark: _alone(plan, analyse or _pool) for mark, plan in group.items()})
    return results


def _together(group: dict[_Mark, _Plan], settings: dict[str, Any]) -> dict[_Mark, dict[str, Any]]:
    sets = [plan.data for plan in group.values() if plan.data is not None]
    try:
        many = pool_many([data.yi for data in sets], [data.vi for data in sets], **settings)
    except InputError as error:
        return {mark: {"error": str(error)} for mark in group}
    columns = (many.k, many.estimate, many.ci_low, many.ci_high, many.p, many.tau2)
    found = [_numbers(*values) for values in zip(*(column.tolist() for column in columns), strict=True)]
    return dict(zip(group, found, strict=True))


def _alone(plan: _Plan, analyse: Callable[..., Analysis]) -> dict[str, Any]:
    try:
        got = analyse(plan.data, **plan.settings)
    except InputError as error:
        return {"error": str(error)}
    return _numbers(got.k, got.estimate, got.ci_low, got.ci_high, got.p, getattr(got, "tau2", None))


def _numbers(k: int, estimate: float, low: float, high: float, p: float, tau2: float | None) -> dict[str, Any]:
    if not all(math.isfinite(number) for number in (estimate, low, high, p)):
        return {"k": int(k), "error": "the analysis gave no finite number."}
    known = tau2 if tau2 is not None and math.isfinite(tau2) else None
    return {"k": int(k), "estimate": estimate, "ci_low": low, "ci_high": high, "p": p, "tau2": known}


def _pool(data: StudyData, **settings: Any) -> Analysis:
    return pool(data.yi, data.vi, studies=data.studies, measure=data.measure, **settings)


def _assemble(start: StudyData, choices: Sequence[Choice], labels: Sequence[str]) -> StudyData:
    data, masks = start, []
    for choice, label in zip(choices, labels, strict=True):
        if choice.kind == "data":
            value = choice.options[label]
            data = value(data) if callable(value) else value
    for choice, label in zip(choices, labels, strict=True):
        if choice.kind == "studies":
            value = choice.options[label]
            masks.append(np.asarray(value(data) if callable(value) else value, dtype=bool))
    for mask in masks:
        if mask.shape != data.yi.shape:
            raise InputError(f"mask has shape {mask.shape} for {data.yi.size} studies.", code="length-mismatch")
    data = data.keep(np.logical_and.reduce(masks)) if masks else data
    if data.yi.size == 0:
        raise InputError("no study is left.", code="no-study")
    check_studies(data.yi, data.vi, data.studies)
    return data


def _settings(choices: Sequence[Choice], labels: Sequence[str]) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for choice, label in zip(choices, labels, strict=True):
        if choice.kind == "setting":
            merged.update(choice.options[label])
    return merged


def _check_choices(choices: Sequence[Choice], limit: int) -> None:
    names = [choice.name for choice in choices]
    if twice := {name for name in names if names.count(name) > 1}:
        raise InputError(f"choice {sorted(twice)[0]!r} is there twice: names must differ.", code="choice-twice")
    combinations = math.prod(len(choice.options) for choice in choices)
    if combinations > limit:
        raise InputError(
            f"{combinations} combinations: more than the limit of {limit}.",
            code="too-many-combinations",
            remedy="Drop options that nobody would defend, or raise the limit.",
        )


def _chosen(choices: Sequence[Choice], chosen: Mapping[str, str]) -> tuple[str, ...]:
    by_name = {choice.name: choice for choice in choices}
    for name, label in chosen.items():
        if name not in by_name or label not in by_name[name].options:
            raise InputError(f"chosen {name!r} = {label!r}: no such choice or option.", code="unknown-option")
    return tuple(chosen.get(choice.name, next(iter(choice.options))) for choice in choices)
