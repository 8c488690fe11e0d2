"""The labelled trap data: recall, false alarms, unexplained findings and right readings as required."""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from reviewkit.trust import Finding, check_rows, row_from_mapping
from tests.trust.readings import is_right

TRAPS = Path(__file__).resolve().parents[2] / ".." / "shared" / "traps"
pytestmark = pytest.mark.skipif(
    not (TRAPS / "labels.csv").exists(), reason="the trap data (../shared/traps) is not here"
)


def _read(name: str) -> list[dict[str, str]]:
    with (TRAPS / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _cells(text: str) -> set[str]:
    return {cell for cell in text.split("|") if cell}


@dataclass
class Score:
    """What was found, by label."""

    labels: list[dict[str, str]]
    findings: tuple[Finding, ...]
    strict: dict[str, Finding] = field(default_factory=dict)
    wide: set[str] = field(default_factory=set)
    alarms: set[str] = field(default_factory=set)
    unexplained: list[Finding] = field(default_factory=list)

    def recall(self, *, code: str = "", strict: bool = False) -> float:
        own = [label["label_id"] for label in self.labels if label["code"] == code or not code]
        return sum(one in (self.strict if strict else self.wide) for one in own) / len(own)


def _score(every_label: list[dict[str, str]], findings: tuple[Finding, ...]) -> Score:
    status = {study: label["study_status"] for label in every_label for study in _cells(label["study_id"])}
    by_row: dict[str, list[dict[str, str]]] = defaultdict(list)
    traps = [label for label in every_label if label["code"] != "clean"]
    for label in traps:
        for row in _cells(label["row_ids"]) | _cells(label["needs_row_ids"]):
            by_row[row].append(label)
    score = Score(traps, findings)
    for finding in findings:
        explained = False
        for label in {one["label_id"]: one for row in finding.row_ids for one in by_row[row]}.values():
            if finding.code == label["code"]:
                score.strict[label["label_id"]] = finding
            if finding.code == label["code"] or finding.code in _cells(label["accept_also"]):
                score.wide.add(label["label_id"])
                explained = True
        studies = _cells(finding.study_id)
        clean = {study for study in studies if status[study] == "clean"}
        if not explained:
            score.alarms |= clean
            score.unexplained += [] if clean else [finding]
    return score


@pytest.fixture(scope="module")
def labels() -> list[dict[str, str]]:
    return _read("labels.csv")


@pytest.fixture(scope="module")
def score(labels: list[dict[str, str]]) -> Score:
    return _score(labels, check_rows(row_from_mapping(values) for values in _read("rows.csv")))


def test_recall_overall(score: Score) -> None:
    assert score.recall() >= 0.95


def test_recall_for_each_code(score: Score) -> None:
    codes = {label["code"] for label in score.labels}
    assert {code: score.recall(code=code) for code in codes if score.recall(code=code) < 0.80} == {}


def test_recall_by_the_findings_own_code(score: Score) -> None:
    assert score.recall(strict=True) >= 0.85


def test_false_alarms_on_clean_studies(score: Score, labels: list[dict[str, str]]) -> None:
    clean = {study for label in labels if label["study_status"] == "clean" for study in _cells(label["study_id"])}
    assert len(score.alarms) <= 0.05 * len(clean)


def test_findings_without_a_label(score: Score) -> None:
    assert len(score.unexplained) <= 0.10 * len(score.findings)


def test_right_readings(score: Score) -> None:
    told = [label for label in score.labels if label["right_reading"] and label["label_id"] in score.strict]
    right = [label for label in told if is_right(label["right_reading"], score.strict[label["label_id"]].right_reading)]
    assert len(right) >= 0.80 * len([label for label in score.labels if label["right_reading"]])


@pytest.mark.slow
def test_holds_on_each_half_of_the_studies_alone(labels: list[dict[str, str]]) -> None:
    """The other studies vouch for what is usual: half as many must do."""
    rows = [row_from_mapping(values) for values in _read("rows.csv")]
    together: dict[str, str] = {}
    for label in labels:
        group = sorted(_cells(label["study_id"]))
        for study in group:
            together[study] = min(group[0], together.get(study, group[0]))
    for half in (0, 1):
        mine = {study for study, first in together.items() if sum(map(ord, first)) % 2 == half}
        own = [label for label in labels if _cells(label["study_id"]) <= mine]
        score = _score(own, check_rows(row for row in rows if row.study_id in mine))
        clean = {
            study for study in mine for label in own if label["study_id"] == study and label["study_status"] == "clean"
        }
        assert score.recall() >= 0.95
        assert len(score.alarms) <= 0.05 * len(clean)
