"""One door to all effect sizes: a measure by name, columns by their usual names."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from reviewkit.effects.core import EffectSizes, gather
from reviewkit.effects.generic import checked_level
from reviewkit.effects.inputs import Columns, Reader
from reviewkit.effects.measures import Measure, find_measure
from reviewkit.effects.options import Options
from reviewkit.effects.zero_cells import To, ZeroCells
from reviewkit.errors import InputError


def effect_sizes(
    measure: str,
    columns: Columns,
    *,
    studies: Sequence[str] | None = None,
    add: float | None = None,
    to: To = "only0",
    drop00: bool = False,
    correction: str | bool | None = None,
    variance: str | None = None,
    fractional: bool = False,
    level: float = 0.95,
) -> EffectSizes:
    """Effect sizes and sampling variances of many studies.

    Parameters
    ----------
    measure : str
        One of ``MEASURES``: ``"OR"``, ``"RR"``, ``"RD"``, ``"MD"``, ``"SMD"``, ``"ROM"``, ``"IRR"``, ``"ZCOR"``,
        ``"PLO"``, ``"SMCC"``, ``"HR"``, ``"GEN"`` and others.
    columns : mapping of str to array-like, each of shape (k,)
        The numbers by metafor's column names; ``MEASURES[measure].columns`` says which. NaN, ``None`` and empty text
        mean 'not reported'; a single number stands for all studies.
    studies : sequence of str, optional
        Names for messages; otherwise the column ``study``, otherwise 'study 1', 'study 2', ...
    add, to, drop00
        The zero-cell rule, see ``ZeroCells``. By default 0.5 is added to the cells of studies that have a zero
        (nothing for the variance-stabilised measures AS, PHI, PAS, PFT, IRSD, IRS, IRFT, which do not need it).
    correction : str or bool, optional
        Small-sample correction: ``"exact"`` (default of standardised differences), ``"approx"`` or ``"none"``; for
        ratios of means ``"none"`` (default) or ``"second-order"``. True asks for the best there is, False for none.
    variance : str, optional
        Variance formula, ``"LS"`` by default; ``MEASURES[measure].variances`` lists them.
    fractional : bool
        Allow counts and sizes that an adjustment (splitting a comparator, a design effect) made fractional.
    level : float
        Confidence level, of the intervals given out and of those read in by GEN and HR.

    Returns
    -------
    EffectSizes
        One row for each study; a study with a missing value is named in ``dropped`` with the reason.

    Raises
    ------
    InputError
        If a measure, option or column is unknown or a number is impossible (SD of 0 or less, n of 0 or 1, more
        events than people, not finite, not whole), naming every such study at once.

    Examples
    --------
    >>> trial = {"study": ["Smith 2001"], "ai": [4], "n1i": [40], "ci": [8], "n2i": [40]}
    >>> found = effect_sizes("RR", trial)
    >>> found.natural.round(2), found.vi.round(3)
    (array([0.5]), array([0.325]))
    """
    known = find_measure(measure)
    zero = ZeroCells(known.add if add is None else add, to, drop00)
    options = Options(zero, _variance(known, variance), _correction(known, correction), checked_level(level))
    reader = Reader(columns, studies, fractional)
    estimate = known.family(measure, reader, options)
    if not reader.size:
        raise InputError("there is no study: every column is empty.", code="no-studies")
    return gather(measure, known.scale, estimate, reader.names, level)


def _variance(measure: Measure, wanted: str | None) -> str:
    if wanted is None:
        return measure.variances[0]
    if wanted not in measure.variances:
        raise InputError(
            f"variance = {wanted!r}: {measure.name} knows {', '.join(measure.variances)}.", code="bad-option"
        )
    return wanted


def _correction(measure: Measure, wanted: str | bool | None) -> str:
    if wanted is None:
        return measure.corrections[0]
    if isinstance(wanted, (bool, np.bool_)):
        best = next((one for one in measure.corrections if one != "none"), "none")
        return best if wanted else "none"
    if wanted not in measure.corrections:
        raise InputError(
            f"correction = {wanted!r}: {measure.name} knows {', '.join(measure.corrections)}.", code="bad-option"
        )
    return wanted
