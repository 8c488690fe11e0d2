"""PDFs of reports for panels that show them: sent in pieces, attached in pieces."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from reviewkit.errors import InputError
from reviewkit.lab.fulltext import LARGEST, FullTexts
from reviewkit.lab.session import Answer, Handler, Request
from reviewkit.numbers import count

if TYPE_CHECKING:
    from reviewkit.review import Review

PIECE = 4_000_000
"""Most bytes of a PDF in one answer."""
LOOSE = 50
"""Most PDFs without a report that are listed."""


class PdfAnswers:
    """Answers a panel's requests for PDFs.

    Parameters
    ----------
    review : Review
    known : callable
        Raises where the panel may not attach a PDF to a report.
    """

    def __init__(self, review: Review, known: Callable[[str], object]) -> None:
        self._review, self._known = review, known
        self._texts = FullTexts(review.folder / "fulltext")
        self._uploads: dict[str, bytearray] = {}
        self.handlers: dict[str, Handler] = {
            "pdf": self._pdf, "look": self._look, "adopt": self._adopt, "attach": self._attach,
        }  # fmt: skip

    def _pdf(self, request: Request) -> Answer:
        size = min(request.number("size"), PIECE)
        return Answer({}, (self._texts.piece(request.text("report"), request.number("start"), size),))

    def _look(self, request: Request) -> Answer:
        return self._pdf_answer(request.text("report"), "Looked again.")

    def _adopt(self, request: Request) -> Answer:
        self._texts.adopt(request.text("report"), request.text("name"))
        return self._pdf_answer(request.text("report"), "The PDF bears the report's name now.")

    def _attach(self, request: Request) -> Answer:
        """One piece of an upload; the last one writes the file."""
        report, upload = request.text("report"), request.text("upload")
        piece, pieces = request.number("piece"), request.number("pieces")
        if piece == 0:
            # One upload at a time: one that was broken off does not stay in memory.
            self._uploads = {upload: bytearray()}
        content = self._uploads.get(upload)
        if content is None or len(request.buffers) != 1:
            raise InputError("the upload was broken off.", code="upload", remedy="Attach the PDF again.")
        content += request.buffers[0]
        if len(content) > LARGEST:
            del self._uploads[upload]
            raise InputError(f"this file is larger than {count(LARGEST)} bytes.", code="pdf",
                             remedy=f"Put it into the folder by hand, as {report}.pdf.")
        if piece + 1 < pieces:
            return Answer({})
        del self._uploads[upload]
        self._known(report)
        self._texts.attach(report, bytes(content), replace=request.values.get("replace") is True)
        return self._pdf_answer(report, "The PDF is attached.")

    def _pdf_answer(self, report: str, said: str) -> Answer:
        return Answer({"report": report, "pdf": self.values(report), "said": said}, moved=True)

    def values(self, report: str) -> dict[str, Any]:
        """What the panel shows of a report's PDF, or of the place where it belongs."""
        texts = self._texts
        size = texts.size(report)
        return {
            "size": size, "digest": texts.digest(report), "name": f"{report}.pdf",
            "folder": self._review.name("fulltext"),
            "loose": [] if size else texts.loose(frozenset(self._review.reports))[:LOOSE],
        }  # fmt: skip
