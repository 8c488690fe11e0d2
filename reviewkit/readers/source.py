"""A file as text: bytes hashed, encoding decided before anything is parsed, lines numbered from 1.

Nothing is guessed in silence: every encoding but plain UTF-8 leaves a :class:`~reviewkit.model.Repair`.
Files are read in blocks, so that a file of 100 MB is never held twice.
"""

from __future__ import annotations

import codecs
import hashlib
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from reviewkit.errors import InputError
from reviewkit.model import Repair

BLOCK = 1 << 20
MAX_FILE_BYTES = 2 << 30
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(rb"""^[%\s]*Encoding:\s*([A-Za-z0-9_-]+)|^\s*<\?xml[^>]*?encoding=["']([A-Za-z0-9_-]+)""", re.I)
_STRAY = "reviewkit-stray-bytes"


def _stray_bytes(error: UnicodeError) -> tuple[str, int]:
    """Decode the bytes that are no UTF-8 as Windows-1252 (the usual cause: a paste from another program)."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", errors="replace"), error.end


codecs.register_error(_STRAY, _stray_bytes)


@dataclass(frozen=True, slots=True)
class Source:
    """One file whose encoding has been decided.

    Attributes
    ----------
    name : str
        The file's name as shown to people.
    digest : str
        SHA-256 of the bytes, as hexadecimal digits.
    encoding : str
        What the text was decoded with, in plain words a script can use (``utf-8``, ``utf-16``, ``cp1252`` …).
    repairs : tuple of Repair
        How the encoding was decided, where it was not plain UTF-8.
    size : int
        Bytes.
    """

    name: str
    digest: str
    encoding: str
    repairs: tuple[Repair, ...]
    size: int
    _open: Callable[[], BinaryIO]
    _codec: str
    _errors: str

    def stream(self, *, newline: str | None = None) -> io.TextIOWrapper:
        """The decoded text as a stream; by default every line end is handed out as ``\\n``."""
        return io.TextIOWrapper(self._open(), encoding=self._codec, errors=self._errors, newline=newline)

    def lines(self, on_block: Callable[[str], None] | None = None) -> Iterator[str]:
        """The lines, without their line ends; ``on_block`` is shown each block of text before its lines come."""
        with self.stream() as stream:
            rest: list[str] = []
            while block := stream.read(BLOCK):
                if on_block is not None:
                    on_block(block)
                if "\n" not in block:
                    rest.append(block)
                    continue
                lines = block.split("\n")
                if rest:
                    lines[0] = "".join([*rest, lines[0]])
                rest = [lines.pop()]
                yield from lines
            if any(rest):
                yield "".join(rest)

    def text(self, *, newline: str | None = None) -> str:
        """The whole text at once (for formats that cannot be read line by line)."""
        with self.stream(newline=newline) as stream:
            return stream.read()

    def head(self, n_chars: int = 1 << 16) -> str:
        """The first characters, enough to see which format this is."""
        with self.stream() as stream:
            return stream.read(n_chars)

    def bytes(self) -> bytes:
        """The bytes as they are (for zipped formats)."""
        with self._open() as stream:
            return stream.read()


def open_source(path: str | Path) -> Source:
    """Hash a file and decide its encoding.

    Raises
    ------
    InputError
        When the file cannot be opened, is empty, or is larger than two gibibytes.
    """
    path = Path(path)
    try:
        if path.is_dir():
            raise InputError(
                "this is a folder, not an export file.",
                file=str(path),
                code="not-a-file",
                remedy="Name the files inside it.",
            )
        size = path.stat().st_size
        with path.open("rb"):
            pass
    except OSError as error:
        raise InputError(
            f"cannot be read: {error.strerror or error}.",
            file=str(path),
            code="unreadable",
            remedy="Check the name and the permissions.",
        ) from error
    return _decide(path.name, lambda: path.open("rb"), size)


def source_of_bytes(data: bytes, name: str = "input") -> Source:
    """The same for bytes already in memory."""
    return _decide(name, lambda: io.BytesIO(data), len(data))


def _decide(name: str, opener: Callable[[], BinaryIO], size: int) -> Source:
    if size == 0:
        raise InputError("the file is empty.", file=name, code="empty-file", remedy="Export it again.")
    if size > MAX_FILE_BYTES:
        raise InputError(
            f"the file has {size} bytes, the limit is {MAX_FILE_BYTES}.",
            file=name,
            code="too-large",
            remedy="Export it in parts.",
        )
    with opener() as stream:
        head = stream.read(4096)
    digest, valid = _hash_and_check(opener)
    codec, errors, shown, repairs = _codec(head, opener, valid)
    return Source(name, digest, shown, repairs, size, opener, codec, errors)


def _hash_and_check(opener: Callable[[], BinaryIO]) -> tuple[str, bool]:
    """SHA-256, and whether every byte is valid UTF-8."""
    sha, decoder, valid = hashlib.sha256(), codecs.getincrementaldecoder("utf-8")(), True
    with opener() as stream:
        while block := stream.read(BLOCK):
            sha.update(block)
            if valid:
                try:
                    decoder.decode(block)
                except UnicodeDecodeError:
                    valid = False
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        valid = False
    return sha.hexdigest(), valid


def _codec(head: bytes, opener: Callable[[], BinaryIO], valid: bool) -> tuple[str, str, str, tuple[Repair, ...]]:
    """Codec, error handler, name shown, and what to tell about it."""
    for bom, codec in _BOMS:
        if head.startswith(bom):
            shown = codec.removesuffix("-sig")
            told = Repair(f"byte order mark at the start of the file removed; read as {shown.upper()}", 1)
            if shown == "utf-8":
                return (codec, "strict", shown, (told,)) if valid else _mixed(opener, head, codec, (told,))
            return codec, "replace", shown, (told,)
    wide = _wide(head)
    if wide:
        return wide, "replace", wide, (Repair(f"no byte order mark, read as {wide.upper()}", 1),)
    if head.startswith(b"PK\x03\x04"):
        return "latin-1", "strict", "binary", ()
    if valid:
        return "utf-8", "strict", "utf-8", ()
    return _mixed(opener, head, "utf-8", ())


def _wide(head: bytes) -> str:
    """UTF-16 without a byte order mark: every other byte of plain text is zero."""
    even, odd = head[0::2], head[1::2]
    if len(head) >= 8 and odd.count(0) > 0.6 * len(odd) and even.count(0) < 0.1 * len(even):
        return "utf-16-le"
    if len(head) >= 8 and even.count(0) > 0.6 * len(even) and odd.count(0) < 0.1 * len(odd):
        return "utf-16-be"
    return ""


def _mixed(
    opener: Callable[[], BinaryIO], head: bytes, utf8: str, told: tuple[Repair, ...]
) -> tuple[str, str, str, tuple[Repair, ...]]:
    """Not valid UTF-8: a declared encoding, UTF-8 with a few stray bytes, else Windows-1252 or ISO-8859-1."""
    with opener() as stream:
        data = stream.read()
    try:
        data.decode("utf-8")
        first = 0
    except UnicodeDecodeError as error:
        first = error.start
    line = data.count(b"\n", 0, first) + 1
    declared = _declared(head, data)
    if declared:
        return declared, "strict", declared, (*told, Repair(f"not UTF-8; read as {declared}, as the file says", line))
    lead = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
    good = sum(1 for _ in lead.finditer(data))
    stray = len(re.findall(rb"[\x80-\xff]", lead.sub(b"", data)))
    if good > stray or told:
        message = f"{stray} bytes are not UTF-8 (first in line {line}); read as Windows-1252, the rest as UTF-8"
        return utf8, _STRAY, "utf-8", (*told, Repair(message, line))
    script = _script(data)
    if script:
        return script, "replace", script, (Repair(f"not UTF-8; read as {script.upper()}, by its letters", line),)
    if re.search(rb"[\x80-\x9f]", data) and not re.search(rb"[\x81\x8d\x8f\x90\x9d]", data):
        return "cp1252", "strict", "cp1252", (Repair("not UTF-8; read as Windows-1252", line),)
    return "iso-8859-1", "strict", "iso-8859-1", (Repair("not UTF-8; read as ISO-8859-1", line),)


_SCRIPTS = (
    ("gb18030", re.compile("[\u4e00-\u9fff\u3000-\u303f\uff00-\uffef\u2010-\u201f]")),
    ("cp1256", re.compile("[\u060c-\u06f9\u200c]")),
    ("cp1251", re.compile("[\u0400-\u045f]")),
)
_RUN = re.compile(rb"[\x80-\xff]{3,}")
_HIGH = re.compile(rb"[\x80-\xff]")


def _script(data: bytes) -> str:
    """An encoding of Chinese, Persian and Arabic, or Cyrillic letters.

    Accented Latin letters stand alone, letters of other scripts in runs; the encoding whose letters fill the runs wins.
    Chinese first: its characters take two bytes, so that words of another script, of odd length, do not decode.
    """
    data = data[: 1 << 22]
    runs = _RUN.findall(data)
    length = sum(map(len, runs))
    if length < 10 or length < 0.6 * len(_HIGH.findall(data)):
        return ""
    sample = b" ".join(runs[:20_000])
    for codec, letters in _SCRIPTS:
        # a run of an odd length cuts a Chinese character in two, hence the whole text there
        text = (data[: data.rfind(b"\n") + 1] or data if codec == "gb18030" else sample).decode(codec, errors="replace")
        high = re.findall(r"[^\x00-\x7f]", text)
        if high and len(letters.findall(text)) > 0.9 * len(high):
            return codec
    return ""


def _declared(head: bytes, data: bytes) -> str:
    """The encoding the file names itself, when Python knows it and the whole file decodes with it."""
    match = _DECLARED.search(head)
    if not match:
        return ""
    try:
        name = codecs.lookup((match.group(1) or match.group(2)).decode("ascii")).name
        data.decode(name)
    except (LookupError, UnicodeDecodeError, ValueError):
        return ""
    return "" if name in {"utf-8", "ascii"} else name
