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

from reviewkit.synthesis.absolute import absolute_effect
from reviewkit.synthesis.effect_summary import summarise_effects
from reviewkit.synthesis.excess import excess_significance
from reviewkit.synthesis.failsafe import fail_safe_n
from reviewkit.synthesis.p_values import combine_p, edgington_conservative_p
from reviewkit.synthesis.precision_effect import pet_peese
from reviewkit.synthesis.reexpress import Instrument, smd_on_instrument, smd_to_risk
from reviewkit.synthesis.selection import selection_model
from reviewkit.synthesis.signs import vote_count
from reviewkit.synthesis.small_study import AsymmetryTest, rank_test, regression_test, thompson_sharp_test
from reviewkit.synthesis.table_asymmetry import pustejovsky_test, table_asymmetry_test
from reviewkit.synthesis.trim_and_fill import trimfill
from tests.oracle.case import Case, Result


def _effects(case: Case, result: Result) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Effects, variances and data rows of the studies that have an estimate."""
    return case.complete(result["spec"]["es"])


def _group_sizes(case: Case) -> tuple[np.ndarray, np.ndarray]:
    if "n1i" in case.data:
        return case.column("n1i"), case.column("n2i")
    return case.column("ai") + case.column("bi"), case.column("ci") + case.column("di")


def _sizes(case: Case, rows: np.ndarray) -> np.ndarray:
    if "ni" in case.data:
        return case.column("ni")[rows]
    first, second = _group_sizes(case)
    return (first + second)[rows]


def regtest(case: Case, result: Result) -> Result:
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
        "pval": got.p,
        "intercept": got.intercept,
        "intercept_se": got.intercept_se,
        "slope": got.slope,
        "slope_se": got.slope_se,
        "tau2": got.tau2,
    }


def metabias(case: Case, result: Result) -> Result:
    spec, data = result["spec"], case.data
    if spec.get("data") == "2x2":
        columns = np.array([case.column("ai"), _group_sizes(case)[0], case.column("ci"), _group_sizes(case)[1]])
        got = table_asymmetry_test(
            *columns[:, np.isfinite(columns).all(axis=0)],
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


def ranktest(case: Case, result: Result) -> Result:
    yi, vi, _ = _effects(case, result)
    got = rank_test(yi, vi, exact=result["spec"]["exact"], even_if_few=True)
    return {"tau": got.tau, "pval": got.p}


def trim_fill(case: Case, result: Result) -> Result:
    spec = result["spec"]
    yi, vi, _ = _effects(case, result)
    got = trimfill(
        yi,
        vi,
        estimator=spec["estimator"],
        side=None if spec.get("side", "auto") == "auto" else spec["side"],
        # The reference stops its searches early here (README, settings).
        stop=1e-5,
        **_pool_options(spec),
    )
    pooled = got.filled
    random = pooled.model == "random"
    return {
        "side": got.side,
        "k0": got.k0,
        "se_k0": got.k0_se,
        "p_k0": got.k0_p,
        "k": got.k,
        "estimate": pooled.estimate,
        "se": pooled.se,
        "ci_lb": pooled.ci_low,
        "ci_ub": pooled.ci_high,
        "pval": pooled.p,
        "tau2": pooled.tau2 if random else None,
        "I2": pooled.i2_tau2 if random else pooled.i2_q,
        "Q": pooled.q,
        "filled_yi": got.filled_yi.tolist(),
        "filled_vi": got.filled_vi.tolist(),
    }


def _pool_options(spec: Result) -> Result:
    method, options = spec.get("method", "REML"), {"ci": CI[spec.get("test", "z")]}
    return options | ({"model": "common"} if method in ("EE", "FE") else {"model": "random", "tau2": method})


def petpeese(case: Case, result: Result) -> Result:
    spec = result["spec"]
    yi, vi, _ = _effects(case, result)
    line = {"model": "lm"} if spec["engine"].startswith("wls") else spec | {"model": "rma"}
    both = pet_peese(yi, vi, **_line_options(line))
    got = both.pet if spec["which"] == "pet" else both.peese
    return {
        "intercept": got.estimate,
        "intercept_se": got.se,
        "intercept_t": got.statistic,
        "intercept_pval": got.p,
        "intercept_ci_lb": got.ci[0],
        "intercept_ci_ub": got.ci[1],
        "df": got.df,
        "slope": got.slope,
        "slope_se": got.slope_se,
        "slope_pval": got.slope_p,
        "tau2": got.tau2,
    }


def selmodel(case: Case, result: Result) -> Result:
    spec = result["spec"]
    yi, vi, _ = _effects(case, result)
    got = selection_model(yi, vi, alternative=spec["alternative"], steps=np.atleast_1d(spec["steps"]).tolist())
    low, high = got.ci or (None, None)
    return {
        "estimate": got.estimate,
        "se": got.se,
        "ci_lb": low,
        "ci_ub": high,
        "pval": got.p,
        "tau2": got.tau2,
        "delta": got.delta[0] if len(got.delta) == 1 else list(got.delta),
        "LRT": got.lrt,
        "LRT_df": got.lrt_df,
        "LRT_pval": got.lrt_p,
        "logLik": got.log_likelihood,
    }


def failsafe(case: Case, result: Result) -> Result:
    spec = result["spec"]
    yi, vi, _ = _effects(case, result)
    target = spec.get("target")
    got = fail_safe_n(
        yi,
        vi,
        method=spec["type"],
        alpha=spec.get("alpha", 0.05),
        target=target if isinstance(target, (int, float)) else None,
        weighted=spec.get("weighted", True),
        model="common" if spec.get("method") in ("EE", "FE") else "random",
        tau2="REML" if spec.get("method") in ("EE", "FE") else spec.get("method", "REML"),
        like_metafor=True,
    )
    return {
        "fsnum": math.inf if got.number is None else got.number,
        "pval_observed": got.p,
        # Orwin's method knows no level; the reference echoes its default.
        "alpha": spec.get("alpha", 0.05),
        "meanes": got.estimate,
        "target": got.target,
        "est_after": got.estimate_after,
    }


def tes(case: Case, result: Result) -> Result:
    spec = result["spec"]
    yi, vi, _ = _effects(case, result)
    got = excess_significance(yi, vi, alpha=spec["alpha"], alternative=spec["alternative"], method="metafor")
    return {
        "k": got.k,
        "O": got.observed,
        "E": got.expected,
        "OE_ratio": got.ratio,
        "pval": got.p,
        "test": got.method,
        "theta": got.effect,
        "power": got.power.tolist(),
    }


def vote(_: Case, result: Result) -> Result:
    got = vote_count(result["spec"]["yi"])
    low, high = got.clopper_pearson or (None, None)
    wilson_low, wilson_high = got.wilson or (None, None)
    return {
        "positive": got.positive,
        "negative": got.negative,
        "null": got.null,
        "proportion_positive": got.proportion,
        "sign_test_pval_two_sided": got.p,
        "clopper_pearson_lb": low,
        "clopper_pearson_ub": high,
        "wilson_lb": wilson_low,
        "wilson_ub": wilson_high,
    }


def swim_summary(_: Case, result: Result) -> Result:
    got = summarise_effects(result["spec"]["yi"])
    return {"min": got.minimum, "q1": got.q1, "median": got.median, "q3": got.q3, "max": got.maximum, "k": got.k}


def combined(_: Case, result: Result) -> Result:
    spec = result["spec"]
    p = spec["p_one_sided"]
    got = combine_p(p, spec["method"], weights=spec.get("weights"))
    answer = {"pval": got.p, "df": got.df, got.statistic_name.replace(" ", "_"): got.statistic}
    if spec["method"] == "tippett":
        answer["min_p"] = got.statistic
    if spec["method"] == "pearson":
        answer |= {"pval_left": got.p, "pval_opposite": got.p_opposite}
    if spec["method"] == "edgington":
        answer["conservative_p"] = edgington_conservative_p(p)
    return answer


def absolute(_: Case, result: Result) -> Result:
    spec = result["spec"]
    got = absolute_effect(spec["measure"], spec["est"], (spec["lower"], spec["upper"]), spec["baseline_risk"])
    return {
        "risk_treated": list(got.risk_with),
        "difference_per_1000": list(got.difference_per_1000),
        "nnt": list(got.nnt),
        "rr_equivalent": None if got.rr_equivalent is None else list(got.rr_equivalent),
    }


def reexpress(_: Case, result: Result) -> Result:
    spec = result["spec"]
    estimate, low, high = spec["smd"]
    if "sd" in spec:
        return {"md": list(smd_on_instrument(estimate, (low, high), Instrument("named", sd=spec["sd"])).md)}
    got = smd_to_risk(estimate, (low, high), spec["baseline_risk"])
    return {"or": list(got.relative), "risk": list(got.risk_with), "difference_per_1000": list(got.difference_per_1000)}


KINDS: dict[str, Callable[[Case, Result], Result]] = {
    "regtest": regtest,
    "metabias": metabias,
    "ranktest": ranktest,
    "trimfill": trim_fill,
    "pet_peese": petpeese,
    "failsafe": failsafe,
    "selmodel": selmodel,
    "tes": tes,
    "vote_count": vote,
    "swim_summary": swim_summary,
    "combine_p": combined,
    "absolute_effect": absolute,
    "reexpress": reexpress,
}
