"""Writers: records as files that other programs take and that our readers read back to the same records.

``ris`` (also what Covidence imports), ``bibtex``, ``endnote-xml``, ``csv``, ``asreview``, ``rayyan``, ``covidence``.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from reviewkit.errors import InputError
from reviewkit.model import Record
from reviewkit.writers.bibtex import to_bibtex
from reviewkit.writers.endnote_xml import to_endnote_xml
from reviewkit.writers.printed import no_note
from reviewkit.writers.ris import to_ris
from reviewkit.writers.table import Column, to_asreview, to_csv, to_rayyan

__all__ = ["FORMATS", "Column", "text_of", "write"]

_TABLES: Mapping[str, Callable[[Iterable[Record], Mapping[str, Column]], str]] = {
    "csv": to_csv,
    "asreview": to_asreview,
    "rayyan": to_rayyan,
}
_TEXTS: Mapping[str, Callable[[Iterable[Record], Column], str]] = {
    "ris": to_ris,
    "covidence": to_ris,
    "bibtex": to_bibtex,
    "endnote-xml": to_endnote_xml,
}
FORMATS = tuple(sorted((*_TABLES, *_TEXTS)))
"""Names of the formats that can be written."""


def text_of(
    records: Iterable[Record], form: str, *, columns: Mapping[str, Column] | None = None, note: Column | None = None
) -> str:
    """The records as text in a format.

    Parameters
    ----------
    records : iterable of Record
        In the order to write; select by status before.
    form : str
        One of :data:`FORMATS`.
    columns : mapping, optional
        For tables: heading → function from a record to a cell, such as a screening label.
    note : callable, optional
        For the other formats: from a record to a note beside it, empty for none.

    Raises
    ------
    InputError
        When the format is unknown, or columns are given for a format that has none, or a note for a table.
    """
    if form in _TABLES:
        if note is not None:
            raise InputError(f"{form} has no notes.", code="no-notes", remedy="Add a column.")
        return _TABLES[form](records, columns or {})
    if form not in _TEXTS:
        raise InputError(
            f"no export format {form!r}.", code="unknown-format", remedy=f"Known are: {', '.join(FORMATS)}."
        )
    if columns:
        raise InputError(f"{form} has no columns to add.", code="no-columns", remedy="Write csv, asreview or rayyan.")
    return _TEXTS[form](records, note or no_note)


def write(
    records: Iterable[Record], path: str | Path, form: str, *, columns: Mapping[str, Column] | None = None
) -> None:
    """Write the records to a file; an old file stays whole until the new one is complete.

    Raises
    ------
    InputError
        As :func:`text_of`.
    OSError
        When the file cannot be written; the old file is unchanged.
    """
    path = Path(path)
    data = text_of(records, form, columns=columns).encode("utf-8")
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
