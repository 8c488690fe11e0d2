"""``reviewkit screen …``: all that the screening panel does, for the terminal and for scripts."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from reviewkit.cli.screen_exchange import import_command, join_command, submit_command
from reviewkit.cli.screen_options import JSON, QUESTION, REVIEWER, STAGE, VOTES, named, opened, told
from reviewkit.errors import InputError
from reviewkit.numbers import coefficient, interval, percent
from reviewkit.screening import DECISIONS

if TYPE_CHECKING:
    from reviewkit.review.screening.cards import Card, Progress


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
    from reviewkit.review.screening.desk import open_desk

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
    from reviewkit.review.screening.desk import open_desk

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
    from reviewkit.review.screening.desk import open_desk

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
    from reviewkit.review.screening.consensus import conflicts, resolve

    review = opened(question)
    if bool(report) != bool(decision):
        raise InputError(f"report {report!r} without a decision.", code="usage", remedy=f"Say: {', '.join(DECISIONS)}.")
    if not by:
        # Who does not say who they are may be a reviewer who still votes.
        conflicts(review, stage)
    names = by or tuple(filter(None, (review.protocol.screening.consensus,)))
    if not names:
        raise InputError("nobody is named who settles.", code="judge", remedy="Say --by for each who voted.")
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
    from reviewkit.review.screening.desk import open_desk

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
    from reviewkit.review.screening.agreeing import agreements

    found = agreements(opened(question), stage, reader=reviewer)
    pairs = [{"reviewers": list(pair.reviewers), "voted": pair.voted.as_dict(), "kept": pair.kept.as_dict()}
             for pair in found]
    told({"question": question, "stage": stage, "pairs": pairs}, as_json, lambda: "\n".join(
        f"{pair.reviewers[0]} and {pair.reviewers[1]}, {pair.voted.n} reports: agreed on {pair.voted.agreed}; "
        f"kappa {coefficient(pair.voted.kappa, pair.voted.kappa_low, pair.voted.kappa_high)}, "
        f"PABAK {coefficient(pair.voted.pabak)}, "
        f"AC1 {coefficient(pair.voted.ac1, pair.voted.ac1_low, pair.voted.ac1_high)}; "
        f"with maybe as include: kappa {coefficient(pair.kept.kappa)}, AC1 {coefficient(pair.kept.ac1)}"
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
    from reviewkit.review.screening.stopping import describe_stop, resume, stop

    review = opened(question)
    act = resume if take_back else stop
    mark = act(review, stage, named(review, reviewer), note, origin="command")
    told({"mark": mark.as_dict()}, as_json, lambda: "Taken back." if take_back else describe_stop(mark))


for _command in (submit_command, join_command, import_command):
    screen_command.add_command(_command)


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
