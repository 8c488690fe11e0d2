"""studies.csv: optional columns, two studies in one report, studies that are not finished; every error at once."""

from __future__ import annotations

from typing import Any

import pytest

from reviewkit.errors import InputError
from reviewkit.extraction import STUDY_COLUMNS, Study, parse_studies

REPORTS = ("ay-2001", "be-2004", "ce-2010")


def parsed(*changes: dict[str, Any]) -> tuple[Study, ...]:
    base = {**dict.fromkeys(STUDY_COLUMNS, ""), "tier": "primary", "locator": "table 1", "extractor": "ak"}
    rows = [(i + 2, {**base, **{k: str(v) for k, v in change.items()}}) for i, change in enumerate(changes)]
    return parse_studies(rows, REPORTS, file="studies.csv")


def problems(*changes: dict[str, Any]) -> list[tuple[int | None, str]]:
    with pytest.raises(InputError) as caught:
        parsed(*changes)
    assert all(p.remedy or p.code == "value" for p in caught.value.problems)
    return [(p.line, p.code) for p in caught.value.problems]


ONE = {"study_id": "ay", "reports": "ay-2001"}
TWO = {"study_id": "be", "reports": "be-2004; ce-2010"}


def test_a_table_without_the_optional_columns_is_read() -> None:
    one, two = parsed(ONE, TWO)
    assert (one.status, one.n_analysed, one.shared_reports) == ("", None, ())
    assert two.reports == ("be-2004", "ce-2010")


def test_the_optional_columns_are_kept() -> None:
    (one,) = parsed({**ONE, "conflicts": "none stated", "dates": "2001-2003", "setting": "clinic", "n_randomised": 40,
                     "n_analysed": 38, "status": "ongoing"})
    assert (one.conflicts, one.dates, one.setting, one.n_analysed, one.status) == (
        "none stated", "2001-2003", "clinic", 38, "ongoing")


def test_two_studies_share_a_report_only_where_both_say_so() -> None:
    shared = {"study_id": "be", "reports": "ay-2001; be-2004"}
    assert problems(ONE, shared) == [(3, "double")]
    assert problems({**ONE, "shared_reports": "ay-2001"}, shared) == [(3, "double")]
    assert problems(ONE, {**shared, "shared_reports": "ay-2001"}) == [(3, "double")]
    one, two = parsed({**ONE, "shared_reports": "ay-2001"}, {**shared, "shared_reports": "ay-2001"})
    assert one.shared_reports == two.shared_reports == ("ay-2001",)


def test_every_error_at_once_with_its_line() -> None:
    assert problems(
        {**ONE, "status": "running", "n_randomised": 40, "n_analysed": 41},
        {**TWO, "companion_of": "nobody", "shared_reports": "ay-2001"},
        {"study_id": "ce", "reports": "de-2020", "n_analysed": "many", "companion_of": "ce"},
    ) == [(2, "value"), (2, "value"), (3, "unknown-study"), (3, "value"), (4, "unknown-study"),
          (4, "unknown-report"), (4, "value")]


def test_a_companion_names_its_parent() -> None:
    assert parsed(ONE, {**TWO, "companion_of": "ay"})[1].companion_of == "ay"
