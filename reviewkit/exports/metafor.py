"""Every pooled analysis as tables that metafor reads, with an R script that pools them again.

metafor: Viechtbauer W. J Stat Softw 2010;36(3):1-48, doi:10.18637/jss.v036.i03.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from reviewkit.extraction import ArmRow
from reviewkit.review import Review
from reviewkit.review.analysis import Analysis, OutcomeAnalysis
from reviewkit.store.files import write_atomic
from reviewkit.synthesis import Pooled
from reviewkit.tables import write_csv

EFFECTS = ("outcome", "analysis", "study", "label", "measure", "yi", "vi", "m1i", "sd1i", "n1i", "m2i", "sd2i", "n2i",
           "ai", "bi", "ci", "di")
PLAN = ("outcome", "analysis", "measure", "method", "test", "level", "k", "estimate", "ci_low", "ci_high", "tau2")
_TESTS = {"normal": "z", "t": "t", "hk": "knha", "hk-adhoc": "adhoc"}
"""Interval to metafor's ``test``."""


def write_metafor(review: Review, folder: Path) -> tuple[str, ...]:
    """Write effects.csv, plan.csv and analysis.R; the names of the files written.

    ``effects.csv`` holds yi and vi on metafor's scale (ratios as logarithms) and, where a study's effect rests on
    two plain groups, their numbers under metafor's names. ``plan.csv`` holds each pool's settings and result;
    ``analysis.R`` pools anew and prints both side by side.
    """
    outcomes = [review.synthesise(name) for name in review.protocol.outcome_ids]
    folder.mkdir(parents=True, exist_ok=True)
    write_csv(folder / "effects.csv", EFFECTS, list(_effects(outcomes)))
    write_csv(folder / "plan.csv", PLAN, list(_plan(outcomes)))
    write_atomic(folder / "analysis.R", SCRIPT)
    return ("effects.csv", "plan.csv", "analysis.R")


def pooled_analyses(outcomes: list[OutcomeAnalysis]) -> Iterator[tuple[OutcomeAnalysis, Analysis, Pooled]]:
    """Every analysis, main and sensitivity, that gave a pool."""
    for outcome in outcomes:
        for analysis in (outcome.main, *outcome.sensitivity):
            if analysis.pooled is not None:
                yield outcome, analysis, analysis.pooled


def groups(rows: tuple[ArmRow, ...]) -> tuple[ArmRow, ArmRow] | None:
    """The two plain groups an effect rests on, intervention first; None where it rests on something else."""
    roles = {row.arm_role: row for row in rows}
    if len(rows) == 2 and set(roles) == {"intervention", "comparator"}:
        return roles["intervention"], roles["comparator"]
    return None


def _effects(outcomes: list[OutcomeAnalysis]) -> Iterator[dict[str, object]]:
    for outcome, analysis, _ in pooled_analyses(outcomes):
        for result in analysis.usable:
            row: dict[str, object] = {
                "outcome": outcome.outcome.id, "analysis": analysis.id, "study": result.study_id,
                "label": outcome.labels.get(result.study_id, result.study_id), "measure": analysis.measure,
                "yi": result.yi, "vi": result.vi}
            pair = groups(result.rows)
            if pair is not None:
                row |= _numbers(*pair)
            yield row


def _numbers(one: ArmRow, other: ArmRow) -> dict[str, object]:
    found: dict[str, object] = {}
    for place, arm in ((1, one), (2, other)):
        found |= {f"m{place}i": arm.mean, f"sd{place}i": arm.sd, f"n{place}i": arm.n}
    for names, arm in ((("ai", "bi"), one), (("ci", "di"), other)):
        if arm.events is not None and arm.total is not None:
            found |= dict(zip(names, (arm.events, arm.total - arm.events), strict=True))
    return found


def _plan(outcomes: list[OutcomeAnalysis]) -> Iterator[dict[str, object]]:
    for outcome, analysis, pool in pooled_analyses(outcomes):
        said = pool.as_dict()
        yield {
            "outcome": outcome.outcome.id, "analysis": analysis.id, "measure": analysis.measure,
            "method": "EE" if said["model"] == "common" else said["tau2_method"],
            "test": _TESTS[str(said["ci_method"])], "level": outcome.outcome.plan.level * 100, "k": said["k"],
            "estimate": said["estimate"], "ci_low": said["ci_low"], "ci_high": said["ci_high"],
            "tau2": said["tau2"] if said["model"] == "random" else None,
        }


SCRIPT = """\
# Pools every analysis of this review again with metafor; reviewkit's figures stand beside metafor's.
# Run it in this folder: Rscript analysis.R
library(metafor)
effects <- read.csv("effects.csv", colClasses = c(outcome = "character", analysis = "character"))
plan <- read.csv("plan.csv", colClasses = c(outcome = "character", analysis = "character"))
control <- list(threshold = 1e-12, maxiter = 10000)
again <- lapply(seq_len(nrow(plan)), function(i) {
  asked <- plan[i, ]
  data <- effects[effects$outcome == asked$outcome & effects$analysis == asked$analysis, ]
  fit <- if (asked$method %in% c("REML", "ML", "EB")) {
    rma(yi, vi, data = data, method = asked$method, test = asked$test, level = asked$level, control = control)
  } else {
    rma(yi, vi, data = data, method = asked$method, test = asked$test, level = asked$level)
  }
  data.frame(outcome = asked$outcome, analysis = asked$analysis, k = fit$k,
             estimate = as.numeric(fit$beta), ci_low = fit$ci.lb, ci_high = fit$ci.ub,
             tau2 = if (asked$method == "EE") NA else fit$tau2)
})
again <- if (length(again)) do.call(rbind, again) else plan[0, c("outcome", "analysis", "k", "estimate", "ci_low",
                                                                "ci_high", "tau2")]
write.csv(again, "metafor.csv", row.names = FALSE)
if (nrow(plan) == 0) {
  cat("Nothing was pooled in this review.\\n")
} else {
  for (i in seq_len(nrow(plan))) {
    cat(sprintf("%s, %s: reviewkit %.6f [%.6f, %.6f], metafor %.6f [%.6f, %.6f]\\n", plan$outcome[i], plan$analysis[i],
                plan$estimate[i], plan$ci_low[i], plan$ci_high[i],
                again$estimate[i], again$ci_low[i], again$ci_high[i]))
  }
}
"""
