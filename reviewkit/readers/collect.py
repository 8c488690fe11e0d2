"""What every reader hands its entries to: it counts, names what failed, and stops when the sums do not add up."""

from __future__ import annotations

from dataclasses import dataclass, field

from reviewkit.errors import InputError
from reviewkit.model import Origin, ReadResult, Record, Rejected, Repair
from reviewkit.readers.source import Source

MAX_FIELD_CHARS = 1_000_000
"""A longer single field is damage or an attack; its entry is rejected."""


class EntryError(Exception):
    """One entry cannot be read; the reader goes on with the next."""

    def __init__(self, reason: str, line: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line


@dataclass(slots=True)
class Collector:
    """Accepted, rejected and repaired entries of one source, in file order."""

    source: Source
    format: str
    records: list[Record] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    repairs: list[Repair] = field(default_factory=list)
    _begun: int = 0

    def origin(self, line: int, line_end: int) -> Origin:
        """Where the next entry of this source stands (to be called once for each entry, in file order)."""
        self._begun += 1
        return Origin(self.source.name, line, line_end, self.source.digest, self._begun)

    def repair(self, message: str, line: int) -> None:
        """Tell of a damage that was mended."""
        self.repairs.append(Repair(message, line))

    def reject(self, reason: str, origin: Origin, *, key: str = "", raw: str = "") -> None:
        """Keep an entry that could not be read, with the reason."""
        self.rejected.append(Rejected(reason, origin, key, raw))

    def result(self, entries: int) -> ReadResult:
        """The result, after checking that accepted + rejected = entries.

        Parameters
        ----------
        entries : int
            Number of entries counted in the raw text on its own.

        Raises
        ------
        InputError
            When the sums do not add up; it names the last good entry.
        """
        done = len(self.records) + len(self.rejected)
        if done != entries:
            last = max((record.origin.line_end for record in self.records), default=0)
            raise InputError(
                f"{entries} entries counted in the text, but {len(self.records)} read and {len(self.rejected)} "
                f"rejected; the last good entry ends in line {last}.",
                file=self.source.name,
                line=last or None,
                code="entries-do-not-add-up",
                remedy="Nothing was imported. Look at the lines after it, or export the file again.",
            )
        if entries == 0:
            raise InputError(
                f"no entry found ({self.format}).",
                file=self.source.name,
                code="no-entries",
                remedy="Is this a search export? Export it again.",
            )
        repairs = sorted((*self.source.repairs, *self.repairs), key=lambda repair: repair.line)
        return ReadResult(
            file=self.source.name,
            format=self.format,
            encoding=self.source.encoding,
            entries=entries,
            records=tuple(self.records),
            rejected=tuple(self.rejected),
            repairs=tuple(repairs),
            digest=self.source.digest,
        )
