"""What changed between two sets of reports is named; a report that was not there before is no change."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from reviewkit.errors import InputError
from reviewkit.publishing.changed import changes, findings_of
from tests.portfolio.made import change_report, make_portfolio

ONE, OTHER = "massage-ms", "upper-cervical-low-back-pain"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return make_portfolio(tmp_path / "project", (ONE, OTHER))


def test_the_same_reports_have_not_changed(project: Path) -> None:
    before = findings_of(project / "reports", (ONE, OTHER))
    assert changes(before, project / "reports") == {ONE: (), OTHER: ()}


def test_what_changed_is_named_with_its_subject(project: Path) -> None:
    before = findings_of(project / "reports", (ONE, OTHER))
    results = json.loads((project / "reports" / ONE / "results.json").read_text(encoding="utf-8"))
    gone = results["included"].pop()
    results["outcomes"][1]["certainty"]["level"] = "low"
    change_report(project, ONE, results)
    found = changes(before, project / "reports")
    assert [(item.what, item.subject) for item in found[ONE]] == [("study", gone), ("certainty", "pain")]
    assert found[OTHER] == ()


def test_digests_are_no_change(project: Path) -> None:
    before = findings_of(project / "reports", (ONE,))
    change_report(project, ONE, {"provenance": {"report": "0"}, "log_heads": {}})
    assert changes(before, project / "reports") == {ONE: ()}


@pytest.mark.parametrize("content", ["", "{}", "[]", "{"])
def test_a_report_that_cannot_be_read_is_left_out(project: Path, content: str) -> None:
    (project / "reports" / ONE / "results.json").write_text(content, encoding="utf-8")
    shutil.rmtree(project / "reports" / OTHER)
    assert findings_of(project / "reports", (ONE, OTHER)) == {}


def test_a_folder_that_is_not_there_is_refused(project: Path) -> None:
    with pytest.raises(InputError, match="no such folder"):
        findings_of(project / "nowhere", (ONE,))
