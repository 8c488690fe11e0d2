"""``reviewkit screen …``: all that the screening panel does, for the terminal and for scripts."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reviewkit.errors import InputError
from reviewkit.numbers import interval, number, percent
from reviewkit.review import Review, find_root, open_review
from reviewkit.screening import DECISIONS, STAGES

if TYPE_CHECKING:
    from reviewkit.review.cards import Card, Progress

QUESTION = click.argument("question")
STAGE = click.option("--stage", type=click.Choice(STAGES), default=STAGES[0], show_default=True)
REVIEWER = click.option("--reviewer", default="", help="Your role id in the protocol.")
JSON = click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
VOTES = tuple(word for word in DECISIONS if word != "undo")


def opened(question: str) -> Review:
    """The question of the project that the current folder lies in."""
    return open_review(question, find_root())


def named(review: Review, reviewer: str) -> str:
    """The reviewer, who need not be named where the protocol has one only.

    Raises
    ------
    InputError
        If nobody is named and there are several.
    """
    names = review.protocol.screening.reviewers
    if reviewer or len(names) == 1:
        return reviewer or names[0]
    raise InputError("no reviewer is named.", code="reviewer", remedy=f"Say --reviewer: {', '.join(names)}.")


def told(document: dict[str, Any], as_json: bool, text: Callable[[], str]) -> None:
    """Print a document, or what people read of it."""
    click.echo(json.dumps(document, ensure_ascii=False, default=str) if as_json else text())


@click.group("screen")
def screen_command() -> None:
    """Screen the reports of a question: blind, in a learnt order, every vote on disk before it counts.

    Exit codes: 0 done; 1 the work failed; 2 the command or its input is wrong; 3 done, but conflicts are open.
    """


@screen_command.command("next")
@QUESTION
@STAGE
@REVIEWER
@click.option("--unranked", is_flag=True, help="By title, without learning an order.")
@JSON
def next_command(question: str, stage: str, reviewer: str, unranked: bool, as_json: bool) -> None:
    """Show the next report to vote on."""
    from reviewkit.review.desk import open_desk

    review = opened(question)
    desk = open_desk(review, stage, named(review, reviewer), ranked=not unranked, origin="command")
    card, progress = desk.next(), desk.progress
    told({"card": card and asdict(card), "progress": asdict(progress)}, as_json,
         lambda: f"{_card_text(card)}\n{_progress_text(progress)}" if card else f"Nothing is left.\n"
         f"{_progress_text(progress)}")


@screen_command.command("decide")
@QUESTION
@click.argument("report")
@click.argument("decision", type=click.Choice(VOTES))
@STAGE
@REVIEWER
@click.option("--reason", default="", help="For an exclusion: a reason's id in the protocol.")
@click.option("--note", default="")
@click.option("--nonce", default="", help="A name for this act: the same one again writes nothing.")
@JSON
def decide_command(
    question: str, report: str, decision: str, stage: str, reviewer: str, reason: str, note: str, nonce: str,
    as_json: bool,
) -> None:
    """Vote on a report; the vote is on disk when this returns."""
    from reviewkit.review.desk import open_desk

    review = opened(question)
    desk = open_desk(review, stage, named(review, reviewer), ranked=False, origin="command")
    saved = desk.decide(report, decision, reason=reason, note=note, nonce=nonce)
    told({"saved": asdict(saved)}, as_json, lambda: f"Saved: {saved.report}: {saved.decision}"
         f"{' (it was already)' if saved.repeated else ''}.")


@screen_command.command("undo")
@QUESTION
@STAGE
@REVIEWER
@click.option("--nonce", default="", help="A name for this act: the same one again writes nothing.")
@JSON
def undo_command(question: str, stage: str, reviewer: str, nonce: str, as_json: bool) -> None:
    """Take back your last vote that stands, by a new line."""
    from reviewkit.review.desk import open_desk

    review = opened(question)
    report = open_desk(review, stage, named(review, reviewer), ranked=False, origin="command").undo(nonce=nonce)
    told({"report": report}, as_json, lambda: f"Taken back: {report}." if report else "There is no vote to take back.")


@screen_command.command("resolve")
@QUESTION
@click.argument("report", default="")
@click.argument("decision", type=click.Choice(("", *DECISIONS)), default="", metavar="[DECISION]")
@STAGE
@click.option("--by", "by", multiple=True, help="Who settles: the third person, or each of those who voted.")
@click.option("--reason", default="", help="For an exclusion: a reason's id in the protocol.")
@click.option("--note", default="")
@click.option("--nonce", default="", help="A name for this act: the same one again writes nothing.")
@JSON
@click.pass_context
def resolve_command(
    context: click.Context, question: str, report: str, decision: str, stage: str, by: tuple[str, ...], reason: str,
    note: str, nonce: str, as_json: bool,
) -> None:
    """Settle a report, or without one list the conflicts that are open.

    Exit code 3: conflicts are (still) open.
    """
    from reviewkit.review.consensus import conflicts, resolve

    review = opened(question)
    names = by or tuple(filter(None, (review.protocol.screening.consensus,)))
    if not names:
        raise InputError("nobody is named who settles.", code="judge", remedy="Say --by for each who voted.")
    if bool(report) != bool(decision):
        raise InputError(f"report {report!r} without a decision.", code="usage", remedy=f"Say: {', '.join(DECISIONS)}.")
    saved = resolve(review, stage, report, decision, by=names, reason=reason, note=note, nonce=nonce,
                    origin="command") if report else None
    found = [conflict for name in names[:1] for conflict in conflicts(review, stage, reader=name)]
    for name in names[1:]:
        conflicts(review, stage, reader=name)
    lines = [f"{c.report}: {c.title}\n  " + "; ".join(
        f"{v.reviewer}: {v.decision}{f' ({v.reason})' if v.reason else ''}{f', {v.note}' if v.note else ''}"
        for v in c.votes) for c in found]
    told({"saved": saved and asdict(saved), "conflicts": [asdict(c) for c in found]}, as_json, lambda: "\n".join(
        [*([f"Settled: {saved.report}: {saved.decision}."] if saved else []), *lines,
         f"Conflicts open: {len(found)}."]))
    if found:
        context.exit(3)


@screen_command.command("status")
@QUESTION
@STAGE
@REVIEWER
@JSON
@click.pass_context
def status_command(context: click.Context, question: str, stage: str, reviewer: str, as_json: bool) -> None:
    """How far one reviewer is, from that reviewer's votes alone; recall so far and what the stopping rules say.

    Exit code 3: conflicts are open (shown once you have finished).
    """
    from reviewkit.review.desk import open_desk

    review = opened(question)
    who = named(review, reviewer)
    desk = open_desk(review, stage, who, ranked=False, origin="command")
    found, rules = desk.progress, desk.outlook().figures()
    told({"question": question, "stage": stage, "reviewer": who, "complete": desk.complete, **asdict(found), **rules},
         as_json, lambda: "\n".join([_progress_text(found), *_recall_text(rules["recall"]),
                                     *(f"{rule['rule']}: {rule['why']}" for rule in rules["rules"])]))
    if found.conflicts:
        context.exit(3)


@screen_command.command("agree")
@QUESTION
@STAGE
@REVIEWER
@JSON
def agree_command(question: str, stage: str, reviewer: str, as_json: bool) -> None:
    """Agreement of the reviewers: raw, Cohen's kappa, PABAK and Gwet's AC1, once the votes are in."""
    from reviewkit.review.agreeing import agreements

    found = agreements(opened(question), stage, reader=reviewer)
    pairs = [{"reviewers": list(pair.reviewers), "voted": pair.voted.as_dict(), "kept": pair.kept.as_dict()}
             for pair in found]
    told({"question": question, "stage": stage, "pairs": pairs}, as_json, lambda: "\n".join(
        f"{pair.reviewers[0]} and {pair.reviewers[1]}, {pair.voted.n} reports: agreed on {pair.voted.agreed}; "
        f"kappa {number(pair.voted.kappa, 2)} {interval(pair.voted.kappa_low, pair.voted.kappa_high, places=2)}, "
        f"PABAK {number(pair.voted.pabak, 2)}, AC1 {number(pair.voted.ac1, 2)} "
        f"{interval(pair.voted.ac1_low, pair.voted.ac1_high, places=2)}; "
        f"with maybe as include: kappa {number(pair.kept.kappa, 2)}, AC1 {number(pair.kept.ac1, 2)}"
        for pair in found) or "No two reviewers voted on the same report.")


@screen_command.command("stop")
@QUESTION
@STAGE
@REVIEWER
@click.option("--note", default="", help="Why.")
@click.option("--take-back", is_flag=True, help="Take a stop back.")
@JSON
def stop_command(question: str, stage: str, reviewer: str, note: str, take_back: bool, as_json: bool) -> None:
    """Leave the rest of your share unread; who stopped, and the figures it rested on, go into log and report."""
    from reviewkit.review.stopping import describe_stop, resume, stop

    review = opened(question)
    act = resume if take_back else stop
    mark = act(review, stage, named(review, reviewer), note, origin="command")
    told({"mark": mark.as_dict()}, as_json, lambda: "Taken back." if take_back else describe_stop(mark))


@screen_command.command("submit")
@QUESTION
@STAGE
@REVIEWER
@click.option("--draft", is_flag=True, help="An unfinished log too, to go on at another computer.")
@JSON
def submit_command(question: str, stage: str, reviewer: str, draft: bool, as_json: bool) -> None:
    """Put your finished log on your own git branch, and push it where there is a remote."""
    from reviewkit.review.sharing import submit

    review = opened(question)
    done = submit(review, stage, named(review, reviewer), draft=draft)
    told(asdict(done), as_json, lambda: f"{done.lines} lines on branch {done.branch} ({done.commit[:10]}), "
         f"{f'pushed to {done.remote}' if done.remote else 'no remote to push to'}"
         f"{'' if done.finished else '; not finished'}.")


@screen_command.command("join")
@QUESTION
@STAGE
@REVIEWER
@JSON
@click.pass_context
def join_command(context: click.Context, question: str, stage: str, reviewer: str, as_json: bool) -> None:
    """Take in the logs of the others, once your own is finished; conflicts open.

    Exit code 3: conflicts are open, or somebody is still at work.
    """
    from reviewkit.review.sharing import join

    review = opened(question)
    found = join(review, stage, named(review, reviewer))
    logs = [{"log": who, "before": before, "after": after} for who, before, after in found.logs]
    told({"logs": logs, "waiting": list(found.waiting), "conflicts": found.conflicts}, as_json, lambda: "\n".join([
        *(f"{log['log']}: {log['after']} lines ({int(str(log['after'])) - int(str(log['before']))} new)"
          for log in logs),
        *(f"{who} has not finished." for who in found.waiting), f"Conflicts open: {found.conflicts}."]))
    if found.conflicts or found.waiting:
        context.exit(3)


@screen_command.command("import")
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
    from reviewkit.review.decisions_in import import_decisions

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


def _card_text(card: Card) -> str:
    head = [card.report, f"place {card.position} ({card.queue})" if card.position else card.status]
    source = "; ".join(filter(None, (", ".join(card.authors[:6]), str(card.year or ""), card.journal)))
    lines = [" | ".join(head), card.title or "(no title)", source, card.abstract or "(no abstract)",
             *(f"{link.label}: {link.url}" for link in card.links)]
    if card.why:
        lines.append(f"Ranked here by: {', '.join(card.why)}")
    # Control characters in a record must not reach the terminal.
    return "\n".join("".join(c if c.isprintable() else " " for c in line) for line in lines if line)


def _progress_text(found: Progress) -> str:
    text = (f"{found.done} of {found.total} done, {found.left} left; {found.included} included, "
            f"{found.excluded} excluded, {found.maybe} maybe")
    if found.without_text:
        text += f"; {found.without_text} left have neither title nor abstract"
    shown = "hidden until you have finished" if found.conflicts is None else str(found.conflicts)
    return f"{text}; conflicts: {shown}." + (f" {found.advice}" if found.advice else "")


def _recall_text(recall: dict[str, Any] | None) -> list[str]:
    if not recall:
        return []
    low, high = 100 * recall["low"], 100 * recall["high"]
    return [f"Estimated recall so far: {percent(100 * recall['estimate'])} {interval(low, high, places=0)} "
            f"({recall['method']})."]
