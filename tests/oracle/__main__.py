"""``python -m tests.oracle FOLDER``: how much of the reference is met, kind by kind."""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from pathlib import Path

from tests.oracle.runner import Outcome, check, read_cases


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.oracle", description=__doc__)
    parser.add_argument("folder", type=Path, help="folder of case files")
    parser.add_argument("--kind", action="append", help="only this kind of result (may be repeated)")
    parser.add_argument("--case", action="append", help="only the case with this id (may be repeated)")
    parser.add_argument("--worst", type=int, default=3, help="failures named for each kind (default 3)")
    options = parser.parse_args(arguments)
    if not options.folder.is_dir():
        print(f"{options.folder}: no such folder", file=sys.stderr)
        return 2
    outcomes = [
        check(case, result)
        for case in read_cases(options.folder)
        if not options.case or case.id in options.case
        for result in case.results
        if not options.kind or result["kind"] in options.kind
    ]
    if not outcomes:
        print(f"{options.folder}: no results to check", file=sys.stderr)
        return 2
    report(outcomes, options.worst)
    return 0 if all(outcome.status == "passed" for outcome in outcomes) else 1


def report(outcomes: list[Outcome], worst: int) -> None:
    """One line for each kind, and under it the failures furthest off."""
    kinds: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        kinds[outcome.kind].append(outcome)
    print(f"{'kind':<18} {'passed':>7} {'failed':>7} {'not built':>10}")
    for kind in sorted(kinds):
        print(_line(kind, kinds[kind]))
        failed = sorted((one for one in kinds[kind] if one.status == "failed"), key=lambda one: -one.excess)
        for one in failed[:worst]:
            print(f"    {one.case} {one.rid}: {one.reason} [{one.excess:.3g} x allowed]")
    print(_line("all", outcomes))
    zeros = sum(one.zeros > 0 for one in outcomes)
    if zeros:
        print(f"{zeros} of the passed hold a tau² or covariance that is 0 but for the reference's stopping or rounding")


def _line(name: str, outcomes: list[Outcome]) -> str:
    counts = [sum(one.status == status for one in outcomes) for status in ("passed", "failed", "not built")]
    return f"{name:<18} {counts[0]:>7} {counts[1]:>7} {counts[2]:>10}"


if __name__ == "__main__":
    raise SystemExit(main())
