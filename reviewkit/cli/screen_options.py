"""What every command of ``reviewkit screen`` shares: its options, its question, its way to answer."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import click

from reviewkit.errors import InputError
from reviewkit.review import Review, find_root, open_review
from reviewkit.screening import DECISIONS, STAGES

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
