"""Published meta-analyses beside the bundled reviews: the figures of the evidence, in words of our own."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

import pytest

from reviewkit.report.opened import Report
from reviewkit.report.published import overview, published_rows, published_section
from reviewkit.review import open_review
from reviewkit.review.claims.published import Published
from reviewkit.review.opened import questions

ROOT = Path(__file__).resolve().parents[2]
EVIDENCE = ROOT / ".." / "shared" / "evidence" / "published_meta.csv"
QUESTIONS = questions(ROOT)
REPRODUCTIONS: Mapping[tuple[str, str], Callable[[], float]] = {}
"""(question, id) of each figure said to be reproduced, and what rebuilds it from rows in data/: none so far."""


@cache
def report(question: str) -> Report:
    return Report(open_review(question, ROOT))


@cache
def evidence() -> Mapping[str, Mapping[str, str]]:
    if not EVIDENCE.exists():
        pytest.skip("the shared evidence is not here")
    with EVIDENCE.open(encoding="utf-8-sig", newline="") as stream:
        return {row["meta_id"]: row for row in csv.DictReader(stream)}


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_published_result_of_the_question_is_there(question: str) -> None:
    wanted = [name for name, row in evidence().items() if question in row["question"].split(";")]
    assert [row.id for row in report(question).review.published] == wanted


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_figure_is_that_of_the_evidence(question: str) -> None:
    """The sign of a difference may be turned; then the print is kept beside it."""
    for row in report(question).review.published:
        source = evidence()[row.id]
        wanted = [float(source[name]) if source[name] else None for name in ("effect", "ci_low", "ci_high", "i2")]
        found = [row.effect, row.ci_low, row.ci_high, row.i2]
        if found != wanted:
            assert row.as_printed and None not in wanted[:3], row.id
            effect, low, high = (-(value or 0.0) for value in wanted[:3])
            assert found[:3] == [effect, high, low], row.id
        assert not source["k"] or int(source["k"]) in (row.k, row.studies), row.id
        assert row.n in (None, int(source["n_total"] or -1)), row.id
        assert row.url == source["url"], row.id


@pytest.mark.parametrize("question", QUESTIONS)
def test_nothing_is_copied_from_quotes_or_conclusions(question: str) -> None:
    for row in report(question).review.published:
        source = evidence()[row.id]
        mine = runs(" | ".join((row.about, row.why, row.reproduced_why, row.note, row.certainty, row.locator)))
        assert not mine & (runs(source["quote"]) | runs(source["conclusion"])), row.id


def runs(text: str, length: int = 6) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.lower())
    return {tuple(words[i:i + length]) for i in range(len(words) - length + 1)}


@pytest.mark.parametrize("question", QUESTIONS)
def test_no_figure_is_said_to_be_reproduced_without_a_test(question: str) -> None:
    for row in report(question).review.published:
        if row.reproduced == "yes":
            assert row.effect == pytest.approx(REPRODUCTIONS[question, row.id](), abs=0.005)


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_section_has_ours_first_in_every_table(question: str) -> None:
    page = str(published_section(report(question).review, report(question).certainties))
    rows = report(question).review.published
    assert all(row.review.replace("'", "&#x27;") in page or row.review in page for row in rows)
    for name in {row.outcome for row in rows if row.outcome}:
        table = page[page.index(f'id="published-{name}"'):]
        assert "This review" in re.split(r"</tr>", table)[1], name


@pytest.mark.parametrize("question", QUESTIONS)
def test_what_has_an_outcome_has_a_sentence(question: str) -> None:
    for row in published_rows(report(question).review, report(question).certainties):
        assert bool(row["beside_ours"]) == bool(row["outcome"]), row["id"]
        assert row["why"] and row["reproduced_why"], row["id"]


def test_the_three_pooled_values_of_homocysteine_stand_beside_ours() -> None:
    """0.84 (2011), 0.70 (Dardiotis 2017), 0.64 (Li 2020), each by random effects."""
    rows = {row.id: row for row in report("b12-ms").review.published}
    assert [rows[name].effect for name in ("P025", "P030", "P034")] == [0.84, 0.70, 0.64]
    page = str(report("b12-ms").published())
    table = page[page.index('id="published-homocysteine"'):]
    places = [table.index(text) for text in ("SMD 0.84 [0.29, 1.38]", "SMD 0.84 [0.18, 1.49]",
                                             "SMD 0.70 [0.06, 1.34]", "SMD 0.64 [0.33, 0.95]")]
    assert places == sorted(places)
    genes = next(row for row in report("b12-ms").review.published if row.measure == "OR")
    assert (genes.effect, genes.asks) == (0.78, "another")


def test_the_reversed_signs_of_the_network_review_are_turned() -> None:
    """Trap 3: it prints a better pain as a positive difference and a better rotation as a negative one."""
    rows = {row.id: row for row in report("upper-cervical-headache").review.published}
    assert [(rows[name].effect, rows[name].ci_low, rows[name].ci_high) for name in ("P058", "P060")] == [
        (-1.73, -2.40, -1.05), (7.22, 5.07, 9.38)]
    assert all("favours SNAG" in rows[name].as_printed for name in ("P058", "P059", "P060", "P061"))


@pytest.mark.parametrize(("question", "name"), [("upper-cervical-ms", "P042"), ("upper-cervical-headache", "P071")])
def test_a_mean_difference_that_is_called_standardised_is_named_as_what_it_is(question: str, name: str) -> None:
    """Trap 4: an 'SMD' of -17 or -14."""
    row = next(row for row in report(question).review.published if row.id == name)
    assert row.measure == "MD" and "SMD" in row.as_printed


def test_a_copy_that_lost_its_minus_signs_gives_no_figure() -> None:
    """Trap 3: 1.62 with an interval from 2.40 to 0.83."""
    row = next(row for row in report("upper-cervical-ms").review.published if row.id == "P040")
    assert row.effect is None and "lost its minus signs" in row.as_printed


def test_the_overview_counts_what_there_is() -> None:
    def count(rows: tuple[Published, ...], word: str) -> int:
        return sum(row.reproduced == word for row in rows if row.effect is not None)

    for question in QUESTIONS:
        rows = report(question).review.published
        said = overview(rows)
        assert f"{len({row.review for row in rows})} published review" in said
        assert f"{count(rows, 'yes') or 'none'} could be reproduced" in said
