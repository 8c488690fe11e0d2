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
FILES = {"docx": "reviewkit.exports.word.write_word", "pdf": "reviewkit.exports.pdf.write_pdf"}
"""Of the report that stands: one file each."""


@click.command("export")
@click.argument("question")
@click.option("--format", "form", type=click.Choice((*FORMS, *FOLDERS, *FILES)), default="ris", show_default=True)
@click.option("--status", default="all", show_default=True,
              help="Only reports with this status: included, excluded, maybe, conflict, unscreened, …")
@click.option("--stage", type=click.Choice(STAGES), default=STAGES[0], show_default=True)
@click.option("--reviewer", default="", help="This reviewer's own votes instead of what all came to.")
@click.option("--out", type=click.Path(path_type=Path),
              help="The file to write, else standard output; for metafor and revman a folder; for these, docx and pdf "
                   "a place in exports/ where not given.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output; records need --out.")
@click.pass_context
def export_command(
    context: click.Context, question: str, form: str, status: str, stage: str, reviewer: str, out: Path | None,
    as_json: bool,
) -> None:
    """Write a question's records with their decisions, its analyses or its report, in a form other programs take.

    docx, pdf: the report that stands, as Word document or printed by Chromium (exit code 3: it is stale). metafor:
    tables and an R script that pools them again. revman: the analysis tables of Cochrane's data package, version 2.
    In the other forms each entry's key is the report's id, so that `reviewkit screen import` finds it
    again. While two still vote, decisions are left out, or your own with --reviewer.
    """
    from reviewkit.errors import InputError
    from reviewkit.review.screening.decisions_out import export_reports
    from reviewkit.store.files import write_atomic

    if form in FOLDERS or form in FILES:
        _check_whole(context, form)
        export = _export_folder if form in FOLDERS else _export_file
        export(question, form, out, as_json=as_json)
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


def _check_whole(context: click.Context, form: str) -> None:
    """Refuse what chooses among records where the whole review goes out."""
    from reviewkit.errors import InputError

    for name in ("status", "stage", "reviewer"):
        if context.get_parameter_source(name) is not click.core.ParameterSource.DEFAULT:
            raise InputError(f"--{name} chooses among records; {form} is of the whole review.", code="usage",
                             remedy=f"Leave --{name} out.")


def _export_file(question: str, form: str, out: Path | None, *, as_json: bool) -> None:
    from importlib import import_module

    from reviewkit.errors import InputError

    root = find_root()
    path = out or root / "exports" / f"{question}.{form}"
    if path.is_dir():
        raise InputError(f"{path.name} is a folder; {form} is one file.", code="exists", remedy="Say --out FILE.")
    module, _, name = FILES[form].rpartition(".")
    getattr(import_module(module), name)(question, root, path)
    if as_json:
        click.echo(json.dumps({"question": question, "format": form, "file": str(path),
                               "bytes": path.stat().st_size}, ensure_ascii=False))
    else:
        click.echo(f"{path}: {path.stat().st_size / 1e6:.2f} MB", err=True)


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
