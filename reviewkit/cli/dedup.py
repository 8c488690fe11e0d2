"""``reviewkit dedup FILE…``: duplicate groups in one or more exports."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import click

from reviewkit.cli.output import JSON, print_json, say
from reviewkit.dedup import Deduplication, Settings, deduplicate
from reviewkit.errors import InputError
from reviewkit.model import ReadResult, Record
from reviewkit.readers import read
from reviewkit.readers.detect import detect
from reviewkit.readers.source import open_source


@click.command("dedup")
@click.argument("files", nargs=-1, required=True, metavar="FILE…")
@click.option("--id", "column", metavar="COLUMN", help="The column that names each record; else file:line.")
@click.option("--versions-apart", is_flag=True, help="Keep versions and updates of one review apart.")
@JSON
@click.pass_context
def dedup_command(
    context: click.Context, files: tuple[str, ...], column: str | None, versions_apart: bool, as_json: bool
) -> None:
    """Find the records that describe one report, within and across search exports of any format.

    Exit code 0: done. 2: a file cannot be read or an id is missing. 3: done, but entries were rejected while reading.
    """
    try:
        results = [(name, _read(name, column)) for name in files]
        records = [record for _, result in results for record in result.records]
        ids = _ids(results, column)
        start = time.perf_counter()
        found = deduplicate(records, ids=ids, settings=Settings(versions_apart=versions_apart))
        seconds = time.perf_counter() - start
    except InputError as error:
        say(error.problems)
        context.exit(2)
    for name, result in results:
        for one in result.rejected:
            click.echo(f"{name}:{one.origin.line}: rejected: {one.reason}", err=True)
    if as_json:
        print_json(_document(found, seconds))
    else:
        _print(found, dict(zip(ids, records, strict=True)), seconds)
    if any(result.rejected for _, result in results):
        context.exit(3)


def _document(found: Deduplication, seconds: float) -> dict[str, object]:
    return {
        "records": found.records,
        "groups": [list(group.members) for group in found.groups],
        "maybe": [[pair.one, pair.other] for pair in found.maybe],
        "related": [{"ids": [link.one, link.other], "kind": link.kind} for link in found.related],
        "seconds": round(seconds, 3),
    }


def _ids(results: Sequence[tuple[str, ReadResult]], column: str | None) -> list[str]:
    """The named column's values, else ``file:line``; entries that share a line are told apart by their number."""
    if column is None:
        places = [f"{name}:{record.origin.line}" for name, result in results for record in result.records]
        seen: Counter[str] = Counter()
        ids = []
        for place in places:
            seen[place] += 1
            ids.append(place if seen[place] == 1 else f"{place}#{seen[place]}")
        return ids
    return [_value(record, column, name) for name, result in results for record in result.records]


def _read(name: str, column: str | None) -> ReadResult:
    """Read one export; in a table the column that a person named is the key, whatever its heading means to us."""
    path = Path(name)
    if column is not None and detect(open_source(path)) in {"csv", "xlsx"}:
        return read(path, columns={"key": column})
    return read(path)


def _value(record: Record, column: str, name: str) -> str:
    """A record's id: its key in a table, else the field of its own kind that bears the name."""
    value = record.extra.get(column, "").strip() or record.key
    if not value:
        raise InputError(
            f"no value in column {column!r}",
            file=name,
            line=record.origin.line,
            code="no-id",
            remedy="Name a column that every record fills, or leave --id out to use file:line.",
        )
    return value


def _print(found: Deduplication, records: dict[str, Record], seconds: float) -> None:
    for group in found.groups:
        click.echo(f"same ({group.rule}; {group.score:.2f})")
        for name in group.members:
            click.echo(f"  {name}  {_line(records[name])}")
    for pair in found.maybe:
        click.echo(f"maybe ({pair.rule}; {pair.score:.2f})")
        for name in (pair.one, pair.other):
            click.echo(f"  {name}  {_line(records[name])}")
    kinds = Counter(link.kind for link in found.related)
    told = "".join(f"; {count} {kind}" for kind, count in kinds.most_common())
    click.echo(
        f"{found.records} records = {found.unique} reports + {found.records - found.unique} duplicates "
        f"in {len(found.groups)} groups; {len(found.maybe)} pairs for a person; "
        f"{len(found.related)} pairs related{told} ({seconds:.1f} s)"
    )


def _line(record: Record) -> str:
    first = record.authors[0].family if record.authors else "no author"
    return f"{first} {record.year or 'no year'}: {record.title or 'no title'}"[:100]
