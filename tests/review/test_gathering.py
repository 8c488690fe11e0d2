"""Reports gathered into studies: what stands apart is named, can be settled, and an unfinished study is listed."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from reviewkit.extraction import OPTIONAL_STUDY_COLUMNS, STUDY_COLUMNS, Study, parse_studies
from reviewkit.review import open_review
from reviewkit.review.extraction.gathering import related_apart, unfinished_included
from reviewkit.review.extraction.studies_template import write_studies
from reviewkit.tables import read_csv, write_csv

ROOT = Path(__file__).resolve().parents[2]
REPORTS = ("ay-2001", "be-2004", "ce-2010")


def review(related: list[tuple[str, str, str]], *changes: dict[str, str], included: tuple[str, ...] = REPORTS) -> Any:
    """The parts of a review that gathering reads."""
    base = {**dict.fromkeys(STUDY_COLUMNS, ""), "tier": "primary"}
    studies: tuple[Study, ...] = parse_studies(
        [(i + 2, {**base, **change}) for i, change in enumerate(changes)], REPORTS, file="studies.csv")
    return SimpleNamespace(
        screening=SimpleNamespace(included=included), all_studies=studies, related=related,
        report_now={**{name: name for name in REPORTS}, "old": "be-2004"}, name=lambda *parts: "/".join(parts),
    )


AY, BE = {"study_id": "ay", "reports": "ay-2001"}, {"study_id": "be", "reports": "be-2004;ce-2010"}


@pytest.mark.parametrize("pair", [("be-2004", "ay-2001"), ("ay-2001", "be-2004"), ("ay-2001", "old")])
def test_related_reports_in_two_studies_are_named(pair: tuple[str, str]) -> None:
    (found,) = related_apart(review([(*pair, "companion")], AY, BE))
    assert (found.code, found.subject) == ("related-apart", "ay-2001|be-2004")
    assert "companion" in found.message


def test_nothing_is_named_where_nothing_is_apart() -> None:
    link = [("ay-2001", "be-2004", "protocol")]
    assert related_apart(review([("be-2004", "ce-2010", "erratum")], AY, BE)) == []
    assert related_apart(review(link, AY, {**BE, "companion_of": "ay"})) == []
    assert related_apart(review(link, AY, BE, included=("ay-2001",))) == []
    assert related_apart(review(link, AY)) == []
    both = {"reports": "ay-2001;be-2004", "shared_reports": "ay-2001"}
    assert related_apart(review(link, {**AY, "shared_reports": "ay-2001"}, {**both, "study_id": "be"})) == []


def test_a_report_is_not_included_with_an_unfinished_study() -> None:
    (found,) = unfinished_included(review([], {**AY, "status": "ongoing"}, BE, included=("ay-2001", "be-2004")))
    assert (found.line, found.code) == (2, "status")
    assert unfinished_included(review([], {**AY, "status": "ongoing"}, BE, included=("be-2004",))) == []


def test_the_report_lists_unfinished_studies_and_links(tmp_path: Path) -> None:
    from reviewkit.report.included import included_section

    opened = open_review("massage-ms", ROOT)
    page = str(included_section(opened))
    assert 'id="related"' in page
    assert "Going 2030" not in page
    opened.__dict__["all_studies"] = (
        *opened.all_studies, parse_studies(
            [(99, {**dict.fromkeys(STUDY_COLUMNS, ""), "study_id": "going", "label": "Going 2030", "tier": "primary",
                   "reports": "sajadi-2020", "status": "ongoing"})], ["sajadi-2020"], file="x")[0])
    page = str(included_section(opened))
    assert 'id="unfinished"' in page
    assert "Going 2030" in page


def test_the_studies_are_written_to_go_on_from(project: Path) -> None:
    opened = open_review("b12-ms", project)
    path = project / "data/b12-ms/studies.csv"
    before = [dict(row.cells) for row in read_csv(path, STUDY_COLUMNS, optional=OPTIONAL_STUDY_COLUMNS)]
    assert write_studies(opened)[1] == 0
    gone = next(row for row in before if row["reports"] in opened.screening.included)
    write_csv(path, (*STUDY_COLUMNS, *OPTIONAL_STUDY_COLUMNS), [row for row in before if row is not gone])
    assert write_studies(open_review("b12-ms", project), "demo-a") == (path, 1)
    after = [dict(row.cells) for row in read_csv(path, STUDY_COLUMNS, optional=OPTIONAL_STUDY_COLUMNS)]
    assert after[:-1] == [row for row in before if row is not gone]
    assert (after[-1]["reports"], after[-1]["extractor"], after[-1]["tier"]) == (gone["reports"], "demo-a", "primary")
    path.unlink()
    assert write_studies(open_review("b12-ms", project))[1] == len(opened.screening.included)
    again = open_review("b12-ms", project)
    assert {report for study in again.studies for report in study.reports} == set(opened.screening.included)
