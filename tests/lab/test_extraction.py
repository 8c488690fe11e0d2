"""Sessions behind the extraction form and the comparison of two extractors."""

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
from reviewkit.extraction import COLUMNS, OPTIONAL_COLUMNS
from reviewkit.lab.differences import DifferenceSession
from reviewkit.lab.extraction import ExtractSession
from reviewkit.lab.session import Session
from reviewkit.review import Review, open_review
from reviewkit.review.checking import findings
from reviewkit.review.extraction.edit import set_cells, table_rows
from reviewkit.review.extraction.look import print_offers
from reviewkit.tables import read_csv, write_csv
from tests.browser.project import QUESTION
from tests.lab.made import STUDY, include_study

ROOT = Path(__file__).resolve().parents[2]
Question = Callable[..., Review]
MUSIC, CARE = f"{STUDY}-pain-1", f"{STUDY}-pain-2"
FILLED = {"value_type": "final", "n": "30", "n_status": "seen", "number_status": "seen", "locator": "table 2",
          "timepoint": "week 4", "instrument": "VAS", "report_id": ""}  # fmt: skip


def ask(session: Session, op: str, **values: Any) -> dict[str, Any]:
    answer, _ = session.answer({"op": op, "nonce": values.pop("nonce", op), **values})
    json.dumps(answer)
    return answer


def cell(session: Session, row: str, **cells: str) -> dict[str, Any]:
    rows = {found["row_id"]: found for found in ask(session, "hello")["rows"]}
    return ask(session, "cell", row=row, cells=cells, was={name: rows[row][name] for name in cells})


def begun(question: Question, **options: Any) -> tuple[Review, ExtractSession]:
    made = question(votes=1, reviewers=("ada",))
    review = include_study(made.root, **options)
    session = ExtractSession(review, STUDY, "ada")
    assert ask(session, "add", outcome="")["ok"]
    return review, session


def complete(session: Session, row: str, **cells: str) -> dict[str, Any]:
    filled = {name: text for name, text in FILLED.items() if text}
    return cell(session, row, **(filled | cells))


def on_disk(review: Review, extractor: str = "ada") -> dict[str, dict[str, str]]:
    rows = read_csv(review.folder / "extraction" / f"{extractor}.csv", COLUMNS, optional=OPTIONAL_COLUMNS)
    return {row["row_id"]: dict(row.cells) for row in rows}


def told(answer: dict[str, Any], row: str, column: str) -> list[tuple[str, str]]:
    return [(n["kind"], n["text"]) for n in answer["notes"] if (n["row"], n["column"]) == (row, column)]


def test_every_cell_is_on_disk_with_its_time_and_incomplete_rows_stay(question: Question) -> None:
    review, session = begun(question)
    assert {MUSIC, CARE} <= set(on_disk(review))
    answer = cell(session, MUSIC, mean="=1+1")
    assert on_disk(review)[MUSIC]["mean"] == "=1+1"
    assert on_disk(review)[MUSIC]["time"].endswith("Z")
    assert ("error", told(answer, MUSIC, "mean")[0][1]) in told(answer, MUSIC, "mean")
    assert told(answer, MUSIC, "locator")[0][0] == "missing"
    again = ask(ExtractSession(open_review(QUESTION, review.root), STUDY, "ada"), "hello")
    assert next(row for row in again["rows"] if row["row_id"] == MUSIC)["mean"] == "=1+1"
    assert any("locator" in problem.message for problem in findings(QUESTION, review.root).errors)


def test_the_form_says_when_a_study_is_finished(question: Question) -> None:
    review, session = begun(question)
    assert not ask(session, "hello")["finished"]
    for row in [name for name in on_disk(review) if name not in (MUSIC, CARE)]:
        ask(session, "remove", row=row, nonce=row)
    complete(session, MUSIC, mean="41.2", sd="9")
    assert not ask(session, "hello")["finished"]
    assert complete(session, CARE, mean="52.4", sd="10.1")["finished"]
    assert not cell(session, CARE, n="61")["finished"]


def test_rules_and_trust_checks_speak_at_their_cell(question: Question) -> None:
    _, session = begun(question)
    assert "above the 60 people" in told(complete(session, MUSIC, mean="41.2", sd="9", n="61"), MUSIC, "n")[0][1]
    assert told(complete(session, MUSIC, n="30"), MUSIC, "n") == []
    assert told(cell(session, MUSIC, se="2"), MUSIC, "sd")[0][0] == "error"
    cell(session, MUSIC, se="")
    complete(session, CARE, mean="52.4", sd="10.1")
    answer = cell(session, MUSIC, mean="141.2", instrument="VAS", scale_min="0", scale_max="100")
    assert any(note["kind"] == "trust" and note["row"] in (MUSIC, CARE) for note in answer["notes"]), answer["notes"]


def test_a_conversion_is_shown_with_its_formula_as_it_is_typed(question: Question) -> None:
    _, session = begun(question)
    complete(session, MUSIC, mean="41.2", se="2")
    answer = complete(session, CARE, mean="52.4", sd="10.1")
    (effect,) = [found for found in answer["effects"] if found["outcome"] == "pain"]
    assert effect["usable"], effect
    conversion = next(step for step in effect["steps"] if step["kind"] == "converted")
    assert "10.95" in conversion["text"]
    assert not cell(session, CARE, sd="")["effects"][0]["usable"]


def test_a_print_is_read_and_what_is_ambiguous_is_asked(question: Question) -> None:
    _, session = begun(question)
    answer = cell(session, MUSIC, as_printed="74/3 ± 16/41")
    (note,) = [n for n in answer["notes"] if n["row"] == MUSIC and n["column"] == "as_printed"]
    assert note["kind"] == "question" and "right to left" in note["text"]
    offers = {tuple(offer["cells"].items()) for offer in note["offers"]}
    assert (("mean", "74.3"), ("sd", "16.41")) in offers
    assert (("mean", "41.16"), ("se", "3.74")) in offers
    assert (("mean", "74.3"), ("sd", "3.74")) not in offers
    answer = cell(session, MUSIC, mean="1,234")
    (note,) = [n for n in answer["notes"] if n["column"] == "mean" and n["kind"] == "question"]
    assert [offer["cells"] for offer in note["offers"]] == [{"mean": "1234"}, {"mean": "1.234"}]
    answer = cell(session, MUSIC, mean="۷۴٫۳")
    assert told(answer, MUSIC, "mean") == [("reading", "read as 74.3 (digits of another script)")]
    assert print_offers("nothing") is None


def test_rows_are_added_duplicated_deleted_and_brought_back(question: Question) -> None:
    review, session = begun(question)
    before = list(on_disk(review))
    added = [ask(session, "add", outcome="pain", nonce=nonce)["row"] for nonce in ("1", "1", "2")]
    assert added == [f"{MUSIC}-2", f"{MUSIC}-2", f"{MUSIC}-3"]
    copy = ask(session, "duplicate", row=CARE, nonce="d")["row"]
    names = list(on_disk(review))
    assert names.index(copy) == names.index(CARE) + 1
    assert on_disk(review)[copy]["arm"] == "usual care"
    for nonce in ("r", "r"):
        assert ask(session, "remove", row=CARE, nonce=nonce)["undo"] == 1
    assert CARE not in on_disk(review)
    assert ask(session, "undo", nonce="u")["row"] == CARE
    assert list(on_disk(review)) == names
    assert set(before) < set(names)


def test_other_studies_rows_and_what_others_wrote_stay(question: Question) -> None:
    review, session = begun(question)
    path = review.folder / "extraction" / "ada.csv"
    rows = list(on_disk(review).values())
    other = {**rows[0], "row_id": "z-1", "study_id": "zeta2001", "note": "half", "mean": "x y"}
    write_csv(path, (*COLUMNS, *OPTIONAL_COLUMNS), [other, *rows])
    assert ask(session, "cell", row=MUSIC, cells={"n": "30"}, was={"n": ""})["ok"]
    assert on_disk(review)["z-1"] == other and next(iter(on_disk(review))) == "z-1"
    set_cells(review, "ada", MUSIC, {"mean": "5"}, was={"mean": ""})
    answer = ask(session, "cell", row=MUSIC, cells={"mean": "7"}, was={"mean": ""})
    assert "changed meanwhile to '5'" in answer["message"]
    assert on_disk(review)[MUSIC]["mean"] == "5"
    assert not ask(session, "remove", row="z-1")["ok"]
    path.write_text("something,else\n1,2\n", encoding="utf-8")
    assert not ask(session, "cell", row=MUSIC, cells={"mean": "7"}, was={"mean": "5"})["ok"]
    assert path.read_text("utf-8") == "something,else\n1,2\n"


@pytest.mark.parametrize("values", [
    {"row": MUSIC, "cells": {"row_id": "x"}, "was": {}}, {"row": MUSIC, "cells": {"nothing": "x"}, "was": {}},
    {"row": "gone", "cells": {"n": "1"}, "was": {}}, {"row": MUSIC, "cells": {"n": 1}, "was": {}}, {"row": MUSIC},
    {"row": MUSIC, "cells": {"note": "x" * 30_000}, "was": {}},
])  # fmt: skip
def test_what_a_browser_may_not_ask_changes_nothing(question: Question, values: dict[str, Any]) -> None:
    review, session = begun(question)
    before = (review.folder / "extraction" / "ada.csv").read_bytes()
    answer = ask(session, "cell", **values)
    assert not answer["ok"] and answer["remedy"]
    assert (review.folder / "extraction" / "ada.csv").read_bytes() == before


WRITER = """
import sys
from pathlib import Path
from reviewkit.review import open_review
from reviewkit.review.extraction.edit import set_cells
review = open_review("music-sleep", Path(sys.argv[1]))
for number in range(10):
    was = "" if not number else str(number - 1)
    set_cells(review, "ada", sys.argv[2], {sys.argv[3]: str(number)}, was={sys.argv[3]: was})
"""


@pytest.mark.slow
def test_two_kernels_lose_no_cell(question: Question) -> None:
    review, _ = begun(question)
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, str(review.root), row, column], cwd=ROOT)
               for row, column in ((MUSIC, "mean"), (MUSIC, "sd"), (CARE, "mean"))]
    assert [writer.wait(120) for writer in writers] == [0, 0, 0]
    rows = {cells["row_id"]: cells for _, cells in table_rows(review, "ada")}
    assert (rows[MUSIC]["mean"], rows[MUSIC]["sd"], rows[CARE]["mean"]) == ("9", "9", "9")


def both(question: Question) -> Review:
    """Two complete tables of the two arms that differ in one mean."""
    review, session = begun(question, extractors=("ada", "ben"))
    for row in [name for name in on_disk(review) if name not in (MUSIC, CARE)]:
        ask(session, "remove", row=row, nonce=row)
    complete(session, MUSIC, mean="41.2", sd="9")
    complete(session, CARE, mean="52.4", sd="10.1")
    rows = [row | {"extractor": "ben", "mean": row["mean"].replace("41.2", "42.1")} for row in on_disk(review).values()]
    write_csv(review.folder / "extraction" / "ben.csv", (*COLUMNS, *OPTIONAL_COLUMNS), rows)
    return review


def test_two_extractors_are_compared_and_settled(question: Question) -> None:
    review = both(question)
    panel = DifferenceSession(review, STUDY)
    first = ask(panel, "hello")
    (difference,) = first["differences"]
    assert (difference["column"], difference["one"], difference["other"]) == ("mean", "41.2", "42.1")
    place = {name: difference[name] for name in ("place", "one", "other")}
    assert "by is empty" in ask(panel, "settle", **place, consensus="42.1", by=" ", reason="x")["message"]
    assert "reason is empty" in ask(panel, "settle", **place, consensus="42.1", by="ada", reason="")["message"]
    assert "no number" in ask(panel, "settle", **place, consensus="often", by="ada", reason="x")["message"]
    assert not (review.folder / "extraction" / "consensus.csv").exists()
    answer = ask(panel, "settle", **place, consensus="42.1", by="ada and ben", reason="table 2 read again")
    assert (answer["open"], answer["waiting"]) == (0, 0)
    assert {row: cells["mean"] for row, cells in on_disk(review, "consensus").items()} == {MUSIC: "42.1", CARE: "52.4"}
    assert "table 2 read again" in (review.folder / "extraction" / "differences.csv").read_text("utf-8")
    assert open_review(QUESTION, review.root).rows[0].mean == 42.1
    assert not ask(panel, "settle", **(place | {"one": "1"}), consensus="1", by="ada", reason="x")["ok"]


def test_nobody_sees_the_others_rows_before_both_have_finished(question: Question) -> None:
    review = both(question)
    panel = DifferenceSession(review, STUDY)
    set_cells(review, "ben", CARE, {"locator": ""}, was={"locator": "table 2"})
    answer = ask(panel, "hello")
    assert not answer["ok"] and "ben has not finished" in answer["message"] and "42.1" not in str(answer)
    with pytest.raises(InputError, match="ben has not finished"):
        DifferenceSession(review, STUDY)
    set_cells(review, "ben", CARE, {"locator": "table 2"}, was={"locator": ""})
    assert len(ask(panel, "hello")["differences"]) == 1


def test_an_agreed_empty_cell_and_a_consensus_without_differences(question: Question) -> None:
    review = both(question)
    panel = DifferenceSession(review, STUDY)
    (difference,) = ask(panel, "hello")["differences"]
    place = {name: difference[name] for name in ("place", "one", "other")}
    assert ask(panel, "settle", **place, consensus="41.2", by="ada", reason="x", nonce="1")["ok"]
    assert ask(panel, "settle", **place, consensus="42.1", by="ben", reason="y", nonce="2")["ok"]
    assert ask(panel, "hello")["differences"][0]["settled"] == {"consensus": "42.1", "by": "ben", "reason": "y"}
    (review.folder / "extraction" / "consensus.csv").unlink()
    assert ask(panel, "write")["waiting"] == 0
    assert set(on_disk(review, "consensus")) == {MUSIC, CARE}


def test_the_panels_say_what_they_lack(question: Question) -> None:
    review, _ = begun(question)
    assert "ada" in repr(rk.lab.extract(review, STUDY))
    for wrong in (lambda: rk.lab.extract(review, "nobody1999"), lambda: rk.lab.extract(review, STUDY, "zoe"),
                  lambda: rk.lab.compare(review, STUDY)):  # fmt: skip
        with pytest.raises(InputError):
            wrong()
