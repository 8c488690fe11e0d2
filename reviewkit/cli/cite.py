"""Commands on a report that stands: cite, verify, diff, deposit."""

from __future__ import annotations

from pathlib import Path

import click

from reviewkit.cli.output import JSON, print_json

REPORT = click.Path(path_type=Path, exists=False)
_FORMATS = ("bibtex", "ris", "csl")


@click.command("cite")
@click.argument("question")
@click.option("--format", "form", type=click.Choice(_FORMATS), default="bibtex", show_default=True)
def cite_command(question: str, form: str) -> None:
    """Print how to cite a question's report, in a form that reference managers read."""
    from reviewkit.publishing.description import describe
    from reviewkit.publishing.formats import FORMATS
    from reviewkit.publishing.standing import standing_results
    from reviewkit.review import find_root

    click.echo(FORMATS[form](describe(standing_results(question, find_root()))), nl=False)


@click.command("verify")
@click.argument("report", type=REPORT)
@JSON
@click.pass_context
def verify_command(context: click.Context, report: Path, as_json: bool) -> None:
    """Make a report again from this project and say whether it is the same, or what differs.

    Exit code 0: identical. 1: altered since it was built, not explained, or it cannot be built now. 2: no report.
    3: inputs, code or environment are others now; which, and what that changed, is listed.
    """
    from reviewkit.publishing.verifying import verify
    from reviewkit.review import find_root

    found = verify(report, find_root())
    if as_json:
        print_json(found.as_dict())
    else:
        click.echo(_VERDICTS[found.status])
        for line in (found.reason, *found.causes, *(f"changed: {change}" for change in found.changes)):
            if line:
                click.echo(f"  {line}")
        if found.causes and not found.changes and found.status == "differs":
            click.echo("  No finding changed.")
    context.exit({"identical": 0, "differs": 3}.get(found.status, 1))


_VERDICTS = {
    "identical": "Identical: made again, the report is the same byte for byte.",
    "differs": "Differs: the report was made from something else than what is here now.",
    "altered": "Altered: this page is not as it was built.",
    "unexplained": "Not the same, and no cause was found.",
    "not made": "The report cannot be made now.",
}


@click.command("diff")
@click.argument("before", type=REPORT)
@click.argument("after", type=REPORT)
@JSON
def diff_command(before: Path, after: Path, as_json: bool) -> None:
    """Say what changed between two reports: studies, effects, certainty, verdicts.

    BEFORE and AFTER are each a results.json, a review.html, or the folder of a report. Exit code 0 also where
    something changed.
    """
    from reviewkit.publishing.carried import findings_at
    from reviewkit.publishing.findings import differences

    changes = differences(findings_at(before), findings_at(after))
    if as_json:
        print_json({"changes": [change.as_dict() for change in changes]})
        return
    for change in changes:
        click.echo(str(change))
    if not changes:
        click.echo("Nothing changed.")


@click.command("deposit")
@click.argument("question")
@click.option("--out", type=REPORT, help="The folder to write; deposits/QUESTION-VERSION where not given.")
@JSON
def deposit_command(question: str, out: Path | None, as_json: bool) -> None:
    """Gather a report with its data, code and metadata in a folder that an archive such as Zenodo takes.

    Exit code 3: the report is stale; nothing was written.
    """
    from reviewkit.publishing.deposit import deposit
    from reviewkit.review import find_root

    root = find_root()
    made = deposit(question, root, out)
    if as_json:
        print_json({"question": question, "folder": str(made.folder), "files": made.files, "bytes": made.size})
    else:
        click.echo(f"{made.folder}: {made.files} files, {made.size / 1e6:.1f} MB")
