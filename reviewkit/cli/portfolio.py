"""Command that writes the page over all reviews."""

from __future__ import annotations

import click

from reviewkit.cli.output import JSON, print_json


@click.command("portfolio")
@JSON
@click.pass_context
def portfolio_command(context: click.Context, as_json: bool) -> None:
    """Write reports/index.html: a card for each question, the claims of web pages, the references they give.

    Made from what the reports state; a report that is stale, failed or missing is shown as such.

    Exit code 0: done. 2: claims or references have errors. 3: done, but a report is not current.
    """
    from reviewkit.portfolio import write_portfolio
    from reviewkit.review import find_root

    found = write_portfolio(find_root())
    if as_json:
        print_json(found.as_dict())
    else:
        click.echo(found.html)
    late = [state for state in found.states if state.state != "current"]
    for state in late:
        click.echo(f"{state.question}: {state.state}: {state.reason}", err=True)
    if late:
        context.exit(3)
