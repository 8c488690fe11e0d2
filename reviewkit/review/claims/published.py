"""``data/<question>/published.csv``: what published reviews found on a question, beside which ours can be held.

One row is one figure of one review (or one review that pooled nothing), in our own words and with its locator. Ratios
stand as they are printed, not as logarithms. Where a review turns the sign of a difference, ``effect`` and its limits
are turned back, so that above nought is always higher in the first group, and ``as_printed`` keeps the print.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewkit.errors import InputError, Problem
from reviewkit.numbers import plain
from reviewkit.protocol import RATIOS
from reviewkit.tables import Row, read_csv

if TYPE_CHECKING:
    from reviewkit.review.opened import Review

NAME = "published.csv"
COLUMNS = (
    "id", "report", "review", "year", "outcome", "about", "asks", "k", "studies", "n", "measure", "effect", "ci_low",
    "ci_high", "i2", "model", "certainty", "as_printed", "why", "reproduced", "reproduced_why", "locator", "url", "by",
    "note",
)
MEASURES = ("MD", "SMD", "ROM", "RR", "OR", "RD", "IRR", "HR", "not stated")
ASKS = ("the same", "overlaps", "another")
"""Whether the published review asks what ours asks, something that overlaps with it, or something else."""
REPRODUCED = ("yes", "partly", "no")
NOT_POOLED = "not pooled"
_NEEDED = ("id", "review", "about", "asks", "reproduced", "reproduced_why", "locator", "url", "by", "why")
_COUNTS = ("year", "k", "studies", "n")
_NUMBERS = ("effect", "ci_low", "ci_high", "i2")


@dataclass(frozen=True, slots=True)
class Published:
    """One figure of a published review.

    Attributes
    ----------
    report : str
        Our id of the review's report, where it is among the records; else empty.
    outcome : str
        Id of our outcome; empty where ours has none like it, and ``about`` says what was looked at.
    k, studies, n : int or None
        Studies in this figure, studies in the whole review, people as printed; None where not visible.
    effect, ci_low, ci_high : float or None
        On the natural scale, above nought (ratios: above 1) where the first group has more.
    i2 : float or None
        In percent.
    certainty, as_printed : str
        As the review prints them.
    why : str
        Why ours differs, in a person's words.
    reproduced : {'yes', 'partly', 'no'}
        Whether the figure follows from what is visible; ``reproduced_why`` says why.
    """

    line: int
    id: str
    report: str
    review: str
    year: int | None
    outcome: str
    about: str
    asks: str
    k: int | None
    studies: int | None
    n: int | None
    measure: str
    effect: float | None
    ci_low: float | None
    ci_high: float | None
    i2: float | None
    model: str
    certainty: str
    as_printed: str
    why: str
    reproduced: str
    reproduced_why: str
    locator: str
    url: str
    by: str
    note: str

    def as_dict(self) -> dict[str, object]:
        """Plain JSON values, by `COLUMNS`."""
        return {name: getattr(self, name) for name in COLUMNS}


def read_published(review: Review) -> tuple[Published, ...]:
    """What published reviews found; nothing where the question has no such file.

    Raises
    ------
    InputError
        With every error of the file, each with its line: unknown outcome, report or word, a figure without measure,
        limits out of order, an empty cell that must be filled, an id that stands twice.
    """
    path = review.folder / NAME
    if not path.exists():
        return ()
    found: list[Published] = []
    problems: list[Problem] = []
    for row in read_csv(path, COLUMNS, root=review.root):
        faults = [*_words(row.cells, review), *_figures(row.cells)]
        if any(item.id == row["id"] for item in found):
            faults.append((f"id {row['id']!r} stands on another line too.", "Give every row its own."))
        problems += [Problem(text, review.name(NAME), row.line, None, "value", remedy) for text, remedy in faults]
        if not faults:
            found.append(_parsed(row))
    if problems:
        raise InputError(problems)
    return tuple(found)


Faults = Iterator[tuple[str, str]]


def _words(cells: Mapping[str, str], review: Review) -> Faults:
    """Empty cells, and words that the schema, the protocol or the records do not know."""
    empty = [name for name in _NEEDED if not cells[name]]
    if empty:
        yield f"{', '.join(empty)} is empty.", "Every figure wants its source, its place and who read it."
    for name, allowed in (("asks", ASKS), ("reproduced", REPRODUCED), ("measure", ("", *MEASURES))):
        if cells[name] and cells[name] not in allowed:
            yield f"{name} = {cells[name]!r}; allowed: {', '.join(filter(None, allowed))}.", "Correct it."
    if cells["outcome"] and cells["outcome"] not in review.protocol.outcome_ids:
        yield (f"outcome = {cells['outcome']!r} is not in the protocol.",
               f"Use one of {', '.join(review.protocol.outcome_ids)}, or leave it empty and say in 'about' what it is.")
    if cells["report"] and cells["report"] not in review.report_now:
        yield f"report = {cells['report']!r} is no report of this question.", "Take its id from records.csv."
    if cells["url"] and not cells["url"].startswith(("http://", "https://")):
        yield f"url = {cells['url']!r} is no web address.", "Write the address that the figure was read at."


def _figures(cells: Mapping[str, str]) -> Faults:
    """Cells that are no numbers, and numbers that cannot stand together."""
    wrong = [name for name in _NUMBERS if cells[name] and _number(cells[name]) is None]
    wrong += [name for name in _COUNTS if cells[name] and not (cells[name].isascii() and cells[name].isdigit())]
    yield from ((f"{name} = {cells[name]!r} is no {'whole ' if name in _COUNTS else ''}number.",
                 "Write digits with a decimal point; leave it empty where it is not visible.") for name in wrong)
    if wrong:
        return
    effect, low, high, i2 = (_number(cells[name]) for name in _NUMBERS)
    if effect is not None and not cells["measure"]:
        yield "effect without a measure.", "Fill measure; 'not stated' where the review does not say."
    if effect is None and (low is not None or high is not None):
        yield "an interval without an effect.", "Fill effect, or take the limits out."
    if (low is None) != (high is None):
        yield "one limit of the interval is missing.", "Fill both or neither."
    if low is not None and high is not None and effect is not None and not low <= effect <= high:
        yield (f"effect {plain(effect)} does not lie between its limits {plain(low)} and {plain(high)}.",
               "Check the print, and whether a minus sign was lost.")
    smallest = min((x for x in (effect, low, high) if x is not None), default=None)
    if cells["measure"] in RATIOS and smallest is not None and smallest <= 0:
        yield f"{cells['measure']} with a value of {plain(smallest)}.", "Ratios are above 0 and stand as printed."
    if i2 is not None and not 0 <= i2 <= 100:
        yield f"i2 = {plain(i2)}.", "I² is given in percent, from 0 to 100."
    if cells["k"] and cells["studies"] and int(cells["k"]) > int(cells["studies"]):
        yield f"k = {cells['k']} is above studies = {cells['studies']}.", "A figure rests on studies of its review."


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _parsed(row: Row) -> Published:
    values: dict[str, object] = {name: row[name] for name in COLUMNS}
    values |= {name: int(row[name]) if row[name] else None for name in _COUNTS}
    values |= {name: _number(row[name]) if row[name] else None for name in _NUMBERS}
    return Published(line=row.line, **values)  # type: ignore[arg-type]
