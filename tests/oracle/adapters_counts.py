"""Oracle kind of generalised linear mixed models."""

from __future__ import annotations

import math
from typing import Any

from reviewkit.synthesis.rare_events import glmm, glmm_proportions, glmm_rates
from tests.oracle.adapters_tables import RATES, cells
from tests.oracle.case import Case, Result


def mixed(case: Case, result: Result) -> Any:
    spec = result["spec"]
    measure = spec["measure"]
    if measure == "OR":
        got = glmm(**cells(case, spec), model=spec["model"], laplace="lme4")
    elif measure == "IRR":
        got = glmm_rates(*(case.column(name) for name in RATES), model=spec["model"], laplace="lme4")
    else:
        x = case.column("xi")
        n = case.column("ni") if "ni" in case.data else x + case.column("mi")
        got = glmm_proportions(x, n)
    spread = got.heterogeneity
    natural = (lambda x: 1 / (1 + math.exp(-x))) if measure == "PLO" else math.exp
    return {
        "k": got.k,
        "estimate": got.estimate,
        "se": got.se,
        "ci_lb": got.ci_low,
        "ci_ub": got.ci_high,
        "pval": got.p,
        "tau2": got.tau2,
        "QE_Wld": spread.wald if spread else None,
        "QE_LRT": spread.lrt if spread else None,
        "natural": {
            "estimate": natural(got.estimate),
            "ci_lb": natural(got.ci_low),
            "ci_ub": natural(got.ci_high),
        },
    }


KINDS = {"glmm": mixed}
