"""Readers: every export a reviewer has, turned into records, none lost.

``read(path)`` decides encoding and format from the content and returns a :class:`~reviewkit.model.ReadResult` whose
accepted and rejected entries add up to the entries counted in the raw text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from reviewkit.errors import InputError
from reviewkit.memory import without_collecting
from reviewkit.model import ReadResult
from reviewkit.readers.bibtex import read_bibtex
from reviewkit.readers.clinicaltrials_xml import read_clinicaltrials_xml
from reviewkit.readers.detect import detect
from reviewkit.readers.endnote_xml import read_endnote_xml
from reviewkit.readers.ictrp_xml import read_ictrp_xml
from reviewkit.readers.nbib import read_nbib
from reviewkit.readers.ovid_text import read_ovid_text
from reviewkit.readers.pubmed_xml import read_pubmed_xml
from reviewkit.readers.refer import read_refer
from reviewkit.readers.ris import read_ris
from reviewkit.readers.services import read_services
from reviewkit.readers.source import Source, open_source, source_of_bytes
from reviewkit.readers.table import read_csv
from reviewkit.readers.wos import read_wos
from reviewkit.readers.xlsx import read_xlsx

__all__ = ["FORMATS", "read", "read_bytes"]

FORMATS: Mapping[str, Callable[[Source], ReadResult]] = {
    "ris": read_ris,
    "nbib": read_nbib,
    "pubmed-xml": read_pubmed_xml,
    "endnote-xml": read_endnote_xml,
    "ictrp-xml": read_ictrp_xml,
    "clinicaltrials-xml": read_clinicaltrials_xml,
    "refer": read_refer,
    "wos": read_wos,
    "ovid-text": read_ovid_text,
    "bibtex": read_bibtex,
    "clinicaltrials-json": read_services,
    "openalex-json": read_services,
    "crossref-json": read_services,
    "europepmc-json": read_services,
    "csv": read_csv,
    "xlsx": read_xlsx,
}
"""Readers by the name of the format they read."""


def read(path: str | Path, *, columns: Mapping[str, str] | None = None) -> ReadResult:
    """Read an export file of any known format.

    Parameters
    ----------
    path : str or Path
        The file.
    columns : mapping, optional
        For a table whose headings are unknown: field → heading.

    Raises
    ------
    InputError
        When the file cannot be read, its format is unknown, or accepted and rejected entries do not add up.
    """
    return _read(open_source(path), columns)


def read_bytes(data: bytes, name: str = "input", *, columns: Mapping[str, str] | None = None) -> ReadResult:
    """The same for a file already in memory."""
    return _read(source_of_bytes(data, name), columns)


def _read(source: Source, columns: Mapping[str, str] | None) -> ReadResult:
    found = detect(source)
    if columns:
        return read_xlsx(source, columns) if found == "xlsx" else read_csv(source, columns)
    reader = FORMATS.get(found)
    if reader is None:
        raise InputError(
            "no known export format.",
            file=source.name,
            code="unknown-format",
            remedy=f"Known are: {', '.join(sorted(FORMATS))}. For another table say which column is which.",
        )
    with without_collecting():
        return reader(source)
