"""The tables beside the judgements, to fill in: registered against reported, and results that are missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from reviewkit.appraisal.ledgers import CONTACTS, MISSING, REGISTERED, Ledger
from reviewkit.store.files import alone
from reviewkit.tables import read_csv, write_csv

if TYPE_CHECKING:
    from reviewkit.review.opened import Review


def write_ledgers(review: Review, *, outcomes: Sequence[str] = ()) -> dict[str, int]:
    """Write, or complete, the three tables; what is filled in stays.

    ``registered.csv`` gets the number of people and the primary outcome of every included study with a registration;
    ``missing-results.csv`` every included study whose result is not in the main analysis of an outcome, with what
    keeps it out; ``author-contacts.csv`` its columns. A row counts once its verdict or status is filled in; rows that
    do not apply are taken out.

    Parameters
    ----------
    outcomes : sequence of str
        Outcomes for ``missing-results.csv``; every outcome of the protocol where empty.

    Returns
    -------
    dict of str to int
        File to the rows added.

    Raises
    ------
    InputError
        If an outcome is unknown, or a file that is there has other columns.
    """
    names = [review.outcome(name).id for name in outcomes] or list(review.protocol.outcome_ids)
    return {
        REGISTERED.file: _complete(review, REGISTERED, _registered(review), ("study_id",)),
        MISSING.file: _complete(review, MISSING, _missing(review, names), ("outcome", "study_id")),
        CONTACTS.file: _complete(review, CONTACTS, [], ("study_id",)),
    }


def _registered(review: Review) -> list[Mapping[str, str]]:
    return [
        {"study_id": study.study_id, "registration": study.registration, "item": item}
        for study in review.studies if study.registration for item in ("n", "primary outcome")
    ]


def _missing(review: Review, outcomes: Sequence[str]) -> list[Mapping[str, str]]:
    rows: list[Mapping[str, str]] = []
    for name in outcomes:
        results = {result.study_id: result for result in review.synthesise(name).main.results}
        for study in review.studies:
            result = results.get(study.study_id)
            if result is None or not result.usable:
                size = study.n_randomised
                rows.append({"outcome": name, "study_id": study.study_id, "n": str(size) if size else "",
                             "reason": result.reason if result else "no result was seen"})
    return rows


def _complete(
    review: Review, ledger: Ledger, rows: Sequence[Mapping[str, str]], key: Sequence[str]
) -> int:
    path, columns = review.folder / ledger.file, ledger.columns
    with alone(path.parent):
        old = [dict(row.cells) for row in read_csv(path, columns, root=review.root)] if path.exists() else []
        there = {tuple(row[part] for part in key) for row in old}
        new = [{**dict.fromkeys(columns, ""), **row} for row in rows if tuple(row[part] for part in key) not in there]
        if new or not path.exists():
            write_csv(path, columns, [*old, *new])
    return len(new)
