"""``reviewkit search QUESTION``: run the planned searches, or follow citations."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from reviewkit.errors import InputError, ReviewkitError
from reviewkit.review import find_root, open_review

if TYPE_CHECKING:
    from reviewkit.review.records.searching import SearchRun


@click.command("search")
@click.argument("question")
@click.option("--source", "wanted", multiple=True, metavar="NAME", help="Only this database or planned search.")
@click.option("--chase", type=click.Choice(["backward", "forward", "both"]),
              help="Follow the citations of the included reports through OpenAlex instead.")
@click.option("--again", is_flag=True, help="Repeat finished searches; their exports stay, new ones are added.")
@click.option("--dry-run", is_flag=True, help="Only ask for the number of hits; nothing is written.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
@click.pass_context
def search_command(
    context: click.Context, question: str, wanted: tuple[str, ...], chase: str | None, again: bool, dry_run: bool,
    as_json: bool,
) -> None:
    """Run the searches planned in references/QUESTION/searches.toml and put their exports beside it.

    PubMed, Europe PMC, ClinicalTrials.gov, OpenAlex and Crossref can be searched. An interrupted search goes on
    where it stopped, a finished one is not repeated. The environment may hold REVIEWKIT_EMAIL, NCBI_API_KEY,
    OPENALEX_API_KEY; none of them is ever written down.

    Exit code 0: done. 1: a search failed. 2: nothing can be searched as it stands. 3: done, but the number of
    entries is not the number of hits, or a service warned: look at 'warnings' in searches.toml.
    """
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn

    from reviewkit.review.records.searching import Searcher, Watcher

    if chase and wanted:
        raise InputError("--chase follows citations in OpenAlex and takes no --source.", code="usage",
                         remedy="Leave one of them out.")
    review = open_review(question, find_root())
    runs: list[SearchRun] = []
    console = Console(stderr=True)
    with Progress(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), console=console,
                  transient=True, disable=not console.is_terminal) as bars:
        known: dict[str, TaskID] = {}

        def progress(name: str, done: int, hits: int | None) -> None:
            if name not in known:
                known[name] = bars.add_task(name, total=hits)
            bars.update(known[name], completed=done, total=hits)

        searcher = Searcher(review, Watcher(progress, lambda text: console.print(text, highlight=False, markup=False)))
        directions = ("backward", "forward") if chase == "both" else (chase,)
        tasks = [searcher.chase(one) for one in directions if one] if chase else list(searcher.planned(wanted))
        broken: ReviewkitError | None = None
        try:
            for run in searcher.count(tasks) if dry_run else searcher.run(tasks, again=again):
                runs.append(run)
        except ReviewkitError as error:
            if not runs:
                raise
            broken = error
    if as_json:
        click.echo(json.dumps({"question": question, "dry_run": dry_run, "searches": [run.as_dict() for run in runs]},
                              ensure_ascii=False))
    _tell(runs, question, as_json)
    if broken is not None:
        # What was finished before stands in the document; the fault itself ends the command.
        raise broken
    if any(run.status == "failed" for run in runs):
        context.exit(1)
    if any(run.warnings for run in runs):
        context.exit(3)


def _tell(runs: Iterable[SearchRun], question: str, as_json: bool) -> None:
    done = False
    for run in runs:
        if run.status == "failed":
            click.echo(f"{run.search}: {run.reason}", err=True)
            continue
        number = "an unknown number of" if run.hits is None else str(run.hits)
        if run.status == "planned":
            text = f"{run.source} states {number} hits; nothing was fetched"
        else:
            where = f"references/{question}/{run.file}" if run.file else "no file, as there were no hits"
            lead = {"unchanged": "finished before", "done": "taken up and finished" if run.resumed else "done"}
            text = f"{lead[run.status]}: {run.stored} entries of {number} hits ({where})"
        click.echo(f"{run.search}: {text}", err=as_json)
        for warning in run.warnings:
            click.echo(f"{run.search}: WARNING: {warning}", err=True)
        done = done or run.status == "done"
    if done:
        click.echo(f"Next: reviewkit import {question}", err=as_json)
