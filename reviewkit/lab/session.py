"""A session behind a panel: named requests in, plain values out, one at a time.

What JupyterLab sends may arrive on the main thread or on a subshell's, so a lock stands around every answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import RLock
from typing import Any

from reviewkit.errors import InputError, ReviewkitError


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back to a panel.

    ``moved`` is True where the request changed something that another view of the same panel shows.
    """

    values: dict[str, Any]
    buffers: tuple[bytes, ...] = ()
    moved: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """What a panel asks: an operation and its values, which come from a browser and are not trusted."""

    op: str
    values: Mapping[str, Any]
    buffers: Sequence[bytes] = ()
    nonce: str = ""

    def text(self, name: str) -> str:
        """A value that has to be text.

        Raises
        ------
        InputError
            If it is missing or something else.
        """
        value = self.values.get(name)
        if not isinstance(value, str):
            raise InputError(f"the panel sent no {name}.", code="request", remedy="Run the cell again.")
        return value

    def number(self, name: str) -> int:
        """A value that has to be a whole number from 0.

        Raises
        ------
        InputError
            If it is anything else.
        """
        value = self.values.get(name)
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise InputError(f"the panel sent no {name}.", code="request", remedy="Run the cell again.")
        return value


Handler = Callable[[Request], Answer]


@dataclass
class Session:
    """Answers requests by name, one after the other.

    Parameters
    ----------
    handlers : mapping of str to callable
        Operation to what answers it.
    """

    handlers: Mapping[str, Handler]
    _lock: RLock = field(default_factory=RLock, repr=False)

    def answer(self, content: Mapping[str, Any], buffers: Sequence[bytes] = ()) -> tuple[dict[str, Any], list[bytes]]:
        """Answer one message of a panel; whatever goes wrong becomes words.

        Returns
        -------
        tuple of dict and list of bytes
            The answer with the request's ``nonce`` and ``ok``; where that is False, ``message`` and ``remedy``.
        """
        nonce = str(content.get("nonce", ""))
        handler = self.handlers.get(str(content.get("op")))
        try:
            if handler is None:
                raise InputError(f"the panel asked for {content.get('op')!r}, which is unknown.", code="request",
                                 remedy="Run the cell again.")
            with self._lock:
                found = handler(Request(str(content["op"]), content, buffers, nonce))
        except ReviewkitError as error:
            first = error.problems[0]
            where = f"{first.place}: " if first.place else ""
            return {"nonce": nonce, "ok": False, "message": where + first.message, "remedy": first.remedy}, []
        return {"nonce": nonce, "ok": True, "moved": found.moved, **found.values}, list(found.buffers)
