"""Effect sizes from 2x2 tables: two groups, or one group measured twice (matched pairs).

Notation: ai events and bi non-events in group 1, ci events and di non-events in group 2. For matched pairs the four
cells are the pairs (yes-yes, yes-no, no-yes, no-no).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from reviewkit.effects.core import BoolArray, Estimate, FloatArray
from reviewkit.effects.inputs import Reader
from reviewkit.effects.options import Options

Pair = tuple[FloatArray, FloatArray]


@dataclass(frozen=True, slots=True)
class Table:
    """The cells of all studies, after any continuity correction."""

    a: FloatArray
    b: FloatArray
    c: FloatArray
    d: FloatArray

    @property
    def n1(self) -> FloatArray:
        return self.a + self.b

    @property
    def n2(self) -> FloatArray:
        return self.c + self.d

    @property
    def n(self) -> FloatArray:
        return self.n1 + self.n2

    @property
    def p1(self) -> FloatArray:
        return self.a / self.n1

    @property
    def p2(self) -> FloatArray:
        return self.c / self.n2


def two_by_two(measure: str, reader: Reader, options: Options) -> Estimate:
    """Compute a measure of ``TWO_BY_TWO`` from ai bi ci di, or from ai n1i ci n2i."""
    raw = read_table(reader)
    double_zero = ((raw.a == 0) & (raw.c == 0)) | ((raw.b == 0) & (raw.d == 0))
    if options.zero.drop00:
        reader.note(double_zero, "the same in everybody of both groups: no events, or nothing but events (drop00)")
    table = Table(*options.zero.adjust(raw.a, raw.b, raw.c, raw.d))
    with np.errstate(divide="ignore", invalid="ignore"):
        yi, vi = TWO_BY_TWO[measure](table, options.variance)
    with np.errstate(invalid="ignore"):
        undefined = ~np.isfinite(yi) | ~np.isfinite(vi)
    reader.note(undefined & double_zero, "no events, or nothing but events, in both groups, and nothing was added")
    reader.note(undefined, "a cell is zero and nothing was added: the estimate or its variance is infinite")
    return Estimate(yi, vi, reader.reasons, options.zero.notes(raw.a, raw.b, raw.c, raw.d))


def read_table(reader: Reader) -> Table:
    """The four cells; totals fill in missing non-events, and totals that contradict the cells are refused."""
    given = reader.take({"ai": "count", "ci": "count"})
    b = _non_events(reader, "ai", given["ai"], "bi", "n1i")
    d = _non_events(reader, "ci", given["ci"], "di", "n2i")
    reader.finish()
    return Table(given["ai"], b, given["ci"], d)


def _non_events(reader: Reader, events_name: str, events: FloatArray, cell: str, total: str) -> FloatArray:
    reader.need_one_of(cell, total)
    cells, totals = reader.optional(cell, "count"), reader.optional(total, "people")
    reader.refuse(
        events > totals,
        lambda i: f"{events_name} = {events[i]:g} is more events than the {total} = {totals[i]:g} people.",
        "events-over-n",
        "Count people with an event, not events; or use person-time (IRR).",
    )
    reader.refuse(
        (events <= totals) & (np.abs(events + cells - totals) > 1e-9 * np.abs(totals)),
        lambda i: f"{events_name} + {cell} = {events[i] + cells[i]:g} but {total} = {totals[i]:g}.",
        "contradicting-totals",
    )
    reader.refuse(
        np.isnan(totals) & (events + cells == 0),
        lambda i: f"{events_name} and {cell} are both 0: nobody is in the group.",
        "bad-n",
    )
    others = np.where(np.isnan(cells), totals - events, cells)
    reader.note(np.isnan(others), f"neither {cell} nor {total} is reported")
    return others


def _weighted_mean(values: FloatArray, weights: FloatArray) -> float:
    known: BoolArray = np.isfinite(values) & np.isfinite(weights)
    return float(np.sum(values[known] * weights[known]) / np.sum(weights[known])) if known.any() else float("nan")


def _risk_ratio(t: Table, variance: str) -> Pair:
    yi = np.log(t.p1) - np.log(t.p2)
    if variance == "AV":
        p1, p2 = _weighted_mean(t.p1, t.n1), _weighted_mean(t.p2, t.n2)
        return yi, (1 - p1) / (p1 * t.n1) + (1 - p2) / (p2 * t.n2)
    return yi, 1 / t.a - 1 / t.n1 + 1 / t.c - 1 / t.n2


def _odds_ratio(t: Table, variance: str) -> Pair:
    yi = np.log(t.a / t.b) - np.log(t.c / t.d)
    if variance == "AV":
        p1, p2 = _weighted_mean(t.p1, t.n1), _weighted_mean(t.p2, t.n2)
        return yi, 1 / (p1 * (1 - p1) * t.n1) + 1 / (p2 * (1 - p2) * t.n2)
    return yi, 1 / t.a + 1 / t.b + 1 / t.c + 1 / t.d


def _risk_difference(t: Table, variance: str) -> Pair:
    yi = t.p1 - t.p2
    if variance == "UB":
        return yi, t.p1 * (1 - t.p1) / (t.n1 - 1) + t.p2 * (1 - t.p2) / (t.n2 - 1)
    if variance == "AV":
        p1, p2 = _weighted_mean(t.p1, t.n1), _weighted_mean(t.p2, t.n2)
        return yi, p1 * (1 - p1) / t.n1 + p2 * (1 - p2) / t.n2
    return yi, t.p1 * (1 - t.p1) / t.n1 + t.p2 * (1 - t.p2) / t.n2


def _peto(t: Table, variance: str) -> Pair:
    events, others = t.a + t.c, t.b + t.d
    expected = events * t.n1 / t.n
    hypergeometric = events * others * (t.n1 / t.n) * (t.n2 / t.n) / (t.n - 1)
    return (t.a - expected) / hypergeometric, 1 / hypergeometric


def _arcsine(t: Table, variance: str) -> Pair:
    return np.arcsin(np.sqrt(t.p1)) - np.arcsin(np.sqrt(t.p2)), 1 / (4 * t.n1) + 1 / (4 * t.n2)


def _phi(t: Table, variance: str) -> Pair:
    rows, columns = t.n1 * t.n2, (t.a + t.c) * (t.b + t.d)
    yi = (t.a * t.d - t.b * t.c) / np.sqrt(rows * columns)
    if variance == "ST":
        return yi, _phi_stratified(t)
    row_gap, column_gap = (t.n1 - t.n2) / t.n, (t.a + t.c - t.b - t.d) / t.n
    row, column = rows / t.n**2, columns / t.n**2
    skew = yi * (1 + yi**2 / 2) * row_gap * column_gap / np.sqrt(row * column)
    spread = 0.75 * yi**2 * (row_gap**2 / row + column_gap**2 / column)
    return yi, (1 - yi**2 + skew - spread) / t.n


def _phi_stratified(t: Table) -> FloatArray:
    """Delta-method variance with both group sizes fixed by design."""
    n1, n2, p1, p2 = t.n1, t.n2, t.p1, t.p2
    share1, share2 = n1 / t.n, n2 / t.n
    mean = share1 * p1 + share2 * p2
    spread = mean * (1 - mean)
    scale = np.sqrt(share1 * share2)
    bend = (p1 - p2) * (1 - 2 * mean) / (2 * spread)
    slope1, slope2 = (1 - share1 * bend), (-1 - share2 * bend)
    return np.asarray(scale**2 / spread * (slope1**2 * p1 * (1 - p1) / n1 + slope2**2 * p2 * (1 - p2) / n2))


def _phi_z(t: Table, variance: str) -> Pair:
    yi, vi = _phi(t, variance)
    return np.arctanh(yi), vi / (1 - np.minimum(yi**2, 1)) ** 2


def _yule_q(t: Table, variance: str) -> Pair:
    odds = (t.a * t.d) / (t.b * t.c)
    yi = (odds - 1) / (odds + 1)
    return yi, (1 - yi**2) ** 2 / 4 * (1 / t.a + 1 / t.b + 1 / t.c + 1 / t.d)


def _yule_y(t: Table, variance: str) -> Pair:
    root = np.sqrt((t.a * t.d) / (t.b * t.c))
    yi = (root - 1) / (root + 1)
    return yi, (1 - yi**2) ** 2 / 16 * (1 / t.a + 1 / t.b + 1 / t.c + 1 / t.d)


def _probit(t: Table, variance: str) -> Pair:
    z1, z2 = ndtri(t.p1), ndtri(t.p2)
    part1 = t.p1 * (1 - t.p1) * np.exp(z1**2) / t.n1
    part2 = t.p2 * (1 - t.p2) * np.exp(z2**2) / t.n2
    return z1 - z2, 2 * np.pi * (part1 + part2)


def _scaled_odds_ratio(factor: float) -> Callable[[Table, str], Pair]:
    def scaled(t: Table, variance: str) -> Pair:
        yi, vi = _odds_ratio(t, "LS")
        return yi * factor, vi * factor**2

    return scaled


def _paired_difference(t: Table, variance: str) -> Pair:
    p12, p21 = t.b / t.n, t.c / t.n
    return p12 - p21, (p12 * (1 - p12) + 2 * p12 * p21 + p21 * (1 - p21)) / t.n


def _paired_risk_ratio(t: Table, variance: str) -> Pair:
    row, column = t.n1 / t.n, (t.a + t.c) / t.n
    return np.log(row) - np.log(column), (t.b + t.c) / t.n / (t.n * row * column)


def _paired_odds_ratio(t: Table, variance: str) -> Pair:
    row, column = t.n1 / t.n, (t.a + t.c) / t.n
    p12, p21 = t.b / t.n, t.c / t.n
    spread = p12 * (1 - p12) + p21 * (1 - p21) + 2 * p12 * p21
    yi = np.log(row / (1 - row)) - np.log(column / (1 - column))
    return yi, spread / (t.n * row * (1 - row) * column * (1 - column))


def _conditional_odds_ratio(t: Table, variance: str) -> Pair:
    return np.log(t.b) - np.log(t.c), 1 / t.b + 1 / t.c


def _paired_peto(t: Table, variance: str) -> Pair:
    spread = (t.b + t.c) / 4
    return (t.b - (t.b + t.c) / 2) / spread, 1 / spread


TWO_BY_TWO: Mapping[str, Callable[[Table, str], Pair]] = {
    "RR": _risk_ratio,
    "OR": _odds_ratio,
    "RD": _risk_difference,
    "PETO": _peto,
    "AS": _arcsine,
    "PHI": _phi,
    "ZPHI": _phi_z,
    "YUQ": _yule_q,
    "YUY": _yule_y,
    "PBIT": _probit,
    "OR2D": _scaled_odds_ratio(np.sqrt(3) / np.pi),
    "OR2DL": _scaled_odds_ratio(np.sqrt(3) / np.pi),
    "OR2DN": _scaled_odds_ratio(1 / 1.65),
    "MPRD": _paired_difference,
    "MPRR": _paired_risk_ratio,
    "MPOR": _paired_odds_ratio,
    "MPORC": _conditional_odds_ratio,
    "MPPETO": _paired_peto,
}
