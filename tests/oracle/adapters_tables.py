"""Oracle kinds of two-by-two tables and rates: Mantel-Haenszel, Peto, R meta's metabin.

An undefined Mantel-Haenszel sum is refused by the library with code "undefined"; here that answer is written as the
reference writes it, with ``null`` for every number.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from reviewkit.errors import InputError
from reviewkit.synthesis.counts import check_tables, included, table_effects
from reviewkit.synthesis.pooling import pool
from reviewkit.synthesis.stratified import mantel_haenszel, mantel_haenszel_rates, peto
from reviewkit.synthesis.table_pool import TablePool
from tests.oracle.case import Case, Result, as_floats

CELLS = ("ai", "bi", "ci", "di")
RATES = ("x1i", "t1i", "x2i", "t2i")
CI = {"classic": "normal", "HK": "hk", "z": "normal", "t": "t", "knha": "hk", "adhoc": "hk-adhoc"}


def cells(case: Case, spec: dict[str, Any]) -> dict[str, np.ndarray]:
    """The four cells: in the spec itself, or data columns with or without a prefix; non-events from totals."""
    prefix = spec.get("columns_prefix", "")

    def column(name: str) -> np.ndarray | None:
        if isinstance(spec.get(name), list):
            return as_floats(spec[name])
        return case.column(prefix + name) if prefix + name in case.data else None

    found = {name: column(name) for name in CELLS}
    for others, events, total in (("bi", "ai", "n1i"), ("di", "ci", "n2i")):
        if found[others] is None:
            found[others] = column(total) - found[events]
    # As the reference does with studies that miss a cell.
    complete = np.all([np.isfinite(values) for values in found.values()], axis=0)
    return {name: values[complete] for name, values in found.items()}


def mh(case: Case, result: Result) -> Any:
    spec = result["spec"]
    measure, continuity = spec["measure"], spec.get("cmh_continuity_correction", True)
    if measure in ("IRR", "IRD"):
        columns = [case.column(name) for name in RATES]
        return describe(mantel_haenszel_rates(*columns, measure=measure, continuity=continuity))
    given = cells(case, spec)
    try:
        return describe(mantel_haenszel(**given, measure=measure, continuity=continuity))
    except InputError as error:
        if error.problems[0].code != "undefined":
            raise
        yi, _ = table_effects(check_tables(**given), measure)
        nothing = dict.fromkeys(("estimate", "se", "ci_lb", "ci_ub", "pval"))
        return nothing | {"k": yi.size, "k_pos": 0 if measure == "OR" else None, "k_yi": int(np.isfinite(yi).sum())}


def peto_odds_ratio(case: Case, result: Result) -> Any:
    return describe(peto(**cells(case, result["spec"])))


def describe(got: TablePool) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "k": got.k,
        "k_pos": got.k_informative if got.measure in ("OR", "PETO") else None,
        "k_yi": got.k_effects,
        "estimate": got.estimate,
        "se": got.se,
        "statistic": got.statistic,
        "pval": got.p,
        "ci_lb": got.ci_low,
        "ci_ub": got.ci_high,
        "Q": got.q,
        "Q_df": got.q_df,
        "Q_pval": got.q_p,
        "I2": got.i2,
        "H2": got.h2,
        "natural": {
            "estimate": math.exp(got.estimate),
            "ci_lb": math.exp(got.ci_low),
            "ci_ub": math.exp(got.ci_high),
        },
    }
    answer |= dict.fromkeys(("mh_test", "mh_test_pval"))
    names = {"cmh": "cmh", "breslow_day": "breslow_day", "tarone": "tarone", "rate_test": "mh_test"}
    for ours, theirs in names.items():
        if ours in got.tests:
            answer |= {theirs: got.tests[ours].statistic, f"{theirs}_pval": got.tests[ours].p}
    return answer


def metabin(case: Case, result: Result) -> Any:
    spec = result["spec"]
    given = cells(case, spec)
    if spec["method"] == "Inverse":
        return _inverse(given, spec)
    convention = "metabin-exact" if spec.get("mh_exact", False) else "metabin"
    try:
        got = mantel_haenszel(**given, measure=spec["measure"], convention=convention)
    except InputError as error:
        if error.problems[0].code != "undefined":
            raise
        return dict.fromkeys(("estimate", "se", "ci_lb", "ci_ub")) | {"k": 0}
    random = got.random_effects()
    names = {"estimate": "estimate", "se": "se", "ci_lb": "ci_low", "ci_ub": "ci_high", "tau2": "tau2"}
    return describe(got) | {
        "k": got.k_effects,
        "k_mh": int(np.sum(got.weights > 0)),
        "w_common_pct": got.weights,
        "random_dl": {theirs: getattr(random, ours) for theirs, ours in names.items()},
    }


def _inverse(given: dict[str, np.ndarray], spec: dict[str, Any]) -> dict[str, Any]:
    tables = check_tables(**given)
    yi, vi = table_effects(tables, spec["measure"], "metabin")
    options = {"missing": "drop", "measure": spec["measure"]}
    common = pool(yi, vi, model="common", **options)
    random = pool(yi, vi, tau2=spec["method_tau"], ci=CI[spec["ci"]], **options)
    v, hts = random.prediction("k-1-wald"), random.prediction("k-2-wald")
    names = {"estimate": "estimate", "se": "se", "ci_lb": "ci_low", "ci_ub": "ci_high", "pval": "p"}
    return {
        "k": int(included(tables, spec["measure"], "metabin").sum()),
        "TE": yi,
        # R meta writes an infinite error where a study says nothing about an odds ratio.
        "seTE": [math.inf if math.isnan(v) and spec["measure"] == "OR" else math.sqrt(v) for v in vi.tolist()],
        "common": {theirs: getattr(common, ours) for theirs, ours in names.items()},
        "random": {theirs: getattr(random, ours) for theirs, ours in names.items()} | {"df": random.df},
        "tau2": random.tau2,
        "Q": random.q,
        "I2": random.i2_q,
        "pi_V_t_k1": {"lb": v.low, "ub": v.high},
        "pi_HTS_t_k2": {"lb": hts.low, "ub": hts.high},
    }


KINDS = {"mh": mh, "peto": peto_odds_ratio, "meta_metabin": metabin}
