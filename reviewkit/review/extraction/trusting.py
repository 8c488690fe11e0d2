"""The trust checks over a question's extraction table: what they find, and what that keeps out of a pool."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from types import MappingProxyType

from reviewkit.errors import InputError, Problem
from reviewkit.trust import Finding, check_rows, row_from_mapping

BARRING = frozenset({"same_sample_twice", "shared_comparator"})
"""While these are not settled, the later of the rows stays out: no sample enters a pool twice."""


def trust_findings(
    cells: Iterable[Mapping[str, str]], randomised: Mapping[str, int | None] = MappingProxyType({})
) -> tuple[Finding, ...]:
    """Findings on the rows of an extraction table, given as text so that printed decimals survive.

    Where one result stands in several analysis sets (read in two ways), each set is a table of its own too: an
    arm that stands twice in one comparison could not be checked.

    Parameters
    ----------
    randomised : mapping of str to int or None
        Study id to the people randomised.
    """
    table = list(cells)
    rows = [row_from_mapping({**values, "randomised": randomised.get(values["study_id"])}) for values in table]
    found = list(check_rows(rows))
    known = {(finding.code, finding.row_ids) for finding in found}
    sets = [values["analysis_set"] for values in table]
    twice = _read_twice(table)
    for name in dict.fromkeys(sets):
        readings = [row for row, own in zip(rows, sets, strict=True) if own == name and row.study_id in twice]
        found += [finding for finding in check_rows(readings) if (finding.code, finding.row_ids) not in known]
    return tuple(found)


def readable_findings(
    lines: Iterable[tuple[int, Mapping[str, str]]], randomised: Mapping[str, int | None] = MappingProxyType({})
) -> tuple[Finding, ...]:
    """Trust findings over the rows that can be read; the others have a fault that says why not."""
    readable: dict[str, Mapping[str, str]] = {}
    for _, cells in lines:
        try:
            row_from_mapping(cells)
        except InputError:
            continue
        readable.setdefault(cells["row_id"], cells)
    return trust_findings(readable.values(), randomised)


_ONE_RESULT = ("study_id", "report_id", "outcome", "instrument", "timepoint", "value_type", "arm", "comparison")


def _read_twice(table: Sequence[Mapping[str, str]]) -> set[str]:
    """Studies with one arm's result in more than one analysis set."""
    sets: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for values in table:
        sets[tuple(values[name] for name in _ONE_RESULT)].add(values["analysis_set"])
    return {key[0] for key, names in sets.items() if len(names) > 1}


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
