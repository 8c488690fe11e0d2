"""``reviewkit screen submit``, ``join`` and ``import``: votes that leave this computer or come to it."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from reviewkit.cli.screen_options import JSON, QUESTION, REVIEWER, STAGE, VOTES, named, opened, told
from reviewkit.errors import InputError


@click.command("submit")
@QUESTION
@STAGE
@REVIEWER
@click.option("--draft", is_flag=True, help="An unfinished log too, to go on at another computer.")
@JSON
def submit_command(question: str, stage: str, reviewer: str, draft: bool, as_json: bool) -> None:
    """Put your finished log on your own git branch, and push it where there is a remote."""
    from reviewkit.review.screening.sharing import submit

    review = opened(question)
    done = submit(review, stage, named(review, reviewer), draft=draft)
    told(asdict(done), as_json, lambda: f"{done.lines} lines on branch {done.branch} ({done.commit[:10]}), "
         f"{f'pushed to {done.remote}' if done.remote else 'no remote to push to'}"
         f"{'' if done.finished else '; not finished'}.")


@click.command("join")
@QUESTION
@STAGE
@REVIEWER
@JSON
@click.pass_context
def join_command(context: click.Context, question: str, stage: str, reviewer: str, as_json: bool) -> None:
    """Take in the logs of the others, once your own is finished; conflicts open.

    Exit code 3: conflicts are open, or somebody is still at work.
    """
    from reviewkit.review.screening.sharing import join

    review = opened(question)
    found = join(review, stage, named(review, reviewer))
    logs = [{"log": who, "before": before, "after": after} for who, before, after in found.logs]
    told({"logs": logs, "waiting": list(found.waiting), "conflicts": found.conflicts}, as_json, lambda: "\n".join([
        *(f"{log['log']}: {log['after']} lines ({int(str(log['after'])) - int(str(log['before']))} new)"
          for log in logs),
        *(f"{who} has not finished." for who in found.waiting), f"Conflicts open: {found.conflicts}."]))
    if found.conflicts or found.waiting:
        context.exit(3)


@click.command("import")
@QUESTION
@click.argument("file", type=click.Path(path_type=Path))
@STAGE
@REVIEWER
@click.option("--member", default="", help="Whose decisions to take, where the file holds those of several.")
@click.option("--as", "every", type=click.Choice(("", *VOTES)), default="", metavar="DECISION",
              help="One decision for all entries: Covidence exports each list in a file of its own.")
@click.option("--reason", "pairs", multiple=True, metavar="PRINTED=ID", help="What a printed reason is here.")
@click.option("--replace", is_flag=True, help="Over differing votes of yours too, by new lines.")
@click.option("--dry-run", is_flag=True, help="Write nothing; say what would be done.")
@JSON
@click.pass_context
def import_command(
    context: click.Context, question: str, file: Path, stage: str, reviewer: str, member: str, every: str,
    pairs: tuple[str, ...], replace: bool, dry_run: bool, as_json: bool,
) -> None:
    """Take decisions from ASReview, Rayyan, Covidence or reviewkit into your log.

    Exit code 3: some entries could not be matched or mapped; they are listed and nothing is guessed.
    """
    from reviewkit.review.screening.decisions_in import import_decisions

    review = opened(question)
    for pair in pairs:
        if pair.count("=") < 1 or pair.rpartition("=")[2] not in review.protocol.reasons:
            raise InputError(f"--reason {pair!r} maps to no reason of the protocol.", code="reason",
                             remedy=f"Write PRINTED=ID; ids: {', '.join(review.protocol.reasons)}.")
    mapped = {pair.rpartition("=")[0].strip(): pair.rpartition("=")[2] for pair in pairs}
    found = import_decisions(review, stage, named(review, reviewer), file, member=member, every=every, reasons=mapped,
                             replace=replace, dry_run=dry_run)
    told({"rows": found.rows, "taken": [list(pair) for pair in found.taken], "same": found.same,
          "undecided": found.undecided, "problems": [problem.as_dict() for problem in found.problems]}, as_json,
         lambda: "\n".join([*(" ".join(str(problem).split()) for problem in found.problems),
                            f"{found.rows} entries: {len(found.taken)} {'would be ' if dry_run else ''}taken, "
                            f"{found.same} stood already, {found.undecided} undecided, {len(found.problems)} listed."]))
    if found.problems:
        context.exit(3)
