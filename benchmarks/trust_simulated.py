"""Trust checks on simulated trials: recall for each fault, false alarms on honest trials, seconds.

Run from the repository's root: ``python -m benchmarks.trust_simulated [--tables 10]``.
"""

from __future__ import annotations

import argparse
import os
import time
from collections import Counter

import numpy as np

from reviewkit.trust import check_rows
from tests.trust.simulated import faulty_table, rows_of


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tables", type=int, default=10)
    parser.add_argument("--list", action="store_true", help="name misses and false alarms")
    options = parser.parse_args()
    put: Counter[str] = Counter()
    found: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    alarms: Counter[str] = Counter()
    honest = rows = 0
    seconds = 0.0
    for seed in range(options.tables):
        trials, faults = faulty_table(np.random.default_rng(seed), 300, 8)
        table = rows_of(trials)
        start = time.perf_counter()
        findings = check_rows(table)
        seconds += time.perf_counter() - start
        rows += len(table)
        honest += len(trials) - len(faults)
        put.update(faults.values())
        codes: dict[str, set[str]] = {}
        for finding in findings:
            for study in finding.study_id.split("|"):
                codes.setdefault(study, set()).add(finding.code)
        found.update(code for study, code in faults.items() if code in codes.get(study, set()))
        seen.update(code for study, code in faults.items() if codes.get(study))
        wrong = {trial.rows[0].study_id for trial in trials} - set(faults)
        alarms.update(code for study in wrong for code in codes.get(study, set()))
        if options.list:
            missed = {s: (c, codes.get(s)) for s, c in faults.items() if c not in codes.get(s, set())}
            print(seed, "missed", missed, "alarms", {s: codes[s] for s in wrong if s in codes})
    print(f"{'code':24s} {'faults':>7s} {'by code':>8s} {'any':>6s} {'false alarms':>13s}")
    for code in [*put, *sorted(set(alarms) - set(put))]:
        n = max(put[code], 1)
        print(f"{code:24s} {put[code]:7d} {found[code] / n:8.2f} {seen[code] / n:6.2f} {alarms[code]:13d}")
    print(f"false alarms: {sum(alarms.values())} on {honest} honest trials; {rows} rows in {seconds:.2f} s")
    print(f"load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
