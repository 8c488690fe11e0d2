"""``reviewkit simulate FILE.csv``: replay a labelled screening, to see what ranking would have saved."""

from __future__ import annotations

import csv
import json
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import click

from reviewkit.errors import InputError, Problem
from reviewkit.numbers import number, percent
from reviewkit.readers.columns import columns_of, folded
from reviewkit.readers.rows import delimiter_of
from reviewkit.readers.source import open_source
from reviewkit.screening.features import Text
from reviewkit.screening.simulate import Simulation, simulate

_LABELS = (
    "labelincluded", "included", "finalincluded", "includedfinal", "finallabel", "asreviewlabel", "label", "labels",
    "relevant", "relevance", "inclusion", "include", "isincluded", "isrelevant", "screeningdecision",
    "decision", "finaldecision", "status", "y", "target", "labelabstractscreening", "labelabstractincluded",
    "abstractscreening", "labeltitleabstract", "abstractincluded", "includedabstract", "labeltitleabstractscreening",
)
"""Headings that name a label, folded, in order of trust: the final decision before that on title and abstract."""
_YES = frozenset({
    "1", "1.0", "yes", "y", "true", "t", "included", "include", "inclusion", "relevant", "in", "accept", "accepted",
    "eligible", "keep", "kept",
})
_NO = frozenset({
    "0", "0.0", "no", "n", "false", "f", "excluded", "exclude", "exclusion", "irrelevant", "out", "reject", "rejected",
    "ineligible", "notrelevant", "notincluded", "noteligible",
})
_NONE = frozenset(["", "-1", "-1.0", "na", "nan", "none", "null", "unlabelled", "unlabeled", "unknown", "undecided",
                   "maybe", "notseen", "unscreened", "?"])
_MOST_PROBLEMS = 20


@dataclass(frozen=True, slots=True)
class Labelled:
    """A labelled table: the rows that bear a label, by their number in the file, and what was left out."""

    column: str
    rows: tuple[int, ...]
    texts: tuple[Text, ...]
    labels: tuple[bool, ...]
    unlabelled: int


@click.command("simulate")
@click.argument("file", metavar="FILE.csv")
@click.option("--seed", default=0, show_default=True, help="Draws the two records known at the start.")
@click.option("--label", "label", metavar="COLUMN", help="The column that holds the labels.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def simulate_command(file: str, seed: int, label: str | None, as_json: bool) -> None:
    """Replay a labelled screening: read the records as ranking would have shown them, and count.

    Labels are 1/0, yes/no, true/false, included/excluded or relevant/irrelevant; rows without one are left
    out, and said. One include and one exclude, drawn by the seed, are known at the start.

    Exit code 0: done. 2: the file cannot be read, has no labels, or labels of one kind only.
    """
    data = read_labelled(file, label)
    if data.unlabelled:
        click.echo(f"{file}: {data.unlabelled} rows without a label in {data.column!r} are left out.", err=True)
    start = time.perf_counter()
    try:
        found = simulate(data.texts, data.labels, seed=seed)
    except InputError as error:
        raise InputError(error.problems[0].message, file=file, code=error.problems[0].code,
                         remedy=error.problems[0].remedy) from None
    seconds = time.perf_counter() - start
    if as_json:
        click.echo(json.dumps(_document(found, data, seed, seconds), ensure_ascii=False))
    else:
        _print(found, data, seconds)


def read_labelled(file: str, label: str | None = None) -> Labelled:
    """The labelled rows of a delimited text file; a row's number counts the rows below the heading, from 0.

    Raises
    ------
    InputError
        If there is no such file or column, a heading stands twice, no row follows, or a label means nothing here.
    """
    rows = _rows(file)
    try:
        heading = next(rows)[1]
    except StopIteration:
        raise InputError("the file is empty.", file=file, code="empty", remedy="Export the records anew.") from None
    _check_heading(heading, file)
    where = columns_of(heading)
    if not where.get("title") and not where.get("abstract"):
        raise InputError(f"neither a title nor an abstract column; there are: {', '.join(heading)}.", file=file, line=1,
                         code="missing-column", remedy="Name the columns title and abstract.")
    place = _label_place(heading, label, file)
    kept: list[tuple[int, Text, bool]] = []
    problems: list[Problem] = []
    count = 0
    for count, (line, cells) in enumerate(rows, start=1):
        if len(cells) > len(heading):
            problems.append(Problem(f"{len(cells)} cells under {len(heading)} columns.", file, line, None, "row-length",
                                    "Check for a stray comma or quotation mark."))
            continue
        cells = [*cells, *[""] * (len(heading) - len(cells))]
        word = cells[place].strip()
        meaning = _meaning(word)
        if meaning is None and not _says_nothing(word):
            problems.append(Problem(f"{heading[place]} = {word[:40]!r}: no label.", file, line, None, "label",
                                    "Use 1 or 0, yes or no, included or excluded; leave it empty where unknown."))
        elif meaning is not None:
            kept.append((count - 1, _text(cells, where), meaning))
    if problems:
        raise InputError(problems[:_MOST_PROBLEMS])
    if not count:
        raise InputError("no row follows the heading.", file=file, code="empty", remedy="Export the records anew.")
    return Labelled(heading[place], tuple(k[0] for k in kept), tuple(k[1] for k in kept), tuple(k[2] for k in kept),
                    count - len(kept))


def _rows(file: str) -> Iterator[tuple[int, list[str]]]:
    """(line, cells) of each row that is not blank; blank lines are not counted as rows."""
    source = open_source(Path(file))
    with source.stream(newline="") as stream:
        first = stream.readline()
    csv.field_size_limit(1 << 30)
    with source.stream(newline="") as stream:
        reader = csv.reader(stream, delimiter=delimiter_of(first.rstrip("\r\n")), strict=True)
        line = 1
        try:
            for cells in reader:
                if any(cell.strip() for cell in cells):
                    yield line, cells
                line = reader.line_num + 1
        except csv.Error as error:
            raise InputError(f"no valid CSV: {error}.", file=file, line=line, code="syntax",
                             remedy="Save it as CSV anew.") from None


def _check_heading(heading: Sequence[str], file: str) -> None:
    twice = [name for name, count in Counter(name.strip() for name in heading).items() if name and count > 1]
    if twice:
        raise InputError(f"column {twice[0]!r} stands {list(heading).count(twice[0])} times.", file=file, line=1,
                         code="double-column", remedy="Rename or remove the others.")


def _label_place(heading: Sequence[str], label: str | None, file: str) -> int:
    if label is not None:
        if label not in heading:
            raise InputError(f"no column {label!r}; there are: {', '.join(heading)}.", file=file, line=1,
                             code="missing-column", remedy="Name one of them with --label.")
        return list(heading).index(label)
    names = [folded(name) for name in heading]
    found = next((names.index(name) for name in _LABELS if name in names), None)
    if found is None:
        raise InputError(f"no column that looks like labels; there are: {', '.join(heading)}.", file=file, line=1,
                         code="missing-column", remedy="Name the column with --label COLUMN.")
    return found


def _says_nothing(word: str) -> bool:
    return word.lower() in _NONE or (any(map(str.isalpha, word)) and folded(word) in _NONE)


def _meaning(word: str) -> bool | None:
    # Only words are folded: folding would make 1 of -1, which marks a record nobody has judged.
    forms = {word.lower(), folded(word)} if any(map(str.isalpha, word)) else {word}
    if forms & _YES:
        return True
    return False if forms & _NO else None


def _text(cells: Sequence[str], where: dict[str, list[int]]) -> Text:
    def said(field: str) -> str:
        return next((cells[place].strip() for place in where.get(field, ()) if cells[place].strip()), "")

    keywords = tuple(part.strip() for part in said("keywords").replace("|", ";").split(";") if part.strip())
    return Text(said("title"), said("abstract"), keywords)


def _document(found: Simulation, data: Labelled, seed: int, seconds: float) -> dict[str, object]:
    return {
        "n": found.n,
        "included": found.included,
        "order": [data.rows[number] for number in found.order],
        "n95": found.n95,
        "n100": found.n100,
        "wss95": found.wss95,
        "wss100": found.wss100,
        "stop": {rule: None if stop is None else asdict(stop) for rule, stop in found.stop.items()},
        "label": data.column,
        "unlabelled": data.unlabelled,
        "without_text": sum(text.empty for text in data.texts),
        "seed": seed,
        "seconds": round(seconds, 3),
    }


def _print(found: Simulation, data: Labelled, seconds: float) -> None:
    without = sum(text.empty for text in data.texts)
    click.echo(f"{found.n} records, {found.included} included ({data.column}); {without} without title and abstract.")
    for share, read, saved in (("95 %", found.n95, found.wss95), ("all", found.n100, found.wss100)):
        click.echo(f"{share} of the includes after {read} records: work saved over sampling {number(saved, 3)}.")
    for rule, stop in found.stop.items():
        told = "never"
        if stop is not None:
            told = f"after {stop.read} records, {percent(100 * stop.recall, 1)} of the includes found"
        click.echo(f"Stopping rule {rule}: {told}.")
    click.echo(f"{seconds:.1f} s")
