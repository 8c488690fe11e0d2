"""Data of a contour-enhanced funnel plot: where studies lie, and where results would have been significant.

Peters JL et al. J Clin Epidemiol 2008;61:991-996. doi:10.1016/j.jclinepi.2007.11.010. Studies missing where results
are not significant speak for selection; missing where they would be significant, for another cause.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike

from reviewkit.errors import InputError
from reviewkit.synthesis.distributions import critical, two_sided_p
from reviewkit.synthesis.inputs import Array, check_level, check_studies


@dataclass(frozen=True, slots=True)
class FunnelPoint:
    """One study; ``band`` is the p interval it lies in, such as '0.01 to 0.05'."""

    study: str
    estimate: float
    se: float
    p: float
    band: str


@dataclass(frozen=True, slots=True)
class FunnelContour:
    """Edges of the region where p is above ``alpha``, at ``se`` 0 and at the largest: straight lines between."""

    alpha: float
    se: tuple[float, float]
    low: tuple[float, float]
    high: tuple[float, float]


@dataclass(frozen=True, slots=True)
class FunnelPlot:
    """Points, significance contours about the null, and the pseudo confidence region about ``centre``."""

    points: tuple[FunnelPoint, ...]
    contours: tuple[FunnelContour, ...]
    centre: float
    region: FunnelContour
    null: float

    @property
    def k(self) -> int:
        """Studies drawn."""
        return len(self.points)

    def counts(self) -> dict[str, int]:
        """Studies in each p interval, the most significant first; intervals without a study included."""
        bands = _bands([contour.alpha for contour in self.contours])
        return {band: sum(point.band == band for point in self.points) for band in bands}

    def as_dict(self) -> dict[str, object]:
        """Plain JSON values, with the sentence."""
        return {**asdict(self), "counts": self.counts(), "sentence": str(self)}

    def __str__(self) -> str:
        if self.k == 0:
            return "No study to draw a funnel of."
        return f"{self.k} studies by p value: {', '.join(f'{n} at {band}' for band, n in self.counts().items())}."


def funnel_plot(
    yi: ArrayLike,
    vi: ArrayLike,
    *,
    centre: float | None = None,
    null: float = 0.0,
    alphas: Sequence[float] = (0.01, 0.05, 0.10),
    level: float = 0.95,
    studies: Sequence[str] | None = None,
) -> FunnelPlot:
    """Points and contours of a funnel plot of effects against their standard errors.

    Parameters
    ----------
    yi, vi : array_like, shape (k,)
        Effects and sampling variances; k may be 0.
    centre : float, optional
        Where the pseudo confidence region stands; the common-effect pool without it.
    null : float
        Effect tested by the contours.
    alphas : sequence of float
        Two-sided p values of the contours, ascending, within (0, 1).
    level : float
        Of the pseudo confidence region.

    Raises
    ------
    InputError
        For bad data (study named) or p values out of order.

    Examples
    --------
    >>> print(funnel_plot([0.5, 0.2, 0.9], [0.01, 0.02, 0.2]))
    3 studies by p value: 1 at p < 0.01, 1 at 0.01 to 0.05, 0 at 0.05 to 0.1, 1 at p > 0.1.
    """
    check_level(level)
    edges = [float(a) for a in alphas]
    if not edges or any(not 0 < a < 1 for a in edges) or edges != sorted(set(edges)):
        raise InputError(f"alphas = {edges}: must be ascending p values within (0, 1).", code="bad-alphas")
    data = check_studies(yi, vi, studies)
    error = np.asarray(np.sqrt(data.vi))
    largest = float(error.max(initial=0.0))
    middle = _centre(data.yi, data.vi, null) if centre is None else float(centre)
    points = []
    for name, effect, se in zip(data.names, data.yi.tolist(), error.tolist(), strict=True):
        p = two_sided_p((effect - null) / se)
        points.append(FunnelPoint(name, effect, se, p, _bands(edges)[int(np.searchsorted(edges, p))]))
    contours = tuple(_contour(a, null, largest) for a in edges)
    return FunnelPlot(tuple(points), contours, middle, _contour(1 - level, middle, largest), null)


def _centre(yi: Array, vi: Array, null: float) -> float:
    return float(np.sum(yi / vi) / np.sum(1 / vi)) if yi.size else null


def _contour(alpha: float, about: float, largest: float) -> FunnelContour:
    half = critical(1 - alpha) * largest
    return FunnelContour(alpha, (0.0, largest), (about, about - half), (about, about + half))


def _bands(edges: Sequence[float]) -> list[str]:
    inner = [f"{a:g} to {b:g}" for a, b in pairwise(edges)]
    return [f"p < {edges[0]:g}", *inner, f"p > {edges[-1]:g}"]
