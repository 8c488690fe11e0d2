"""Oracle kinds of meta-regression: fit, design matrix, predictions, likelihood-ratio test, Kenward-Roger."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np

from reviewkit.synthesis.design import complete_rows, design_matrix
from reviewkit.synthesis.heterogeneity import h_interval
from reviewkit.synthesis.kenward import kenward_roger
from reviewkit.synthesis.metaregression import likelihood_ratio_test, meta_regression
from reviewkit.synthesis.regression_result import MetaRegression
from tests.oracle.case import Case, Result

CI = {"z": "normal", "t": "t", "knha": "hk", "adhoc": "hk-adhoc"}
COMMON = ("EE", "FE", "CE")

Moderators = dict[str, list[Any]]


def parse(formula: str) -> tuple[list[str], list[tuple[str, ...]]]:
    """Main effects and interactions of a right-hand side: ``~a + b * c``, ``~a:b``, ``factor(a)``."""
    main: list[str] = []
    products: list[tuple[str, ...]] = []
    for term in formula.split("~")[-1].split("+"):
        names = [name.strip() for name in re.split(r"[*:]", term)]
        if names in (["1"], [""]):
            continue
        if "*" in term or len(names) == 1:
            main += [name for name in names if name not in main]
        if len(names) > 1:
            products.append(tuple(names))
    return main, products


def moderators_of(case: Case, formula: str, rows: np.ndarray) -> tuple[Moderators, list[tuple[str, ...]]]:
    """The columns that a formula names, in the given data rows.

    What the file says of them only in passing is read from the case's ``design`` entry for the formula: its label
    where a column was renamed (``drug+dose`` for ``~hcq_cq + high_dose``), and the names of its columns where whole
    numbers stand for categories (``grade2``). Its numbers are not read.
    """
    main, products = parse(formula)
    entry = _design_entry(case, formula)
    labels = entry["rid"].split(":")[-1].split("+") if entry else []
    terms = list(entry["expected"]["columns"]) if entry else []
    found = {}
    for position, name in enumerate(main):
        plain = re.sub(r"^(?:as\.)?factor\((.*)\)$", r"\1", name)
        alias = labels[position] if len(labels) == len(main) else plain
        column = next(case.data[known] for known in (plain, f"{plain}_", alias) if known in case.data)
        values = [column[i] for i in rows]
        categories = plain != name or (terms and name not in terms)
        found[name] = [None if v is None else f"{v}" for v in values] if categories else values
    return found, products


def _design_entry(case: Case, formula: str) -> Result | None:
    wanted = formula.replace(" ", "")
    designs = (one for one in case.results if one["kind"] == "design")
    return next((one for one in designs if one["spec"]["formula"].replace(" ", "") == wanted), None)


def _fit(case: Case, spec: dict[str, Any], formula: str, **options: Any) -> MetaRegression:
    yi, vi, rows = case.complete(spec["es"])
    moderators, products = moderators_of(case, formula, rows)
    method = spec.get("method", "REML")
    choice = {"model": "common"} if method in COMMON else {"tau2": method}
    level = spec.get("level", 95)
    options = {"ci": CI[spec.get("test", "z")], "level": level / 100 if level > 1 else level, **choice, **options}
    return meta_regression(yi, vi, moderators, interactions=products, missing="drop", **options)


def metareg(case: Case, result: Result) -> Any:
    return describe(_fit(case, result["spec"], result["spec"]["formula"]))


def describe(got: MetaRegression) -> dict[str, Any]:
    normal, random = math.isinf(got.df), got.model == "random"
    fit = got.fit_statistics
    m, rest = got.omnibus.df, got.omnibus.df_residual
    return {
        "k": got.k,
        "p": len(got.terms),
        "terms": list(got.terms),
        "estimate": got.estimate,
        "se": got.se,
        "statistic": got.statistic,
        "dist": "normal" if normal else "t",
        "df": None if normal else got.df,
        "pval": got.p,
        "ci_lb": got.ci_low,
        "ci_ub": got.ci_high,
        "hk_scale_s2w": max(1.0, got.hk_scale) if got.ci_method == "hk-adhoc" else got.hk_scale,
        "tau2": got.tau2 if random else None,
        "tau": math.sqrt(got.tau2) if random else None,
        "se_tau2": got.tau2_se,
        "I2": got.i2,
        "H2": got.h2,
        "QE": got.residual_q.q,
        "QE_df": got.residual_q.df,
        "QE_pval": got.residual_q.p,
        "QM": got.omnibus.statistic,
        "QM_df": [m, None if math.isinf(rest) else rest],
        "QM_pval": got.omnibus.p,
        "btt": [j + 1 for j in got.design.slopes],
        "R2": got.r2,
        "fitstats": {
            "logLik": fit.log_likelihood,
            "deviance": fit.deviance,
            "AIC": fit.aic,
            "BIC": fit.bic,
            "AICc": fit.aicc,
        },
        "fitstats_type": fit.likelihood,
        "vcov": got.vcov.tolist(),
        "fitted": got.fitted,
        "resid_z": got.standardised_residuals,
    }


def design(case: Case, result: Result) -> Any:
    spec = result["spec"]
    moderators, products = moderators_of(case, spec["formula"], case.rows(spec["es"]))
    complete = complete_rows(moderators)
    kept = {name: [v for v, full in zip(values, complete, strict=True) if full] for name, values in moderators.items()}
    got = design_matrix(kept, interactions=products)
    return {"columns": {term: got.matrix[:, j] for j, term in enumerate(got.terms)}}


def predict(case: Case, result: Result) -> Any:
    got = _fit(case, result["spec"], result["spec"]["formula"])
    found = got.predict(matrix=result["spec"]["newX"])
    return {
        "pred": found.estimate,
        "se": found.se,
        "ci_lb": found.ci_low,
        "ci_ub": found.ci_high,
        "pi_lb": found.pi_low,
        "pi_ub": found.pi_high,
        "pi_dist": "normal" if math.isinf(found.df) else "t_df_k-p",
        "pi_lb_hts": found.pi_low_hts,
        "pi_ub_hts": found.pi_high_hts,
        "pi_hts_df": found.df_hts,
    }


def lrt(case: Case, result: Result) -> Any:
    spec = result["spec"]
    full = _fit(case, spec, spec["full"])
    reduced = _fit(case, spec, spec["reduced"]) if parse(spec["reduced"])[0] else None
    got = likelihood_ratio_test(full, reduced)
    return {
        "LRT": got.statistic,
        "df": got.df,
        "pval": got.p,
        "ll_full": got.log_likelihood_full,
        "ll_reduced": got.log_likelihood_reduced,
    }


def edge_regression(case: Case, result: Result) -> Any:
    """A regression whose moderators stand in the spec without names; the reference calls them x, x2, ..."""
    spec = result["spec"]
    names = ["x", *(f"x{j}" for j in range(2, len(spec["mods"]) + 1))]
    moderators = dict(zip(names, spec["mods"], strict=True))
    method = spec.get("method", "REML")
    choice = {"model": "common"} if method in COMMON else {"tau2": method}
    got = meta_regression(spec["yi"], spec["vi"], moderators, ci=CI[spec.get("test", "z")], **choice)
    answer = describe(got)
    return answer | {"terms": ["intrcpt" if term == "(Intercept)" else term for term in got.terms]}


def kenward(case: Case, result: Result) -> Any:
    yi, vi, _ = case.complete(result["spec"]["es"])
    got = kenward_roger(yi, vi)
    pooled = got.pooled
    low, high = pooled.i2_q_interval or (None, None)
    h_low, h_high = h_interval(pooled.q, pooled.k) or (None, None)
    return {
        "estimate": got.estimate,
        "se": got.se,
        "ci_lb": got.ci_low,
        "ci_ub": got.ci_high,
        "statistic": got.statistic,
        "df": got.df,
        "pval": got.p,
        "tau2": got.tau2,
        "I2_from_Q": pooled.i2_q,
        "I2_lb_higgins_thompson": low,
        "I2_ub_higgins_thompson": high,
        "H": math.sqrt(max(1.0, pooled.q / pooled.q_df)),
        "H_lb": h_low,
        "H_ub": h_high,
        "pi": {"KR": {"lb": got.pi_low, "ub": got.pi_high, "df": got.df}},
    }


KINDS = {"kenward_roger": kenward, "metareg": metareg, "design": design, "predict": predict, "lrt": lrt}
