"""Logs: whatever is altered, dropped or swapped is found; what was acknowledged stays."""

import errno
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from reviewkit.errors import ReviewkitError
from reviewkit.store.log import GENESIS, append, read_log

WRITER = "import sys; from pathlib import Path; from reviewkit.store.log import append\n"
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def log(tmp_path):
    path = tmp_path / "a.jsonl"
    for number in range(6):
        append(path, {"report": f"r{number}", "decision": "include"})
    return path


def test_chain_is_sound(log):
    read = read_log(log)
    assert [e.values["report"] for e in read.entries] == [f"r{n}" for n in range(6)] and not read.problems


@pytest.mark.parametrize("line", range(5))
@pytest.mark.parametrize("how", ["alter", "drop", "swap", "list"])
def test_edit_of_any_line_but_the_last_is_found(log, line, how):
    lines = log.read_bytes().splitlines(keepends=True)
    if how == "alter":
        lines[line] = lines[line].replace(b"include", b"exclude")
    elif how == "drop":
        del lines[line]
    elif how == "list":
        lines[line] = b"[1]\n"
    else:
        lines[line], lines[line + 1] = lines[line + 1], lines[line]
    log.write_bytes(b"".join(lines))
    (problem,) = read_log(log).problems
    assert problem.line == line + 1


def test_removed_tail_is_found_only_against_a_head(log):
    head = read_log(log).head
    log.write_bytes(b"".join(log.read_bytes().splitlines(keepends=True)[:-1]))
    assert not read_log(log).problems and read_log(log).head not in (head, GENESIS)


def test_torn_tail_is_reported_then_sealed(log):
    with log.open("ab") as stream:
        stream.write(b'{"report":"r')
    assert read_log(log).problems[0].code == "log-torn"
    append(log, {"report": "r6"})
    assert len(read_log(log).entries) == 7 and not read_log(log).problems
    assert log.with_suffix(".jsonl.torn").read_bytes() == b'{"report":"r\n'


def test_damaged_last_line_refuses_an_append(log):
    log.write_bytes(log.read_bytes()[:-3] + b"x}\n")
    before = log.read_bytes()
    with pytest.raises(ReviewkitError):
        append(log, {"report": "r6"})
    assert log.read_bytes() == before


def test_full_disk_leaves_the_log_as_it_was(log, monkeypatch):
    def full(_):
        raise OSError(errno.ENOSPC, "No space left on device")

    before = log.read_bytes()
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ReviewkitError, match="not saved"):
        append(log, {"report": "r6"})
    assert log.read_bytes() == before


def test_two_writers_lose_nothing(tmp_path):
    path = tmp_path / "a.jsonl"
    code = WRITER + "for n in range(100): append(Path(sys.argv[1]), {'report': f'{sys.argv[2]}{n}'})"
    jobs = [subprocess.Popen([sys.executable, "-c", code, str(path), who], cwd=ROOT) for who in "ab"]
    assert [job.wait() for job in jobs] == [0, 0]
    read = read_log(path)
    assert len(read.entries) == 200 and not read.problems


@pytest.mark.slow
def test_kill_loses_nothing_acknowledged(tmp_path):
    path = tmp_path / "a.jsonl"
    code = WRITER + "for n in range(10**6): print(append(Path(sys.argv[1]), {'n': str(n)}), flush=True)"
    acknowledged: set[str] = set()
    for _ in range(4):
        job = subprocess.Popen([sys.executable, "-c", code, str(path)], cwd=ROOT, stdout=subprocess.PIPE)
        acknowledged.add(job.stdout.readline().decode().strip())
        time.sleep(0.05)
        job.kill()
        acknowledged |= {line.decode().strip() for line in job.communicate()[0].splitlines() if len(line) == 64}
    assert acknowledged <= {entry.hash for entry in read_log(path).entries}
