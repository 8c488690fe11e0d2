"""``reviewkit retractions QUESTION``: which of the reports were retracted."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import click

from reviewkit.review import find_root, open_review


@click.command("retractions")
@click.argument("question")
@click.option("--file", "file", type=click.Path(path_type=Path), metavar="FILE.csv",
              help="A Retraction Watch CSV file, instead of asking Crossref.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
@click.pass_context
def retractions_command(context: click.Context, question: str, file: Path | None, as_json: bool) -> None:
    """Look up whether reports were retracted, corrected, or are under an expression of concern.

    Every report that has not been excluded is looked up by DOI in Crossref, or by DOI and PMID in a Retraction
    Watch file; data/QUESTION/retractions.csv is written. Crossref asks for an e-mail address: set REVIEWKIT_EMAIL.

    Exit code 0: done. 1: Crossref cannot be reached. 3: an included report was retracted or is under concern and
    nobody has settled it, or rows of the file could not be read.
    """
    from rich.console import Console

    from reviewkit.review.records.retracting import GRAVE, check_retractions
    from reviewkit.sources import Client
    from reviewkit.sources.crossref import DATABASE

    review = open_review(question, find_root())
    console = Console(stderr=True)
    with console.status("Looking up") as line:
        client = Client(DATABASE.access, told=lambda text: console.print(text, highlight=False, markup=False))
        rows, watch = check_retractions(
            review, file=file, client=client, progress=lambda done, wanted: line.update(f"{done} of {wanted} reports"))
    counts = Counter(row.status for row in rows)
    included = set(review.screening.included)
    waiting = [row for row in rows if row.report in included and row.status in GRAVE and not row.settled]
    damaged = list(watch.damaged) if watch else []
    if as_json:
        click.echo(json.dumps({"question": question, "counts": dict(counts), "damaged_rows": damaged,
                               "reports": [row.row() for row in rows]}, ensure_ascii=False))
    else:
        told = ", ".join(f"{number} {status}" for status, number in counts.items()) or "none to look up"
        click.echo(f"{question}: {len(rows)} reports: {told}. Written: {review.name('retractions.csv')}")
    for row in waiting:
        click.echo(f"{row.report} is included, but {row.status}: {row.notice or row.kind} ({row.date or 'no date'}). "
                   f"Decide, and write what you decided under 'settled' in {review.name('retractions.csv')}.", err=True)
    if damaged:
        click.echo(f"{len(damaged)} rows of the file could not be read, the first ends in line {damaged[0]}.", err=True)
    if waiting or damaged:
        context.exit(3)
