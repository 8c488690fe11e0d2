"""Full texts of reports: PDFs in ``data/<question>/fulltext/``, each named after its report, kept out of git."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from reviewkit.errors import InputError
from reviewkit.identifiers import check_identifier
from reviewkit.numbers import count
from reviewkit.store.files import digest_bytes, digest_file, inside, write_atomic

LARGEST = 200_000_000
"""Bytes of the largest PDF that is attached."""
_MAGIC = b"%PDF-"


@dataclass(frozen=True, slots=True)
class FullTexts:
    """The folder of a question's PDFs.

    Parameters
    ----------
    folder : Path
        ``data/<question>/fulltext``; it need not exist yet.
    """

    folder: Path

    def path(self, report: str) -> Path:
        """Where the PDF of a report belongs.

        Raises
        ------
        InputError
            If the id is none, or a link leads out of the folder.
        """
        try:
            check_identifier(report)
        except ValueError as error:
            raise InputError(f"{error}.", code="identifier") from None
        return inside(self.folder, f"{report}.pdf")

    def size(self, report: str) -> int:
        """Bytes of a report's PDF; 0 where there is none."""
        path = self.path(report)
        return path.stat().st_size if path.is_file() else 0

    def digest(self, report: str) -> str:
        """SHA-256 of a report's PDF; empty where there is none."""
        path = self.path(report)
        return digest_file(path) if path.is_file() else ""

    def piece(self, report: str, start: int, size: int) -> bytes:
        """Some bytes of a report's PDF.

        Raises
        ------
        InputError
            If there is none, or it is no PDF.
        """
        path = self.path(report)
        try:
            with path.open("rb") as stream:
                if not _is_pdf(stream.read(1024)):
                    raise InputError("is no PDF.", file=path.name, code="pdf", remedy="Replace it.")
                stream.seek(start)
                return stream.read(size)
        except OSError as error:
            raise InputError(f"cannot be read: {error.strerror}.", file=path.name, code="unreadable") from None

    def attach(self, report: str, content: bytes, *, replace: bool = False) -> None:
        """Keep a PDF as that of a report; one that stood there stays beside it under another name.

        Raises
        ------
        InputError
            If it is no PDF or too large, or another stands there and ``replace`` is False.
        ReviewkitError
            If it cannot be written.
        """
        path = self.path(report)
        if not _is_pdf(content[:1024]):
            raise InputError("this file is no PDF: it does not begin with %PDF.", code="pdf",
                             remedy="Choose the article's PDF.")
        if len(content) > LARGEST:
            raise InputError(f"this file has {count(len(content))} bytes; at most {count(LARGEST)} are taken.",
                             code="pdf", remedy=f"Put it into the folder by hand, as {path.name}.")
        if path.is_file():
            old = path.read_bytes()
            if old == content:
                return
            if not replace:
                raise InputError("another PDF is there already; nothing was written.", file=path.name, code="exists",
                                 remedy="Use Replace.")
            write_atomic(self.folder / f"{report}.replaced-{digest_bytes(old)[:8]}.pdf", old)
        write_atomic(path, content)

    def loose(self, reports: frozenset[str]) -> list[str]:
        """PDFs in the folder that bear no report's name, in order."""
        if not self.folder.is_dir():
            return []
        names = [path.name for path in self.folder.iterdir() if path.is_file() and path.suffix.lower() == ".pdf"]
        return sorted(name for name in names if name.removesuffix(".pdf") not in reports)

    def adopt(self, report: str, name: str) -> None:
        """Give a loose PDF of the folder the report's name.

        Raises
        ------
        InputError
            If it is no PDF of this folder, or the report has one.
        """
        target = self.path(report)
        if Path(name).name != name:
            raise InputError(f"file name {name!r} holds a path.", code="path", remedy="Name a file in the folder.")
        source = inside(self.folder, name)
        if not source.is_file() or not _is_pdf(_beginning(source)):
            raise InputError("is no PDF of this folder.", file=name, code="pdf", remedy="Look again.")
        if target.exists():
            raise InputError("the report has a PDF already.", file=target.name, code="exists", remedy="Look again.")
        source.rename(target)


def _beginning(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(1024)


def _is_pdf(beginning: bytes) -> bool:
    # Readers accept some bytes before the mark; Acrobat's own limit is the first 1,024.
    return _MAGIC in beginning
