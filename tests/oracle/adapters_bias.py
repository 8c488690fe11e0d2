"""Oracle kinds of small-study effects, synthesis without pooling and absolute effects.

``KINDS`` maps a kind to a function (case, result) that calls the public functions by the words of ``spec`` and
returns a structure shaped like ``expected``; it never reads ``expected``.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.special import gammaln

from reviewkit.synthesis.small_study import AsymmetryTest, rank_test, regression_test, thompson_sharp_test
from reviewkit.synthesis.table_asymmetry import pustejovsky_test, table_asymmetry_test

Result = dict[str, Any]


def _effects(case: Any, result: Result) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Effects, variances and the rows they came from, rows without an estimate left out."""
    yi, vi = (np.asarray([math.nan if x is None else x for x in xs], dtype=float) for xs in case.es(_es(result)))
    keep = np.isfinite(yi) & np.isfinite(vi)
    return yi[keep], vi[keep], np.flatnonzero(keep)


def _es(result: Result) -> str:
    return str(result["spec"]["es"])


def _sizes(case: Any, rows: np.ndarray) -> np.ndarray:
    data = case.data
    if "ni" in data:
        return np.asarray(data["ni"], dtype=float)[rows]
    return (np.asarray(data["n1i"], dtype=float) + np.asarray(data["n2i"], dtype=float))[rows]


def regtest(case: Any, result: Result) -> Result:
    spec = result["spec"]
    yi, vi, rows = _effects(case, result)
    needs_n = spec["predictor"] in ("ni", "ninv", "sqrtni", "sqrtninv")
    got = regression_test(
        yi,
        vi,
        **_line_options(spec),
        predictor=spec["predictor"],
        ni=_sizes(case, rows) if needs_n else None,
        level=spec.get("level", 0.95),
        even_if_few=True,
    )
    low, high = got.limit_ci or (None, None)
    return {
        **_asymmetry(got),
        "limit_est": got.limit,
        "limit_ci_lb": low,
        "limit_ci_ub": high,
    }


CI = {"z": "normal", "t": "t", "knha": "hk", "adhoc": "hk-adhoc"}


def _line_options(spec: Result) -> Result:
    if spec.get("model") == "lm":
        return {"model": "multiplicative"}
    method, ci = spec.get("method", "REML"), CI[spec.get("test", "z")]
    return {"model": "common", "ci": ci} if method in ("EE", "FE") else {"model": "additive", "tau2": method, "ci": ci}


def _asymmetry(got: AsymmetryTest) -> Result:
    return {
        "k": got.k,
        "statistic": got.statistic,
        "df": got.df,
        "pval": got.pval,
        "intercept": got.intercept,
        "intercept_se": got.intercept_se,
        "slope": got.slope,
        "slope_se": got.slope_se,
        "tau2": got.tau2,
    }


def metabias(case: Any, result: Result) -> Result:
    spec, data = result["spec"], case.data
    if spec.get("data") == "2x2":
        got = table_asymmetry_test(
            data["ai"],
            data["n1i"],
            data["ci"],
            data["n2i"],
            method=spec["method"],
            measure=spec["measure"],
            convention="R meta",
            even_if_few=True,
        )
    elif spec["method"] == "Pustejovsky":
        got = pustejovsky_test(*_smd_of_meta(data), data["n1i"], data["n2i"], even_if_few=True)
    else:
        yi, vi, _ = _effects(case, result)
        got = {
            "Egger": regression_test,
            "Begg": lambda y, v, even_if_few: rank_test(y, v, exact=False, even_if_few=even_if_few),
            "Thompson": lambda y, v, even_if_few: thompson_sharp_test(y, v, stop=1e-5, even_if_few=even_if_few),
        }[spec["method"]](yi, vi, even_if_few=True)
    return {
        **_asymmetry(got),
        "bias": got.slope,
        "se_bias": got.slope_se,
        "se_intercept": got.intercept_se,
        # The reference reports no tau2 for its tests, whichever it uses inside.
        "tau2": None,
    }


def _smd_of_meta(data: Any) -> tuple[np.ndarray, np.ndarray]:
    """Hedges' g with the variance that R meta uses by default (White and Thomas 2005)."""
    m1, s1, n1, m2, s2, n2 = (np.asarray(data[x], dtype=float) for x in ("m1i", "sd1i", "n1i", "m2i", "sd2i", "n2i"))
    df = n1 + n2 - 2
    pooled = np.sqrt(((n1 - 1) * s1**2 + (n2 - 1) * s2**2) / df)
    j = np.exp(gammaln(df / 2) - gammaln((df - 1) / 2)) / np.sqrt(df / 2)
    g = j * (m1 - m2) / pooled
    return g, 1 / n1 + 1 / n2 + (1 - (df - 2) / (df * j**2)) * g**2


def ranktest(case: Any, result: Result) -> Result:
    yi, vi, _ = _effects(case, result)
    got = rank_test(yi, vi, exact=result["spec"]["exact"], even_if_few=True)
    return {"tau": got.tau, "pval": got.pval}


KINDS: dict[str, Callable[[Any, Result], Result]] = {
    "regtest": regtest,
    "metabias": metabias,
    "ranktest": ranktest,
}
