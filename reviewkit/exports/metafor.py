"""Every pool as tables that metafor reads, with an R script that pools them again.

metafor: Viechtbauer W. J Stat Softw 2010;36(3):1-48, doi:10.18637/jss.v036.i03.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from reviewkit.exports.metafor_script import SCRIPT
from reviewkit.exports.pools import COUNTS, MEANS, PooledTable, figure, pooled_tables
from reviewkit.review import Review
from reviewkit.store.files import write_atomic
from reviewkit.tables import write_csv

EFFECTS = ("outcome", "analysis", "study", "label", "measure", "yi", "vi", *MEANS, *COUNTS)
PLAN = ("outcome", "analysis", "measure", "pool", "method", "test", "level", "k", "estimate", "ci_low", "ci_high",
        "tau2")
_TESTS = {"normal": "z", "t": "t", "hk": "knha", "hk-adhoc": "adhoc"}
"""Interval to metafor's ``test``."""


def write_metafor(review: Review, folder: Path) -> tuple[str, ...]:
    """Write effects.csv, plan.csv and analysis.R; the names of the files written.

    ``effects.csv`` holds yi and vi on metafor's scale (ratios as logarithms) and, where a study's effect follows from
    two groups as they are printed, their numbers under metafor's names. ``plan.csv`` holds each pool's settings and
    result; ``analysis.R`` works the effects out by ``escalc`` from those numbers, pools anew and compares.
    """
    pools = tuple(pooled_tables(review))
    folder.mkdir(parents=True, exist_ok=True)
    write_csv(folder / "effects.csv", EFFECTS, list(_effects(pools)))
    write_csv(folder / "plan.csv", PLAN, list(_plan(pools)))
    write_atomic(folder / "analysis.R", SCRIPT)
    return ("effects.csv", "plan.csv", "analysis.R")


def _effects(pools: Sequence[PooledTable]) -> Iterator[dict[str, object]]:
    for pool in pools:
        for entry in pool.entries:
            yield {"outcome": pool.outcome.id, "analysis": pool.analysis.id, "study": entry.study_id,
                   "label": entry.label, "measure": pool.analysis.measure, "yi": figure(entry.yi),
                   "vi": figure(entry.vi), **entry.groups}


def _plan(pools: Sequence[PooledTable]) -> Iterator[dict[str, object]]:
    for pool in pools:
        said = pool.pooled
        yield {
            "outcome": pool.outcome.id, "analysis": pool.analysis.id, "measure": pool.analysis.measure,
            "pool": pool.method, "method": "EE" if said["model"] == "common" else said["tau2_method"],
            "test": _TESTS[str(said["ci_method"])], "level": pool.outcome.plan.level * 100, "k": said["k"],
            **{name: figure(said[name]) for name in ("estimate", "ci_low", "ci_high")},
            "tau2": figure(said["tau2"]) if said["model"] == "random" else None,
        }
