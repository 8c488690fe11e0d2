"""``reviewkit extract``: extraction in spreadsheets, compared and agreed on; lineage of a number."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from reviewkit.cli.output import JSON, print_json
from reviewkit.errors import InputError
from reviewkit.extraction.compare import Difference
from reviewkit.numbers import percent


@click.group("extract")
def extract_command() -> None:
    """Extract in a spreadsheet: template out, two tables compared, consensus in."""


@extract_command.command("template")
@click.argument("question")
@click.option("--extractor", default="", help="Role id, as the protocol names it.")
@click.option("--studies", is_flag=True, help="Write studies.csv, or add to it: a row for each included report.")
def template_command(question: str, extractor: str, studies: bool) -> None:
    """Write a table to fill in: a row for each arm of each included study and each outcome.

    With --studies: first of all the studies themselves, a row for each included report that belongs to none yet.
    """
    from reviewkit.review import find_root, open_review
    from reviewkit.review.extraction.extracting import write_template
    from reviewkit.review.extraction.studies_template import write_studies

    root = find_root()
    if studies:
        path, added = write_studies(open_review(question, root), extractor)
        click.echo(f"{path.relative_to(root).as_posix()}: {added} studies added. Join papers on one trial in one row "
                   f"(reports, parted by ;), fill in what is seen, then: reviewkit check {question}")
        return
    if not extractor:
        raise InputError("no extractor is named.", code="extractor", remedy="Say --extractor ROLE, or --studies.")
    path = write_template(open_review(question, root), extractor)
    click.echo(f"Written: {path.relative_to(root).as_posix()}. Fill it in, take out rows that do not apply, then: "
               f"reviewkit check {question}")


@extract_command.command("compare")
@click.argument("question")
@JSON
@click.pass_context
def compare_command(context: click.Context, question: str, as_json: bool) -> None:
    """Where two extractors differ, in the studies that both have finished.

    A study is finished when all rows of it are complete and within the rules. Exit code 3: some differences are not
    settled yet, or some studies not finished.
    """
    from reviewkit.review import find_root, open_review
    from reviewkit.review.extraction.extracting import compare, read_settled, unfinished

    review = open_review(question, find_root())
    found, settled, opened = compare(review), read_settled(review), unfinished(review)
    waiting = [item for item in found.differences if (item.key, item.column) not in settled]
    if as_json:
        print_json({**asdict(found), "agreement": found.agreement, "unfinished": opened,
                    "differences": [{**asdict(item), "settled": item not in waiting} for item in found.differences]})
    else:
        for item in found.differences:
            told = settled.get((item.key, item.column))
            end = f"agreed: {told[0] or '(empty)'} ({told[1]})" if told else "open"
            click.echo(f"{_told(item)}: {end}")
        share = "nothing to compare" if found.agreement is None else f"{percent(100 * found.agreement)} of cells agree"
        click.echo(f"{found.paired} rows in both, {found.only_one} and {found.only_other} in one only; "
                   f"{found.agreed} of {found.cells} cells agree ({share}); {len(waiting)} differences open.")
        for study, names in opened.items():
            click.echo(f"{study}: not compared, {' and '.join(names)} not finished")
    if waiting or opened:
        context.exit(3)


def _told(item: Difference) -> str:
    return f"{item.place}: {item.column or 'row'}: {item.one or '(empty)'} | {item.other or '(empty)'}"


@extract_command.command("consensus")
@click.argument("question")
@click.pass_context
def consensus_command(context: click.Context, question: str) -> None:
    """Write consensus.csv from two tables and the settled differences.

    Exit code 3: some differences are open; fill in their consensus in extraction/differences.csv and run it again.
    """
    from reviewkit.review import find_root, open_review
    from reviewkit.review.extraction.extracting import write_consensus

    review = open_review(question, find_root())
    waiting = write_consensus(review)
    click.echo(f"Written: {review.name('extraction', 'consensus.csv')}")
    for item in waiting:
        click.echo(f"open: {_told(item)}")
    if waiting:
        click.echo(f"{len(waiting)} differences are open: {review.name('extraction', 'differences.csv')}")
        context.exit(3)


@extract_command.command("lineage")
@click.argument("question")
@click.argument("outcome")
@click.argument("study")
@click.option("--analysis", default="main", show_default=True, help="Or the id of a sensitivity analysis.")
def lineage_command(question: str, outcome: str, study: str, analysis: str) -> None:
    """Where one study's number comes from: print, conversion, weight, votes, and the line of the search file."""
    from reviewkit.review import find_root, open_review
    from reviewkit.review.extraction.lineage import lineage

    click.echo(lineage(open_review(question, find_root()), outcome, study, analysis=analysis))


@extract_command.command("pdf")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--page", "pages", type=int, multiple=True, help="Only this page; may be given several times.")
@click.option("--out", type=click.Path(path_type=Path), help="Write the proposals to this CSV file.")
@JSON
@click.pass_context
def pdf_command(
    context: click.Context, file: Path, pages: tuple[int, ...], out: Path | None, as_json: bool
) -> None:
    """Propose the tables of a PDF. Compare them with the page: nothing enters the extraction by itself.

    Exit code 3: no table was seen.
    """
    from reviewkit.readers.pdf_tables import tables
    from reviewkit.tables import write_csv

    if out is not None and out.exists():
        raise InputError(f"{out.name} is there already.", file=out.name, code="file-exists",
                         remedy="Name another file with --out, or move this one away.")
    found = tables(file, pages or None)
    if out is not None and found:
        width = max(len(row) for table in found for row in table.rows)
        columns = ("page", "table", *(f"column_{number}" for number in range(1, width + 1)))
        write_csv(out, columns, [
            dict(zip(columns, (table.page, table.number, *row), strict=False)) for table in found for row in table.rows
        ])
    if as_json:
        print_json({"file": file.name, "tables": [asdict(table) for table in found]})
    else:
        for table in found:
            click.echo(f"Page {table.page}, table {table.number}:")
            for row in table.rows:
                click.echo("  " + " | ".join(row))
        where = f" Written: {out}." if out is not None and found else ""
        click.echo(f"{len(found)} tables proposed.{where} Compare each with its page before you copy a number."
                   if found else "No table was seen. A scanned page holds no text; type the table from the page.")
    if not found:
        context.exit(3)
