"""For R: two tables with metafor's column names, and the script that makes every pool again and compares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.resources import files

from reviewkit.exports.pools import MEANS, PoolTable
from reviewkit.tables import csv_text

STUDY_COLUMNS = ("outcome", "analysis", "study_id", "study", "measure", "yi", "vi", "ai", "ci", *MEANS, "steps")
POOL_COLUMNS = (
    "outcome", "analysis", "name", "measure", "method", "model", "tau2_method", "ci_method", "level", "scale", "k",
    "estimate", "ci_low", "ci_high", "tau2", "i2_tau2",
)


def metafor_files(pools: Sequence[PoolTable]) -> dict[str, str]:
    """File name to text: ``studies.csv``, ``pools.csv``, ``pool.R``.

    Ratios are on the log scale. A study has its two groups (``m1i`` … ``n2i``; ``ai``, ``n1i``, ``ci``, ``n2i``)
    where its effect follows from them without a conversion; ``yi`` and ``vi`` are there for every study.

    References
    ----------
    Viechtbauer W. J Stat Softw 2010;36(3):1-48. doi:10.18637/jss.v036.i03
    """
    return {
        "studies.csv": csv_text(STUDY_COLUMNS, [row for pool in pools for row in _studies(pool)]),
        "pools.csv": csv_text(POOL_COLUMNS, [_pool(pool) for pool in pools]),
        "pool.R": files("reviewkit.exports").joinpath("pool.R").read_text(encoding="utf-8"),
    }


def _studies(pool: PoolTable) -> list[Mapping[str, object]]:
    return [{"outcome": pool.outcome, "analysis": pool.analysis, "study_id": one.study_id, "study": one.label,
             "measure": pool.measure, "yi": one.yi, "vi": one.vi, **one.arms, "steps": "; ".join(one.steps)}
            for one in pool.contrasts]


def _pool(pool: PoolTable) -> Mapping[str, object]:
    return {**{name: pool.pooled.get(name) for name in POOL_COLUMNS}, "outcome": pool.outcome,
            "analysis": pool.analysis, "name": pool.name, "measure": pool.measure, "method": pool.method,
            "level": pool.level}
