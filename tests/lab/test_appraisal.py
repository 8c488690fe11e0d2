"""The session behind the form for risk of bias."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

import reviewkit as rk
from reviewkit.appraisal.rows import COLUMNS
from reviewkit.errors import InputError
from reviewkit.lab.appraisal import AppraiseSession
from reviewkit.lab.session import Session
from reviewkit.review import Review, open_review
from reviewkit.review.appraisal.edit import set_cells, target_of
from reviewkit.review.checking import findings
from reviewkit.tables import read_csv, write_csv
from tests.browser.project import QUESTION
from tests.lab.made import STUDY, appraisers, include_study

Question = Callable[..., Review]


def ask(session: Session, op: str, **values: Any) -> dict[str, Any]:
    answer, _ = session.answer({"op": op, "nonce": values.pop("nonce", op), **values})
    json.dumps(answer)
    return answer


def begun(question: Question, *assessors: str) -> tuple[Review, AppraiseSession]:
    made = question(votes=1, reviewers=("ada",))
    include_study(made.root)
    review = appraisers(made.root, *(assessors or ("ada",)))
    return review, AppraiseSession(review, STUDY, "ada")


def cell(session: Session, place: str, **cells: str) -> dict[str, Any]:
    now = ask(session, "hello")["cells"].get(place, {})
    return ask(session, "cell", row=place, cells=cells, was={name: now.get(name, "") for name in cells})


def on_disk(review: Review, assessor: str = "ada") -> dict[str, dict[str, str]]:
    rows = read_csv(review.folder / "risk-of-bias" / f"{assessor}.csv", COLUMNS)
    return {row["question"] or f"= {row['domain']}": dict(row.cells) for row in rows}


def said(answer: dict[str, Any], place: str) -> list[str]:
    return [remark["text"] for remark in answer["remarks"] if remark["place"] == place]


def test_opening_the_form_writes_nothing_and_an_answer_is_on_disk_at_once(question: Question) -> None:
    review, session = begun(question)
    hello = ask(session, "hello")
    assert hello["config"]["tool"]["id"] == "rob2" and hello["missing"] and not hello["cells"]
    assert not (review.folder / "risk-of-bias" / "ada.csv").exists()
    answer = cell(session, "1.2", answer="NI")
    row = on_disk(review)["1.2"]
    assert (row["answer"], row["origin"], row["assessor"], row["study_id"]) == ("no information", "form", "ada", STUDY)
    assert answer["proposed"]["D1"]["missing"] == ["1.3"]
    assert len(on_disk(review)) == sum(len(d["questions"]) + 1 for d in hello["config"]["domains"]) + 1


def test_the_proposal_follows_every_answer_and_the_assessor_decides(question: Question) -> None:
    review, session = begun(question)
    cell(session, "1.2", answer="NI")
    answer = cell(session, "1.3", answer="N")
    assert answer["proposed"]["D1"]["judgement"] == "some concerns"
    assert answer["proposed"]["D1"]["path"] == ["1.2 no information", "1.3 no"]
    assert said(answer, "1.3") == ["answer to 1.3 without support or locator."]
    assert said(cell(session, "1.3", support="alike at the start", locator="table 1"), "1.3") == []
    answer = cell(session, "= D1", judgement="low")
    assert "the answers lead to 'some concerns'" in said(answer, "= D1")[0]
    assert said(cell(session, "= D1", reason="the registry says how"), "= D1") == []
    assert on_disk(review)["= D1"]["reason"] == "the registry says how"
    again = AppraiseSession(open_review(QUESTION, review.root), STUDY, "ada")
    assert ask(again, "hello")["cells"]["1.3"]["support"] == "alike at the start"
    codes = {p.code for p in findings(QUESTION, review.root).open}
    assert "appraisal-incomplete" in codes


def test_nobody_reads_anothers_file(question: Question) -> None:
    review, session = begun(question, "ada", "ben")
    other = AppraiseSession(review, STUDY, "ben")
    cell(other, "1.2", answer="Y", support="SECRET OF BEN", locator="p. 2")
    cell(other, "= D1", judgement="high", reason="SECRET OF BEN")
    for answer in (ask(session, "hello"), cell(session, "1.2", answer="N", support="a list", locator="p. 1")):
        assert "SECRET" not in json.dumps(answer)
    assert ask(session, "hello")["cells"]["= D1"]["judgement"] == ""
    path = review.folder / "risk-of-bias" / "ben.csv"
    path.write_text("broken\n", encoding="utf-8")
    assert cell(AppraiseSession(open_review(QUESTION, review.root), STUDY, "ada"), "1.1", answer="NI")["ok"]
    assert path.read_text("utf-8") == "broken\n"


def test_what_others_wrote_in_the_file_stays(question: Question) -> None:
    review, session = begun(question)
    cell(session, "1.1", answer="NI")
    path = review.folder / "risk-of-bias" / "ada.csv"
    rows = list(on_disk(review).values())
    other = {**rows[0], "study_id": "zeta2001", "answer": "what?"}
    write_csv(path, COLUMNS, [other, *rows])
    assert cell(session, "1.2", answer="NI")["ok"]
    assert dict(read_csv(path, COLUMNS)[0].cells) == other
    set_cells(review, target_of(review, "ada", STUDY), "1.1", {"answer": "Y"}, was={"answer": "NI"})
    answer = ask(session, "cell", row="1.1", cells={"answer": "N"}, was={"answer": "NI"})
    assert not answer["ok"] and "changed meanwhile to 'yes'" in answer["message"]
    rows = [dict(row.cells) for row in read_csv(path, COLUMNS)]
    rows[1]["answer"] = "y"
    write_csv(path, COLUMNS, rows)
    assert ask(session, "cell", row="1.1", cells={"answer": "N"}, was={"answer": "Y"})["ok"]


@pytest.mark.parametrize("values", [
    {"row": "9.9", "cells": {"answer": "Y"}, "was": {}}, {"row": "1.1", "cells": {"answer": "perhaps"}, "was": {}},
    {"row": "1.1", "cells": {"judgement": "low"}, "was": {}}, {"row": "= D1", "cells": {"judgement": "bad"}, "was": {}},
    {"row": "= D1", "cells": {"answer": "Y"}, "was": {}}, {"row": "1.1", "cells": {"assessor": "ben"}, "was": {}},
    {"row": "1.1", "cells": {"note": "x" * 30_000}, "was": {}}, {"row": "1.1"},
])  # fmt: skip
def test_what_a_browser_may_not_ask_changes_nothing(question: Question, values: dict[str, Any]) -> None:
    review, session = begun(question)
    answer = ask(session, "cell", **values)
    assert not answer["ok"] and answer["remedy"]
    assert not (review.folder / "risk-of-bias" / "ada.csv").exists()


def test_the_tool_may_be_named_and_what_is_unknown_is_refused(question: Question) -> None:
    review, _ = begun(question)
    assert "ada" in repr(rk.lab.appraise(review, STUDY))
    other = AppraiseSession(review, STUDY, "ada", outcome="pain", tool="robins-i")
    assert ask(other, "hello")["config"]["tool"]["id"] == "robins-i"
    synthesis = AppraiseSession(review, "", "ada", outcome="pain", tool="rob-me")
    assert ask(synthesis, "hello")["config"]["reports"] == []
    assert cell(synthesis, "4.1", answer="N", support="all reported", locator="matrix")["ok"]
    for wrong in (("nobody1999", "ada", {}), (STUDY, "zoe", {}), (STUDY, "ada", {"tool": "x"}),
                  (STUDY, "ada", {"outcome": "x"}), ("", "ada", {})):  # fmt: skip
        with pytest.raises(InputError):
            rk.lab.appraise(review, wrong[0], wrong[1], **wrong[2])
