"""The claims ledger: every claim has a verdict or a reason, and none is copied from a page."""

from __future__ import annotations

import csv
import re
from functools import cache
from pathlib import Path

import pytest

from reviewkit.claims import NO_EVIDENCE
from reviewkit.errors import InputError
from reviewkit.report.claims import claims_section, verdict_words
from reviewkit.review import open_review
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
        assert item.word or item.reason, item.claim.id
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
    (MADE + 'override = { verdict = "true", reason = "so", by = "ak" }\n', "must be one of"),
    (MADE + "surprise = 1\n", "surprise"),
])
def test_what_is_wrong_is_named_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        read_claims(made(tmp_path, text))
    assert said in str(caught.value)
    assert all(p.file == "data/claims.toml" and p.line for p in caught.value.problems)


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
