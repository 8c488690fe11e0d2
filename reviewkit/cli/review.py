"""Commands on the questions of a project: new, import, check, status, run, lab."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reviewkit.cli.output import JSON, print_json, say
from reviewkit.errors import InputError

if TYPE_CHECKING:
    from reviewkit.publishing.findings import Change
    from reviewkit.run import BuiltReport

NAMES = click.argument("names", nargs=-1, metavar="QUESTION…")
ALL = click.option("--all", "every", is_flag=True, help="Every question of the project.")


def _chosen(names: Sequence[str], every: bool, root: Path) -> tuple[str, ...]:
    from reviewkit.review import questions

    if every == bool(names):
        raise InputError("name one question or more, or say --all.", code="usage",
                         remedy=f"This project has: {', '.join(questions(root)) or 'none yet'}.")
    return questions(root) if every else tuple(names)


@click.command("new")
@click.argument("question")
@click.option("--title", default="", help="The question as a reader would ask it.")
@click.option("--therapy", default="", help="The therapy or exposure.")
@click.option("--condition", default="", help="The condition.")
@click.option("--population", default="", help="Who is studied.")
@click.option("--intervention", default="", help="What is done.")
@click.option("--comparator", default="", help="Against what.")
@click.option("--reviewer", "reviewers", multiple=True, metavar="ROLE",
              help="Who screens and judges; once for one reviewer, twice for two.")
@click.option("--from", "source", default="", metavar="QUESTION",
              help="Take outcomes, reports, studies and numbers over from another question's --set.")
@click.option("--set", "analysis_set", default="", metavar="SET", help="The analysis set to take over.")
def new_command(question: str, reviewers: tuple[str, ...], source: str, analysis_set: str, **values: str) -> None:
    """Start a question: a commented protocol and a list of searches to fill in.

    What is not said here stays in capitals in the protocol; `reviewkit status` names it. With --from and --set the
    question starts from studies that another one keeps beside its answer; their reports are screened anew.
    """
    from reviewkit.review.neighbour import question_from_set
    from reviewkit.review.progress import status
    from reviewkit.review.starting import new_question

    if bool(source) != bool(analysis_set):
        raise InputError("--from and --set go together.", code="usage", remedy="Name a question and one of its sets.")
    root = Path.cwd()
    given = {key: value for key, value in values.items() if value.strip()}
    if source:
        taken = question_from_set(question, root, source, analysis_set, values=given, reviewers=reviewers)
        written: Sequence[Path] = taken.files
        click.echo(str(taken))
    else:
        written = new_question(question, root, values=given, reviewers=reviewers)
    for path in written:
        click.echo(f"Written: {path.relative_to(root).as_posix()}")
    click.echo(f"Next: {status(question, root)['next']}")


@click.command("import")
@click.argument("question")
@click.argument("files", nargs=-1, metavar="[FILE…]", type=click.Path(path_type=Path))
@click.option("--source", default="", help="Database that the files come from, as PRISMA-S asks.")
@click.option("--platform", default="", help="Platform through which it was searched.")
@click.option("--date", type=click.DateTime(["%Y-%m-%d"]), help="Day of the search.")
@click.option("--query", default="", help="The exact search string.")
@click.option("--hits", type=click.IntRange(min=0), help="How many results the platform announced.")
@JSON
@click.pass_context
def import_command(
    context: click.Context, question: str, files: tuple[Path, ...], source: str, platform: str,
    date: dt.datetime | None, query: str, hits: int | None, as_json: bool,
) -> None:
    """Read the exports of a question, find duplicates, give ids that stay.

    FILEs are first copied, untouched, into references/QUESTION/ and named in searches.toml; an export that is there
    already is passed over. Every id and decision given before stays.

    Exit code 0: done. 2: something is wrong, nothing was changed. 3: done, but entries or pairs need a person.
    """
    from reviewkit.review import find_root, open_review
    from reviewkit.review.records.adding import SearchDetails, add_exports
    from reviewkit.review.records.importing import import_records

    root = find_root()
    open_review(question, root)
    details = SearchDetails(source, platform, date.date() if date else None, query, hits)
    for name in add_exports(question, root, files, details):
        click.echo(f"Added: references/{question}/{name}", err=as_json)
    summary = import_records(question, root)
    if as_json:
        print_json(summary.as_dict())
    else:
        click.echo(summary)
    if summary.waiting:
        context.exit(3)


@click.command("check")
@NAMES
@ALL
@JSON
@click.pass_context
def check_command(context: click.Context, names: tuple[str, ...], every: bool, as_json: bool) -> None:
    """Find everything inconsistent in the files of a question, with its place and remedy.

    Findings that a person has settled are listed under their own heading and do not count.

    Exit code 0: nothing. 2: errors. 3: no errors, but something waits for a person.
    """
    from reviewkit.review import find_root
    from reviewkit.review.checking import findings

    root = find_root()
    found = [findings(name, root) for name in _chosen(names, every, root)]
    # What is wrong in a file of the whole project is found with every question and told once.
    errors = list(dict.fromkeys(problem for one in found for problem in one.errors))
    waiting = list(dict.fromkeys(problem for one in found for problem in one.waiting))
    settled = [item for one in found for item in one.settled]
    if as_json:
        print_json({"problems": [problem.as_dict() for problem in (*errors, *waiting)],
                    "settled": [item.as_dict() for item in settled]})
    else:
        say([*errors, *waiting], err=False)
        count = len(errors) + len(waiting)
        click.echo(f"{count} problem{'' if count == 1 else 's'}." if count else "Nothing is wrong.")
        if settled:
            click.echo(f"Settled ({len(settled)}):")
        for item in settled:
            told = item.settlement
            click.echo(f"  {item.problem.place}: {told.code} of {told.subject}: {told.settlement} by {told.by}: "
                       f"{told.reason}")
    if errors:
        context.exit(2)
    if waiting:
        context.exit(3)


@click.command("status")
@JSON
def status_command(as_json: bool) -> None:
    """Stage and next step of each question."""
    from reviewkit.review import find_root, questions
    from reviewkit.review.progress import status


    root = find_root()
    found = [status(name, root) for name in questions(root)]
    if as_json:
        print_json({"questions": found})
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None)
    for head in ("Question", "Stage", "Records", "Reports", "Included", "Next"):
        table.add_column(head)
    for item in found:
        counts = item["counts"]
        table.add_row(item["id"], item["stage"], *[str(counts.get(k, "–")) for k in ("records", "reports", "studies")],
                      item["next"])
    Console(width=None if sys.stdout.isatty() else 160).print(table)


@click.command("run")
@NAMES
@ALL
@click.option("--force", is_flag=True, help="Run even where nothing changed.")
@click.option("-p", "--parameter", "given", multiple=True, metavar="NAME=VALUE",
              help="Change a choice of the plan for this run: model, tau2, interval.")
@click.option("--against", type=click.Path(path_type=Path), metavar="FOLDER",
              help="Compare the findings with the reports in this folder; exit code 4 where they differ.")
@JSON
@click.pass_context
def run_command(
    context: click.Context, names: tuple[str, ...], every: bool, force: bool, given: tuple[str, ...],
    against: Path | None, as_json: bool,
) -> None:
    """Build the reports of some questions; with --all, the page over all of them too.

    Exit code 0: built or unchanged. 1: a report failed. 3: a run failed and the older report stands, marked stale;
    or built, but something waits for a person. 4, with --against only: built, and findings changed.
    """
    from rich.console import Console

    from reviewkit.publishing.changed import changes, findings_of
    from reviewkit.review import find_root
    from reviewkit.review.checking import findings
    from reviewkit.run import run

    root = find_root()
    chosen = _chosen(names, every, root)
    standing = root / "reports"
    before = findings_of(against or standing, chosen) if against or standing.is_dir() else {}
    with Console(stderr=True, force_jupyter=False).status("Starting") as line:
        reports = run(chosen, root, force=force, parameters=_parameters(given),
                      progress=lambda name, step: line.update(f"{name}: {step}"))
    changed = changes(before, standing) if before else {}
    _tell(reports, changed, listed=against is not None, err=as_json)
    page = _over_all(root, as_json) if every else {}
    if as_json:
        told = [{**report.as_dict(), "changed": [item.as_dict() for item in changed[report.question]]
                 if report.question in changed else None} for report in reports]
        print_json({"reports": told, **page})
    if any(report.status == "failed" for report in reports):
        context.exit(1)
    if any(report.status == "stale" for report in reports):
        click.echo("An older report stands that the files no longer match.", err=True)
        context.exit(3)
    if any(findings(name, root).waiting for name in chosen):
        click.echo("Something waits for a person: reviewkit check", err=True)
        context.exit(3)
    if against and any(changed.values()):
        context.exit(4)


def _parameters(given: Sequence[str]) -> dict[str, str]:
    found = {}
    for text in given:
        name, sign, value = text.partition("=")
        if not sign:
            raise InputError(f"parameter {text!r} has no '='.", code="parameter", remedy="Write NAME=VALUE.")
        found[name.strip()] = value.strip()
    return found


def _tell(
    reports: Sequence[BuiltReport], changed: Mapping[str, Sequence[Change]], *, listed: bool, err: bool
) -> None:
    """What became of each report, and how many of its findings changed; `listed`: each of them too."""
    for report in reports:
        where = f" {report.html}" if report.html and report.status in ("built", "unchanged") else ""
        why = f": {report.reason}" if report.reason else ""
        found = changed.get(report.question, ())
        more = f"; {len(found)} finding{'' if len(found) == 1 else 's'} changed" if found else ""
        click.echo(f"{report.question}: {report.status}{where} ({report.seconds:.1f} s){why}{more}", err=err)
        for item in found if listed else ():
            click.echo(f"    {item}", err=err)


def _over_all(root: Path, as_json: bool) -> dict[str, str]:
    """Write the page over all reports, and say where it is."""
    from reviewkit.portfolio import write_portfolio

    page = write_portfolio(root).html
    click.echo(f"All reviews: {page}", err=as_json)
    return {"portfolio": page}


@click.command("lab")
def lab_command() -> None:
    """Open JupyterLab at the project's folder."""
    from reviewkit.review import find_root

    root = find_root()
    raise SystemExit(subprocess.call([sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={root}"], cwd=root))
