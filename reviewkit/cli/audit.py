"""Command that audits the references which web pages lean on."""

from __future__ import annotations

import click

from reviewkit.cli.output import JSON, print_json
from reviewkit.review import find_root, open_review
from reviewkit.review.claims.auditing import audit
from reviewkit.review.opened import questions


@click.command("audit")
@JSON
def audit_command(as_json: bool) -> None:
    """Whether each cited reference was found, and whether it supports the page; offline, from the local records.

    Exit code 0: done. 2: something in the files is wrong.
    """
    root = find_root()
    records = {f"{question}/{name}": record for question in questions(root)
               for name, record in open_review(question, root).reports.items()}
    found = audit(root, records)
    if as_json:
        print_json({"citations": [item.as_dict() for item in found]})
        return
    for item in found:
        click.echo(f"{item.id} {item.cited}\n    {item.said}. Supports the page: {item.supports}; {item.why}.")
        if item.local:
            click.echo(f"    among our records: {', '.join(item.local)}")
