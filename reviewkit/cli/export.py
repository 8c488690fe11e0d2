"""``reviewkit export QUESTION``: records with their decisions, or the review's report, for other programs."""

from __future__ import annotations

import json
from pathlib import Path

import click

from reviewkit.cli.output import print_json
from reviewkit.exports import REPORT_FORMS
from reviewkit.review import find_root, open_review
from reviewkit.screening import STAGES

FORMS = ("ris", "bibtex", "csv", "endnote-xml", "asreview", "rayyan", "covidence")
"""Forms of the records."""


@click.command("export")
@click.argument("question")
@click.option("--format", "form", type=click.Choice(FORMS + REPORT_FORMS), default="ris", show_default=True)
@click.option("--status", default="all", show_default=True,
              help="Only reports with this status: included, excluded, maybe, conflict, unscreened, …")
@click.option("--stage", type=click.Choice(STAGES), default=STAGES[0], show_default=True)
@click.option("--reviewer", default="", help="This reviewer's own votes instead of what all came to.")
@click.option("--out", type=click.Path(path_type=Path), help="The file (metafor, revman: folder) to write; else "
              "standard output, and for the report's forms beside its page.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output; records need --out.")
@click.pass_context
def export_command(
    context: click.Context, question: str, form: str, status: str, stage: str, reviewer: str, out: Path | None,
    as_json: bool,
) -> None:
    """Write a question's records with their decisions, or its report, in a form that other programs take.

    Records: ris, bibtex, csv, endnote-xml, asreview, rayyan, covidence. The report that stands: docx (Word), pdf (by
    Chromium), metafor (tables and an R script that makes every pool again), revman (the analysis data of a Cochrane
    data package). Exit code 3: the report is stale.

    Each entry's key is the report's id, so that `reviewkit screen import` finds it again. While two still
    vote, decisions are left out, or your own with --reviewer.
    """
    from reviewkit.errors import InputError

    if form in REPORT_FORMS:
        given = [name for name in ("status", "stage", "reviewer")
                 if context.get_parameter_source(name) is not click.core.ParameterSource.DEFAULT]
        if given:
            raise InputError(f"--{given[0]} chooses records; {form} is the whole report.", code="usage",
                             remedy=f"Leave --{given[0]} out.")
        _export_report(question, form, out, as_json)
        return
    from reviewkit.review.screening.decisions_out import export_reports
    from reviewkit.store.files import write_atomic

    if as_json and out is None:
        raise InputError("--json prints a summary; the reports need a file.", code="usage", remedy="Say --out FILE.")
    found = export_reports(open_review(question, find_root()), form, status=status, stage=stage, reviewer=reviewer)
    if out is None:
        click.echo(found.text, nl=False)
    else:
        write_atomic(out, found.text)
    said = "" if found.labelled else ", without decisions (votes are still out)"
    if as_json:
        click.echo(json.dumps({"question": question, "format": form, "status": status, "reports": found.reports,
                               "labelled": found.labelled, "file": str(out)}, ensure_ascii=False))
    else:
        click.echo(f"{found.reports} reports{said}.", err=True)


def _export_report(question: str, form: str, out: Path | None, as_json: bool) -> None:
    from reviewkit.exports.writing import export_report

    made = export_report(question, find_root(), form, out)
    if as_json:
        print_json({"question": question, "format": form, "path": str(made.path), "files": list(made.files),
                    "bytes": made.size, "pools": made.pools})
        return
    pools = "" if made.pools is None else f", {made.pools} pool{'' if made.pools == 1 else 's'}"
    click.echo(f"{made.path}: {made.size / 1e6:.2f} MB{pools}", err=True)
