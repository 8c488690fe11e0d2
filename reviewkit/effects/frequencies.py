"""Effect sizes from person-time (two groups or one) and from proportions of one group."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri

from reviewkit.effects.core import Estimate, FloatArray
from reviewkit.effects.inputs import Reader
from reviewkit.effects.options import Options

Pair = tuple[FloatArray, FloatArray]

_INFINITE = "no events and nothing was added: the estimate or its variance is infinite"


def two_rates(measure: str, reader: Reader, options: Options) -> Estimate:
    """Compute IRR, IRD or IRSD from events x1i x2i and person-time t1i t2i."""
    taken = reader.take({"x1i": "count", "t1i": "time", "x2i": "count", "t2i": "time"})
    reader.finish()
    raw1, raw2, t1, t2 = taken["x1i"], taken["x2i"], taken["t1i"], taken["t2i"]
    if options.zero.drop00:
        reader.note((raw1 == 0) & (raw2 == 0), "no events in either group (drop00)")
    x1, x2 = options.zero.adjust(raw1, raw2)
    with np.errstate(divide="ignore", invalid="ignore"):
        if measure == "IRR":
            yi, vi = np.log(x1 / t1) - np.log(x2 / t2), 1 / x1 + 1 / x2
        elif measure == "IRD":
            yi, vi = x1 / t1 - x2 / t2, x1 / t1**2 + x2 / t2**2
        else:
            yi, vi = np.sqrt(x1 / t1) - np.sqrt(x2 / t2), 1 / (4 * t1) + 1 / (4 * t2)
    with np.errstate(invalid="ignore"):
        reader.note(~np.isfinite(yi) | ~np.isfinite(vi), _INFINITE)
    return Estimate(yi, vi, reader.reasons, options.zero.notes(raw1, raw2))


def one_rate(measure: str, reader: Reader, options: Options) -> Estimate:
    """Compute IR, IRLN, IRS or IRFT from events xi and person-time ti."""
    taken = reader.take({"xi": "count", "ti": "time"})
    reader.finish()
    (x,), t = options.zero.adjust(taken["xi"]), taken["ti"]
    with np.errstate(divide="ignore", invalid="ignore"):
        if measure == "IR":
            yi, vi = x / t, x / t**2
        elif measure == "IRLN":
            yi, vi = np.log(x / t), 1 / x
        elif measure == "IRS":
            yi, vi = np.sqrt(x / t), 1 / (4 * t)
        else:
            yi, vi = (np.sqrt(x / t) + np.sqrt((x + 1) / t)) / 2, 1 / (4 * t)
    with np.errstate(invalid="ignore"):
        reader.note(~np.isfinite(yi) | ~np.isfinite(vi), _INFINITE)
    return Estimate(yi, vi, reader.reasons, options.zero.notes(taken["xi"]))


def one_proportion(measure: str, reader: Reader, options: Options) -> Estimate:
    """Compute PR, PLN, PLO, PRZ, PAS or PFT from xi events of ni people (or xi events and mi non-events)."""
    x_raw, m_raw = _read_counts(reader)
    x, m = options.zero.adjust(x_raw, m_raw)
    with np.errstate(divide="ignore", invalid="ignore"):
        yi, vi = _proportion(measure, x, x + m, options.variance)
    with np.errstate(invalid="ignore"):
        reader.note(~np.isfinite(yi) | ~np.isfinite(vi), "nobody or everybody had the event, and nothing was added")
    return Estimate(yi, vi, reader.reasons, options.zero.notes(x_raw, m_raw))


def _read_counts(reader: Reader) -> Pair:
    x = reader.take({"xi": "count"})["xi"]
    reader.need_one_of("mi", "ni")
    others, n = reader.optional("mi", "count"), reader.optional("ni", "people")
    reader.refuse(x > n, lambda i: f"xi = {x[i]:g} events of ni = {n[i]:g} people.", "events-over-n")
    reader.refuse(
        (x <= n) & (np.abs(x + others - n) > 1e-9 * n),
        lambda i: f"xi + mi = {x[i] + others[i]:g} but ni = {n[i]:g}.",
        "contradicting-totals",
    )
    m = np.where(np.isnan(others), n - x, others)
    reader.refuse((x + m == 0) & np.isnan(n), lambda i: "xi and mi are both 0: nobody is in the group.", "bad-n")
    reader.note(np.isnan(m), "neither mi nor ni is reported")
    reader.finish()
    return x, m


def _proportion(measure: str, x: FloatArray, n: FloatArray, variance: str) -> Pair:
    p = x / n
    if measure == "PAS":
        return np.arcsin(np.sqrt(p)), 1 / (4 * n)
    if measure == "PFT":
        return (np.arcsin(np.sqrt(x / (n + 1))) + np.arcsin(np.sqrt((x + 1) / (n + 1)))) / 2, 1 / (4 * n + 2)
    if measure == "PRZ":
        z = ndtri(p)
        return z, 2 * np.pi * p * (1 - p) * np.exp(z**2) / n
    q = p
    if variance == "AV":
        known = np.isfinite(x) & np.isfinite(n)
        q = np.full_like(p, np.sum(x[known]) / np.sum(n[known]) if known.any() else np.nan)
    if measure == "PLN":
        return np.log(p), 1 / (q * n) - 1 / n
    if measure == "PLO":
        return np.log(p / (1 - p)), 1 / (q * n) + 1 / ((1 - q) * n)
    return p, q * (1 - q) / (n - 1 if variance == "UB" else n)
