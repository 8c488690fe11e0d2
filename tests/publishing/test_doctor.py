"""What `doctor` says of machines that lack something."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from reviewkit.publishing import doctor
from reviewkit.publishing.doctor import examine
from tests.publishing.conftest import QUESTION


def said(folder: Path, what: str) -> doctor.Finding:
    return next(item for item in examine(folder) if item.what == what)


@pytest.mark.slow
def test_a_folder_without_a_project_is_a_warning(tmp_path: Path) -> None:
    found = said(tmp_path, "project")
    assert found.state == "warning"
    assert found.remedy


def test_no_browser_is_a_warning_with_a_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor.shutil, "which", lambda name: None)
    assert {item.what: item.state for item in examine(tmp_path) if item.what in ("browser", "R")} == {
        "browser": "warning", "R": "warning"}


def test_a_package_out_of_bounds_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "requires", lambda name: ["numpy>=2", "pandas>=999", "no-such-package>=1"])
    found = said(tmp_path, "packages")
    assert found.state == "error"
    assert "pandas" in found.said and "no-such-package is missing" in found.said and "numpy" not in found.said


@pytest.mark.slow
def test_current_stale_and_missing_reports_are_told_apart(demonstration: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(demonstration, copy)
    assert said(copy, QUESTION).said == "the report is current"
    protocol = copy / "data" / QUESTION / "protocol.toml"
    text = protocol.read_text(encoding="utf-8")
    protocol.write_text(text + "# later\n", encoding="utf-8")
    assert said(copy, QUESTION).said == "the report is stale"
    shutil.rmtree(copy / "reports")
    assert said(copy, QUESTION).said == "no report yet"
    protocol.write_text("= broken", encoding="utf-8")
    assert said(copy, QUESTION).state == "error"
