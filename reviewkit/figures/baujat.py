"""Baujat plot: which studies make the results differ, and which move the pooled value.

Baujat B et al. (2002), doi:10.1002/sim.1221.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from reviewkit.errors import InputError
from reviewkit.figures.axis import Axis
from reviewkit.figures.frame import Frame, note_left_out, put_labels
from reviewkit.figures.lettering import wrap
from reviewkit.figures.svg import SMALL, Canvas, Figure

_LEFT, _TOP, _WIDTH, _HEIGHT = 60.0, 34.0, 560.0, 360.0


@dataclass(frozen=True, slots=True)
class BaujatPoint:
    """A study's part of the heterogeneity, and the squared standardised shift of the pool without it: 0 or more."""

    label: str
    heterogeneity: float
    influence: float


def baujat_plot(
    points: Sequence[BaujatPoint], *, x_label: str = "Contribution to Cochran's Q", title: str = "Baujat plot"
) -> Figure:
    """Draw influence against contribution to heterogeneity; names beside the points that stand out first.

    Parameters
    ----------
    x_label : str
        What a study's part is measured in: of Q under a common effect, its squared Pearson residual under random
        effects.

    Raises
    ------
    InputError
        If there is no study, or a value is negative or not finite.
    """
    if not points:
        raise InputError("a Baujat plot needs a study.", code="figure")
    for point in points:
        if not all(math.isfinite(value) and value >= 0 for value in (point.heterogeneity, point.influence)):
            raise InputError(f"{point.label}: heterogeneity {point.heterogeneity}, influence {point.influence}: "
                             "must be finite and 0 or more.", code="figure")
    most = max(point.heterogeneity for point in points) * 1.08 or 1.0
    strongest = max(point.influence for point in points) * 1.08 or 1.0
    frame = Frame(Axis(0, most, _LEFT, _LEFT + _WIDTH), Axis(0, strongest, _TOP + _HEIGHT, _TOP))
    ordered = sorted(
        points, key=lambda p: (-max(p.heterogeneity / most, p.influence / strongest), p.label)
    )
    canvas = Canvas()
    y = frame.draw(canvas, x_label=x_label, y_label="Influence on the pooled value")
    for point in ordered:
        canvas.circle(frame.x.at(point.heterogeneity), frame.y.at(point.influence), 4.5, fill="accent", stroke="paper")
    width = _LEFT + _WIDTH + 24
    places = [(frame.x.at(p.heterogeneity), frame.y.at(p.influence), wrap(p.label, 180, SMALL, max_lines=1)[0])
              for p in ordered]
    left_out = put_labels(canvas, places, width=width)
    y = note_left_out(canvas, left_out, y, width)
    most_different = max(points, key=lambda p: (p.heterogeneity, p.label))
    most_moving = max(points, key=lambda p: (p.influence, p.label))
    other = "" if most_moving is most_different else f"{most_moving.label} "
    said = f"Of {len(points)} studies, {most_different.label} adds most to heterogeneity and {other}moves the pooled " \
           "value most."
    return canvas.finish(width, y + 4, title=title, description=said)
