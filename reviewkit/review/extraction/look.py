"""What a study's rows say while they are typed: faults, doubts, readings of the print, and the effect they give."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Literal

from reviewkit.errors import InputError
from reviewkit.extraction import ArmRow, StudyResult, Use, parse_rows, study_results
from reviewkit.extraction.printed import Figure, read_figure, read_pair
from reviewkit.extraction.rows import column_of
from reviewkit.extraction.schema import NUMBERS
from reviewkit.review.extraction.trusting import barred_rows, readable_findings
from reviewkit.review.opened import Review
from reviewkit.trust import Finding

Lines = Sequence[tuple[int, Mapping[str, str]]]
SPREADS = (("sd", "SD"), ("se", "SE"), ("spread", "± unknown"))


@dataclass(frozen=True, slots=True)
class Offer:
    """A reading of a print that a person may take: its words, and the cells it fills."""

    label: str
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Note:
    """Something said of one cell (``column`` empty: of the row).

    Attributes
    ----------
    kind : {'error', 'missing', 'trust', 'reading', 'question'}
        'error' breaks a rule of the table, 'missing' is a cell that has to be filled before the row counts,
        'trust' is a doubt of the trust checks.
    """

    row: str
    column: str
    kind: Literal["error", "missing", "trust", "reading", "question"]
    text: str
    remedy: str = ""
    offers: tuple[Offer, ...] = ()


@dataclass(frozen=True, slots=True)
class Look:
    """Notes on a study's rows, and what its complete rows give for each outcome."""

    notes: tuple[Note, ...]
    results: tuple[tuple[str, StudyResult], ...]


def look(review: Review, lines: Lines, study: str, *, file: str) -> Look:
    """Look at one study's rows within their table.

    Parameters
    ----------
    lines : sequence of (int, mapping)
        Line and cells of every row of the table; other studies' tell what is usual.
    file : str
        Name of the table, for messages.
    """
    own = [(line, cells) for line, cells in lines if cells["study_id"] == study]
    notes = [*_faults(review, lines, study, file), *(note for _, cells in own for note in _readings(cells))]
    findings = readable_findings(lines)
    mine = {cells["row_id"] for _, cells in own}
    for found in findings:
        rows = [row for row in found.row_ids if row in mine]
        notes += [Note(rows[0], _blamed(found), "trust", found.message, f"Likely right: {found.right_reading}.")
                  ] if rows else []
    return Look(tuple(notes), tuple(_results(review, own, findings, file)))


def _faults(review: Review, lines: Lines, study: str, file: str) -> list[Note]:
    by_line = {line: cells for line, cells in lines if cells["study_id"] == study}
    try:
        parse_rows(lines, review.known, file=file)
    except InputError as error:
        return [
            Note(by_line[p.line]["row_id"], column_of(p),
                 "missing" if p.message.endswith("must be filled.") else "error", p.message, p.remedy)
            for p in error.problems if p.line in by_line
        ]
    return []


_BLAMED = {
    "se_as_sd": "sd", "sd_as_se": "se", "p_mismatch": "p_value_printed", "within_p_as_between": "p_kind",
    "p_depends_on_test": "p_value_printed",
    "grim_fail": "mean", "sd_impossible": "sd", "percent_not_whole": "percent", "events_gt_n": "events",
    "n_gt_randomised": "n", "scale_reversed": "higher_is", "unit_wrong": "unit", "ci_asymmetric": "effect_ci_low",
    "ci_vs_p_conflict": "p_value_printed", "effect_implausible": "effect", "lost_minus": "mean",
    "median_as_mean": "mean", "md_labelled_smd": "effect_measure",
}  # fmt: skip


def _blamed(finding: Finding) -> str:
    """The column where a finding is shown; the row where no one column is to blame."""
    return _BLAMED.get(finding.code, "")


def _readings(cells: Mapping[str, str]) -> list[Note]:
    """How figures that are not plain were read, and what the print offers."""
    row, notes = cells["row_id"], []
    for column in NUMBERS:
        try:
            figure = read_figure(cells[column]) if cells.get(column) else None
        except InputError:
            continue
        if figure and figure.question:
            offers = tuple(Offer(_plain(value), {column: _plain(value)}) for value in figure.readings)
            notes.append(Note(row, column, "question", figure.question, offers=offers))
        elif figure and figure.notes:
            notes.append(Note(row, column, "reading", f"read as {_plain(figure.value)} ({', '.join(figure.notes)})"))
    offered = print_offers(cells.get("as_printed", ""))
    if offered and not any(all(cells.get(c) == v for c, v in offer.cells.items()) for offer in offered[1]):
        notes.append(Note(row, "as_printed", "question", offered[0], offers=offered[1]))
    return notes


def print_offers(text: str) -> tuple[str, tuple[Offer, ...]] | None:
    """What a print such as '74/3 ± 16/41' may mean: the question, and every reading as cells; None if no pair.

    Examples
    --------
    >>> [offer.label for offer in print_offers("13.8 ± 4.9")[1]]
    ['mean 13.8, SD 4.9', 'mean 13.8, SE 4.9', 'mean 13.8, ± unknown 4.9']
    """
    try:
        pair = read_pair(text)
    except InputError:
        return None
    question = pair.first.question or pair.second.question or "Is the second figure an SD or an SE?"
    offers = tuple(
        Offer(f"mean {_plain(mean)}, {words} {_plain(spread)}", {"mean": _plain(mean), column: _plain(spread)})
        for mean, spread in _pairs(pair.first, pair.second) for column, words in SPREADS
    )
    return question, offers


def _pairs(first: Figure, second: Figure) -> list[tuple[float, float]]:
    """Readings that belong together: a page read from right to left turns both figures."""
    if len(first.readings) == len(second.readings):
        return list(zip(first.readings, second.readings, strict=True))
    return list(product(first.readings, second.readings))


def _plain(value: float) -> str:
    return f"{value:.15g}"


def _results(review: Review, own: Lines, findings: Sequence[Finding], file: str) -> list[tuple[str, StudyResult]]:
    """What the study's complete rows give in each outcome's main analysis."""
    rows: list[ArmRow] = []
    for line, cells in own:
        try:
            rows += parse_rows([(line, cells)], review.known, file=file)
        except InputError:
            continue
    settled = {(item.code, item.subject) for item in review.settlements}
    barred = barred_rows(findings, settled)
    found = []
    for outcome in review.protocol.outcomes:
        plan = outcome.plan
        use = Use(plan.sets, plan.measure, conversions=plan.conversions, multi_arm=plan.multi_arm, barred=barred)
        found += [(outcome.id, result) for result in study_results(rows, outcome, use)]
    return found
