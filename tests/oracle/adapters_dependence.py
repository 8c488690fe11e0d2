"""Oracle kinds of dependent effects: GLS, three-level models, cluster-robust inference, robumeta."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from reviewkit.synthesis.dependence import aggregate_effects, correlated_covariance
from reviewkit.synthesis.metaregression import meta_regression
from reviewkit.synthesis.multilevel_fit import gls, multilevel
from reviewkit.synthesis.multilevel_result import Multilevel
from reviewkit.synthesis.pooling import pool
from reviewkit.synthesis.robust import RobustFit, cluster_robust, robust_variance
from tests.oracle.case import Case, Result

COMMON = ("EE", "FE", "CE")


def generalised(case: Case, result: Result) -> Any:
    spec = result["spec"]
    if "what" in spec:
        yi, vi, rows = case.complete(spec["es"])
        got = aggregate_effects(yi, vi, _labels(case, spec["cluster"], rows), rho=spec["rho"])
        return {"cluster": list(got.clusters), "yi": got.yi, "vi": got.vi}
    if spec["method"] in COMMON:
        return _describe(gls(spec["yi"], spec["V"]))
    fit = multilevel(spec["yi"], spec["V"], {"study": spec["study"]}, method=spec["method"], ci="normal")
    return _describe(fit) | {"sigma2": float(fit.sigma2[0])}


def three_level(case: Case, result: Result) -> Any:
    spec = result["spec"]
    fit = _multilevel(case, spec)
    if "LRT" in spec.get("test", ""):
        names = ("no_outer", "no_inner")
        return {
            name: {"LRT": test.statistic, "pval": test.p, "logLik_reduced": test.log_likelihood_without}
            for name, test in zip(names, fit.component_tests(), strict=True)
        }
    if "type" in spec:
        names = ("sigma2_outer", "sigma2_inner")
        return {
            name: {"est": one.estimate, "lb": one.low, "ub": one.high}
            for name, one in zip(names, fit.component_intervals(), strict=True)
        }
    return _describe(fit)


def _multilevel(case: Case, spec: dict[str, Any]) -> Multilevel:
    """The model of a spec: outer/inner groupings, or the CHE model of a cluster and its effects."""
    yi, vi, rows = case.complete(spec["es"])
    known: Any = vi
    if "outer" in spec:
        random = {"outer": _labels(case, spec["outer"], rows), "inner": _labels(case, spec["inner"], rows)}
    else:
        clusters = _labels(case, spec["cluster"], rows)
        random = {"outer": clusters, "inner": list(range(yi.size))}
        if "rho" in spec:
            known = correlated_covariance(vi, clusters, spec["rho"])
    moderator = spec.get("moderator")
    return multilevel(
        yi,
        known,
        random,
        moderators={moderator: _numbers(case, moderator, rows)} if moderator else None,
        method=spec.get("method", "REML"),
        ci="t" if spec.get("test") == "t" else "normal",
    )


def _describe(fit: Multilevel) -> dict[str, Any]:
    single = fit.estimate.size == 1
    t = fit.ci_method == "t"

    def shown(values: Any) -> Any:
        return float(values[0]) if single else values

    answer: dict[str, Any] = {
        "k": fit.k,
        "terms": ["intrcpt", *["mods" for _ in fit.terms[1:]]],
        "estimate": shown(fit.estimate),
        "se": shown(fit.se),
        "statistic": shown(fit.statistic),
        "dist": "t" if t else "normal",
        "df": shown(fit.df) if t else None,
        "pval": shown(fit.p),
        "ci_lb": shown(fit.ci_low),
        "ci_ub": shown(fit.ci_high),
        "sigma2": fit.sigma2,
        "sigma2_names": ["outer", "outer/inner"][: len(fit.levels)],
        "sigma2_nlevels": list(fit.level_sizes),
        "QE": fit.residual_q.q,
        "QE_df": fit.residual_q.df,
        "QE_pval": fit.residual_q.p,
        "logLik": fit.log_likelihood,
        "typical_variance": fit.residual_q.typical_variance,
        "I2_total": fit.i2,
        "I2_by_level": fit.i2_by_level,
    }
    if fit.prediction is not None:
        answer["pi_metafor_default"] = dict(zip(("lb", "ub"), fit.prediction, strict=True))
    if fit.omnibus is not None:
        rest = fit.omnibus.df_residual
        answer |= {
            "QM": fit.omnibus.statistic,
            "QM_pval": fit.omnibus.p,
            "QM_df": [fit.omnibus.df, None if math.isinf(rest) else rest],
        }
    return answer


def robust(case: Case, result: Result) -> Any:
    spec = result["spec"]
    correction = spec.get("vcov") or ("CR1" if spec["adjust"] else "CR0")
    _, _, rows = case.complete(spec["es"])
    got = cluster_robust(_model(case, spec), _labels(case, spec["cluster"], rows), correction=correction)
    listed = spec["model"].startswith("rma ") or got.estimate.size > 1
    return _robust(got, listed=listed, one_df=correction != "CR2" or not listed)


def _model(case: Case, spec: dict[str, Any]) -> Any:
    """``rma METHOD`` with or without a moderator; ``3-level METHOD`` of the file's three-level spec; ``CHE``."""
    yi, vi, rows = case.complete(spec["es"])
    moderator, words = spec.get("moderator"), spec["model"].split()
    if words[0] == "rma":
        choice: dict[str, Any] = {"model": "common"} if words[1] in COMMON else {"tau2": words[1]}
        if moderator:
            return meta_regression(yi, vi, {moderator: _numbers(case, moderator, rows)}, ci="normal", **choice)
        return pool(yi, vi, ci="normal", **choice)
    if words[0] == "CHE":
        return _multilevel(case, spec)
    levels = next(
        one["spec"]
        for one in case.results
        if one["kind"] == "rma_mv" and "inner" in one["spec"] and one["spec"]["es"] == spec["es"]
    )
    return _multilevel(
        case,
        {"es": spec["es"], "outer": levels["outer"], "inner": levels["inner"], "method": words[1]}
        | ({"moderator": moderator} if moderator else {}),
    )


def _robust(got: RobustFit, *, listed: bool, one_df: bool) -> dict[str, Any]:
    columns = {"estimate": got.estimate, "se": got.se, "statistic": got.statistic, "df": got.df}
    columns |= {"pval": got.p, "ci_lb": got.ci_low, "ci_ub": got.ci_high}
    answer: dict[str, Any] = {name: values if listed else float(values[0]) for name, values in columns.items()}
    if one_df:
        answer["df"] = float(got.df[0])
    return answer | {"n_clusters": got.clusters}


def robumeta(case: Case, result: Result) -> Any:
    spec = result["spec"]
    yi, vi, rows = case.complete(spec["es"])
    names = [name.strip() for name in spec["formula"].split("~")[1].split("+") if name.strip() != "1"]
    others = (one["spec"] for one in case.results if one["kind"] in ("robust", "rma_mv"))
    same = (one.get("cluster") or one.get("outer") for one in others if one["es"] == spec["es"])
    outer = spec.get("cluster") or next(same, "study")
    got = robust_variance(
        yi,
        vi,
        _labels(case, outer, rows),
        moderators={name: _numbers(case, name, rows) for name in names} or None,
        working={"CORR": "correlated", "HIER": "hierarchical"}[spec["modelweights"]],
        rho=0.8 if spec["rho"] is None else spec["rho"],
        small_sample=spec["small"],
    )
    answer = _robust(got, listed=True, one_df=False)
    # R writes the name of the intercept as a syntactic one.
    terms = ["X.Intercept." if term == "(Intercept)" else term for term in got.terms]
    if not spec["small"]:
        answer["df"] = got.df if len(terms) > 1 else [float(got.df[0])]
    return answer | {
        "terms": terms,
        "n_studies": got.clusters,
        "k": got.k,
        "tau2": got.tau2,
        "omega2": got.omega2,
        "I2": got.i2,
    }


def _labels(case: Case, name: str, rows: np.ndarray) -> list[Any]:
    column = case.data[name if name in case.data else f"{name}_"]
    return [column[i] for i in rows]


def _numbers(case: Case, name: str, rows: np.ndarray) -> list[Any]:
    return _labels(case, name, rows)


KINDS = {"gls": generalised, "rma_mv": three_level, "robust": robust, "robumeta": robumeta}
