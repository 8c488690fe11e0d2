"""Oracle kinds of the pooling core: pools, intervals of tau², sensitivity, subgroups, edge cases.

``KINDS`` maps a kind to a function (case, result) that calls the public functions by the words of ``spec`` and
returns a structure shaped like ``expected``; it never reads ``expected``.
"""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np

from reviewkit.synthesis import (
    Pooled,
    baujat,
    cumulative,
    fit_statistics,
    h_interval,
    influence,
    leave_one_out,
    log_likelihood,
    pool,
    study_effects,
    subgroups,
    subgroups_common,
)

Result = dict[str, Any]
Numbers = np.ndarray

CI = {"z": "normal", "t": "t", "knha": "hk", "adhoc": "hk-adhoc", "classic": "normal", "HK": "hk"}
COMMON = ("EE", "FE", "CE", "Peto O-E")


def _complete(case: Any, spec: Result) -> tuple[Numbers, Numbers, Numbers]:
    """Effects, variances and data rows of the studies that have an estimate."""
    return case.complete(spec["es"])


def _options(spec: Result) -> Result:
    """Model, estimator, interval and level, in our words."""
    method = spec.get("method", "REML")
    options: Result = {"ci": CI[spec.get("test", spec.get("ci", "z"))]}
    options |= {"model": "common"} if method in COMMON else {"model": "random", "tau2": method}
    if "level" in spec:
        options["level"] = spec["level"] / 100 if spec["level"] > 1 else spec["level"]
    return options


def _number(value: float | None) -> float | None:
    return None if value is None or (isinstance(value, float) and math.isnan(value)) else value


def describe(got: Pooled) -> Result:
    """Everything a ``pooled`` result may ask for."""
    random = got.model == "random"
    normal = math.isinf(got.df)
    answer: Result = {
        "k": got.k,
        "estimate": got.estimate,
        "se": got.se,
        "statistic": got.statistic,
        "dist": "normal" if normal else "t",
        "df": None if normal else got.df,
        "pval": got.p,
        "ci_lb": got.ci_low,
        "ci_ub": got.ci_high,
        "I2": got.i2_tau2 if random else got.i2_q,
        "H2": got.h2,
        "Q": got.q,
        "Q_df": got.q_df,
        "Q_pval": got.q_p,
        "weights_pct": got.weights.tolist(),
        "hk_scale_s2w": max(1.0, got.hk_scale) if got.ci_method == "hk-adhoc" else got.hk_scale,
    }
    if random:
        answer |= {"tau2": got.tau2, "tau": got.tau, "se_tau2": got.tau2_se, "pi": _predictions(got)}
    statistics = fit_statistics(got)
    answer["fitstats"] = {
        "logLik": statistics.log_likelihood,
        "deviance": statistics.deviance,
        "AIC": statistics.aic,
        "BIC": statistics.bic,
        "AICc": statistics.aicc,
    }
    answer["fitstats_type"] = statistics.likelihood
    return answer


def _predictions(got: Pooled) -> Result:
    names = {"metafor_default": "metafor", "t_k1": "k-1", "hts_t_k2": "k-2"}
    words = {"metafor_default": "t_df_k-1", "t_k1": "t_df_k-1", "hts_t_k2": "t_df_k-2_(metafor_floors_df_at_1)"}
    answer: Result = {}
    for name, ours in names.items():
        interval = got.prediction(ours)  # type: ignore[arg-type]
        normal = math.isinf(interval.df)
        answer[name] = {
            "lb": interval.low,
            "ub": interval.high,
            "df": None if normal else interval.df,
            "dist": "normal" if normal else words[name],
        }
    return answer


def pooled(case: Any, result: Result) -> Result:
    spec = result["spec"]
    yi, vi, rows = _complete(case, spec)
    got = pool(yi, vi, **_options(spec))
    if "backtransform" not in spec:
        return describe(got)
    from reviewkit.effects import back_transform

    n = case.column("ni")[rows]
    if not re.search("Freeman", spec["backtransform"]):
        raise KeyError(f"no back-transformation named {spec['backtransform']!r}")
    prediction = got.prediction("normal")
    values = (got.estimate, got.ci_low, got.ci_high, prediction.low, prediction.high)
    names = ("estimate", "ci_lb", "ci_ub", "pi_lb_z", "pi_ub_z")
    return dict(zip(names, back_transform("PFT", values, size=n).tolist(), strict=True))


def meta_pool(case: Any, result: Result) -> Result:
    spec = result["spec"]
    yi, vi, _ = _complete(case, spec)
    got = pool(yi, vi, **_options(spec))
    names = {"V": "k-1-wald", "HTS": "k-2-wald", "HK": "k-1-hk", "HK-PR": "k-2-hk", "S": "normal-wald"}
    intervals = {name: got.prediction(names[name]) for name in spec["predict"]}  # type: ignore[arg-type]
    low, high = h_interval(got.q, got.k, got.level) or (math.nan, math.nan)
    return {
        "estimate": got.estimate,
        "se": got.se,
        "ci_lb": got.ci_low,
        "ci_ub": got.ci_high,
        "statistic": got.statistic,
        "df": got.df,
        "pval": got.p,
        "tau2": got.tau2,
        "I2_from_Q": got.i2_q,
        "I2_lb_higgins_thompson": got.i2_q_interval[0] if got.i2_q_interval else None,
        "I2_ub_higgins_thompson": got.i2_q_interval[1] if got.i2_q_interval else None,
        "H": math.sqrt(max(1.0, got.q / got.q_df)),
        "H_lb": _number(low),
        "H_ub": _number(high),
        "pi": {name: {"lb": x.low, "ub": x.high, "df": x.df, "se": x.se} for name, x in intervals.items()},
    }


def confint_tau2(case: Any, result: Result) -> Result:
    spec = result["spec"]
    yi, vi, _ = _complete(case, spec)
    got = pool(yi, vi, **_options(spec))
    interval = got.tau2_interval({"QP": "q-profile", "PL": "profile-likelihood"}[spec["type"]])
    assert interval is not None
    rows = {
        "tau2": (got.tau2, *interval.tau2),
        "tau": (got.tau, *interval.tau),
        "I2": (got.i2_tau2, *interval.i2),
        "H2": (got.h2, *interval.h2),
    }
    return {name: dict(zip(("est", "lb", "ub"), values, strict=True)) for name, values in rows.items()}


def blup(case: Any, result: Result) -> Result:
    yi, vi, _ = _complete(case, result["spec"])
    got = study_effects(pool(yi, vi, **_options(result["spec"])))
    return {"pred": got.effect, "se": got.se, "pi_lb": got.low, "pi_ub": got.high}


def _series(got: Any) -> Result:
    return {
        "estimate": got.estimate,
        "se": got.se,
        "statistic": got.statistic,
        "pval": got.p,
        "ci_lb": got.ci_low,
        "ci_ub": got.ci_high,
        "Q": got.q,
        "Q_pval": got.q_p,
        "tau2": got.tau2,
        "I2": got.i2,
        "H2": got.h2,
    }


def leave1out(case: Any, result: Result) -> Result:
    yi, vi, _ = _complete(case, result["spec"])
    return _series(leave_one_out(pool(yi, vi, **_options(result["spec"]))))


def cumulative_pools(case: Any, result: Result) -> Result:
    yi, vi, _ = _complete(case, result["spec"])
    order = np.asarray(result["spec"]["order_1based"], dtype=int) - 1
    return _series(cumulative(pool(yi, vi, **_options(result["spec"])), order))


def influence_diagnostics(case: Any, result: Result) -> Result:
    spec = result["spec"]
    yi, vi, rows = _complete(case, spec)
    design, names = None, ["intrcpt"]
    if "design" in spec:
        columns = _design(case, spec["design"], rows)
        names = ["intrcpt" if name == "(Intercept)" else name for name in columns]
        design = np.column_stack(list(columns.values()))
    options = _options(spec)
    got = influence(yi, vi, design=design, model=options["model"], tau2=options.get("tau2", "REML"), ci=options["ci"])
    residuals = {"rstandard": got.standardised, "rstudent_full": got.deleted}
    return {
        "rstudent": got.rstudent,
        "dffits": got.dffits,
        "cook_d": got.cook_d,
        "cov_r": got.cov_r,
        "tau2_del": got.tau2_del,
        "QE_del": got.q_del,
        "hat": got.hat,
        "weight": got.weight,
        "flagged": [i + 1 for i in got.flagged],
        # The reference's list also holds the study numbers and R's number of printed digits.
        "dfbetas": {name: got.dfbetas[:, j] for j, name in enumerate(names)}
        | {"slab": list(range(1, yi.size + 1)), "digits": [4] * yi.size},
        **{name: {"resid": x.resid, "se": x.se, "z": x.z} for name, x in residuals.items()},
    }


def _design(case: Any, rid: str, rows: Numbers) -> dict[str, Numbers]:
    """The design matrix named in a case, built from its formula: numeric moderators and treatment contrasts."""
    spec = next(r["spec"] for r in case.results if r["kind"] == "design" and r["rid"] == rid)
    columns = {"(Intercept)": np.ones(rows.size)}
    for term in re.findall(r"[\w.]+", spec["formula"].split("~")[1]):
        column = _column(case, term)
        values = [column[i] for i in rows]
        if any(isinstance(value, str) for value in values):
            levels = sorted(set(map(str, values)))
            columns |= {f"{term}{x}": np.array([float(str(v) == x) for v in values]) for x in levels[1:]}
        else:
            columns[term] = np.array(values, dtype=float)
    return columns


def baujat_coordinates(case: Any, result: Result) -> Result:
    yi, vi, _ = _complete(case, result["spec"])
    got = baujat(pool(yi, vi, **_options(result["spec"])))
    return {"x": got.x, "y": got.y}


def subgroup(case: Any, result: Result) -> Result:
    spec = result["spec"]
    yi, vi, rows = _complete(case, spec)
    column = _column(case, spec["group"])
    labels = [_label(column[i]) for i in rows]
    if spec.get("tau2") == "common":
        return _common_tau2(yi, vi, labels, spec)
    options = _options(spec)
    got = subgroups(yi, vi, labels, levels=spec["levels"], prediction="none", **options)
    hk = subgroups(yi, vi, labels, levels=spec["levels"], prediction="none", **(options | {"ci": "hk"}), test_ci="hk")
    names = ("estimate", "se", "ci_lb", "ci_ub", "pval", "df")
    return {
        "levels": {name: describe(one) for name, one in got.groups.items()},
        "Q_between": got.q_between,
        "Q_between_df": got.q_df,
        "Q_between_pval": got.q_p,
        "Q_total": got.overall.q,
        "Q_within": got.q_within,
        "levels_hk": {name: {x: describe(one)[x] for x in names} for name, one in hk.groups.items()},
        "Q_between_hk_se": hk.q_between,
        "Q_between_hk_se_pval": hk.q_p,
    }


def _column(case: Any, name: str) -> list[Any]:
    """A data column; one whose name is a word of the format itself carries an underscore in the file."""
    return case.data[name if name in case.data else f"{name}_"]


def _label(value: Any) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _common_tau2(yi: Numbers, vi: Numbers, labels: list[str], spec: Result) -> Result:
    got = subgroups_common(
        yi, vi, labels, levels=spec["levels"], tau2=spec["method"], ci="hk" if spec["test"] == "knha" else "normal"
    )
    first, second = got.qm_df
    return {
        "levels": [group.group for group in got.groups],
        "estimate": [group.estimate for group in got.groups],
        "se": [group.se for group in got.groups],
        "ci_lb": [group.ci_low for group in got.groups],
        "ci_ub": [group.ci_high for group in got.groups],
        "pval": [group.p for group in got.groups],
        "tau2": got.tau2,
        "QE": got.qe,
        "QE_pval": got.qe_p,
        "QM_between": got.qm,
        "QM_df": [first, None if math.isinf(second) else second],
        "QM_pval": got.qm_p,
        "R2": got.r2,
    }


def edge(case: Any, result: Result) -> Result:
    spec = result["spec"]
    if "mods" in spec:
        from tests.oracle.adapters_models import edge_regression

        return edge_regression(case, result)
    got = pool(spec["yi"], spec["vi"], missing="drop", **_options(spec))
    answer = describe(got) | {"k_all": len(spec["yi"]), "k_used": got.k, "converged": got.converged}
    if got.k > 1:
        hk = got.confidence("hk")
        answer["knha"] = {"se": hk.se, "ci_lb": hk.low, "ci_ub": hk.high}
    if got.tau2_method in ("REML", "ML"):
        kernel = log_likelihood(got.yi, got.vi, [got.tau2, 0.0], method=got.tau2_method)
        answer |= {
            "tau2_by_direct_maximisation": got.tau2,
            "loglik_kernel_at_max": float(kernel[0]),
            "loglik_kernel_at_0": float(kernel[1]),
            "interior_local_maxima_tau2": _maxima_on_grid(got),
            "metafor_default": _fisher_scoring(got.yi, got.vi),
        }
    return answer


def _maxima_on_grid(got: Pooled) -> list[float]:
    """Inner peaks of our likelihood on the grid that the reference searched: 0 and 20 000 points of 1e-9 to 1e4."""
    if not any(tau2 > 0 for tau2 in got.tau2_maxima):
        return []
    grid = np.concatenate([[0.0], np.geomspace(1e-9, 1e4, 20_000)])
    curve = log_likelihood(got.yi, got.vi, grid, method=got.tau2_method)
    peaks = np.flatnonzero((curve[1:-1] > curve[:-2]) & (curve[1:-1] >= curve[2:])) + 1
    return grid[peaks].tolist()


def _fisher_scoring(yi: Numbers, vi: Numbers) -> Result:
    """The search that a case calls hard: Fisher scoring for REML from Hedges' estimate, 100 steps, threshold 1e-5."""
    if yi.size < 2:
        return {"tau2": 0.0, "estimate": float(yi[0])}
    tau2 = max(0.0, float(np.var(yi, ddof=1) - vi.mean()))
    for _ in range(100):
        w = 1.0 / (vi + tau2)
        p = np.diag(w) - np.outer(w, w) / w.sum()
        step = float((yi @ p @ p @ yi - np.trace(p)) / np.trace(p @ p))
        while tau2 + step < 0:
            step /= 2
        tau2 += step
        if abs(step) <= 1e-5:
            return {"tau2": tau2, "estimate": float(w @ yi / w.sum())}
    return {"error": "Fisher scoring algorithm did not converge. See 'help(rma)' for possible remedies."}


KINDS = {
    "pooled": pooled,
    "meta_pool": meta_pool,
    "confint_tau2": confint_tau2,
    "blup": blup,
    "leave1out": leave1out,
    "cumulative": cumulative_pools,
    "influence": influence_diagnostics,
    "baujat": baujat_coordinates,
    "subgroup": subgroup,
    "edge": edge,
}
