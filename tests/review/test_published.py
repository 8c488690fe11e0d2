"""published.csv: every error with its line, and the rule that holds a published figure against ours."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewkit.report.opened import Report
from reviewkit.report.published import beside
from reviewkit.review import open_review
from reviewkit.review.certainty.rating import Certainty
from reviewkit.review.checking import findings
from reviewkit.review.claims.published import COLUMNS, Published, read_published
from reviewkit.tables import csv_text

ROOT = Path(__file__).resolve().parents[2]
NONE = "None among the 9 records looked at; this was not a complete search."
ROW = {
    "id": "P1", "review": "Somebody 2020", "outcome": "homocysteine", "about": "homocysteine", "asks": "the same",
    "k": "7", "studies": "9", "measure": "SMD", "effect": "0.5", "ci_low": "0.1", "ci_high": "0.9", "i2": "40",
    "why": "other studies", "reproduced": "no", "reproduced_why": "no inputs", "locator": "abstract",
    "url": "https://example.org/1", "by": "ak",
}


def written(project: Path, *rows: dict[str, str]) -> Path:
    (project / "data/b12-ms/published.csv").write_text(csv_text(COLUMNS, rows), encoding="utf-8")
    return project


def made(**changes: object) -> Published:
    values: dict[str, object] = dict.fromkeys(COLUMNS, "") | {"line": 2, "year": None, "k": 7, "studies": 9, "n": None}
    values |= {name: ROW[name] for name in ROW if name not in ("k", "studies", "effect", "ci_low", "ci_high", "i2")}
    values |= {"effect": 0.5, "ci_low": 0.1, "ci_high": 0.9, "i2": 40.0}
    return Published(**{**values, **changes})  # type: ignore[arg-type]


def certainty(question: str, outcome: str) -> Certainty:
    return open_review(question, ROOT).certainty(outcome)


def test_a_whole_row_is_read_as_it_stands(project: Path) -> None:
    (row,) = read_published(open_review("b12-ms", written(project, ROW)))
    assert (row.k, row.studies, row.effect, row.i2, row.year, row.line) == (7, 9, 0.5, 40.0, None, 2)


def test_no_file_and_an_empty_file_say_that_none_was_found(project: Path) -> None:
    path = written(project) / "data/b12-ms/published.csv"
    for empty in (True, False):
        if not empty:
            path.unlink()
        report = Report(open_review("b12-ms", project))
        assert report.review.published == ()
        assert "No published meta-analysis was found where we looked" in report.published()
        assert "no database was searched" in report.published()


@pytest.mark.parametrize(("changes", "said"), [
    ({"outcome": "height"}, "outcome = 'height' is not in the protocol"),
    ({"report": "nobody-1900"}, "report = 'nobody-1900' is no report of this question"),
    ({"asks": "perhaps"}, "asks = 'perhaps'; allowed: the same, overlaps, another"),
    ({"reproduced": "maybe"}, "reproduced = 'maybe'; allowed: yes, partly, no"),
    ({"measure": "d"}, "measure = 'd'; allowed: MD, SMD"),
    ({"locator": ""}, "locator is empty"),
    ({"by": "", "why": ""}, "by, why is empty"),
    ({"reproduced_why": ""}, "reproduced_why is empty"),
    ({"url": "somewhere"}, "url = 'somewhere' is no web address"),
    ({"effect": "0,5"}, "effect = '0,5' is no number"),
    ({"effect": "nan"}, "effect = 'nan' is no number"),
    ({"k": "7.5"}, "k = '7.5' is no whole number"),
    ({"measure": ""}, "effect without a measure"),
    ({"effect": ""}, "an interval without an effect"),
    ({"ci_high": ""}, "one limit of the interval is missing"),
    ({"ci_low": "2.40", "ci_high": "0.83", "effect": "1.62"}, "does not lie between its limits"),
    ({"measure": "OR", "effect": "-0.2", "ci_low": "-0.4", "ci_high": "0.1"}, "OR with a value of −0.4"),
    ({"i2": "101"}, "i2 = 101"),
    ({"k": "12"}, "k = 12 is above studies = 9"),
])
def test_what_is_wrong_is_named_with_its_line_and_a_remedy(project: Path, changes: dict[str, str], said: str) -> None:
    written(project, ROW, {**ROW, "id": "P2", **changes})
    (problem,) = findings("b12-ms", project).errors
    assert said in problem.message and problem.remedy
    assert (problem.file, problem.line) == ("data/b12-ms/published.csv", 3)


def test_an_id_that_stands_twice_and_other_errors_come_at_once(project: Path) -> None:
    written(project, ROW, {**ROW, "asks": "perhaps"})
    said = [problem.message for problem in findings("b12-ms", project).errors]
    assert len(said) == 2 and any("stands on another line" in text for text in said)


@pytest.mark.parametrize(("changes", "said"), [
    ({}, "Both point to higher values; the intervals overlap; k = 4 here, k = 7 there."),
    ({"k": None}, "Both point to higher values; the intervals overlap; k = 4 here, k not visible there."),
    ({"ci_low": -0.1}, "Both point to higher values, and its interval holds no difference; the intervals overlap"),
    ({"effect": -0.5, "ci_low": -0.9, "ci_high": -0.1},
     "Ours points to higher values, it points to lower values; the intervals do not overlap"),
    ({"effect": 0.0, "ci_low": -0.2, "ci_high": 0.2}, "it points neither way, and its interval holds no difference"),
    ({"effect": 3.0, "ci_low": 2.0, "ci_high": 4.0}, "Both point to higher values; the intervals do not overlap"),
    ({"measure": "OR", "effect": 0.78, "ci_low": 0.64, "ci_high": 0.94},
     "it points to lower values; sizes cannot be compared (SMD here, OR there)"),
    ({"asks": "another"}, "It answers another question"),
    ({"effect": None, "ci_low": None, "ci_high": None, "model": "not pooled"}, "It pooled nothing."),
    ({"effect": None, "ci_low": None, "ci_high": None}, "It gives no figure that could be seen."),
])
def test_the_sentence_beside_a_pool_of_ours(changes: dict[str, object], said: str) -> None:
    """Ours: SMD 0.84 [0.29, 1.38], k = 4."""
    assert said in beside(made(**changes), certainty("b12-ms", "homocysteine"), NONE)


HOMOCYSTEINE = certainty("b12-ms", "homocysteine")


@given(st.lists(st.floats(-5, 5), min_size=3, max_size=3).map(sorted))
def test_overlap_and_sides_are_told_as_they_are(values: list[float]) -> None:
    low, effect, high = values
    text = beside(made(effect=effect, ci_low=low, ci_high=high), HOMOCYSTEINE, NONE)
    ours = HOMOCYSTEINE.evidence.effect
    assert ours is not None
    assert ("do not overlap" in text) == (high < ours.ci_low or low > ours.ci_high)
    assert ("Both point to higher values" in text) == (effect > 0)
    assert ("its interval holds no difference" in text) == (low <= 0 <= high)


def test_the_sentence_where_ours_pools_nothing() -> None:
    found = certainty("massage-ms", "fatigue")
    reporting = found.evidence.reporting
    one_way = sum(study.direction == "intervention" for study in reporting)
    good = beside(made(measure="MD", effect=-1.0, ci_low=-2.0, ci_high=-0.5), found, NONE)
    assert good.startswith("It points in favour. Nothing is pooled here")
    assert f"of {len(reporting)} studies with a result, {one_way} point" in good
    bad = beside(made(measure="MD", effect=1.0, ci_low=0.5, ci_high=2.0), found, NONE)
    assert bad.startswith("It points against.")
    assert one_way == len(reporting) and "none points that way" in bad


def test_the_sentence_where_no_eligible_study_reports_the_outcome() -> None:
    found = certainty("upper-cervical-ms", "fatigue")
    text = beside(made(measure="MD", effect=-1.0, ci_low=-2.0, ci_high=-0.5), found, NONE)
    assert text == f"It points in favour. No eligible study reports this outcome here. {NONE}"


def test_a_harm_points_to_more_or_fewer() -> None:
    found = certainty("upper-cervical-headache", "adverse-events")
    more = made(measure="RR", effect=2.06, ci_low=1.24, ci_high=3.41)
    assert "It points to more harms." in beside(more, found, NONE)
    fewer = replace(more, effect=0.5, ci_low=0.2, ci_high=1.1)
    assert "It points to fewer harms, and its interval holds no difference." in beside(fewer, found, NONE)
