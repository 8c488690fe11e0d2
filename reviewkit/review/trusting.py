"""The trust checks over a question's extraction table: what they find, and what that keeps out of a pool."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from reviewkit.errors import Problem
from reviewkit.trust import Finding, check_rows, row_from_mapping

BARRING = frozenset({"same_sample_twice", "shared_comparator"})
"""While these are not settled, the later of the rows stays out: no sample enters a pool twice."""


def trust_findings(cells: Iterable[Mapping[str, str]]) -> tuple[Finding, ...]:
    """Findings on the rows of an extraction table, given as text so that printed decimals survive."""
    return check_rows(row_from_mapping(values) for values in cells)


def trust_problems(findings: Iterable[Finding], lines: Mapping[str, int], *, file: str) -> list[Problem]:
    """Findings as problems with file and line, to be mended or settled."""
    return [
        Problem(
            f"{found.study_id}, {found.outcome}: {found.message}", file, lines.get(found.row_ids[0]), None, found.code,
            f"Likely right: {found.right_reading}. Mend it, or settle it in settled.csv with subject "
            f"{'|'.join(found.row_ids)}.", subject="|".join(found.row_ids),
        )
        for found in findings
    ]


def barred_rows(findings: Sequence[Finding], settled: Collection[tuple[str, str]]) -> dict[str, str]:
    """Rows that stay out of every pool while a finding is open: row id to the reason."""
    barred: dict[str, str] = {}
    for found in findings:
        if found.code in BARRING and (found.code, "|".join(found.row_ids)) not in settled:
            for row in found.row_ids:
                barred[row] = f"{found.code.replace('_', ' ')} is not settled: {found.message}"
    return barred
