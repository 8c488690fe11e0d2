"""Command on risk of bias: where the appraisal stands, templates for assessors, the tools and their sources."""

from __future__ import annotations

import json
from typing import Any

import click

from reviewkit.appraisal.assessment import Assessment
from reviewkit.review import Review, find_root, open_review


@click.command("appraise")
@click.argument("question")
@click.option("--template", "assessor", metavar="ROLE",
              help="Write risk-of-bias/ROLE.csv with every study and question; what is filled in stays.")
@click.option("--study", "studies", multiple=True, metavar="ID", help="Only this study (may be repeated).")
@click.option("--outcome", "outcomes", multiple=True, metavar="ID",
              help="An assessment of its own for this outcome (may be repeated).")
@click.option("--tool", default="", metavar="ID", help="This tool in place of the one that fits the design.")
@click.option("--ledgers", is_flag=True, help="Write registered.csv, missing-results.csv and author-contacts.csv to "
              "fill in; what is filled in stays.")
@click.option("--tools", "list_tools", is_flag=True, help="List the tools, with their sources.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def appraise_command(
    question: str, assessor: str | None, studies: tuple[str, ...], outcomes: tuple[str, ...], tool: str,
    ledgers: bool, list_tools: bool, as_json: bool,
) -> None:
    """Risk of bias of a question: say where it stands, or write templates to fill in.

    Exit code 0: done. 2: something in the files is wrong.
    """
    root = find_root()
    review = open_review(question, root)
    if list_tools:
        _show_tools(review, as_json)
    elif ledgers:
        _write_ledgers(review, outcomes, as_json)
    elif assessor:
        from reviewkit.review.appraisal.template import write_template

        done = write_template(review, assessor, studies=studies, outcomes=outcomes, tool=tool)
        name = review.name("risk-of-bias", done.path.name)
        if as_json:
            click.echo(json.dumps({"file": name, "added": done.added, "kept_rows": done.kept,
                                   "without_tool": list(done.without_tool)}))
            return
        click.echo(f"{name}: {done.added} assessments added, {done.kept} rows kept as they were.")
        if done.without_tool:
            click.echo(f"No tool fits the design of: {', '.join(done.without_tool)}. Name one with --tool.")
    else:
        _show_status(review, as_json)


def _write_ledgers(review: Review, outcomes: tuple[str, ...], as_json: bool) -> None:
    from reviewkit.review.appraisal.ledger_templates import write_ledgers

    done = {review.name(name): added for name, added in write_ledgers(review, outcomes=outcomes).items()}
    if as_json:
        click.echo(json.dumps({"added": done}))
        return
    for name, added in done.items():
        click.echo(f"{name}: {added} rows added.")
    click.echo(f"Fill in each verdict and status, take out rows that do not apply, then: reviewkit check "
               f"{review.question}")


def _show_tools(review: Review, as_json: bool) -> None:
    tools = review.appraisal.tools.values()
    if as_json:
        click.echo(json.dumps({"tools": [
            {"id": t.id, "name": t.name, "unit": t.unit, "questions": len(t.questions), "doi": t.source.doi,
             "checked_against_source": t.checked_against_source, "not_checked": list(t.not_checked)}
            for t in tools]}, ensure_ascii=False))
        return
    for tool in tools:
        part = f": {', '.join(name.lower() for name in tool.not_checked)}" if tool.checked_against_source else ""
        mark = f" (not checked against the source{part})" if tool.not_checked else ""
        click.echo(f"{tool.id}: {tool.name}; {len(tool.questions)} questions{mark}\n    {tool.source.citation}")


def _show_status(review: Review, as_json: bool) -> None:
    from reviewkit.review.extraction.double_reading import judgement_agreement

    found = review.appraisal
    appraised = {item.study_id for item in found.assessments if item.started}
    waiting = [study.study_id for study in review.studies if study.study_id not in appraised]
    if as_json:
        click.echo(json.dumps({
            "question": review.question, "planned": found.planned, "not_appraised": waiting,
            "assessments": [_as_dict(item) for item in found.assessments if item.started],
            "agreement": [row.as_dict() for row in judgement_agreement(review)],
        }, ensure_ascii=False))
        return
    for item in found.assessments:
        if item.started:
            missing = f"; unanswered: {', '.join(item.proposal.missing)}" if item.proposal.missing else ""
            what = " for ".join(filter(None, (item.study_id, item.outcome)))
            click.echo(f"{what} ({item.tool.id}): {item.judgement('overall') or 'open'}{missing}")
    for name in waiting:
        click.echo(f"{name}: not appraised")
    if not found.planned:
        click.echo("The protocol names no assessor: add [appraisal] with assessors = [\"…\"].")


def _as_dict(item: Assessment) -> dict[str, Any]:
    return {
        "study": item.study_id, "outcome": item.outcome, "tool": item.tool.id, "assessor": item.assessor,
        "status": item.proposal.status, "missing": list(item.proposal.missing), "overall": item.judgement("overall"),
        "domains": {domain.id: {"judgement": item.judgement(domain.id), "proposed": item.proposal.of(domain.id)}
                    for domain in item.tool.domains},
    }
