"""A ``studies.csv`` to go on from: a row for each included report that belongs to no study yet."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from reviewkit.errors import InputError
from reviewkit.extraction import OPTIONAL_STUDY_COLUMNS, STUDY_COLUMNS
from reviewkit.store.files import alone
from reviewkit.tables import read_csv, write_csv

if TYPE_CHECKING:
    from reviewkit.model import Record
    from reviewkit.review.opened import Review


def write_studies(review: Review, extractor: str = "") -> tuple[Path, int]:
    """Write ``studies.csv``, or add to it; rows that are there stay as they are.

    A row for each report: papers on one trial are joined by hand, by moving a report id into the ``reports`` of the
    other row (parted by ``;``) and taking its own row out.

    Parameters
    ----------
    extractor : str
        Role id that stands in the new rows.

    Returns
    -------
    tuple of Path and int
        The file, and how many rows were added.

    Raises
    ------
    InputError
        If no report is included yet, or the file that is there is wrong.
    """
    path = review.folder / "studies.csv"
    if not review.screening.included:
        raise InputError("no report is included yet.", code="no-report",
                         remedy=f"Screen first: reviewkit screen next {review.question}")
    with alone(path.parent):
        old = [dict(row.cells) for row in read_csv(path, STUDY_COLUMNS, optional=OPTIONAL_STUDY_COLUMNS,
                                                   root=review.root)] if path.exists() else []
        placed = {part.strip() for row in old for part in row["reports"].split(";")}
        taken = {row["study_id"] for row in old}
        new = [_row(report, review.reports[report], taken, extractor)
               for report in sorted(review.screening.included) if report not in placed]
        if new:
            write_csv(path, (*STUDY_COLUMNS, *OPTIONAL_STUDY_COLUMNS), [*old, *new])
    return path, len(new)


def _row(report: str, record: Record, taken: set[str], extractor: str) -> Mapping[str, str]:
    name, number = report, 2
    while name in taken:
        name, number = f"{report}-{number}", number + 1
    taken.add(name)
    first = record.authors[0].family if record.authors else record.title[:40]
    return {"study_id": name, "label": f"{first} {record.year or '(undated)'}", "tier": "primary", "reports": report,
            "extractor": extractor}
