"""Every result of the shared reference folder, through the same runner as the command."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.oracle.case import Case, Result
from tests.oracle.runner import check, read_cases

FOLDER = Path(__file__).resolve().parents[2] / ".." / "shared" / "oracle"
CASES = list(read_cases(FOLDER)) if FOLDER.is_dir() else []


@pytest.mark.skipif(not CASES, reason="the shared reference folder ../shared/oracle is not here")
def test_the_reference_folder_was_read():
    assert sum(len(case.results) for case in CASES) > 2000


@pytest.mark.parametrize(
    ("case", "result"),
    [pytest.param(case, result, id=f"{case.id}:{result['rid']}") for case in CASES for result in case.results],
)
def test_reference(case: Case, result: Result) -> None:
    outcome = check(case, result)
    assert outcome.status == "passed", outcome.reason or outcome.status
