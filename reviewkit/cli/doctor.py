"""``reviewkit doctor``: what this machine has, and what is missing."""

from __future__ import annotations

from pathlib import Path

import click

from reviewkit.cli.output import JSON, print_json

_SIGNS = {"ok": "ok     ", "warning": "warning", "error": "error  "}


@click.command("doctor")
@JSON
@click.pass_context
def doctor_command(context: click.Context, as_json: bool) -> None:
    """Look at Python, packages, kernel, browser, R, the project and its reports.

    Exit code 0: all is well, or only something optional is missing. 1: something that every run needs is wrong.
    """
    from reviewkit.publishing.doctor import examine

    found = examine(Path.cwd())
    if as_json:
        print_json({"findings": [item.as_dict() for item in found]})
    else:
        for item in found:
            click.echo(f"{_SIGNS[item.state]}  {item.what}: {item.said}.{f' {item.remedy}' if item.remedy else ''}")
    if any(item.state == "error" for item in found):
        context.exit(1)
