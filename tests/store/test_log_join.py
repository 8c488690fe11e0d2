"""Two versions of a log become one: nothing lost, whichever way round, and no writer left with the old file."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewkit.errors import ReviewkitError
from reviewkit.store.log import GENESIS, Log, append, line_of, parse_log, read_log, replace_log
from reviewkit.store.log_join import holds_all, join_lines, relation

Line = tuple[int, str]
lines = st.lists(st.tuples(st.integers(0, 5), st.sampled_from("abcde")), max_size=8)


def log(*parts: list[Line]) -> Log:
    previous, content = GENESIS, b""
    for time, report in (line for part in parts for line in part):
        previous, line = line_of(previous, {"time": f"2026-01-01T00:00:0{time}Z", "report": report})
        content += line
    return parse_log(content, "x")


@given(lines, lines, lines)
def test_nothing_is_lost_and_the_order_of_the_two_does_not_matter(
    shared: list[Line], one: list[Line], other: list[Line]
) -> None:
    a, b = log(shared, one), log(shared, other)
    joined = join_lines(a, b)
    assert joined == join_lines(b, a)
    made = log([(int(str(v["time"])[18]), str(v["report"])) for v in joined])
    assert holds_all(made, a) and holds_all(made, b)
    assert joined[: len(shared)] == [entry.values for entry in a.entries[: len(shared)]]
    assert len(joined) <= len(a.entries) + len(b.entries) - len(shared)


@given(lines, lines)
def test_how_two_versions_stand_to_each_other(shared: list[Line], more: list[Line]) -> None:
    short, long = log(shared), log(shared, more)
    assert relation(short, long) == ("behind" if more else "same")
    assert relation(long, short) == ("ahead" if more else "same")
    assert relation(log(shared, [(0, "x")]), log(shared, [(0, "y")])) == "diverged"


@pytest.mark.slow
def test_a_writer_that_waited_goes_on_in_the_file_put_in_its_place(tmp_path: Path) -> None:
    path = tmp_path / "ada.jsonl"
    for number in range(20):
        append(path, {"n": str(number)})
    start = threading.Barrier(5)

    def write(who: int) -> None:
        start.wait()
        for number in range(40):
            append(path, {"n": f"{who}-{number}"})

    writers = [threading.Thread(target=write, args=(who,)) for who in range(4)]
    for writer in writers:
        writer.start()
    start.wait()
    while any(writer.is_alive() for writer in writers):
        found = read_log(path)
        if found.problems:
            continue
        try:
            replace_log(path, found.head, [entry.values for entry in found.entries])
        except ReviewkitError as error:
            assert error.problems[0].code == "log-changed"
    for writer in writers:
        writer.join()
    found = read_log(path)
    assert not found.problems and len(found.entries) == len({e.values["n"] for e in found.entries}) == 180


def test_a_log_that_was_written_to_meanwhile_is_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "ada.jsonl"
    head = append(path, {"n": "1"})
    append(path, {"n": "2"})
    before = path.read_bytes()
    with pytest.raises(ReviewkitError, match="written to while"):
        replace_log(path, head, [{"n": "1"}])
    assert path.read_bytes() == before
