"""Command on certainty (GRADE): the rating of each outcome, and a template for the persons who judge."""

from __future__ import annotations

import json

import click

from reviewkit.review import Review, find_root, open_review


@click.command("certainty")
@click.argument("question")
@click.option("--template", is_flag=True, help="Write certainty.toml with every outcome it lacks; the rest stays.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def certainty_command(question: str, template: bool, as_json: bool) -> None:
    """Certainty of each outcome of a question: what the rules propose, what persons judged, the level.

    Exit code 0: done. 2: something in the files is wrong.
    """
    review = open_review(question, find_root())
    if template:
        _write(review, as_json)
        return
    found = [review.certainty(name) for name in review.protocol.outcome_ids]
    if as_json:
        click.echo(json.dumps({"question": question, "outcomes": [
            {"id": item.outcome.id, **item.as_dict()} for item in found]}, ensure_ascii=False))
        return
    for item in found:
        click.echo(item)
        for step in item.rating.steps:
            if step.differs:
                click.echo(f"    {step.domain}: proposed {step.proposed}, judged {step.judged}: {step.judged_reason}")
        if item.rating.open:
            click.echo(f"    not judged: {', '.join(item.rating.open)}")


def _write(review: Review, as_json: bool) -> None:
    from reviewkit.review.certainty.template import write_certainty_template

    done = write_certainty_template(review)
    name = review.name(done.path.name)
    if as_json:
        click.echo(json.dumps({"file": name, "added": list(done.added), "kept": list(done.kept),
                               "without_evidence": list(done.without_evidence)}))
        return
    click.echo(f"{name}: {len(done.added)} outcomes added, {len(done.kept)} stay as they were.")
    if done.without_evidence:
        click.echo(f"No evidence to judge: {', '.join(done.without_evidence)}.")
