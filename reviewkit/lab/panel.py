"""The widget: one for every panel, with the panel's own script; the rules stand elsewhere.

Nothing of the records is kept in the widget's state, so that a saved notebook carries no abstract and no vote.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from typing import Any

import anywidget
import traitlets

from reviewkit.lab.session import Session


def script(*names: str) -> str:
    """The panel's script: its parts, files of the package, joined to one module."""
    folder = files("reviewkit.lab") / "static"
    return "\n".join((folder / f"{name}.js").read_text(encoding="utf-8") for name in ("base", *names))


def style() -> str:
    """The style sheet all panels share."""
    return (files("reviewkit.lab") / "static" / "panel.css").read_text(encoding="utf-8")


class Panel(anywidget.AnyWidget):
    """A panel in JupyterLab: it draws what its session answers.

    Parameters
    ----------
    session : Session
        Answers the panel's requests.
    parts : sequence of str
        Scripts in ``static/``; the last one exports the panel.
    summary : str
        What stands in place of the panel where no panel can be shown.
    """

    _esm = traitlets.Unicode().tag(sync=True)
    _css = traitlets.Unicode().tag(sync=True)

    def __init__(self, session: Session, parts: Sequence[str], summary: str) -> None:
        super().__init__(_esm=script(*parts), _css=style())
        self._session = session
        self._summary = summary
        self.on_msg(self._receive)

    def _receive(self, _widget: object, content: Any, buffers: Sequence[bytes]) -> None:
        if not isinstance(content, dict):
            return
        try:
            answer, out = self._session.answer(content, [bytes(buffer) for buffer in buffers])
        except Exception as error:
            self.send({
                "nonce": str(content.get("nonce", "")), "ok": False,
                "message": f"This is a fault of reviewkit ({type(error).__name__}: {error}).",
                "remedy": "Nothing that was saved is lost. Report it, and run the cell again.",
            })
            raise
        self.send(answer, out)

    def __repr__(self) -> str:
        return f"{self._summary} (a panel: open the notebook in JupyterLab to use it)"
