"""How the conversion kinds of the oracle are asked: by the words and parameter names of ``spec``."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from reviewkit.effects import conversions as cv
from reviewkit.effects import effect_sizes
from reviewkit.errors import InputError
from tests.oracle.case import Case, Result

Spec = dict[str, Any]


def conversion(case: Case, result: Result) -> Result:
    spec = result["spec"]
    if "columns" in spec:
        return _of_columns(case, spec["columns"])
    if "median" in spec:
        return _of_quantiles(spec)
    if "ori" in spec:
        return _tables(spec)
    names = frozenset(spec) - {"what", "level"}
    return _ONE_NUMBER[names](spec)


def _of_columns(case: Case, columns: list[str]) -> Result:
    taken = [case.column(name) for name in columns]
    if len(taken) == 3:
        found = effect_sizes("HR", dict(zip(("hr", "ci_lb", "ci_ub"), taken, strict=True)))
    else:
        found = effect_sizes("HR", dict(zip(("oe", "v"), taken, strict=True)))
    return {"yi": found.yi, "vi": found.vi}


_METHODS = {
    "luo_wan_shi": "luo-wan-shi",
    "hozo": "hozo",
    "wan2014": "wan",
    "mcgrath_qe": "mcgrath-qe",
    "mcgrath_bc": "mcgrath-bc",
    "cai_mln": "cai-mln",
}


def _of_quantiles(spec: Spec) -> Result:
    """One summary at a time; a method that does not know the summary has no answer for it."""
    names = {"min": "minimum", "q1": "q1", "median": "median", "q3": "q3", "max": "maximum", "n": "n"}
    rows = [dict(zip(names.values(), row, strict=True)) for row in zip(*(spec[name] for name in names), strict=True)]
    with_test = "skewness" in spec.get("what", "")
    log_normal = "log-normal" in spec.get("what", "")
    method = "log-normal" if log_normal else _METHODS[spec.get("method", "luo_wan_shi")]
    got: Result = {"mean": [], "sd": [], "tval": [], "crit": [], "significant": []}
    for row in rows:
        skew = cv.skewness_test(**row)
        got["tval"].append(skew["statistic"])
        got["crit"].append(skew["critical"])
        got["significant"].append(bool(skew["skewed"]))
        try:
            found = cv.mean_sd_from_quantiles(**row, method=method)
        except InputError:
            found = None
        usable = found is not None and not (with_test and skew["skewed"])
        got["mean"].append(found["mean"] if usable else None)
        got["sd"].append(found["sd"] if usable else None)
    return got


def _tables(spec: Spec) -> Result:
    rows = zip(spec["ori"], spec["ni"], spec["n1i"], spec["n2i"], strict=True)
    tables = [cv.table_from_odds_ratio(*row) for row in rows]
    return {f"{cell}i": [table[cell] for table in tables] for cell in "abcd"}


def _level(spec: Spec) -> float:
    stated = re.search(r"(\d+(?:\.\d+)?)%", spec["what"])
    return float(spec["level"]) if "level" in spec else float(stated[1]) / 100 if stated else 0.95


def _sd_from_ci(spec: Spec) -> cv.Conversion:
    distribution = "t" if "t-based" in spec["what"] else "normal"
    return cv.sd_from_ci(spec["lower"], spec["upper"], spec["n"], level=_level(spec), distribution=distribution)


def _outputs(found: cv.Conversion, **renamed: str) -> Result:
    """The outputs under the names of the reference."""
    return {renamed.get(name, name): value for name, value in found.outputs.items()}


def _crossover(spec: Spec) -> Result:
    compute = cv.crossover_smd if "SMD" in spec["what"] else cv.crossover_difference
    means = (spec[name] for name in ("mean_e", "mean_c", "sd_e", "sd_c"))
    return _outputs(compute(*means, n=spec["n"], correlation=spec["corr"]))


def _cluster(spec: Spec) -> Result:
    of = {"cluster_size": spec["avg_cluster_size"], "icc": spec["icc"]}
    events = cv.cluster_events(spec["events"], spec["total"], **of)
    return {
        "deff": cv.design_effect(**of)["design_effect"],
        "n_eff": events["total"],
        "events_eff": events["events"],
        "se_inflated": cv.cluster_se(spec["se"], **of)["se"],
    }


_ONE_NUMBER: Mapping[frozenset[str], Callable[[Spec], Result]] = {
    frozenset(names.split()): compute
    for names, compute in (
        ("se n", lambda s: _outputs(cv.sd_from_se(s["se"], s["n"]))),
        ("lower upper n", lambda s: _outputs(_sd_from_ci(s))),
        ("lower upper", lambda s: _outputs(cv.se_from_ci(s["lower"], s["upper"], level=_level(s)))),
        ("md p n1 n2", lambda s: _outputs(cv.sd_from_difference_p(s["md"], s["p"], s["n1"], s["n2"]))),
        (
            "lower upper n1 n2",
            lambda s: _outputs(cv.sd_from_difference_ci(s["lower"], s["upper"], s["n1"], s["n2"], level=_level(s))),
        ),
        (
            "est lower upper",
            lambda s: _outputs(
                cv.ratio_from_ci(s["est"], s["lower"], s["upper"], level=_level(s)), log_estimate="log_est"
            ),
        ),
        ("est p", lambda s: _outputs(cv.ratio_from_p(s["est"], s["p"]), log_estimate="log_est")),
        ("hr p", lambda s: _outputs(cv.hazard_ratio_from_p(s["hr"], s["p"]), v="V", o_minus_e="O_minus_E")),
        ("sd_baseline sd_final corr", lambda s: _outputs(cv.sd_of_change(s["sd_baseline"], s["sd_final"], s["corr"]))),
        (
            "sd_baseline sd_final sd_change",
            lambda s: _outputs(
                cv.correlation_from_change(s["sd_baseline"], s["sd_final"], s["sd_change"]), correlation="corr"
            ),
        ),
        ("mean_e mean_c sd_e sd_c n corr", _crossover),
        ("avg_cluster_size icc events total se", _cluster),
        ("smd se", lambda s: _outputs(cv.log_odds_ratio_from_smd(s["smd"], s["se"]), log_odds_ratio="lnor")),
        ("lnor se", lambda s: _outputs(cv.smd_from_log_odds_ratio(s["lnor"], s["se"]))),
        ("t n1 n2", lambda s: _outputs(cv.smd_from_t(s["t"], s["n1"], s["n2"]))),
        ("d n1 n2", lambda s: _outputs(cv.correlation_from_d(s["d"], s["n1"], s["n2"]))),
    )
}


def arms(case: Case, result: Result) -> Result:
    spec = result["spec"]
    if "n_c" in spec:
        return _split_means(spec)
    if "control_events" in spec:
        return _split_events(spec)
    return _outputs(cv.combine_arms(spec["n"], spec["mean"], spec["sd"]))


def _split_means(spec: Spec) -> Result:
    treated = spec["arms"]
    k = len(treated["n"])
    part = cv.split_comparator(spec["n_c"], spec["mean_c"], spec["sd_c"], comparisons=k)
    columns = {"m1i": treated["mean"], "sd1i": treated["sd"], "n1i": treated["n"]} | {
        "m2i": part["mean"], "sd2i": part["sd"], "n2i": part["n"]
    }  # fmt: skip
    return {"n_c_each": part["n"]} | _yi_vi(columns, ("MD", "SMD"))


def _split_events(spec: Spec) -> Result:
    k = len(spec["total"])
    part = cv.split_comparator_events(spec["control_events"], spec["control_total"], comparisons=k)
    columns = {"ai": spec["events"], "n1i": spec["total"], "ci": part["events"], "n2i": part["total"]}
    return {"c_each": part["events"], "nc_each": part["total"]} | _yi_vi(columns, ("OR", "RR"))


def _yi_vi(columns: Mapping[str, Any], measures: tuple[str, ...]) -> dict[str, np.ndarray]:
    found = {measure: effect_sizes(measure, columns, fractional=True) for measure in measures}
    yi = {f"{measure}_yi": sizes.yi for measure, sizes in found.items()}
    return yi | {f"{measure}_vi": sizes.vi for measure, sizes in found.items()}


KINDS: dict[str, Callable[[Case, Result], Any]] = {"conversion": conversion, "arms": arms}
