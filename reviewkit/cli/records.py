"""``reviewkit records FILE…``: read any export and say what it holds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from reviewkit.cli.output import JSON, print_json, say
from reviewkit.errors import InputError
from reviewkit.model import ReadResult, Record
from reviewkit.readers import read


@click.command("records")
@click.argument("files", nargs=-1, required=True, metavar="FILE…")
@JSON
@click.pass_context
def records_command(context: click.Context, files: tuple[str, ...], as_json: bool) -> None:
    """Read search exports of any format; accepted and rejected entries add up to the entries in the text.

    Exit code 0: all read. 2: a file cannot be read. 3: entries were rejected and need a person.
    """
    results: list[tuple[str, ReadResult]] = []
    failed = False
    for name in files:
        try:
            results.append((name, read(Path(name))))
        except InputError as error:
            failed = True
            say(error.problems)
    if as_json:
        print_json({"files": [_document(name, result) for name, result in results]})
        for name, result in results:
            for repair in result.repairs:
                click.echo(f"{name}:{repair.line}: {repair.message}", err=True)
    else:
        _print(results)
    if failed:
        context.exit(2)
    if any(result.rejected for _, result in results):
        context.exit(3)


def _document(name: str, result: ReadResult) -> dict[str, Any]:
    return {
        "file": name,
        "format": result.format,
        "encoding": result.encoding,
        "entries": result.entries,
        "accepted": len(result.records),
        "rejected": [{"line": one.origin.line, "reason": one.reason, "key": one.key} for one in result.rejected],
        "repairs": [{"line": repair.line, "message": repair.message} for repair in result.repairs],
        "records": [_record(record) for record in result.records],
    }


def _record(record: Record) -> dict[str, Any]:
    return {
        "title": record.title or None,
        "year": record.year,
        "authors": [str(author) for author in record.authors],
        "doi": record.doi or None,
        "pmid": record.pmid or None,
        "journal": record.journal or None,
        "abstract": record.abstract or None,
        "source": {"line": record.origin.line},
    }


def _print(results: list[tuple[str, ReadResult]]) -> None:
    width = max((len(name) for name, _ in results), default=0)
    for name, result in results:
        click.echo(
            f"{name:<{width}}  {result.format}, {result.encoding}: {result.entries} entries = "
            f"{len(result.records)} read + {len(result.rejected)} rejected"
        )
        for one in result.rejected:
            key = f" {one.key}:" if one.key else ""
            click.echo(f"  rejected, line {one.origin.line}:{key} {one.reason}")
        for repair in result.repairs:
            click.echo(f"  mended, line {repair.line}: {repair.message}")
    if len(results) > 1:
        entries = sum(result.entries for _, result in results)
        accepted = sum(len(result.records) for _, result in results)
        rejected = sum(len(result.rejected) for _, result in results)
        click.echo(f"{len(results)} files: {entries} entries = {accepted} read + {rejected} rejected")
