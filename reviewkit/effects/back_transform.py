"""From the scale that is pooled back to the one that people read."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt
from scipy.special import expit, ndtr

from reviewkit.effects.core import FloatArray
from reviewkit.effects.measures import find_measure
from reviewkit.errors import InputError


def back_transform(measure: str, values: npt.ArrayLike, *, size: npt.ArrayLike | None = None) -> FloatArray:
    """Values of a measure (estimates or limits of intervals) on their natural scale.

    Parameters
    ----------
    measure : str
        One of ``MEASURES``.
    values : array-like
        Values on the measure's own scale.
    size : array-like, optional
        Only for the Freeman-Tukey measures: sample sizes (PFT) or person-time (IRFT). For a pooled value give those
        of all studies: their harmonic mean is used (Miller 1978, doi:10.1080/00031305.1978.10479283).

    Returns
    -------
    ndarray
        exp for log ratios, the proportion for logit, arcsine and double-arcsine, tanh for Fisher's z, alpha for its
        transforms; the values themselves where there is nothing to undo.

    Examples
    --------
    >>> back_transform("OR", [0.0, 0.6931]).round(2)
    array([1., 2.])
    """
    back = find_measure(measure).back
    own = np.asarray(values, dtype=np.float64)
    if back in ("freeman-tukey", "freeman-tukey rate"):
        if size is None:
            raise InputError(f"{measure} cannot be undone without sample sizes: give size.", code="missing-size")
        return (_undo_double_arcsine if back == "freeman-tukey" else _undo_double_root)(own, _one_size(own, size))
    return _BACK[back](own)


def _one_size(values: FloatArray, size: npt.ArrayLike) -> FloatArray:
    """One size for each value; sizes of several studies for fewer values become their harmonic mean."""
    sizes = np.asarray(size, dtype=np.float64)
    if not np.all(sizes > 0):
        raise InputError("size: every sample size must be above 0.", code="bad-n")
    if sizes.ndim == 0 or sizes.shape == values.shape:
        return sizes
    return np.asarray(1 / np.mean(1 / sizes))


def _undo_double_arcsine(values: FloatArray, n: FloatArray) -> FloatArray:
    """Miller's inverse; beyond what 0 or n events of n give, it is 0 or 1."""
    lowest = np.arcsin(np.sqrt(1 / (n + 1))) / 2
    highest = (np.arcsin(np.sqrt(n / (n + 1))) + np.pi / 2) / 2
    inside = np.clip(values, lowest, highest)
    sine, cosine = np.sin(2 * inside), np.cos(2 * inside)
    root = np.sqrt(np.maximum(1 - (sine + (sine - 1 / sine) / n) ** 2, 0))
    found = (1 - np.sign(cosine) * root) / 2
    return np.asarray(np.where(values <= lowest, 0.0, np.where(values >= highest, 1.0, found)))


def _undo_double_root(values: FloatArray, time: FloatArray) -> FloatArray:
    """The rate x/t whose (√(x/t) + √((x+1)/t))/2 this is; 0 below what no event gives."""
    doubled = 2 * np.maximum(values, 0.5 / np.sqrt(time))
    return np.asarray(np.maximum((doubled - 1 / (time * doubled)) / 2, 0.0) ** 2)


def _square(values: FloatArray) -> FloatArray:
    return np.asarray(np.maximum(values, 0) ** 2)


def _undo_arcsine(values: FloatArray) -> FloatArray:
    return np.asarray(np.sin(np.clip(values, 0, np.pi / 2)) ** 2)


_BACK: Mapping[str, Callable[[FloatArray], FloatArray]] = {
    "none": lambda values: values,
    "exp": np.exp,
    "expit": lambda values: np.asarray(expit(values)),
    "tanh": np.tanh,
    "sin²": _undo_arcsine,
    "normal cdf": lambda values: np.asarray(ndtr(values)),
    "square": _square,
    "alpha HW": lambda values: np.asarray(1 - (1 - values) ** 3),
    "alpha BT": lambda values: np.asarray(-np.expm1(-values)),
}
