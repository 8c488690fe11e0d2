"""Small-sample corrections of standardised differences, each by its name."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln

from reviewkit.effects.core import FloatArray
from reviewkit.errors import InputError


def correction_factor(df: npt.ArrayLike, method: str = "exact") -> FloatArray:
    """Hedges' factor J that removes the small-sample bias of a standardised difference.

    Parameters
    ----------
    df : array-like
        Degrees of freedom of the standard deviation used, above 0 (n1 + n2 - 2 for a pooled one).
    method : {"exact", "approx", "none"}
        ``exact``: Γ(m/2) / (√(m/2) Γ((m-1)/2)); ``approx``: 1 - 3/(4m - 1), which for m = N - 2 is the
        1 - 3/(4N - 9) of RevMan; ``none``: 1.

    Returns
    -------
    ndarray
        Values in (0, 1]; NaN where df is 1 or less and the exact factor does not exist.

    References
    ----------
    Hedges 1981, doi:10.3102/10769986006002107, equations 6e and 7.

    Examples
    --------
    >>> float(correction_factor(10).round(4)), float(correction_factor(10, "approx").round(4))
    (0.9227, 0.9231)
    """
    m = np.asarray(df, dtype=np.float64)
    if method == "none":
        return np.ones_like(m)
    if method == "approx":
        return 1 - 3 / (4 * m - 1)
    if method == "exact":
        with np.errstate(invalid="ignore", divide="ignore"):
            factor = np.exp(gammaln(m / 2) - np.log(np.sqrt(m / 2)) - gammaln((m - 1) / 2))
        return np.asarray(np.where(m > 1, factor, np.nan))
    raise InputError(f"correction = {method!r}: must be exact, approx or none.", code="bad-option")
