"""Medians printed as means: equal in every arm although the quartiles are skewed.

References
----------
Wan 2014 10.1186/1471-2288-14-135 (mean from quartiles); Bowley's quartile skewness; the log-normal
relations median = exp(mu), SD^2 = median^2 x (x - 1) x with x = exp(sigma^2).
"""

from __future__ import annotations

import math
import statistics

from reviewkit.numbers import plain
from reviewkit.trust.findings import make_finding, where
from reviewkit.trust.layout import Block
from reviewkit.trust.rows import ArmRow, Finding

_SKEWED = 0.1
_QUARTILE = 0.6744898


def bowley(row: ArmRow) -> float | None:
    """Bowley's quartile skewness, -1 to 1: (q1 + q3 - 2 median) / (q3 - q1)."""
    if row.median is None or row.q1 is None or row.q3 is None or row.q3.value <= row.q1.value:
        return None
    return (row.q1.value + row.q3.value - 2 * row.median.value) / (row.q3.value - row.q1.value)


def mean_from_quartiles(row: ArmRow, sd: float | None) -> float | None:
    """A mean from skewed quartiles: log-normal where all are positive, else (q1 + median + q3) / 3 (Wan 2014).

    ``sd`` is used where it is the SD of the values, not the quartile range over 1.35.
    """
    if row.median is None or row.q1 is None or row.q3 is None:
        return None
    low, middle, high = row.q1.value, row.median.value, row.q3.value
    if low <= 0 or high <= low:
        return (low + middle + high) / 3
    from_range = (high - low) / (2 * _QUARTILE)
    if sd is not None and abs(sd - from_range) > 0.02 * from_range:
        return middle * math.sqrt((1 + math.sqrt(1 + 4 * (sd / middle) ** 2)) / 2)
    sigma = math.log(high / low) / (2 * _QUARTILE)
    return middle * math.exp(sigma**2 / 2)


def _same(row: ArmRow, partner: ArmRow) -> bool:
    """Whether mean and median print the same number, the coarser of the two deciding."""
    if row.mean is None or partner.median is None:
        return False
    return abs(row.mean.value - partner.median.value) < max(row.mean.half_unit, partner.median.half_unit)


def _partner(row: ArmRow, block: Block) -> ArmRow | None:
    for other in block.of_type("median_iqr"):
        if other.arm == row.arm and other.timepoint_weeks == row.timepoint_weeks:
            return other
    return None


def check_medians(block: Block) -> list[Finding]:
    """'Means' that equal the printed median in every arm while the quartiles are clearly uneven."""
    findings = []
    for rows in block.groups("final").values():
        pairs = [(row, partner) for row in rows if (partner := _partner(row, block)) is not None]
        skews = [skew for _, partner in pairs if (skew := bowley(partner)) is not None]
        if len(pairs) < max(2, len(rows)) or len(skews) < len(pairs) or abs(statistics.fmean(skews)) < _SKEWED:
            continue
        if not all(_same(row, partner) for row, partner in pairs):
            continue
        means = [mean_from_quartiles(partner, row.sd.value if row.sd else None) for row, partner in pairs]
        first, partner = pairs[0]
        message = (
            f"{where(first)}: the 'mean' {first.mean} equals the printed median {partner.median} in "
            "every arm, though the "
            f"quartiles ({partner.q1} to {partner.q3}) are clearly skewed."
        )
        known = [plain(mean, digits=4) for mean in means if mean is not None]
        reading = f"mean from the quartiles, roughly {', '.join(known)}"
        findings.append(make_finding("median_as_mean", [row for row, _ in pairs], message, reading, "likely"))
    return findings
