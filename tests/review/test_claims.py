"""The claims ledger: every claim has a verdict or a reason, and none is copied from a page."""

from __future__ import annotations

import csv
import re
from functools import cache
from pathlib import Path

import pytest

from reviewkit.claims import INSUFFICIENT, NO_EVIDENCE, STRENGTH, VERDICTS
from reviewkit.errors import InputError
from reviewkit.report.claims import claim_rows, claims_section, verdict_words, why_words
from reviewkit.review import open_review
from reviewkit.review.checking import findings
from reviewkit.review.claims.file import JudgedClaim, judged_claims, read_claims

ROOT = Path(__file__).resolve().parents[2]
EVIDENCE = ROOT / ".." / "shared" / "evidence" / "claims.csv"
QUESTIONS = sorted({test.question for claim in read_claims(ROOT) for test in claim.tests})
MADE = """[[claims]]
id = "X1"
page = "A page"
text = "<script>alert(1)</script> is said to help."
therapy = "massage"
condition = "MS"
about = "fatigue"
kind = "effect"
claimed = "benefit"
tests = [{ question = "massage-ms", outcome = "fatigue" }]
"""


@cache
def judged(question: str) -> tuple[JudgedClaim, ...]:
    review = open_review(question, ROOT)
    wanted = [review.certainty(name) for name in review.protocol.outcome_ids]
    return judged_claims(review, read_claims(ROOT), wanted)


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_claim_has_a_verdict_or_a_reason(question: str) -> None:
    assert judged(question)
    for item in judged(question):
        assert (item.word in VERDICTS) != bool(item.reason), item.claim.id
        assert bool(item.reason) == (item.claim.kind == "statement"), item.claim.id
        if item.computed and item.computed.word == NO_EVIDENCE:
            assert re.match(r"None among the \d+ records looked at; this was not a complete search\.",
                            item.computed.why)


def test_all_claims_of_the_pages_are_there() -> None:
    if not EVIDENCE.exists():
        pytest.skip("the shared evidence is not here")
    with EVIDENCE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    mine = {claim.id: claim for claim in read_claims(ROOT)}
    assert set(mine) == {row["claim_id"] for row in rows}
    for row in rows:
        claim = mine[row["claim_id"]]
        assert claim.citation == row["citation_id"]
        assert {test.question for test in claim.tests} == set(row["question"].split(";"))
        assert not runs(claim.text, 6) & runs(row["quote"], 6), row["claim_id"]
        assert plain(claim.text) != plain(row["claim"])


def plain(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def runs(text: str, length: int) -> set[tuple[str, ...]]:
    words = plain(text)
    return {tuple(words[i:i + length]) for i in range(len(words) - length + 1)}


def made(folder: Path, text: str) -> Path:
    (folder / "data").mkdir()
    (folder / "data" / "claims.toml").write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize(("text", "said"), [
    (MADE + MADE, "more than once"),
    (MADE.replace('claimed = "benefit"\n', ""), "claimed"),
    (MADE.replace(', outcome = "fatigue"', ""), "outcome in every test"),
    (MADE.replace('"effect"', '"statement"'), "no_verdict"),
    (MADE + 'no_verdict = "because"\n', "only there"),
    (MADE + 'not_tested = { verdict = "possibly", reason = "so" }\n', "insufficient evidence"),
    (MADE + 'not_tested = { verdict = "insufficient evidence" }\n', "reason"),
    (MADE.replace('"effect"', '"mechanism"') + 'not_tested = { verdict = "no eligible evidence", reason = "so" }\n',
     "not for kind 'mechanism'"),
    (MADE + 'override = { verdict = "true", reason = "so", by = "ak" }\n', "must be one of"),
    (MADE + "surprise = 1\n", "surprise"),
])
def test_what_is_wrong_is_named_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        read_claims(made(tmp_path, text))
    assert said in str(caught.value)
    assert all(p.file == "data/claims.toml" and p.line and p.remedy for p in caught.value.problems)


def test_an_override_shows_both_and_an_unknown_outcome_is_refused(tmp_path: Path) -> None:
    review = open_review("massage-ms", ROOT)
    wanted = [review.certainty("fatigue")]
    folder = made(tmp_path, MADE + 'override = { verdict = "possibly", reason = "so", by = "ak" }\n')
    item = judged_claims(review, read_claims(folder), wanted)[0]
    assert item.computed is not None
    assert verdict_words(item) == f"possibly (decided by ak; by rule: {item.computed.word})"
    with pytest.raises(InputError, match="not in the protocol"):
        judged_claims(review, read_claims(folder), [review.certainty("pain")])


def test_no_file_is_no_claim(tmp_path: Path) -> None:
    assert read_claims(tmp_path) == ()


def test_the_section_says_it_all() -> None:
    review = open_review("massage-ms", ROOT)
    page = str(claims_section(review, [review.certainty(name) for name in review.protocol.outcome_ids]))
    assert all(item.claim.id in page for item in judged("massage-ms"))


LOOSE = {
    "M03": INSUFFICIENT, "M12": INSUFFICIENT, "M15": INSUFFICIENT, "M07": NO_EVIDENCE, "M17": NO_EVIDENCE,
    "B03": INSUFFICIENT, "B06": INSUFFICIENT, "B08": NO_EVIDENCE, "A08": NO_EVIDENCE, "001-06": NO_EVIDENCE,
    "001-08": NO_EVIDENCE, "001-09": NO_EVIDENCE, "001-11": NO_EVIDENCE, "001-16": NO_EVIDENCE,
    "002-04": NO_EVIDENCE, "002-05": NO_EVIDENCE, "002-07": NO_EVIDENCE, "000-04": NO_EVIDENCE, "000-08": NO_EVIDENCE,
    "000-09": NO_EVIDENCE, "001-13": INSUFFICIENT,
}
"""Claims that no outcome of their review truly tests, and the verdict a person gives for that reason."""


def test_claims_that_no_outcome_tests_say_so_with_a_reason() -> None:
    mine = {claim.id: claim.not_tested for claim in read_claims(ROOT) if claim.not_tested}
    assert {name: said.verdict for name, said in mine.items()} == LOOSE
    for question in QUESTIONS:
        for item in judged(question):
            if item.claim.not_tested:
                assert item.word in (INSUFFICIENT, NO_EVIDENCE)
                assert item.claim.not_tested.reason in why_words(item)


@pytest.mark.parametrize(("name", "outcomes"), [
    ("M01", {"spasticity"}), ("M14", {"stress", "anxiety", "depression"}), ("M09", {"stress"}), ("M08", {"fatigue"}),
    ("001-05", {"pain", "disability"}), ("A06", {"psychological-distress", "depression"}), ("B05", {"homocysteine"}),
    ("B01", {"low-vitamin-b12"}),
])
def test_claims_are_tested_by_what_measures_them(name: str, outcomes: set[str]) -> None:
    claim = next(claim for claim in read_claims(ROOT) if claim.id == name)
    assert {test.outcome for test in claim.tests} == outcomes and claim.not_tested is None


def test_a_claim_that_is_not_tested_gets_nothing_from_its_nearest_outcome(tmp_path: Path) -> None:
    """Fatigue has studies that all favour massage; the claim is about something else."""
    review = open_review("massage-ms", ROOT)
    text = MADE + 'not_tested = { verdict = "%s", reason = "It measures something else." }\n'
    for number, word in enumerate((INSUFFICIENT, NO_EVIDENCE)):
        (tmp_path / str(number)).mkdir()
        folder = made(tmp_path / str(number), text % word)
        (item,) = judged_claims(review, read_claims(folder), [review.certainty("fatigue")])
        assert item.word == word
        assert "It measures something else. Nearest outcome of this review: Fatigue." in why_words(item)
        assert ("None among the" in why_words(item)) == (word == NO_EVIDENCE)


def test_an_empty_review_answers_no_claim_of_an_effect() -> None:
    for question in ("upper-cervical-ms", "upper-cervical-dystonia", "upper-cervical-low-back-pain"):
        for item in judged(question):
            if item.claim.kind in ("effect", "association"):
                assert item.word == NO_EVIDENCE, item.claim.id


@pytest.mark.parametrize("question", QUESTIONS)
def test_no_verdict_exceeds_possibly_where_risk_of_bias_is_unknown(question: str) -> None:
    from reviewkit.certainty.domains import share_without_information

    review = open_review(question, ROOT)
    for item in judged(question):
        if item.outcome and item.computed:
            evidence = review.certainty(item.outcome).evidence
            if not evidence.informing or share_without_information(evidence) > 0.5:
                assert STRENGTH.get(item.computed.word, 0) <= STRENGTH["possibly"], item.claim.id


def test_claims_stand_in_the_results_with_their_references() -> None:
    review = open_review("upper-cervical-headache", ROOT)
    rows = {row["id"]: row for row in claim_rows(review, [review.certainty(n) for n in review.protocol.outcome_ids])}
    assert rows["001-08"]["figure"] == "more than 60 %"
    assert (rows["001-08"]["verdict"], rows["001-08"]["tested"]) == (NO_EVIDENCE, False)
    assert rows["001-08"]["citation"] == "C05"
    assert str(rows["001-08"]["citation_said"]).startswith("not found where we looked")
    assert rows["001-12"]["verdict"] is None and rows["001-12"]["why"]


def test_check_reads_the_ledger_and_the_audit(project: Path) -> None:
    claims, citations = project / "data/claims.toml", project / "data/citations.csv"
    text = claims.read_text(encoding="utf-8")
    line = next(number for number, row in enumerate(text.splitlines(), 1) if 'outcome = "spasticity"' in row)
    claims.write_text(text.replace('outcome = "spasticity"', 'outcome = "spasms"', 1)
                      .replace('citation = "C01"', 'citation = "C99"'), encoding="utf-8")
    citations.write_text(citations.read_text(encoding="utf-8").replace("upper-cervical-ms", "upper-cervical-mars"),
                         encoding="utf-8")
    found = {problem.code: problem for problem in findings("massage-ms", project).errors}
    assert set(found) == {"unknown-outcome", "unknown-citation", "unknown-question"}
    assert found["unknown-outcome"].file == "data/claims.toml" and found["unknown-outcome"].line == line
    assert found["unknown-question"].file == "data/citations.csv" and found["unknown-question"].line == 13
    assert all(problem.remedy for problem in found.values())
    # Outcomes are checked with the question that has them, names of questions with every one.
    assert {p.code for p in findings("b12-ms", project).errors} == {"unknown-citation", "unknown-question"}


def test_check_names_a_ledger_that_cannot_be_read(project: Path) -> None:
    (project / "data/claims.toml").write_text("[[claims]]\nid = 1\n", encoding="utf-8")
    problems = findings("massage-ms", project).errors
    assert problems and all(problem.file == "data/claims.toml" for problem in problems)
