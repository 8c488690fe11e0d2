"""SDs that cannot be: above what range and mean allow, below what a fractional mean needs, GRIMMER."""

from __future__ import annotations

import math
import statistics

from reviewkit.numbers import number, plain
from reviewkit.trust.findings import make_finding, where
from reviewkit.trust.grim import nearest_sds, possible_sums, score_steps, sd_fits_whole_scores
from reviewkit.trust.layout import Block, Usual, range_of
from reviewkit.trust.printed import Printed
from reviewkit.trust.rows import ArmRow, Finding


def largest_sd(mean: Printed, low: float, high: float, n: int) -> float:
    """The largest SD (denominator n - 1) of n values from ``low`` to ``high`` whose mean rounds to ``mean``.

    The bound sqrt((mean - low)(high - mean) n/(n - 1)), at the best mean inside the rounding interval.
    """
    best = min(max((low + high) / 2, mean.span.low), mean.span.high)
    product = max(0.0, best - low) * max(0.0, high - best)
    return math.sqrt(product * n / (n - 1)) if n > 1 else 0.0


def smallest_sd(mean: Printed, n: int, steps: float) -> float:
    """The smallest SD (denominator n) of n whole-step scores whose mean rounds to ``mean``."""
    sums = possible_sums(mean, n, steps)
    parts = [(total % n) / n for total in sums]
    return min((math.sqrt(part * (1 - part)) / steps for part in parts), default=0.0)


def _likely_sd(row: ArmRow, block: Block, usual: Usual) -> str:
    """What the SD may have been: the median of the outcome's other SDs, else the usual one."""
    others = [
        other.sd.value
        for other in block.of_type(row.value_type)
        if other is not row and other.sd is not None and other.sd.value > 0
    ]
    value = statistics.median(others) if others else usual.sd(row)
    return f"SD probably about {plain(value, digits=3)}; check the source" if value else "check the SD in the source"


def _range(bounds: tuple[float, float]) -> str:
    return " to ".join(map(plain, bounds))


def _impossible(row: ArmRow, block: Block, usual: Usual) -> Finding | None:
    if row.sd is None or row.mean is None or not row.n or row.n < 2:
        return None
    bounds = range_of(row)
    mean, sd, n = row.mean, row.sd, row.n
    head = f"{where(row)}: SD {sd} with mean {mean}"
    if row.value_type == "final" and bounds and bounds[0] <= mean.value <= bounds[1]:
        limit = largest_sd(mean, *bounds, n)
        if sd.span.low > limit * (1 + 1e-9):
            message = f"{head} on {_range(bounds)}: the largest possible SD is {number(limit, 2)}."
            return make_finding("sd_impossible", [row], message, _likely_sd(row, block, usual), "sure")
    if row.value_type == "change" and bounds and sd.span.low > (bounds[1] - bounds[0]) * math.sqrt(n / (n - 1)):
        message = f"{head}: no change on {_range(bounds)} can spread so far."
        return make_finding("sd_impossible", [row], message, _likely_sd(row, block, usual), "sure")
    steps = score_steps(row)
    if steps is None or not len(possible_sums(mean, n, steps)):
        return None
    least = smallest_sd(mean, n, steps)
    if sd.span.high < least * (1 - 1e-9):
        message = (
            f"{head} (n {n}): scores in steps of {plain(1 / steps, digits=3)} with that mean need an SD of at least "
            f"{number(least, 2)}."
        )
        return make_finding("sd_impossible", [row], message, _likely_sd(row, block, usual), "sure")
    if not sd_fits_whole_scores(mean, sd, n, steps):
        near = " or ".join(str(candidate) for candidate in nearest_sds(mean, sd, n, steps))
        message = f"{head}: no set of {n} whole-step scores gives both, neither with n - 1 nor with n."
        reading = f"SD probably {near}" if near else "check mean, SD and n in the source"
        return make_finding("sd_impossible", [row], message, reading, "sure")
    return None


def check_spread(block: Block, usual: Usual) -> list[Finding]:
    """SDs that range, mean and whole scores exclude."""
    found = (_impossible(row, block, usual) for row in block.of_type("final", "change"))
    return [finding for finding in found if finding is not None]
