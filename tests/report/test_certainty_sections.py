"""Summary of findings, harms and plain sentences as a reader meets them."""

from __future__ import annotations

import csv
import json
import shutil
from html.parser import HTMLParser
from pathlib import Path

import pytest

from reviewkit.certainty import overclaims
from reviewkit.report.figure_files import figures_of
from reviewkit.report.harm_forests import harm_forest
from reviewkit.report.opened import Report
from reviewkit.report.statements import answer_sentence, answering
from reviewkit.report.summary_of_findings import MOST_OUTCOMES, chosen, summary_rows
from reviewkit.report.words import finding
from reviewkit.review import open_review

ROOT = Path(__file__).resolve().parents[2]
QUESTIONS = ("b12-ms", "massage-ms")


class Plain(HTMLParser):
    """Text by outcome of every plain-language span, and all text."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self.words = ""
        self._outcome = ""
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if values.get("class") == "plain-language":
            self._outcome = values.get("data-outcome") or ""
            self.found.append((self._outcome, ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "span":
            self._outcome = ""

    def handle_data(self, data: str) -> None:
        self.words += data
        if self._outcome:
            name, text = self.found[-1]
            self.found[-1] = (name, text + data)


def report_of(question: str, root: Path = ROOT) -> Report:
    return Report(open_review(question, root))


def copied(tmp_path: Path) -> Path:
    for name in ("data", "references"):
        shutil.copytree(ROOT / name, tmp_path / name)
    return tmp_path


def add_harms(root: Path, question: str, *rows: dict[str, object]) -> None:
    path = root / "data" / question / "extraction" / "demo-a.csv"
    with path.open(encoding="utf-8", newline="") as file:
        columns = next(csv.reader(file))
    with path.open("a", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        for number, row in enumerate(rows):
            writer.writerow({
                "row_id": f"X{number}", "outcome": "adverse-events", "comparison": "massage v control",
                "value_type": "events", "number_status": "seen", "n_status": "seen", "analysis_set": "primary",
                "locator": "table 2", "extractor": "demo-a", **row})


def arms(study: str, report: str, events: tuple[int, int], totals: tuple[int, int]) -> list[dict[str, object]]:
    return [
        {"row_id": f"{study}-{role}", "study_id": study, "report_id": report, "arm": role, "arm_role": role,
         "events": events[i], "total": totals[i], "n": totals[i]}
        for i, role in enumerate(("intervention", "comparator"))
    ]


@pytest.mark.parametrize("question", QUESTIONS)
def test_no_plain_sentence_says_more_than_its_rating(question: str) -> None:
    report = report_of(question)
    by_id = {c.outcome.id: c for c in report.certainties}
    page = Plain("".join((report.opening(), report.results(), report.harms(), report.summary_of_findings())))
    assert {name for name, _ in page.found} == set(by_id)
    for name, text in page.found:
        certainty = by_id[name]
        association = certainty.outcome.better == "neither"
        assert overclaims(text, certainty.rating.level, association=association) == (), text


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_head_of_a_report_and_every_statement_pass_too(question: str) -> None:
    report = report_of(question)
    levels = {c.outcome.id: (c.rating.level, c.outcome.better == "neither") for c in report.certainties}
    for row in summary_rows(report.review, report.certainties):
        level, association = levels[row.certainty.outcome.id]
        assert overclaims(row.statement, level, association=association) == ()
    for certainty in report.certainties:
        level, association = levels[certainty.outcome.id]
        assert overclaims(finding(certainty.analysis), level, association=association) == ()
    words = Plain(report.opening()).words
    assert answer_sentence(report.review, report.certainties) in words
    assert "very uncertain" in words
    assert "Very low certainty" in words


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_table_keeps_seven_outcomes_and_a_harm_among_them(question: str) -> None:
    certainties = report_of(question).certainties
    kept, left = chosen(certainties)
    assert len(kept) <= MOST_OUTCOMES
    assert {c.outcome.id for c in (*kept, *left)} == {c.outcome.id for c in certainties}
    assert any(c.outcome.importance == "harm" for c in kept)
    ranks = [("critical", "important", "harm").index(c.outcome.importance) for c in kept]
    assert ranks == sorted(ranks)
    page = Plain(report_of(question).summary_of_findings()).words
    assert all(c.outcome.name in page for c in left)


def test_every_step_has_its_footnote() -> None:
    report = report_of("b12-ms")
    page = Plain(report.summary_of_findings()).words
    for row in summary_rows(report.review, report.certainties):
        assert len(row.notes) == len(row.certainty.rating.counted)
        assert all(note in page for note in row.notes)


def test_a_judgement_that_differs_is_shown_beside_its_proposal() -> None:
    page = Plain(report_of("massage-ms").summary_of_findings()).words
    assert "(The rule proposed 0:" in page
    assert "A demonstration judgement (demo-a)." in page


def test_a_missing_baseline_risk_says_so_and_a_given_one_is_used(tmp_path: Path) -> None:
    root = copied(tmp_path)
    add_harms(root, "massage-ms", *arms("negahban2013", "negahban-2013", (4, 2), (12, 12)),
              *arms("naderi2024", "naderi-2024", (3, 2), (35, 35)))
    report = report_of("massage-ms", root)
    row = next(r for r in summary_rows(report.review, report.certainties) if r.certainty.outcome.id == "adverse-events")
    assert row.absolute == ("The protocol sets no baseline risk, so no absolute effect is given.",)
    path = root / "data" / "massage-ms" / "protocol.toml"
    path.write_text(path.read_text(encoding="utf-8").replace(
        'no_important_difference_because = "any serious event matters"',
        'no_important_difference_because = "any serious event matters"\n'
        'baseline_risks = [{ per_1000 = 100, source = "A survey" }]'), encoding="utf-8")
    report = report_of("massage-ms", root)
    row = next(r for r in summary_rows(report.review, report.certainties) if r.certainty.outcome.id == "adverse-events")
    assert "100 of 1000 people without" in row.absolute[0]
    assert "Baseline: A survey." in row.absolute[0]


def test_nobody_reports_harm() -> None:
    words = Plain(report_of("b12-ms").harms()).words
    assert "None of the 20 included studies reports adverse events" in words
    assert "all 20 say nothing on it" in words
    assert "19 of the silent give no treatment to anyone" in words
    assert "Silence about harm is not absence of harm" in words
    assert "Included studies that say nothing on it (20)" in words


def test_harm_reported_outside_the_answer_is_shown_and_counts_for_no_included_study() -> None:
    report = report_of("massage-ms")
    words = Plain(report.harms()).words
    assert "None of the 10 included studies reports adverse events" in words
    assert "1 study outside the review's answer says something on it" in words
    assert "H001" in words
    harms = next(c.harms for c in report.certainties if c.harms)
    assert (harms.reporting, len(harms.silent)) == (0, 10)
    assert next(c.rating.level for c in report.certainties if c.harms) == "no evidence"


def test_zero_events_are_pooled_without_a_made_up_half(tmp_path: Path) -> None:
    """Peto or Mantel-Haenszel as `recommend_binary` says; a study without any event adds nothing to a ratio."""
    root = copied(tmp_path)
    add_harms(root, "massage-ms", *arms("negahban2013", "negahban-2013", (0, 3), (24, 24)),
              *arms("naderi2024", "naderi-2024", (1, 4), (35, 35)),
              *arms("atashi2014", "atashi-2014", (0, 0), (31, 31)))
    report = report_of("massage-ms", root)
    certainty = next(c for c in report.certainties if c.harms)
    assert certainty.harms is not None
    pool = certainty.harms.pool
    assert pool is not None
    # Mantel-Haenszel risk ratio of equal arms by hand: (0·24/48 + 1·35/70) / (3·24/48 + 4·35/70).
    assert pool.estimate == pytest.approx(-1.9459101, abs=1e-6)
    assert certainty.rating.level == "very low"
    words = Plain(report.harms()).words
    assert "3 of the 10 included studies report adverse events; 7 say nothing" in words
    assert "0/31" in words
    assert "0/24" in words
    # A row for each study, counts included, and the total of the pool that counts.
    picture = harm_forest(certainty.analysis, certainty.harms, report.review)
    assert picture is not None
    assert "Total (95% CI): RR 0.14 [0.02, 1.13]" in picture.description
    drawn = [box.text for box in picture.texts]
    assert [name for name in drawn if name in ("Negahban 2013", "Naderi 2024", "Atashi 2014")] == [
        "Negahban 2013", "Naderi 2024", "Atashi 2014"]
    assert drawn.count("not estimable") == 1 and "42.9%" in drawn and "57.1%" in drawn
    assert 'id="forest-adverse-events"' in str(report.harms())
    assert ("adverse-events", picture.svg) in [(name, shown.svg) for name, shown in figures_of(report)]
    # The figure opens to the pool that counts, not to another one of the same numbers.
    numbers = str(report.harms())
    numbers = numbers[numbers.index('id="numbers-adverse-events"'):]
    numbers = numbers[:numbers.index("</details>")]
    assert "risk ratio 0.14 (95% CI" in numbers and "Mantel" in numbers
    assert "3/24" in numbers and "τ²" not in numbers


def test_one_outcome_has_one_pool_in_results_json(tmp_path: Path) -> None:
    from reviewkit.report.outputs import save

    root = copied(tmp_path)
    add_harms(root, "massage-ms", *arms("negahban2013", "negahban-2013", (0, 3), (24, 24)),
              *arms("naderi2024", "naderi-2024", (1, 4), (35, 35)))
    save(report_of("massage-ms", root), tmp_path / "out")
    results = json.loads((tmp_path / "out" / "results.json").read_text(encoding="utf-8"))
    outcome = next(o for o in results["outcomes"] if o["id"] == "adverse-events")
    assert outcome["main"]["pooled"] is None
    assert results["harms"][0]["pooled"]["estimate"] == pytest.approx(-1.9459101, abs=1e-6)
    assert outcome["certainty"]["level"] in ("very low", "low")
    assert len(results["summary_of_findings"]) <= MOST_OUTCOMES
    with (tmp_path / "out" / "tables" / "harms.csv").open(encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    assert sum(row["as_printed"] == "says nothing" for row in table) == 8
    for name in ("summary-of-findings", "certainty"):
        with (tmp_path / "out" / "tables" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            assert list(csv.DictReader(file))


def test_case_reports_are_listed_and_never_counted(tmp_path: Path) -> None:
    root = copied(tmp_path)
    path = root / "data" / "massage-ms" / "studies.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("single-arm before-after", "case report", 1),
                    encoding="utf-8")
    report = report_of("massage-ms", root)
    harms = next(c.harms for c in report.certainties if c.harms)
    assert [case.study.study_id for case in harms.cases] == ["backus2016"]
    words = Plain(report.harms()).words
    assert "Case reports (1)" in words
    assert "to how many people treated is not known" in words


def test_a_protocol_without_a_harm_says_so(tmp_path: Path) -> None:
    root = copied(tmp_path)
    path = root / "data" / "b12-ms" / "protocol.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text[:text.index('[[outcomes]]\nid = "adverse-events"')], encoding="utf-8")
    assert "names no harm outcome" in Plain(report_of("b12-ms", root).harms()).words


def test_a_review_without_studies_answers_so(tmp_path: Path) -> None:
    root = copied(tmp_path)
    for log in (root / "data" / "b12-ms" / "screening" / "full-text").glob("*.jsonl"):
        log.unlink()
    (root / "data" / "b12-ms" / "certainty.toml").unlink()
    review = open_review("b12-ms", root)
    sentence = answer_sentence(review, Report(review).certainties)
    assert "none among the 102 records looked at; this was not a complete search" in sentence
    assert overclaims(sentence, "no evidence") == ()


def test_harms_do_not_answer_the_question(tmp_path: Path) -> None:
    root = copied(tmp_path)
    add_harms(root, "massage-ms", *arms("negahban2013", "negahban-2013", (4, 2), (12, 12)),
              *arms("naderi2024", "naderi-2024", (3, 2), (35, 35)))
    first = answering(report_of("massage-ms", root).certainties)
    assert first is not None
    assert first.outcome.id == "fatigue"
