"""GRIM and GRIMMER: can whole scores of n people give the printed mean and SD?

References
----------
Brown & Heathers 2017 (GRIM) 10.1177/1948550616673876; Anaya 2016 (GRIMMER) 10.7287/peerj.preprints.2400v1;
Allard 2018 (analytic GRIMMER). Intervals are closed at both ends, so every rounding rule is allowed.
"""

from __future__ import annotations

import math

from reviewkit.numbers import plain
from reviewkit.trust.findings import make_finding, where
from reviewkit.trust.layout import Block, metric_of
from reviewkit.trust.printed import Printed, Span
from reviewkit.trust.rows import ArmRow, Finding

_NOISE = 1e-7
_FEASIBLE_SUMS = 400


def score_steps(row: ArmRow) -> float | None:
    """Score steps per point for a row that GRIM applies to, else ``None``.

    Final and change values of stepped instruments count; imputed, adjusted and log-scale means do not, nor do
    values outside the declared range (another metric or a misplaced decimal point is then the likelier fault).
    """
    if row.value_type not in {"final", "change"} or row.mean is None or not row.n:
        return None
    note = row.noted
    metric = metric_of(row)
    if metric is None or metric.steps is None or note.imputed or note.adjusted or note.log:
        return None
    if row.value_type == "final" and not metric.low <= row.mean.value <= metric.high:
        return None
    return metric.steps


def possible_sums(mean: Printed, n: int, steps: float) -> range:
    """The whole sums of score steps whose mean rounds to the printed one (empty: GRIM fails)."""
    low, high = mean.span.low * n * steps, mean.span.high * n * steps
    return range(math.ceil(low - _NOISE), math.floor(high + _NOISE) + 1)


def nearest_means(mean: Printed, n: int, steps: float) -> tuple[Printed, Printed]:
    """The possible means below and above an impossible one, the nearer first, at the printed decimals."""
    total = mean.value * n * steps
    found = sorted((math.floor(total), math.ceil(total)), key=lambda whole: abs(whole - total))
    below, above = (Printed(round(whole / (n * steps), mean.decimals), mean.decimals) for whole in found)
    return below, above


def _squares_fit(total: int, n: int, variance: Span, denominator: int) -> bool:
    """Whether a whole sum of squares, of the parity of the sum, lies in what the SD allows."""
    floor_square = total * total / n
    low = max(variance.low * denominator + floor_square, _least_squares(total, n))
    high = variance.high * denominator + floor_square
    first = math.ceil(low - _NOISE * max(1.0, low))
    if (first - total) % 2:
        first += 1
    return first <= high + _NOISE * max(1.0, high)


def _least_squares(total: int, n: int) -> float:
    """The least sum of squares of n whole numbers with this sum."""
    share, rest = divmod(total, n)
    return (n - rest) * share**2 + rest * (share + 1) ** 2


def sd_fits_whole_scores(mean: Printed, sd: Printed, n: int, steps: float) -> bool:
    """GRIMMER: whether n whole-step scores can give mean and SD (denominator n - 1 or n) together."""
    sums = possible_sums(mean, n, steps)
    if len(sums) > _FEASIBLE_SUMS:
        return True
    low, high = max(sd.span.low, 0.0) * steps, sd.span.high * steps
    variance = Span(low**2, high**2)
    return any(_squares_fit(total, n, variance, d) for total in sums for d in (n - 1, n) if d > 0)


def nearest_sds(mean: Printed, sd: Printed, n: int, steps: float, *, reach: int = 40) -> list[Printed]:
    """The possible SDs next to an impossible one, nearest first, at most one on each side."""
    found = []
    for sign in (-1, 1):
        for far in range(1, reach + 1):
            value = sd.value + sign * far * 10.0**-sd.decimals
            candidate = Printed(round(value, sd.decimals), sd.decimals)
            if value >= 0 and sd_fits_whole_scores(mean, candidate, n, steps):
                found.append(candidate)
                break
    return sorted(found, key=lambda candidate: abs(candidate.value - sd.value))


def check_grim(block: Block) -> list[Finding]:
    """Means that n whole-number scores (or n times items) cannot give."""
    findings = []
    for row in block.of_type("final", "change"):
        steps = score_steps(row)
        if steps is None or row.mean is None or not row.n or len(possible_sums(row.mean, row.n, steps)):
            continue
        near, far = nearest_means(row.mean, row.n, steps)
        scored = f"steps of 1/{plain(steps)}" if steps != 1 else "whole points"
        people = f"{row.n} people scored in {scored}"
        findings.append(
            make_finding(
                "grim_fail",
                [row],
                f"{where(row)}: mean {row.mean} cannot arise from {people} (nearest possible {near} and {far}).",
                f"{near} (or {far}), or another n",
                "sure",
            )
        )
    return findings
