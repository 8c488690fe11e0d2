"""Deduplication: pair recall, precision, seconds and peak memory, beside bib-dedupe in the same run.

    python benchmarks/dedup.py [--sizes 10000 100000] [--peer-sizes 10000] [--json FILE]

The labelled sets come first, then sets resampled from them (`dedup_data.resample`, seeded). Each line is a process of
its own, so that peak memory is that line's (the resampled records themselves included; ``data`` says how much they
take). Needs ``bib-dedupe==0.11.0`` for the peer's lines; its abstracts are cut at 3,000 characters, because one long
abstract made it use up all memory.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import resource
import statistics
import subprocess
import sys
import time
from itertools import combinations
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.dedup_data import SETS, Labelled, load_set, resample  # noqa: E402
from reviewkit.dedup import deduplicate  # noqa: E402

PEER_ABSTRACT = 3_000


def measure(tool: str, name: str, runs: int) -> dict[str, object]:
    """One tool on one set: quality, median seconds, peak memory in MB."""
    data = resample(int(name)) if name.isdigit() else load_set(name)
    before = _peak_mb()
    times: list[float] = []
    found: set[tuple[str, str]] = set()
    for _ in range(runs):
        start = time.perf_counter()
        groups = _ours(data) if tool == "reviewkit" else _bib_dedupe(data)
        times.append(time.perf_counter() - start)
        found = {pair for group in groups for pair in combinations(sorted(group), 2)}
    truth = data.true_pairs()
    hits = len(found & truth)
    return {
        "tool": tool,
        "set": name,
        "records": len(data.records),
        "true_pairs": len(truth),
        "recall": hits / len(truth),
        "precision": hits / max(len(found), 1),
        "false_positives": len(found - truth),
        "seconds": statistics.median(times),
        "peak_mb": _peak_mb() + _peak_mb(resource.RUSAGE_CHILDREN),
        "data_mb": before,
        "load": round(os.getloadavg()[0], 1),
    }


def _peak_mb(who: int = resource.RUSAGE_SELF) -> int:
    return resource.getrusage(who).ru_maxrss // 1024


def _ours(data: Labelled) -> list[tuple[str, ...]]:
    return [group.members for group in deduplicate(data.records, ids=data.ids).groups]


def _bib_dedupe(data: Labelled) -> list[list[str]]:
    import pandas as pd
    from bib_dedupe.bib_dedupe import block, cluster, match, prep

    rows = [
        {
            "ID": name,
            "ENTRYTYPE": "article",
            "author": " and ".join(map(str, record.authors)),
            "title": record.title,
            "year": str(record.year or ""),
            "journal": record.journal,
            "booktitle": "",
            "volume": record.volume,
            "number": record.issue,
            "pages": record.pages,
            "doi": record.doi,
            "isbn": "",
            "abstract": record.abstract[:PEER_ABSTRACT],
        }
        for name, record in zip(data.ids, data.records, strict=True)
    ]
    prepared = prep(pd.DataFrame(rows), cpu=-1)
    groups: list[list[str]] = cluster(match(block(prepared, cpu=-1), cpu=-1))
    return groups


def _in_own_process(tool: str, name: str, runs: int) -> dict[str, object]:
    command = [sys.executable, str(Path(__file__).resolve()), "--one", tool, name, str(runs)]
    answer = subprocess.run(command, check=True, capture_output=True, text=True)
    row: dict[str, object] = json.loads(answer.stdout.strip().splitlines()[-1])
    return row


def _print(row: dict[str, object]) -> None:
    print(
        f"{row['tool']:<11}{row['set']:<20}{row['records']:>9}{row['recall']:>9.4f}{row['precision']:>10.5f}"
        f"{row['false_positives']:>5}{row['seconds']:>9.2f}{row['peak_mb']:>7}{row['data_mb']:>7}{row['load']:>6}",
        flush=True,
    )


def _growth(rows: list[dict[str, object]]) -> str:
    """Exponent b of seconds = a · records^b, by least squares on the logarithms."""
    ours = [row for row in rows if row["tool"] == "reviewkit" and str(row["set"]).isdigit()]
    if len(ours) < 2:
        return ""
    x = [math.log(float(str(row["records"]))) for row in ours]
    y = [math.log(float(str(row["seconds"]))) for row in ours]
    slope, _ = statistics.linear_regression(x, y)
    return f"growth: seconds ∝ records^{slope:.2f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", nargs="*", default=["1000", "10000", "30000", "100000"])
    parser.add_argument("--peer-sizes", nargs="*", default=["10000"])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--one", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measure(options.one[0], options.one[1], int(options.one[2]))))
        return
    print(
        f"{'tool':<11}{'set':<20}{'records':>9}{'recall':>9}{'precision':>10}{'FP':>5}{'s':>9}{'MB':>7}{'data':>7}{'load':>6}"
    )
    rows = []
    for name in (*SETS, *options.sizes):
        rows.append(_in_own_process("reviewkit", name, options.runs if not name.isdigit() or int(name) < 50_000 else 1))
        _print(rows[-1])
        if name in SETS or name in options.peer_sizes:
            rows.append(_in_own_process("bib-dedupe", name, 1))
            _print(rows[-1])
            ratio = float(str(rows[-1]["seconds"])) / float(str(rows[-2]["seconds"]))
            print(f"{'':<11}reviewkit is {ratio:.0f} times faster")
    print(_growth(rows))
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
