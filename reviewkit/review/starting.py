"""A new question: a commented protocol and list of searches; nothing that exists is overwritten."""

from __future__ import annotations

import datetime as dt
from importlib.resources import files
from pathlib import Path

from reviewkit.errors import InputError
from reviewkit.identifiers import check_identifier
from reviewkit.store.files import write_atomic


def new_question(question: str, root: Path) -> list[Path]:
    """Write ``data/<question>/protocol.toml`` and ``references/<question>/searches.toml``.

    Raises
    ------
    InputError
        If the name is no identifier, or either file exists.
    """
    try:
        check_identifier(question)
    except ValueError as error:
        raise InputError(f"{error}.", code="identifier") from None
    templates = files("reviewkit.review") / "templates"
    targets = {
        root / "data" / question / "protocol.toml": "protocol.toml",
        root / "references" / question / "searches.toml": "searches.toml",
    }
    for path in targets:
        if path.exists():
            raise InputError("exists already; nothing was written.", file=path.relative_to(root).as_posix(),
                             code="exists", remedy="Choose another name, or edit the file.")
    for path, name in targets.items():
        text = (templates / name).read_text(encoding="utf-8")
        write_atomic(path, text.replace("QUESTION", question).replace("TODAY", dt.date.today().isoformat()))
    return list(targets)
