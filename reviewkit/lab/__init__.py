"""Panels in JupyterLab: screening, duplicates, conflicts, extraction, risk of bias.

No rule lives here; none needs a network.

>>> import reviewkit as rk                                        # doctest: +SKIP
>>> review = rk.open_review("b12-ms")                             # doctest: +SKIP
>>> rk.lab.screen(review, stage="title-abstract", reviewer="ak")  # doctest: +SKIP
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviewkit.lab.panel import Panel
    from reviewkit.review import Review

__all__ = ["appraise", "compare", "duplicates", "extract", "resolve", "screen"]


def screen(review: Review, stage: str = "title-abstract", reviewer: str = "", *, ranked: bool = True) -> Panel:
    """Screen records one at a time; a decision is on disk before the next record is shown.

    Parameters
    ----------
    review : Review
    stage : {'title-abstract', 'full-text'}
        At the full-text stage the PDF stands beside the form, and an exclusion needs a reason.
    reviewer : str
        Your role id in the protocol; it may be left out where the protocol names one reviewer.
    ranked : bool
        Show likely includes first; otherwise records come in the order they were imported.

    Returns
    -------
    Panel
        Shown by JupyterLab as the last value of a cell.

    Raises
    ------
    InputError
        If the stage or the reviewer is unknown, or the question's files are not in order.
    """
    from reviewkit.lab.panel import Panel
    from reviewkit.lab.screening import STAGE_NAMES, ScreenSession
    from reviewkit.review.screening.desk import open_desk

    who = reviewer or _only(review)
    session = ScreenSession(review, stage, who, open_desk(review, stage, who, ranked=ranked))
    return Panel(session, ("card", "vote", "find", "fulltext", "screen"),
                 f"Screening of {review.question}: {STAGE_NAMES[stage].lower()}, {who}")


def duplicates(review: Review, by: str = "") -> Panel:
    """Decide on pairs of records that may be the same report; the answers stand in ``duplicates.csv``.

    Parameters
    ----------
    review : Review
    by : str
        Your role id; where it is left out and the protocol names several people, the panel asks.

    Returns
    -------
    Panel

    Raises
    ------
    InputError
        If the name is not in the protocol, or the question's files are not in order.
    """
    from reviewkit.errors import InputError
    from reviewkit.lab.pairs import DuplicateSession
    from reviewkit.lab.panel import Panel

    session = DuplicateSession(review, by)
    if by and by not in session.people:
        raise InputError(f"{by!r} is not in the protocol; it names: {', '.join(session.people)}.", code="reviewer")
    return Panel(session, ("duplicates",), f"Possible duplicates in {review.question}")


def resolve(review: Review, stage: str = "title-abstract", by: str | Sequence[str] = ()) -> Panel:
    """Settle conflicts: both votes and notes side by side, and a decision with its reason.

    Parameters
    ----------
    review : Review
    stage : {'title-abstract', 'full-text'}
    by : str or sequence of str
        Role id of the third person who settles them, or of all who voted, settling them together; left out: the
        third person whom the protocol names.

    Returns
    -------
    Panel

    Raises
    ------
    InputError
        If the stage is unknown, nobody is named, or the question's files are not in order.
    """
    from reviewkit.errors import InputError
    from reviewkit.lab.conflicts import ConflictSession
    from reviewkit.lab.panel import Panel

    names = (by,) if isinstance(by, str) else tuple(by)
    names = tuple(name for name in names if name) or tuple(filter(None, [review.protocol.screening.consensus]))
    if not names:
        reviewers = ", ".join(repr(name) for name in review.protocol.screening.reviewers)
        raise InputError("nobody is named who settles conflicts.", code="reviewer",
                         remedy=f"Both reviewers together: by=[{reviewers}]; or set screening.consensus.")
    return Panel(ConflictSession(review, stage, names), ("card", "vote", "resolve"),
                 f"Conflicts of {review.question} at {stage}, settled by {' and '.join(names)}")


def extract(review: Review, study: str, extractor: str = "") -> Panel:
    """Fill in the rows of one study, with its abstract or PDF beside them; every cell is saved as it is typed.

    Parameters
    ----------
    review : Review
    study : str
        Id of an included study.
    extractor : str
        Your role id; it may be left out where the protocol names one extractor.

    Returns
    -------
    Panel

    Raises
    ------
    InputError
        If the study or the extractor is unknown, or the question's files are not in order.
    """
    from reviewkit.errors import InputError
    from reviewkit.lab.extraction import ExtractSession
    from reviewkit.lab.panel import Panel

    known = review.protocol.extraction.extractors
    if not extractor and len(known) != 1:
        raise InputError("no extractor is named.", code="extractor", remedy=f"Say extractor=…: {', '.join(known)}.")
    who = extractor or known[0]
    return Panel(ExtractSession(review, study, who), ("card", "fulltext", "reports", "cells", "saving", "extract"),
                 f"Extraction of {study} in {review.question} by {who}")


def compare(review: Review, study: str) -> Panel:
    """Settle where two extractors differ on a study; ``differences.csv`` and ``consensus.csv`` are written.

    Parameters
    ----------
    review : Review
    study : str
        Id of an included study that both have extracted.

    Returns
    -------
    Panel

    Raises
    ------
    InputError
        If the study is unknown, the protocol names one extractor only, a table is missing, or either extractor has
        not finished the study: until then neither sees the other's rows.
    """
    from reviewkit.lab.differences import DifferenceSession
    from reviewkit.lab.panel import Panel

    return Panel(DifferenceSession(review, study), ("differences",), f"Two extractions of {study} in {review.question}")


def appraise(review: Review, study: str, assessor: str = "", *, outcome: str = "", tool: str = "") -> Panel:
    """Answer the questions of a risk-of-bias tool for one study, with its abstract or PDF beside them.

    Every answer is saved as it is given, and what the tool's algorithm makes of the answers is shown; the judgement is
    the assessor's. Nobody else's file is read.

    Parameters
    ----------
    review : Review
    study : str
        Study id; the report id of a cited review (``tool="amstar2"``); empty for an outcome's synthesis
        (``tool="rob-me"``).
    assessor : str
        Your role id; it may be left out where the protocol names one assessor.
    outcome : str
        For an assessment of one outcome only.
    tool : str
        In place of the one that fits the design.

    Returns
    -------
    Panel

    Raises
    ------
    InputError
        If study, assessor, outcome or tool is unknown, or no tool fits the design.
    """
    from reviewkit.errors import InputError
    from reviewkit.lab.appraisal import AppraiseSession
    from reviewkit.lab.panel import Panel

    plan = review.protocol.appraisal
    known = plan.assessors if plan else ()
    if not assessor and len(known) != 1:
        raise InputError("no assessor is named.", code="assessor",
                         remedy=f"Say assessor=…: {', '.join(known)}." if known else
                         "Name the assessors in [appraisal] of protocol.toml.")
    session = AppraiseSession(review, study, assessor or known[0], outcome=outcome, tool=tool)
    return Panel(session, ("card", "fulltext", "reports", "saving", "appraise"),
                 f"Risk of bias of {session.name} in {review.question} by {assessor or known[0]}")


def _only(review: Review) -> str:
    from reviewkit.errors import InputError

    reviewers = review.protocol.screening.reviewers
    if len(reviewers) == 1:
        return reviewers[0]
    raise InputError("no reviewer is named.", code="reviewer", remedy=f"Say reviewer=…: {', '.join(reviewers)}.")
