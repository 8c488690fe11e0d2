"""Faults while voting: kills, two kernels, a full disk, damaged files.

What was acknowledged stays; what was not saved is told.
"""

from __future__ import annotations

import errno
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reviewkit.errors import ReviewkitError
from reviewkit.review import Review, open_review
from reviewkit.review.screening.consensus import resolve
from reviewkit.review.screening.desk import open_desk
from reviewkit.review.screening.stopping import stop
from reviewkit.store import log as log_module
from reviewkit.store.log import append, parse_log, read_log
from tests.review.made import QUESTION, make_project

ROOT = Path(__file__).resolve().parents[2]
FIRST = "title-abstract"
KILLS = 100
VOTER = f"""
import sys
from pathlib import Path
from reviewkit.review import open_review
from reviewkit.review.screening.desk import open_desk
desk = open_desk(open_review("{QUESTION}", Path(sys.argv[1])), "{FIRST}", "ada", ranked=False)
who, count = sys.argv[2], int(sys.argv[3])
print("ready", flush=True)
sys.stdin.readline()
for number in range(count):
    report = desk.reports[number % len(desk.reports)]
    word = ("include", "exclude", "maybe")[number % 3]
    saved = desk.decide(report, word, note=who, nonce=f"{{who}}-{{number}}")
    if number % 5 == 4:
        desk.undo(nonce=f"{{who}}-{{number}}-undo")
    print(saved.hash, flush=True)
"""


def started(root: Path, who: str, count: int) -> subprocess.Popen[bytes]:
    """A voter in a process of its own, not yet voting."""
    return subprocess.Popen([sys.executable, "-c", VOTER, str(root), who, str(count)], cwd=ROOT,
                            stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def go(job: subprocess.Popen[bytes]) -> None:
    assert job.stdout is not None and job.stdin is not None
    assert job.stdout.readline() == b"ready\n"
    job.stdin.write(b"go\n")
    job.stdin.flush()


FORKED = f"""
import os, sys, random, time, signal
from pathlib import Path
from reviewkit.review import open_review
from reviewkit.review.screening.desk import open_desk
root, kills = Path(sys.argv[1]), int(sys.argv[2])
review = open_review("{QUESTION}", root)
review.reports, review.report_of, review.protocol
chance = random.Random(20260101)
for kill in range(kills):
    inner, outer = os.pipe()
    child = os.fork()
    if child == 0:
        desk = open_desk(review, "{FIRST}", "ada", ranked=False)
        for number in range(10**9):
            report = desk.reports[(kill + number) % len(desk.reports)]
            saved = desk.decide(report, ("include", "exclude", "maybe")[number % 3], note="x" * (number % 3000))
            os.write(outer, saved.hash.encode() + b"\\n")
            if number % 7 == 6:
                desk.undo()
    os.close(outer)
    first = os.read(inner, 65)
    time.sleep(chance.random() * 0.05)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    sys.stdout.write(first.decode())
    while block := os.read(inner, 65536):
        sys.stdout.write(block.decode())
    os.close(inner)
"""


@pytest.mark.slow
def test_a_hundred_kills_lose_no_vote_that_was_acknowledged(tmp_path: Path) -> None:
    review = make_project(tmp_path, 40)
    done = subprocess.run([sys.executable, "-c", FORKED, str(tmp_path), str(KILLS)], cwd=ROOT, capture_output=True,
                          check=True, timeout=300)
    acknowledged = [line for line in done.stdout.decode().splitlines() if len(line) == 64]
    assert len(acknowledged) >= KILLS
    path = review.folder / f"screening/{FIRST}/ada.jsonl"
    before = read_log(path)
    assert {problem.code for problem in before.problems} <= {"log-torn"}
    assert not set(acknowledged) - {entry.hash for entry in before.entries}
    open_desk(review, FIRST, "ada", ranked=False).decide(next(iter(review.reports)), "maybe")
    assert not read_log(path).problems


@pytest.mark.slow
def test_four_kernels_of_one_reviewer_lose_and_overwrite_nothing(tmp_path: Path) -> None:
    review = make_project(tmp_path, 30)
    jobs = [started(tmp_path, who, 250) for who in "wxyz"]
    for job in jobs:
        go(job)
    hashes = [job.communicate(timeout=300)[0].decode().split() for job in jobs]
    assert [job.returncode for job in jobs] == [0] * 4 and [len(one) for one in hashes] == [250] * 4
    log = read_log(review.folder / f"screening/{FIRST}/ada.jsonl")
    assert not log.problems and {h for one in hashes for h in one} <= {entry.hash for entry in log.entries}
    nonces = [entry.values["nonce"] for entry in log.entries]
    assert len(nonces) == len(set(nonces)) == 4 * 300
    for who in "wxyz":
        own = [int(n.split("-")[1]) for n in nonces if n.startswith(who) and not n.endswith("undo")]
        assert own == list(range(250))


def _fails(number: int, real: Callable[..., Any], counter: list[int]) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Any:
        counter[0] += 1
        if counter[0] == number:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(*args, **kwargs)

    return call


def _acts(review: Review) -> dict[str, Callable[[], object]]:
    report = next(iter(review.reports))

    def opened() -> Any:
        return open_desk(review, FIRST, "ada", ranked=False)

    return {
        "decide": lambda: opened().decide(report, "exclude", note="n" * 9000),
        "undo": lambda: opened().undo(),
        "stop": lambda: stop(review, FIRST, "ada", "enough"),
    }


@pytest.mark.parametrize("act", ["decide", "undo", "stop", "resolve"])
@pytest.mark.parametrize("torn", [False, True])
def test_a_full_disk_is_told_before_the_vote_counts_and_the_file_is_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, act: str, torn: bool
) -> None:
    """Every write and sync on the way fails in turn."""
    review = make_project(tmp_path, 6)
    for who, word in (("ada", "include"), ("ben", "exclude")):
        desk = open_desk(review, FIRST, who, ranked=False)
        for report in desk.reports[: 6 if act == "resolve" else 3]:
            desk.decide(report, word)
    acts = {**_acts(review), "resolve": lambda: resolve(review, FIRST, next(iter(review.reports)), "include",
                                                        by="cleo")}
    path = review.folder / f"screening/{FIRST}/{'consensus' if act == 'resolve' else 'ada'}.jsonl"
    if torn and act != "resolve":
        with path.open("ab") as stream:
            stream.write(b'{"decision":"inc')
    before = read_log(path)
    points = 0
    for number in range(1, 50):
        counter = [0]
        with monkeypatch.context() as patch:
            for name in ("fsync", "ftruncate"):
                patch.setattr(os, name, _fails(number, getattr(os, name), counter))
            patch.setattr(log_module, "_write", _fails(number, log_module._write, counter))
            patch.setattr(log_module, "sync_folder", _fails(number, log_module.sync_folder, counter))
            try:
                acts[act]()
            except ReviewkitError as error:
                assert "not saved" in str(error) and error.problems[0].remedy
                points += 1
                assert read_log(path).entries == before.entries
                continue
        break
    assert points >= 2
    after = read_log(path)
    assert len(after.entries) == len(before.entries) + 1 and not after.problems


@pytest.mark.slow
def test_a_limit_on_the_size_of_files_is_met_as_a_full_disk(tmp_path: Path) -> None:
    """The kernel itself refuses the write, half-way through a line."""
    review = make_project(tmp_path, 4)
    desk = open_desk(review, FIRST, "ada", ranked=False)
    desk.decide(desk.reports[0], "include")
    path = review.folder / f"screening/{FIRST}/ada.jsonl"
    before = path.read_bytes()
    code = f"""
import resource, signal, sys
from pathlib import Path
from reviewkit.errors import ReviewkitError
from reviewkit.review import open_review
from reviewkit.review.screening.desk import open_desk
desk = open_desk(open_review("{QUESTION}", Path(sys.argv[1])), "{FIRST}", "ada", ranked=False)
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, ({len(before)} + 500, {len(before)} + 500))
try:
    desk.decide(desk.reports[1], "exclude", note="n" * 5000)
except ReviewkitError as error:
    print(error)
    assert desk.card(desk.reports[1]).status == "unscreened"
    desk.decide(desk.reports[1], "exclude")
"""
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, capture_output=True, text=True,
                          check=True)
    assert "was not saved" in done.stdout
    after = path.read_bytes()
    assert after.startswith(before) and len(read_log(path).entries) == 2 and not read_log(path).problems


def test_flipped_bytes_are_always_found(tmp_path: Path) -> None:
    """64 bytes flipped anywhere, two hundred times: each is found, by file and line."""
    path = tmp_path / "ada.jsonl"
    chance = random.Random(7)
    for number in range(120):
        append(path, {"report": f"r{number}", "decision": "include", "note": "é" * (number % 40), "time": str(number)})
    sound = path.read_bytes()
    hashes = {entry.hash for entry in read_log(path).entries}
    for _ in range(200):
        spoilt = bytearray(sound)
        for place in chance.sample(range(len(sound)), 64):
            spoilt[place] ^= 1 << chance.randrange(8)
        found = parse_log(bytes(spoilt), "ada.jsonl")
        (problem,) = found.problems
        assert problem.line is not None and problem.file == "ada.jsonl" and "sound" in problem.message
        assert {entry.hash for entry in found.entries} < hashes


def test_one_flipped_bit_is_found_wherever_it_is(tmp_path: Path) -> None:
    path = tmp_path / "ada.jsonl"
    for number in range(3):
        append(path, {"report": f"r{number}", "decision": "include"})
    sound = path.read_bytes()
    for place in range(len(sound) - 1):
        for bit in (0, 5):
            spoilt = bytearray(sound)
            spoilt[place] ^= 1 << bit
            assert parse_log(bytes(spoilt), "x").problems, (place, bit)


def test_check_names_a_damaged_log(tmp_path: Path) -> None:
    from reviewkit.review.checking import check

    review = make_project(tmp_path, 4)
    desk = open_desk(review, FIRST, "ada", ranked=False)
    for report in desk.reports:
        desk.decide(report, "include")
    path = review.folder / f"screening/{FIRST}/ada.jsonl"
    path.write_bytes(path.read_bytes().replace(b"include", b"exclude", 1))
    (found,) = [problem for problem in check(QUESTION, tmp_path) if problem.code.startswith("log-")]
    assert found.line == 1 and found.file == f"data/{QUESTION}/screening/{FIRST}/ada.jsonl"


def test_voting_goes_on_while_the_order_is_learnt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A vote never waits for the ranking, and a ranking that fails is told, not raised."""
    from reviewkit.review.screening.queue import Queue

    review = make_project(tmp_path, 30)
    desk = open_desk(review, FIRST, "ada")
    held = {"go": False}

    def slow(self: Queue, votes: dict[str, bool]) -> None:
        while not held["go"]:
            time.sleep(0.01)
        raise RuntimeError("no luck")

    monkeypatch.setattr(Queue, "train", slow)
    for number in range(20):
        card = desk.next()
        assert card is not None
        desk.decide(card.report, "include" if number % 4 == 0 else "exclude")
    assert desk.progress.done == 20 and not desk.settle(0)
    held["go"] = True
    assert desk.settle(10) and "no luck" in desk.progress.advice
    assert open_review(QUESTION, tmp_path).problems() == []
