"""How fast the pooling core is, beside its peers in the same run.

Run with ``python benchmarks/pooling.py`` from the repository. Peers are used where they are installed: PyMARE,
statsmodels and PyMetaAnalysis from PyPI, metafor where R is. statsmodels has no REML: its iterated (Paule-Mandel)
estimate stands in. Medians of repeated calls; ratios are peer over ours, above 1 where ours is the faster.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import statistics
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from reviewkit.synthesis import Pooled, influence, leave_one_out, pool, pool_many

SIZES = (10, 100, 1000, 10_000)
BATCH = (10_000, 10)
Fit = Callable[[np.ndarray, np.ndarray], object]


def studies(k: int, seed: int = 3) -> tuple[np.ndarray, np.ndarray]:
    """Effects and variances of k studies with moderate heterogeneity."""
    rng = np.random.default_rng(seed)
    v = rng.uniform(0.05, 0.5, k)
    return rng.normal(0.2, np.sqrt(v + 0.1)), v


def median_seconds(call: Callable[[], object], budget: float = 1.0, least: int = 5) -> float:
    """Median time of repeated calls, at least ``least`` of them, for about ``budget`` seconds."""
    call()
    times: list[float] = []
    begin = time.perf_counter()
    while len(times) < least or (time.perf_counter() - begin < budget and len(times) < 2000):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
        if time.perf_counter() - begin > 20 * budget:
            break
    return statistics.median(times)


def ours(y: np.ndarray, v: np.ndarray) -> object:
    return pool(y, v, ci="hk")


def peers() -> dict[str, Fit]:
    """The peers that are installed, each with REML (or its nearest) and the Hartung-Knapp interval."""
    found: dict[str, Fit] = {}
    if importlib.util.find_spec("pymare"):
        from pymare.estimators import VarianceBasedLikelihoodEstimator

        def pymare(y: np.ndarray, v: np.ndarray) -> object:
            one = VarianceBasedLikelihoodEstimator(method="REML")
            one.fit(y[:, None], v[:, None], np.ones((y.size, 1)))
            return one.summary().get_fe_stats()

        found["PyMARE"] = pymare
    if importlib.util.find_spec("meta_analyze"):
        from meta_analyze import meta_analysis

        found["PyMetaAnalysis"] = lambda y, v: meta_analysis(effect=y, variance=v, tau2_method="REML", ci_method="hksj")
    if importlib.util.find_spec("statsmodels"):
        from statsmodels.stats.meta_analysis import combine_effects

        found["statsmodels"] = lambda y, v: combine_effects(y, v, method_re="iterated", use_t=True).summary_frame()
    return found


R_SCRIPT = """
suppressMessages(library(metafor))
for (k in c({sizes})) {{
  set.seed(3); v <- runif(k, .05, .5); y <- rnorm(k, .2, sqrt(v + .1))
  times <- replicate({times}, system.time(for (i in 1:{loops}) rma(y, v, test="knha"))[["elapsed"]] / {loops})
  cat(k, median(times), "\\n")
}}
"""


def metafor_seconds() -> dict[int, float] | None:
    """Seconds of one metafor fit for each k; None where R or metafor is missing. Being O(k³), not at k = 10 000."""
    if shutil.which("Rscript") is None:
        return None
    script = R_SCRIPT.format(sizes=", ".join(map(str, SIZES[:3])), times=5, loops=10)
    done = subprocess.run(["Rscript", "-e", script], capture_output=True, text=True, check=False)
    if done.returncode:
        return None
    return {int(line.split()[0]): float(line.split()[1]) for line in done.stdout.splitlines() if line.strip()}


def one_fit() -> None:
    """One REML + Hartung-Knapp fit at each k."""
    others, metafor = peers(), metafor_seconds()
    print("\nOne REML + Hartung-Knapp fit (milliseconds; in brackets peer / ours)")
    print(f"{'k':>7} {'reviewkit':>10}" + "".join(f"{name:>22}" for name in [*others, "metafor"]))
    for k in SIZES:
        y, v = studies(k)
        mine = median_seconds(partial(ours, y, v))
        row = f"{k:>7} {1e3 * mine:>10.3f}"
        for fit in others.values():
            try:
                theirs = median_seconds(partial(fit, y, v))
            except Exception as error:  # noqa: BLE001 -- a peer that fails is a row of the table, not ours to mend
                row += f"{type(error).__name__:>22}"
                continue
            row += f"{1e3 * theirs:>12.3f} ({theirs / mine:>6.1f})"
        if metafor and k in metafor:
            row += f"{1e3 * metafor[k]:>12.3f} ({metafor[k] / mine:>6.1f})"
        else:
            row += f"{'not run':>22}" if metafor else f"{'R is not installed':>22}"
        print(row)


def many_fits() -> None:
    """10 000 analyses of 10 studies in one call."""
    n, k = BATCH
    rng = np.random.default_rng(4)
    v = rng.uniform(0.05, 0.5, (n, k))
    y = rng.normal(0.2, np.sqrt(v + rng.choice([0.0, 0.1, 0.5], n)[:, None]))
    mine = median_seconds(lambda: pool_many(y, v), least=7) / n
    print(f"\n{n} analyses of k = {k} in one call (microseconds each)\nreviewkit  {1e6 * mine:8.2f}")
    if importlib.util.find_spec("pymare"):
        from pymare.estimators import VarianceBasedLikelihoodEstimator

        def columns() -> object:
            one = VarianceBasedLikelihoodEstimator(method="REML")
            one.fit(np.ascontiguousarray(y.T), np.ascontiguousarray(v.T), np.ones((k, 1)))
            return one.summary().get_fe_stats()

        theirs = median_seconds(columns, least=3) / n
        print(f"PyMARE     {1e6 * theirs:8.2f} ({theirs / mine:.1f})")


def both(whole: Pooled, y: np.ndarray, v: np.ndarray) -> object:
    return leave_one_out(whole), influence(y, v, ci="hk")


def sensitivity() -> None:
    """Leave-one-out and influence together."""
    print("\nLeave-one-out + influence (seconds)")
    for k in (100, 1000):
        y, v = studies(k)
        whole = pool(y, v, ci="hk")
        seconds = median_seconds(partial(both, whole, y, v), least=7)
        print(f"k = {k:<6} {seconds:8.4f}")


def importing() -> None:
    """A fresh interpreter that imports the package and pools once, less one that imports nothing."""
    code = "import reviewkit.synthesis as s; s.pool([0.1, 0.2, 0.3], [0.1, 0.1, 0.2])"
    root = Path(__file__).resolve().parents[1]

    def run(what: str) -> float:
        return median_seconds(lambda: subprocess.run([sys.executable, "-c", what], check=True, cwd=root), least=7)

    empty = run("pass")
    print("\nImport in a fresh interpreter, its own start taken off (seconds)")
    print(f"import reviewkit.synthesis              {run('import reviewkit.synthesis') - empty:8.3f}")
    print(f"import reviewkit.synthesis and one pool {run(code) - empty:8.3f}")


def main() -> None:
    warnings.filterwarnings("ignore")
    load = " ".join(f"{x:.2f}" for x in os.getloadavg())
    print(f"Python {sys.version.split()[0]}, numpy {np.__version__}, {os.cpu_count()} cores, load {load}")
    one_fit()
    many_fits()
    sensitivity()
    importing()
    print(f"\nLoad at the end {' '.join(f'{x:.2f}' for x in os.getloadavg())}")


if __name__ == "__main__":
    main()
