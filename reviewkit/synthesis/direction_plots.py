"""Data of the plots that stand in for a forest plot: the effect-direction plot and the albatross plot.

Thomson HJ, Thomas S. Res Synth Methods 2013;4:95-101. doi:10.1002/jrsm.1060, revised by Boon MH, Thomson H. Res Synth
Methods 2021;12:29-33. doi:10.1002/jrsm.1458. Harrison S et al. Res Synth Methods 2017;8:281-289.
doi:10.1002/jrsm.1239.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Literal

from scipy.special import ndtri

from reviewkit.errors import InputError
from reviewkit.synthesis.direction import (
    DirectedStudy,
    Direction,
    DirectionSynthesis,
    combined_direction,
    direction_synthesis,
)

SYMBOLS: dict[Direction, str] = {"benefit": "▲", "harm": "▼", "no difference": "◄►", "unclear": "◄►"}
ContourMeasure = Literal["SMD", "COR", "OR", "RR"]


@dataclass(frozen=True, slots=True)
class OutcomeDirection:
    """Direction of one outcome in one study, and the outcome domain (a column of the plot) it belongs to."""

    study: str
    domain: str
    outcome: str
    direction: Direction
    n: int | None = None
    risk_of_bias: str = ""


@dataclass(frozen=True, slots=True)
class DirectionCell:
    """One study in one domain: the combined direction, its arrow, and how many of its outcomes it rests on.

    ``size`` is 'large' above 300 participants, 'medium' from 50, else 'small'; '' where n is not stated.
    """

    study: str
    domain: str
    direction: Direction
    symbol: str
    outcomes: int
    n: int | None
    size: str
    risk_of_bias: str


@dataclass(frozen=True, slots=True)
class EffectDirectionPlot:
    """Studies down, domains across; ``syntheses`` holds the vote count of each domain in the same order."""

    studies: tuple[str, ...]
    domains: tuple[str, ...]
    cells: tuple[DirectionCell, ...]
    syntheses: tuple[DirectionSynthesis, ...]

    @property
    def k(self) -> int:
        """Studies in the plot."""
        return len(self.studies)

    def as_dict(self) -> dict[str, object]:
        """Plain JSON values, with the sentence."""
        return {
            "studies": list(self.studies),
            "domains": list(self.domains),
            "cells": [asdict(cell) for cell in self.cells],
            "syntheses": [one.as_dict() for one in self.syntheses],
            "sentence": str(self),
        }

    def __str__(self) -> str:
        return " ".join(map(str, self.syntheses)) or "No study, so nothing to plot."


def effect_direction_plot(rows: Iterable[OutcomeDirection], *, share: float = 0.7) -> EffectDirectionPlot:
    """Combine the outcomes of each study within a domain and lay them out.

    Parameters
    ----------
    rows : iterable of OutcomeDirection
        In any order; studies and domains keep the order in which they first appear. May be empty.
    share : float
        Share of a study's outcomes of a domain that have to agree, see `combined_direction`.

    Raises
    ------
    InputError
        For an unknown direction or an n below 1, naming the study.

    Examples
    --------
    >>> plot = effect_direction_plot([
    ...     OutcomeDirection("Ay", "fatigue", "FSS", "benefit", n=400),
    ...     OutcomeDirection("Ay", "fatigue", "MFIS", "harm", n=400)])
    >>> plot.cells[0].direction, plot.cells[0].symbol, plot.cells[0].size
    ('unclear', '◄►', 'large')
    """
    given = tuple(rows)
    studies = tuple(dict.fromkeys(row.study for row in given))
    domains = tuple(dict.fromkeys(row.domain for row in given))
    cells = []
    for domain in domains:
        for study in studies:
            here = [row for row in given if row.study == study and row.domain == domain]
            if here:
                cells.append(_cell(here, share))
    syntheses = tuple(
        direction_synthesis(
            [DirectedStudy(c.study, c.direction, c.n, None, c.risk_of_bias) for c in cells if c.domain == domain],
            outcome=domain,
        )
        for domain in domains
    )
    return EffectDirectionPlot(studies, domains, tuple(cells), syntheses)


def _cell(rows: Sequence[OutcomeDirection], share: float) -> DirectionCell:
    try:
        direction = combined_direction([row.direction for row in rows], share=share)
    except InputError as error:
        raise InputError(f"study {rows[0].study}: {error}", code=error.problems[0].code) from None
    known = [row.n for row in rows if row.n is not None]
    n = max(known) if known else None
    size = "" if n is None else "large" if n > 300 else "medium" if n >= 50 else "small"
    bias = " / ".join(dict.fromkeys(row.risk_of_bias for row in rows if row.risk_of_bias))
    return DirectionCell(rows[0].study, rows[0].domain, direction, SYMBOLS[direction], len(rows), n, size, bias)


@dataclass(frozen=True, slots=True)
class AlbatrossPoint:
    """One study: n up, and across -log10 p to the right for benefit, to the left for harm."""

    study: str
    n: int
    p: float
    direction: Direction
    x: float


@dataclass(frozen=True, slots=True)
class AlbatrossPlot:
    """Points, contours of equal effect as (p, n) pairs by size of effect, and the studies that cannot be drawn."""

    points: tuple[AlbatrossPoint, ...]
    measure: ContourMeasure
    contours: tuple[tuple[float, tuple[tuple[float, float], ...]], ...]
    left_out: tuple[tuple[str, str], ...]

    @property
    def k(self) -> int:
        """Studies drawn."""
        return len(self.points)

    def as_dict(self) -> dict[str, object]:
        """Plain JSON values, with the sentence."""
        return {**asdict(self), "sentence": str(self)}

    def __str__(self) -> str:
        left = "; ".join(f"{study}: {reason}" for study, reason in self.left_out)
        return f"{self.k} studies drawn by p value and size{f'; left out: {left}' if left else ''}."


def albatross_plot(
    studies: Iterable[DirectedStudy],
    *,
    measure: ContourMeasure = "SMD",
    effects: Sequence[float] = (0.1, 0.25, 0.5),
    baseline_risk: float | None = None,
    ratio: float = 1.0,
) -> AlbatrossPlot:
    """Points of studies with a p value, a size and a direction, and contours of equal effect.

    Parameters
    ----------
    studies : iterable of DirectedStudy
        Those without p or n, with an unclear direction or p = 0 are listed in ``left_out`` with the reason.
    measure : {'SMD', 'COR', 'OR', 'RR'}
        Of the contours.
    effects : sequence of float
        Sizes to draw: SMD or correlation above 0, ratio above 0 and not 1.
    baseline_risk : float, optional
        Comparator risk in (0, 1), needed for OR and RR.
    ratio : float
        Participants of the intervention group for each one of the comparator.

    Raises
    ------
    InputError
        For an effect that has no contour, or a baseline risk missing or out of range.
    """
    rows = direction_synthesis(studies).studies
    points, left_out = [], []
    for row in rows:
        if reason := _why_not(row):
            left_out.append((row.study, reason))
        elif row.p is not None and row.n is not None:
            side = {"benefit": 1.0, "harm": -1.0}.get(row.direction, 0.0)
            points.append(AlbatrossPoint(row.study, row.n, row.p, row.direction, side * -math.log10(row.p)))
    grid = [10 ** (-i / 10) for i in range(1, 101)]
    contours = tuple(
        (effect, tuple((p, contour_size(p, effect, measure, baseline_risk=baseline_risk, ratio=ratio)) for p in grid))
        for effect in effects
    )
    return AlbatrossPlot(tuple(points), measure, contours, tuple(left_out))


def contour_size(
    p: float, effect: float, measure: ContourMeasure, *, baseline_risk: float | None = None, ratio: float = 1.0
) -> float:
    """Participants in all with which an effect of this size has this two-sided p value: z squared times its variance.

    Examples
    --------
    >>> round(contour_size(0.05, 0.5, "SMD"))
    63
    """
    z = float(-ndtri(p / 2))
    if not ratio > 0:
        raise InputError(f"ratio = {ratio}: must be above 0.", code="bad-ratio")
    if measure == "COR":
        if not 0 < abs(effect) < 1:
            raise InputError(f"correlation = {effect}: must lie between 0 and 1, neither included.", code="bad-effect")
        return 3 + (z / math.atanh(effect)) ** 2
    if measure == "SMD":
        if effect == 0:
            raise InputError("SMD = 0 has no contour.", code="bad-effect")
        return (z / effect) ** 2 * ((ratio + 1) ** 2 / ratio + effect**2 / 2)
    if not effect > 0 or effect == 1:
        raise InputError(f"{measure} = {effect}: must be above 0 and not 1.", code="bad-effect")
    return (z / math.log(effect)) ** 2 * _ratio_variance(effect, measure, baseline_risk, ratio)


def _ratio_variance(effect: float, measure: ContourMeasure, baseline_risk: float | None, ratio: float) -> float:
    """Variance of the log ratio times the number of participants."""
    if baseline_risk is None or not 0 < baseline_risk < 1:
        raise InputError(f"baseline risk = {baseline_risk}: {measure} needs one within (0, 1).", code="bad-risk")
    odds = effect * baseline_risk / (1 - baseline_risk)
    risk = odds / (1 + odds) if measure == "OR" else effect * baseline_risk
    if not risk < 1:
        raise InputError(f"RR = {effect} at a baseline risk of {baseline_risk} is no risk.", code="bad-effect")
    treated, compared = ratio / (1 + ratio), 1 / (1 + ratio)
    if measure == "OR":
        return 1 / (treated * risk * (1 - risk)) + 1 / (compared * baseline_risk * (1 - baseline_risk))
    return (1 - risk) / (treated * risk) + (1 - baseline_risk) / (compared * baseline_risk)


def _why_not(row: DirectedStudy) -> str:
    if row.p is None:
        return "no p value"
    if row.n is None:
        return "no sample size"
    if row.direction == "unclear":
        return "no clear direction"
    return "p = 0: give the bound that the report prints" if row.p == 0 else ""
