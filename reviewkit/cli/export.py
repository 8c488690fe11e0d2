"""``reviewkit export QUESTION``: reports and their decisions, and the review itself, for other programs."""

from __future__ import annotations

import json
from pathlib import Path

import click

from reviewkit.review import find_root, open_review
from reviewkit.screening import STAGES

FORMS = ("ris", "bibtex", "csv", "endnote-xml", "asreview", "rayyan", "covidence")
"""Of the records and their decisions."""
FOLDERS = {"metafor": "reviewkit.exports.metafor.write_metafor", "revman": "reviewkit.exports.revman.write_revman"}
"""Of the analyses: a folder of tables each."""


@click.command("export")
@click.argument("question")
@click.option("--format", "form", type=click.Choice((*FORMS, *FOLDERS)), default="ris", show_default=True)
@click.option("--status", default="all", show_default=True,
              help="Only reports with this status: included, excluded, maybe, conflict, unscreened, …")
@click.option("--stage", type=click.Choice(STAGES), default=STAGES[0], show_default=True)
@click.option("--reviewer", default="", help="This reviewer's own votes instead of what all came to.")
@click.option("--out", type=click.Path(path_type=Path),
              help="The file to write, else standard output; for metafor and revman a folder.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output; needs --out.")
def export_command(
    question: str, form: str, status: str, stage: str, reviewer: str, out: Path | None, as_json: bool
) -> None:
    """Write the reports of a question with their decisions, or its analyses, in a form that other programs take.

    metafor: tables and an R script that pools them again. revman: the analysis tables of Cochrane's data package,
    version 1. In the other forms each entry's key is the report's id, so that `reviewkit screen import` finds it
    again. While two still vote, decisions are left out, or your own with --reviewer.
    """
    from reviewkit.errors import InputError
    from reviewkit.review.screening.decisions_out import export_reports
    from reviewkit.store.files import write_atomic

    if form in FOLDERS:
        _export_folder(question, form, out, as_json=as_json)
        return
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


def _export_folder(question: str, form: str, out: Path | None, *, as_json: bool) -> None:
    from importlib import import_module

    from reviewkit.errors import InputError

    root = find_root()
    review = open_review(question, root)
    problems = review.problems()
    if problems:
        raise InputError(problems)
    folder = out or root / "exports" / f"{question}-{form}"
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder.name} is a file; {form} needs a folder.", code="exists", remedy="Say --out FOLDER.")
    module, _, name = FOLDERS[form].rpartition(".")
    written = getattr(import_module(module), name)(review, folder)
    if as_json:
        click.echo(json.dumps({"question": question, "format": form, "folder": str(folder), "files": list(written)},
                              ensure_ascii=False))
    else:
        click.echo(f"{folder}: {', '.join(written)}", err=True)
