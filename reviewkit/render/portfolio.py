"""The frame of the page over all reviews: self-contained, one script that its digest alone allows."""

from __future__ import annotations

import base64
import hashlib
from functools import lru_cache
from importlib.resources import files

from reviewkit.render.html import Safe
from reviewkit.render.outline import outline
from reviewkit.render.text import clean_text


def portfolio_page(title: str, body: Safe, *, demonstration: bool) -> str:
    """The whole page: `body` with contents beside it, style and script within.

    Parameters
    ----------
    title : str
        For the title bar.
    body : Safe
        Starts with the page's ``h1``.
    demonstration : bool
        Keeps search engines away.
    """
    from jinja2 import Environment
    from markupsafe import Markup

    script = _text("portfolio.js")
    found = outline(body)
    template = Environment(autoescape=True).from_string(_text("portfolio.html.j2"))
    page = template.render(
        title=clean_text(title), demonstration=demonstration, css=Markup(_text("report.css") + _text("portfolio.css")),
        script=Markup(script), digest=script_digest(script), contents=Markup(found.contents), body=Markup(found.body),
    )
    return page.rstrip("\n") + "\n"


def script_digest(script: str) -> str:
    """The source expression that allows this inline script and no other (CSP level 3, section 2.3.1)."""
    return "sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


@lru_cache(maxsize=8)
def _text(name: str) -> str:
    return (files("reviewkit.render") / name).read_text(encoding="utf-8").replace("\r\n", "\n")
