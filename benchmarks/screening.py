"""Screening: records read to find 95 % and 100 % of the includes, beside ASReview on the same prior records.

    python benchmarks/screening.py run --out RUNS.jsonl [--seeds 0 20] [--variant all|text] [--sets NAME…]
    PEER/bin/python benchmarks/screening.py peer --out RUNS.jsonl [--seeds 0 20] [--variant all|text] [--sets NAME…]
    python benchmarks/screening.py table RUNS.jsonl…
    python benchmarks/screening.py speed [--sizes 10000 100000] [--votes 500 2000]

``run`` replays with reviewkit, ``peer`` with ASReview's default model (needs ``asreview>=3`` in the Python that runs
it, and nothing of reviewkit's dependencies); both append one line for each set, label and seed and skip what is there.
Variant ``text`` leaves out the records that have neither title nor abstract. ``table`` prints paired differences with
95 % intervals, seconds and memory, and what the stopping rules would have done. ``speed`` times the first features and
one ranking anew, on records resampled from the sets' sentences.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import os
import random
import resource
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
DATA = ROOT / ".." / "shared" / "screening"
LABELS = ("label_included", "label_abstract_screening")
T_975 = (math.nan, 12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145,
         2.131, 2.120, 2.110, 2.101, 2.093)
"""Quantiles of Student's t for 0 to 19 degrees of freedom."""

Run = dict[str, Any]


def rows_of(name: str) -> list[dict[str, str]]:
    """The rows of one labelled set."""
    csv.field_size_limit(1 << 30)
    with (DATA / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def set_names() -> list[str]:
    """The labelled sets there are, smallest file first."""
    with_label = [path for path in DATA.glob("*.csv") if "label_included" in path.open(encoding="utf-8-sig").readline()]
    return [path.stem for path in sorted(with_label, key=lambda path: path.stat().st_size)]


def has_text(row: dict[str, str]) -> bool:
    """Whether a record has a title or an abstract."""
    return bool(row["title"].strip() or row["abstract"].strip())


def priors(labels: list[bool], seed: int) -> list[int]:
    """The include and the exclude that both programs know at the start, as `reviewkit simulate` draws them."""
    draw = random.Random(seed)
    return [draw.choice([i for i, label in enumerate(labels) if label is wanted]) for wanted in (True, False)]


def jobs(options: argparse.Namespace, tool: str) -> Iterator[tuple[Run, list[int], list[dict[str, str]]]]:
    """What is still to do: the run's key, the kept row numbers, the kept rows; seed by seed."""
    done = {key(run) for run in read_runs([options.out])} if options.out.exists() else set()
    tables = {name: rows_of(name) for name in options.sets or set_names()}
    for seed in range(*options.seeds):
        for name, rows in tables.items():
            kept = [i for i, row in enumerate(rows) if options.variant == "all" or has_text(row)]
            if options.variant == "text" and len(kept) == len(rows):
                continue
            for label in LABELS:
                run: Run = {"tool": tool, "set": name, "label": label, "variant": options.variant, "seed": seed}
                if label in rows[0] and key(run) not in done:
                    yield run, kept, [rows[i] for i in kept]


def key(run: Run) -> tuple[object, ...]:
    """What tells runs apart."""
    return tuple(run[name] for name in ("tool", "set", "label", "variant", "seed"))


def ours() -> Callable[[Run, list[dict[str, str]], list[bool]], list[int]]:
    """reviewkit; features are made once for a set and their time is added to each run."""
    from reviewkit.screening.features import Text
    from reviewkit.screening.ranking import Ranker
    from reviewkit.screening.simulate import replay

    made: dict[tuple[str, str], tuple[Ranker, float]] = {}

    def read(run: Run, rows: list[dict[str, str]], labels: list[bool]) -> list[int]:
        place = (run["set"], run["variant"])
        if place not in made:
            start = time.process_time()
            ranker = Ranker([Text(row["title"].strip(), row["abstract"].strip()) for row in rows])
            made[place] = (ranker, time.process_time() - start)
        ranker, seconds = made[place]
        run["first_seconds"] = round(seconds, 2)
        return replay(ranker, labels, priors(labels, run["seed"]))

    return read


def asreview() -> Callable[[Run, list[dict[str, str]], list[bool]], list[int]]:
    """ASReview's default model, through its own simulation class; it leaves a cache where it runs, so elsewhere."""
    os.chdir(tempfile.mkdtemp())
    import numpy as np
    import pandas as pd
    from asreview.learner import ActiveLearningCycle
    from asreview.models.models import get_ai_config
    from asreview.simulation.simulate import Simulate

    def read(run: Run, rows: list[dict[str, str]], labels: list[bool]) -> list[int]:
        table = pd.DataFrame({"title": [r["title"] for r in rows], "abstract": [r["abstract"] for r in rows]})
        np.random.seed(run["seed"])
        cycle = ActiveLearningCycle.from_meta(get_ai_config()["value"])
        replay = Simulate(table, np.array(labels, dtype=int), [cycle], print_progress=False)
        replay.label(priors(labels, run["seed"]))
        replay.review()
        found = [int(number) for number in replay._results["record_id"]]
        return found + sorted(set(range(len(rows))) - set(found))

    return read


def work(options: argparse.Namespace, tool: str) -> None:
    """Do the jobs, one line each."""
    read = ours() if tool == "reviewkit" else asreview()
    for run, kept, rows in jobs(options, tool):
        labels = [row[run["label"]].strip() in ("1", "1.0") for row in rows]
        start = time.process_time()
        order = read(run, rows, labels)
        run["seconds"] = round(time.process_time() - start, 2)
        run["peak_mb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
        run["load"] = round(os.getloadavg()[0], 1)
        run["order"] = [kept[number] for number in order]
        with options.out.open("a", encoding="utf-8") as file:
            file.write(json.dumps(run) + "\n")


def read_runs(paths: Iterable[Path]) -> list[Run]:
    """The lines of some files of runs."""
    return [json.loads(line) for path in paths for line in path.read_text(encoding="utf-8").splitlines()]


def decisions_of(run: Run, cache: dict[str, list[dict[str, str]]]) -> list[bool]:
    """The labels in the order of reading."""
    rows = cache.setdefault(run["set"], rows_of(run["set"]))
    return [rows[number][run["label"]].strip() in ("1", "1.0") for number in run["order"]]


def figures(decisions: list[bool]) -> dict[str, float]:
    """n95, n100 and work saved over sampling."""
    ranks = [rank for rank, include in enumerate(decisions, start=1) if include]
    n95, n100, n = ranks[math.ceil(0.95 * len(ranks) - 1e-9) - 1], ranks[-1], len(decisions)
    return {"n": n, "included": len(ranks), "n95": n95, "n100": n100, "wss95": (n - n95) / n - 0.05}


def interval(values: list[float]) -> tuple[float, float, float]:
    """Mean and the ends of its 95 % interval (Student's t)."""
    mean = statistics.fmean(values)
    if len(values) < 2:
        return mean, math.nan, math.nan
    freedom = len(values) - 1
    half = (T_975[freedom] if freedom < len(T_975) else 1.96) * statistics.stdev(values) / math.sqrt(len(values))
    return mean, mean - half, mean + half


def _span(estimate: tuple[float, float, float], places: int) -> str:
    mean, low, high = estimate
    ends = "one seed" if math.isnan(low) else f"{low:+.{places}f} to {high:+.{places}f}"
    return f"{mean:+.{places}f} ({ends})"


def table(runs: list[Run]) -> None:
    """Print the comparison and the stopping rules."""
    cache: dict[str, list[dict[str, str]]] = {}
    found = {key(run): figures(decisions_of(run, cache)) for run in runs}
    gains: dict[str, list[float]] = defaultdict(list)
    print("| variant | set | label | n | includes | seeds | WSS@95 ours | ASReview | difference (95 % interval) "
          "| n95 ours − ASReview | n100 ours − ASReview |\n|---|---|---|---|---|---|---|---|---|---|---|")
    groups = sorted({k[1:4] for k in found}, key=lambda g: (g[2], g[1], g[0]))
    for group in groups:
        seeds = sorted(k[4] for k in found if k[:4] == ("reviewkit", *group) and ("asreview", *k[1:]) in found)
        if not seeds:
            continue
        pairs = [(found["reviewkit", *group, seed], found["asreview", *group, seed]) for seed in seeds]
        gain = interval([one["wss95"] - other["wss95"] for one, other in pairs])
        reads = [interval([one[name] - other[name] for one, other in pairs]) for name in ("n95", "n100")]
        gains[f"{group[2]}, {group[1]}"].append(gain[0])
        gains[group[2]].append(gain[0])
        means = [statistics.fmean(side["wss95"] for side in sides) for sides in zip(*pairs, strict=True)]
        size = pairs[0][0]
        print(f"| {group[2]} | {group[0]} | {group[1]} | {size['n']} | {size['included']} | {len(seeds)} "
              f"| {means[0]:.3f} | {means[1]:.3f} | {_span(gain, 3)} "
              + "".join(f"| {_span(read, 0)} " for read in reads) + "|")
    for name, values in gains.items():
        print(f"\nMean gain in WSS@95, {name}: {statistics.fmean(values):+.4f} over {len(values)} rows")
    _costs(runs)
    _stops(runs, cache)


def _costs(runs: list[Run]) -> None:
    print("\n| tool | set | label | median CPU seconds | features alone | peak MB of the process so far | load |\n"
          "|---|---|---|---|---|---|---|")
    groups = sorted({key(run)[:3] for run in runs}, key=lambda g: (g[1], g[2], g[0]))
    for group in groups:
        own = [run for run in runs if key(run)[:3] == group and run["variant"] == "all"]
        if own:
            middle = {name: statistics.median(run.get(name, 0) for run in own)
                      for name in ("seconds", "first_seconds", "peak_mb", "load")}
            print(f"| {' | '.join(map(str, group))} | {middle['seconds']:.1f} | {middle['first_seconds']:.1f} "
                  f"| {middle['peak_mb']:.0f} | {middle['load']:.1f} |")


def _stops(runs: list[Run], cache: dict[str, list[dict[str, str]]]) -> None:
    from reviewkit.screening.stopping import estimate_recall, first_stops

    told: dict[tuple[str, str], list[tuple[float, float] | None]] = defaultdict(list)
    held: dict[str, list[tuple[bool, float]]] = defaultdict(list)
    for run in runs:
        if run["tool"] != "reviewkit" or run["variant"] != "all":
            continue
        decisions = decisions_of(run, cache)
        n, total = len(decisions), sum(decisions)
        for rule, read in first_stops(decisions, n, every=max(1, n // 500)).items():
            stop = None if read is None else (sum(decisions[:read]) / total, 1 - read / n)
            told[rule, run["label"]].append(stop)
        for share in (0.1, 0.2, 0.3, 0.5, 0.7):
            read = int(share * n)
            guess, truth = estimate_recall(decisions[:read], n), sum(decisions[:read]) / total
            held[run["label"]].append((guess.low <= truth <= guess.high, guess.estimate - truth))
    print("\n| rule | label | replays | said stop | of these below 95 % recall | median recall (lowest) "
          "| median share left unread |\n|---|---|---|---|---|---|---|")
    for (rule, label), stops in sorted(told.items()):
        said = [stop for stop in stops if stop is not None]
        below = sum(recall < 0.95 for recall, _ in said)
        middle = (f"{statistics.median(r for r, _ in said):.3f} ({min(r for r, _ in said):.3f}) "
                  f"| {statistics.median(s for _, s in said):.2f}" if said else "– | –")
        print(f"| {rule} | {label} | {len(stops)} | {len(said)} | {below} | {middle} |")
    for label, guesses in held.items():
        inside = sum(h for h, _ in guesses)
        print(f"\nRecall estimate, {label}: the interval held the truth in {inside} of {len(guesses)} looks; "
              f"mean error {statistics.fmean(e for _, e in guesses):+.3f}, "
              f"mean absolute error {statistics.fmean(abs(e) for _, e in guesses):.3f}")


def speed(sizes: list[int], votes: list[int]) -> None:
    """Time features and ranking on resampled records."""
    from reviewkit.screening.features import Text
    from reviewkit.screening.ranking import Ranker

    rows = [row for name in set_names() for row in rows_of(name) if row["abstract"].strip()]
    sentences = [part for row in rows for part in row["abstract"].split(". ") if len(part) > 20]
    print("| records | votes | features, wall s (CPU s) | ranking anew, wall s (CPU s) | peak MB | load |\n"
          "|---|---|---|---|---|---|")
    for size in sizes:
        draw = random.Random(size)
        texts = [Text(draw.choice(rows)["title"], ". ".join(draw.choices(sentences, k=9))) for _ in range(size)]
        first = _timed(lambda texts=texts: Ranker(texts))
        for count in votes:
            read = draw.sample(range(size), count)
            labels = {place: number % 10 == 0 for number, place in enumerate(read)}
            again = [_timed(lambda labels=labels, ranker=first[0]: ranker.rank(labels)) for _ in range(3)]
            wall, cpu = (statistics.median(one[part] for one in again) for part in (1, 2))
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(f"| {size} | {count} | {first[1]:.1f} ({first[2]:.1f}) | {wall:.2f} ({cpu:.2f}) | {peak:.0f} "
                  f"| {os.getloadavg()[0]:.1f} |", flush=True)


def _timed(call: Callable[[], Any]) -> tuple[Any, float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    result = call()
    return result, time.perf_counter() - wall, time.process_time() - cpu


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parts = parser.add_subparsers(dest="part", required=True)
    for part in ("run", "peer"):
        own = parts.add_parser(part)
        own.add_argument("--out", type=lambda name: Path(name).resolve(), required=True)
        own.add_argument("--seeds", type=int, nargs=2, default=(0, 20))
        own.add_argument("--variant", choices=("all", "text"), default="all")
        own.add_argument("--sets", nargs="*")
    parts.add_parser("table").add_argument("runs", type=Path, nargs="+")
    timing = parts.add_parser("speed")
    timing.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000])
    timing.add_argument("--votes", type=int, nargs="+", default=[500, 2_000])
    options = parser.parse_args()
    if options.part == "speed":
        speed(options.sizes, options.votes)
    elif options.part == "table":
        table(read_runs(options.runs))
    else:
        work(options, "reviewkit" if options.part == "run" else "asreview")


if __name__ == "__main__":
    main()
