"""Sessions behind the duplicates and the conflict panel."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import reviewkit as rk
from reviewkit.errors import InputError
from reviewkit.lab.conflicts import ConflictSession
from reviewkit.lab.fields import compare
from reviewkit.lab.pairs import DuplicateSession
from reviewkit.lab.session import Session
from reviewkit.model import Author, Record
from reviewkit.review import Review, open_review
from reviewkit.review.records.importing import DUPLICATE_COLUMNS, import_records
from reviewkit.review.screening.desk import open_desk
from reviewkit.tables import read_csv
from tests.browser.project import QUESTION, duplicate_records

ROOT = Path(__file__).resolve().parents[2]
Question = Callable[..., Review]


def ask(session: Session, op: str, **values: Any) -> dict[str, Any]:
    answer, _ = session.answer({"op": op, "nonce": values.pop("nonce", op), **values})
    json.dumps(answer)
    return answer


def rows(review: Review) -> list[dict[str, str]]:
    """The answers in duplicates.csv; pairs that wait are left out."""
    found = read_csv(review.folder / "duplicates.csv", DUPLICATE_COLUMNS)
    return [dict(row.cells) for row in found if row["verdict"]]


def test_answers_are_written_and_taken_back(question: Question) -> None:
    review = question(*duplicate_records())
    panel = DuplicateSession(review, "ada")
    first = ask(panel, "hello")
    assert first["left"] == 3
    pair = {"one": first["pair"]["one"], "other": first["pair"]["other"]}
    for _ in range(2):
        answer = ask(panel, "answer", **pair, verdict="same", note="two exports", nonce="a")
    assert answer["left"] == 2
    assert rows(review) == [
        {"record_a": pair["one"], "record_b": pair["other"], "verdict": "same", "by": "ada", "note": "two exports"}
    ]
    back = ask(panel, "undo")
    assert back["left"] == 3
    assert back["pair"]["one"] == pair["one"]
    assert rows(review) == []


def test_same_joins_the_reports_at_the_next_import(question: Question) -> None:
    review = question(*duplicate_records())
    panel = DuplicateSession(review, "ada")
    pair = ask(panel, "hello")["pair"]
    ask(panel, "answer", one=pair["one"], other=pair["other"], verdict="same", note="")
    before = len(review.reports)
    import_records(QUESTION, review.root)
    assert len(open_review(QUESTION, review.root).reports) == before - 1


def test_skipped_pairs_come_back_at_the_end(question: Question) -> None:
    panel = DuplicateSession(question(*duplicate_records()), "ada")
    seen = []
    pair = ask(panel, "hello")["pair"]
    for _ in range(4):
        seen.append(pair["one"])
        pair = ask(panel, "skip", one=pair["one"], other=pair["other"])["pair"]
    assert len(set(seen[:3])) == 3
    assert seen[3] == seen[0]


def test_nothing_is_written_without_a_name_or_against_an_answer(question: Question) -> None:
    review = question(*duplicate_records())
    panel = DuplicateSession(review, "")
    pair = ask(panel, "hello")["pair"]
    ends = {"one": pair["one"], "other": pair["other"]}
    assert "nobody is named" in ask(panel, "answer", **ends, verdict="same", note="")["message"]
    assert not ask(panel, "by", by="zoe")["ok"]
    assert ask(panel, "by", by="ben")["by"] == "ben"
    assert ask(panel, "answer", **ends, verdict="same", note="", nonce="1")["ok"]
    assert not ask(panel, "answer", **ends, verdict="different", note="", nonce="2")["ok"]
    assert not ask(panel, "answer", one=ends["one"], other="r-9999", verdict="same", note="", nonce="3")["ok"]
    assert [row["by"] for row in rows(review)] == ["ben"]


def test_rows_that_others_wrote_stay_and_formulas_are_defused(question: Question) -> None:
    review = question(*duplicate_records())
    panel = DuplicateSession(review, "ada")
    path = review.folder / "duplicates.csv"
    path.write_text(",".join(DUPLICATE_COLUMNS) + "\nr-0001,r-0002,different,cleo,by hand\n", encoding="utf-8")
    pair = ask(panel, "hello")["pair"]
    ask(panel, "answer", one=pair["one"], other=pair["other"], verdict="different", note="=1+1")
    assert [row["by"] for row in rows(review)] == ["cleo", "ada"]
    assert "'=1+1" in path.read_text("utf-8")
    path.write_text("something,else\n1,2\n", encoding="utf-8")
    assert not ask(panel, "hello")["ok"]
    assert path.read_text("utf-8") == "something,else\n1,2\n"


WRITER = """
import sys
from pathlib import Path
from reviewkit.lab.answers import add_answer
path, who = Path(sys.argv[1]), sys.argv[2]
for number in range(15):
    row = {"record_a": f"r-{who}", "record_b": f"r-{number}", "verdict": "same", "by": "ada", "note": ""}
    add_answer(path, row, root=path.parent)
"""


@pytest.mark.slow
def test_four_writers_lose_no_row(tmp_path: Path) -> None:
    path = tmp_path / "duplicates.csv"
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, str(path), str(who)], cwd=ROOT) for who in range(4)]
    assert [writer.wait(60) for writer in writers] == [0] * 4
    assert len(read_csv(path, DUPLICATE_COLUMNS)) == 60


def test_fields_are_compared_as_a_person_reads_them() -> None:
    one = Record(title="Tea and sleep", year=2010, journal="J. Rest", authors=(Author("Vane", "A"),), doi="10.1/a")
    other = Record(title="TEA & sleep quality", year=2010, journal="J Rest", authors=(Author("Vane", "A"),))
    found = {field.name: field for field in compare(one, other)}
    assert {name: field.verdict for name, field in found.items()} == {
        "title": "differs", "authors": "same", "year": "same", "journal": "same", "doi": "missing"}  # fmt: skip
    assert [piece for piece in found["title"].other if piece[1]] == [("&", "differs"), ("quality", "differs")]
    assert "".join(text for text, _ in found["title"].other) == "TEA & sleep quality"


def voted(question: Question) -> Review:
    review = question(count=4)
    for who in ("ada", "ben"):
        desk = open_desk(review, "title-abstract", who)
        for place, report in enumerate(sorted(review.reports)):
            exclude = who == "ben" and place < 2
            desk.decide(report, "exclude" if exclude else "include", note=f"{who} on {place}",
                        reason="wrong-outcome" if exclude else "")
    return review


def test_conflicts_are_settled_one_by_one(question: Question) -> None:
    review = voted(question)
    panel = ConflictSession(review, "title-abstract", ("cleo",))
    first = ask(panel, "hello")
    assert first["left"] == 2
    assert "maybe" not in first["config"]["decisions"]
    votes = first["conflict"]["votes"]
    assert [(v["reviewer"], v["decision"], v["reason"], v["note"]) for v in votes] == [
        ("ada", "include", "", "ada on 0"), ("ben", "exclude", "wrong outcome", "ben on 0")]  # fmt: skip
    report = first["conflict"]["card"]["report"]
    settled = ask(panel, "resolve", report=report, decision="include", reason="", note="agreed by mail")
    assert (settled["left"], settled["settled"]) == (1, 1)
    assert open_review(QUESTION, review.root).screening.stages["title-abstract"][report].outcome == "include"
    back = ask(panel, "undo")
    assert (back["left"], back["settled"]) == (2, 0)
    assert back["conflict"]["card"]["report"] == report
    assert open_review(QUESTION, review.root).screening.stages["title-abstract"][report].outcome == "conflict"


def test_who_still_screens_sees_no_conflict(question: Question) -> None:
    review = question(count=4, third=None)
    open_desk(review, "title-abstract", "ada").decide(next(iter(review.reports)), "include")
    with pytest.raises(InputError):
        rk.lab.resolve(review, by=["ada", "ben"])
    with pytest.raises(InputError, match="nobody is named"):
        rk.lab.resolve(review)
