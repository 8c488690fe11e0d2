"""The report leads every number back to its search file, and shows every finding of the checks."""

from __future__ import annotations

import html
import re
import shutil
from pathlib import Path

import pytest

from reviewkit.numbers import tidy
from reviewkit.render.text import escape
from reviewkit.report.checks import checks_section
from reviewkit.report.lineage import lineage_details
from reviewkit.review import open_review
from tests.report.pages import QUESTIONS, QUICK, ROOT, anchors, page_of, report_of, targets


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_link_within_a_page_leads_somewhere(question: str) -> None:
    page = page_of(question)
    names = anchors(page)
    assert len(names) == len(set(names)), "an anchor stands twice"
    assert targets(page) - set(names) == set()


@pytest.mark.parametrize(("question", "outcome"), [("b12-ms", "homocysteine"), ("massage-ms", "fatigue")])
def test_every_number_of_an_outcome_opens_to_how_it_came_about(question: str, outcome: str) -> None:
    review = open_review(question, ROOT)
    found = review.synthesise(outcome)
    page = str(lineage_details(review, found))
    for result in found.main.results:
        block = block_of(page, f"{outcome}-{result.study_id}")
        for row in result.rows:
            assert f"<code>{row.row_id}</code>" in block
            assert html.escape(row.locator) in block
            assert f"extracted by {row.extractor}" in block
            if row.as_printed:
                assert f'<q class="as-printed">{html.escape(row.as_printed)}</q>' in block
        assert f'href="#origin-{result.study_id}"' in block
        assert ("Effect:" if result.usable else "No effect:") in block
    weights = [float(text) for text in re.findall(r"([\d.]+)% of the weight of the pool", page)]
    numbers = block_of(page, f"numbers-{outcome}")
    if found.main.pooled:
        assert sum(weights[:found.main.pooled.k]) == pytest.approx(100, abs=0.3)
        assert "Hedges" in numbers and "w = 1/(v + τ²)" in numbers and "0.84 [0.29, 1.38]" in numbers
    else:
        assert "Not pooled" in numbers and "sign test" in numbers
    assert page.count("<details>") == page.count("<details") >= len(found.main.results) + 1


def block_of(page: str, anchor: str) -> str:
    """A block from its anchor to the end of its details."""
    start = page.index(f'id="{anchor}"')
    assert page.rfind("<details", 0, start) > page.rfind("</details>", 0, start), "the anchor stands outside"
    return page[start:page.index("</details>", start)]


@pytest.mark.parametrize("question", QUICK)
def test_a_study_leads_to_its_records_and_every_vote(question: str) -> None:
    review, page = report_of(question).review, page_of(question)
    for study in review.studies:
        block = block_of(page, f"origin-{study.study_id}")
        for report in study.reports:
            for stage in ("title-abstract", "full-text"):
                status = review.screening.stages[stage].get(report)
                for vote in status.votes if status else ():
                    assert f"{vote.reviewer}: {vote.decision}" in block
            for name, owner in review.report_of.items():
                if owner == report:
                    assert f"Record {name}: references/{question}/" in block
    for name, first, last in re.findall(rf"references/{question}/([\w.-]+), lines (\d+) to (\d+)", page):
        lines = (ROOT / "references" / question / name).read_bytes().decode("latin-1").splitlines()
        assert 0 < int(first) <= int(last) <= len(lines) + 1
    assert len(re.findall(r'<tr id="report-', page)) == len(review.reports)


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_box_of_the_flow_leads_to_its_list(question: str) -> None:
    page = page_of(question)
    flow = page[page.index('id="flow"'):]
    flow = flow[:flow.index("</figure>")]
    for anchor in targets(flow):
        assert f'id="{anchor}"' in page
    assert {"files", "duplicates", "reports", "excluded-title-abstract", "assessed", "excluded"} <= targets(flow)


@pytest.mark.parametrize("question", ["b12-ms", "massage-ms"])
def test_figures_in_sentences_and_in_the_summary_are_links(question: str) -> None:
    report = report_of(question)
    first = report.certainties[0].outcome.id
    assert f'href="#numbers-{first}"' in report.opening()
    table = str(report.summary_of_findings())
    for certainty in report.certainties:
        if certainty.analysis.main.results and f'id="finding-{certainty.outcome.id}"' in table:
            row = table[table.index(f'id="finding-{certainty.outcome.id}"'):]
            row = row[:row.index("</tr>")]
            assert f'href="#numbers-{certainty.outcome.id}"' in row
            assert f'href="#certainty-{certainty.outcome.id}"' in row


def test_two_extractions_and_their_consensus_are_told_apart(tmp_path: Path) -> None:
    """Both extractors' tables and what was agreed on: each named, with its file and line."""
    for name in ("data", "references"):
        shutil.copytree(ROOT / name, tmp_path / name)
    folder = tmp_path / "data/b12-ms"
    protocol = folder / "protocol.toml"
    text = protocol.read_text(encoding="utf-8").replace('extractors = ["demo-a"]', 'extractors = ["demo-a", "ben"]')
    protocol.write_text(text, encoding="utf-8")
    table = (folder / "extraction/demo-a.csv").read_text(encoding="utf-8")
    (folder / "extraction/consensus.csv").write_text(table, encoding="utf-8")
    (folder / "extraction/ben.csv").write_text(
        table.replace(",demo-a,", ",ben,").replace(",13.8,4.9,", ",13.9,4.9,"), encoding="utf-8")
    review = open_review("b12-ms", tmp_path)
    block = block_of(str(lineage_details(review, review.synthesise("homocysteine"))), "homocysteine-ramsaransing2006")
    assert "demo-a (data/b12-ms/extraction/demo-a.csv, line" in block
    assert "as agreed" in block
    assert "ben (data/b12-ms/extraction/ben.csv, line" in block
    assert "mean: 13.9, agreed: 13.8" in block
    assert "Agreed on: data/b12-ms/extraction/consensus.csv, line" in block


def test_every_finding_of_the_checks_is_shown_with_its_settlement(tmp_path: Path) -> None:
    for name in ("data", "references"):
        shutil.copytree(ROOT / name, tmp_path / name)
    review = open_review("massage-ms", tmp_path)
    page = str(checks_section(review))
    assert review.trust and "a person has still to settle it" not in page
    for found in review.trust:
        assert escape(tidy(found.message)) in page
    known = {(found.code, "|".join(found.row_ids)) for found in review.trust}
    assert all(escape(item.reason) in page for item in review.settlements if (item.code, item.subject) in known)
    assert sum(times(page)) == len(review.trust)
    (tmp_path / "data/massage-ms/settled.csv").unlink()
    again = str(checks_section(open_review("massage-ms", tmp_path)))
    assert again.count("a person has still to settle it") == len(times(again)) > 0
    assert sum(times(again)) == len(review.trust)


def times(page: str) -> list[int]:
    """How many findings each row of the list of checks holds."""
    return [int(number) for number in re.findall(r'<td class="number"[^>]*>(\d+)</td>', page)]


def test_a_review_without_numbers_says_so(tmp_path: Path) -> None:
    for name in ("data", "references"):
        shutil.copytree(ROOT / name, tmp_path / name)
    table = tmp_path / "data/b12-ms/extraction/demo-a.csv"
    table.write_text(table.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    assert "No number was extracted." in str(checks_section(open_review("b12-ms", tmp_path)))
