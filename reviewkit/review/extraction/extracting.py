"""Extraction by two people in spreadsheets: a template out, both tables compared, the consensus written.

An extractor has finished a study when the own table holds rows of it, all complete and within the rules of the
schema. A study that not both have finished is compared nowhere: neither sees what the other wrote before. Differences
stand in ``extraction/differences.csv`` until somebody fills in their ``consensus``; the forms in JupyterLab write the
same files.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from reviewkit.errors import InputError, Problem
from reviewkit.extraction import COLUMNS, OPTIONAL_COLUMNS, parse_rows
from reviewkit.extraction.compare import KEY, Comparison, Difference, Key, compare_rows, make_consensus
from reviewkit.extraction.rows import check_cell
from reviewkit.review.opened import Review
from reviewkit.store.files import alone, show
from reviewkit.tables import read_csv, write_csv

DIFFERENCE_COLUMNS = (*KEY, "column", "one", "other", "consensus", "by", "reason")


def table_of(review: Review, extractor: str) -> Path:
    """The file of one extractor.

    Raises
    ------
    InputError
        If the protocol does not name the extractor.
    """
    known = review.protocol.extraction.extractors
    if extractor not in known:
        raise InputError(f"extractor {extractor!r} is not in the protocol.", code="extractor",
                         remedy=f"Extractors there: {', '.join(known)}.")
    return review.folder / "extraction" / f"{extractor}.csv"


def write_template(review: Review, extractor: str) -> Path:
    """Write a table to fill in: a row for each arm of each included study and each outcome.

    Raises
    ------
    InputError
        If the extractor is unknown, has a table already, or no study is included yet.
    """
    path = table_of(review, extractor)
    if path.exists():
        raise InputError("the table exists already; nothing was written.", file=show(path, review.root), code="exists",
                         remedy="Go on in it; rows may be added and taken out.")
    if not review.studies:
        raise InputError("no study is included yet.", file=review.name("studies.csv"), code="no-study",
                         remedy="Gather the included reports first: "
                         f"reviewkit extract template {review.question} --studies")
    write_csv(path, (*COLUMNS, *OPTIONAL_COLUMNS), template_rows(review, extractor))
    return path


def template_rows(review: Review, extractor: str, study: str = "") -> list[dict[str, object]]:
    """The rows of a template: one for each arm of each included study (or one study) and each outcome."""
    rows: list[dict[str, object]] = []
    for found in review.studies:
        if study and found.study_id != study:
            continue
        arms = [part.strip() for part in found.arms.split(";") if part.strip()] or ["intervention", "comparator"]
        for outcome in review.protocol.outcomes:
            for place, arm in enumerate(arms):
                rows.append({
                    "row_id": f"{found.study_id}-{outcome.id}-{place + 1}", "study_id": found.study_id,
                    "report_id": found.reports[0], "design": found.design, "arm": arm,
                    "arm_role": "comparator" if place == len(arms) - 1 else "intervention", "outcome": outcome.id,
                    "instrument": outcome.instruments[0].name if outcome.instruments else "",
                    "analysis_set": outcome.plan.sets[0], "extractor": extractor,
                })
    return rows


def unfinished(review: Review) -> dict[str, tuple[str, ...]]:
    """Study id to the extractors (of the two that are compared) who have not finished it; finished ones are left out.

    Studies are those of either table and the included ones.
    """
    names = review.protocol.extraction.extractors[:2]
    finished = {name: finished_studies(review, name) for name in names}
    tables = [review.cells_of(table_of(review, name)) for name in names]
    studies = dict.fromkeys([study.study_id for study in review.studies])
    studies |= dict.fromkeys(cells["study_id"] for table in tables for _, cells in table)
    found = {study: tuple(name for name in names if study not in finished[name]) for study in studies}
    return {study: waiting for study, waiting in found.items() if waiting}


def finished_studies(review: Review, extractor: str) -> set[str]:
    """The studies that an extractor has finished: rows are there, all complete and within the rules of the schema.

    Raises
    ------
    InputError
        If the extractor is unknown, or the file is no extraction table.
    """
    path = table_of(review, extractor)
    by_study: dict[str, list[tuple[int, Mapping[str, str]]]] = {}
    for line, cells in review.cells_of(path):
        by_study.setdefault(cells["study_id"], []).append((line, cells))
    done = set()
    for study, rows in by_study.items():
        try:
            parse_rows(rows, review.known, file=show(path, review.root))
        except InputError:
            continue
        done.add(study)
    return done


def compare(review: Review, *, only: Collection[str] | None = None) -> Comparison:
    """The two extractors' tables side by side: the studies that both have finished.

    Parameters
    ----------
    only : collection of str, optional
        Studies to look at (a pilot round).

    Raises
    ------
    InputError
        If the protocol names one extractor only, or a table is missing.
    """
    return compare_rows(*_both(review, only))


def _both(review: Review, only: Collection[str] | None = None) -> list[list[Mapping[str, str]]]:
    """The rows of both tables, of studies that both have finished."""
    names = review.protocol.extraction.extractors
    if len(names) < 2:
        raise InputError("the protocol names one extractor: there is nothing to compare.", code="extractor",
                         file=review.name("protocol.toml"), remedy="Name two in [extraction] extractors.")
    paths = [table_of(review, name) for name in names[:2]]
    problems = [
        Problem("the table is missing.", show(path, review.root), None, None, "missing-file",
                f"Run: reviewkit extract template {review.question} --extractor {path.stem}")
        for path in paths if not path.exists()
    ]
    if problems:
        raise InputError(problems)
    waiting = unfinished(review)
    return [
        [cells for _, cells in review.cells_of(path)
         if cells["study_id"] not in waiting and (only is None or cells["study_id"] in only)]
        for path in paths
    ]


def read_settled(review: Review) -> dict[tuple[Key, str], tuple[str, str, str]]:
    """What was agreed on in differences.csv: (key, column) to consensus, by whom and why; open ones are left out."""
    path = review.folder / "extraction" / "differences.csv"
    if not path.exists():
        return {}
    rows = read_csv(path, DIFFERENCE_COLUMNS, root=review.root)
    problems = [
        Problem(f"{row['column'] or 'the row'} is settled, but {' and '.join(empty)} is empty.",
                show(path, review.root), row.line, None, "value", "Say who agreed, and why.")
        for row in rows if row["consensus"] and (empty := [name for name in ("by", "reason") if not row[name]])
    ]
    problems += [
        Problem(f"consensus = {row['consensus']!r}: a whole row is kept or dropped.", show(path, review.root),
                row.line, None, "value", "Write keep or drop.")
        for row in rows if not row["column"] and row["consensus"] not in ("", "keep", "drop")
    ]
    if problems:
        raise InputError(problems)
    return {
        (tuple(row[name] for name in KEY), row["column"]): (_empty(row["consensus"]), row["by"], row["reason"])
        for row in rows if row["consensus"]
    }


def _empty(text: str) -> str:
    # An empty cell means 'open'; '(empty)' is how a person says that the agreed cell is empty.
    return "" if text == "(empty)" else text


def settle_difference(review: Review, difference: Difference, consensus: str, *, by: str, reason: str) -> None:
    """Write one settled difference down; the rest of differences.csv stays.

    Parameters
    ----------
    consensus : str
        The agreed cell (it may be empty); of a whole row, 'keep' or 'drop'.

    Raises
    ------
    InputError
        If nobody or no reason is named, or the schema does not allow the value; nothing is written then.
    """
    for name, value in (("by", by), ("reason", reason)):
        if not value.strip():
            raise InputError(f"{name} is empty.", code="value", remedy="Say who agreed, and why.")
    if difference.column:
        check_cell(difference.column, consensus)
    elif consensus not in ("keep", "drop"):
        raise InputError(f"consensus = {consensus!r}: a whole row is kept or dropped.", code="value",
                         remedy="Say keep or drop.")
    with alone(review.folder / "extraction"):
        _settle(review, difference, consensus, by, reason)


def _settle(review: Review, difference: Difference, consensus: str, by: str, reason: str) -> None:
    settled = read_settled(review)
    settled[difference.key, difference.column] = (consensus, by, reason)
    _write(review, compare(review), settled)


def write_consensus(review: Review) -> tuple[Difference, ...]:
    """Write ``consensus.csv`` and ``differences.csv``; the differences that are still open come back.

    A row with an open difference is not in the consensus yet. What was agreed on a study that somebody has opened
    again stays until both have finished it anew.
    """
    path = review.folder / "extraction" / "consensus.csv"
    with alone(path.parent):
        one, other = _both(review)
        settled = read_settled(review)
        rows, waiting = make_consensus(one, other, {place: told[0] for place, told in settled.items()}, by="consensus")
        _write(review, compare_rows(one, other), settled)
        opened = unfinished(review)
        rows += [dict(cells) for _, cells in review.cells_of(path) if cells["study_id"] in opened]
        parse_rows(enumerate(rows, 2), review.known, file=show(path, review.root))
        write_csv(path, (*COLUMNS, *OPTIONAL_COLUMNS), rows)
    return waiting


def _write(
    review: Review, found: Comparison, settled: Mapping[tuple[Key, str], tuple[str, str, str]]
) -> None:
    rows = []
    for item in found.differences:
        consensus, by, reason = settled.get((item.key, item.column), ("", "", ""))
        if by and not consensus:
            consensus = "(empty)"
        rows.append({**dict(zip(KEY, item.key, strict=True)), "column": item.column, "one": item.one,
                     "other": item.other, "consensus": consensus, "by": by, "reason": reason})
    path, opened = review.folder / "extraction" / "differences.csv", unfinished(review)
    kept = read_csv(path, DIFFERENCE_COLUMNS, root=review.root) if path.exists() else []
    rows += [dict(row.cells) for row in kept if row["study_id"] in opened]
    write_csv(path, DIFFERENCE_COLUMNS, rows)
