"""How every command speaks: problems one to a line on standard error, one JSON document on standard output."""

from __future__ import annotations

import json
from collections.abc import Iterable

import click

from reviewkit.errors import Problem

JSON = click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")


def say(problems: Iterable[Problem], *, err: bool = True) -> None:
    """Print problems, each on one line."""
    for problem in problems:
        click.echo(" ".join(str(problem).split()), err=err)


def print_json(document: object) -> None:
    """Print one JSON document."""
    click.echo(json.dumps(document, ensure_ascii=False))
