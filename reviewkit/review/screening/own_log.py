"""One reviewer's log at one stage, held open for voting: what stands in it, and new lines behind it.

Every line is on disk before `OwnLog.add` returns. Another kernel of the same reviewer may write meanwhile;
what it wrote is read in before anything is added.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from reviewkit.errors import ReviewkitError
from reviewkit.review.screening.voting import checked_lines
from reviewkit.screening import Decision, Mark, parse_decision
from reviewkit.store.files import show
from reviewkit.store.log import Log, append, line_of, parse_log, read_log


@dataclass(frozen=True, slots=True)
class Saved:
    """What one act wrote: the line's hash once it is on disk.

    ``repeated`` is True when the same nonce had been written before and nothing was added.
    """

    report: str
    decision: str
    time: str
    hash: str
    repeated: bool = False


class OwnLog:
    """The log of one reviewer at one stage.

    Parameters
    ----------
    path : Path
        The log; it need not exist yet.
    reasons : collection of str
        Exclusion reasons of the protocol.
    reports : mapping of str to str
        Report id as a line may name it to the report it is now.
    root : Path
        The project's folder, for messages.
    """

    def __init__(
        self, path: Path, who: str, stage: str, *, reasons: Collection[str], reports: Mapping[str, str], root: Path
    ) -> None:
        self.path = path
        self.who = who
        self.stage = stage
        self._reasons = reasons
        self._reports = reports
        self._root = root
        self.read()

    def read(self) -> None:
        """Read the whole log.

        Raises
        ------
        ReviewkitError
            If a line is damaged. A torn last line is none: the next one seals it. Votes on reports that
            are no more do not count; `reviewkit check` names them.
        """
        size = self._size_now()
        # Until the log is found sound, every act reads it again.
        self._size = -1
        log = read_log(self.path, self._root)
        self.head = log.head
        self._n_lines = len(log.entries)
        self.marks: list[Mark] = []
        self.standing: dict[str, Decision] = {}
        self._at_finish: set[str] = set()
        self._by_nonce: dict[str, Saved] = {}
        self._take_in(log)
        self._size = size

    def refresh(self) -> bool:
        """Read in what somebody else wrote to the log; say whether there was something."""
        size = self._size_now()
        if size == self._size:
            return False
        end = Log("", ())
        if size > self._size >= 0:
            with self.path.open("rb") as stream:
                stream.seek(self._size)
                content = stream.read(size - self._size)
            end = parse_log(content, show(self.path, self._root), previous=self.head, first=self._n_lines + 1)
        if end.problems or not end.entries:
            self.read()
            return True
        self._take_in(end)
        self._size = size
        self.head = end.head
        self._n_lines += len(end.entries)
        return True

    def _take_in(self, log: Log) -> None:
        lines = checked_lines(log, self.stage, self.who, self._reasons, self._reports)
        bad = [p for p in lines.problems if p.code not in ("log-torn", "unknown-report")]
        if bad:
            raise ReviewkitError(bad)
        for line in lines.entries:
            self._take(line)
        for entry in log.entries:
            found = entry.values
            if found.get("nonce"):
                self._by_nonce[found["nonce"]] = Saved(str(found.get("report", "")), str(found.get("decision", "")),
                                                       str(found["time"]), entry.hash)

    def written(self, nonce: str) -> Saved | None:
        """What an act with this nonce wrote, if it did."""
        found = self._by_nonce.get(nonce) if nonce else None
        return found and Saved(found.report, found.decision, found.time, found.hash, repeated=True)

    def before_finish(self, report: str) -> bool:
        """Whether the vote that stands on a report was cast by the time the reviewer had finished or stopped."""
        return report in self._at_finish

    def add(self, decision: Decision) -> Saved:
        """Append one vote; it is on disk when this returns.

        Raises
        ------
        InputError
            If the decision may not stand in this log; nothing is written.
        ReviewkitError
            If it could not be written; the log is as it was.
        """
        values = decision.as_dict()
        parse_decision(values, self._reasons)
        found = append(self.path, values)
        saved = Saved(decision.report, decision.decision, decision.time, found)
        expected, line = line_of(self.head, values)
        if found == expected:
            self.head = found
            # What another kernel wrote since makes the file longer than this, and is read at the next act.
            self._size += len(line)
            self._n_lines += 1
            self._take(decision)
            if decision.nonce:
                self._by_nonce[decision.nonce] = saved
        else:
            self.refresh()
        return saved

    def add_mark(self, mark: Mark) -> str:
        """Append a line that is no vote; its hash."""
        found = append(self.path, mark.as_dict())
        self.read()
        return found

    def _take(self, decision: Decision | Mark) -> None:
        if isinstance(decision, Mark):
            self.marks.append(decision)
            # Who stopped may have seen the other votes, as one who has finished.
            if decision.mark == "stopped":
                self._at_finish |= set(self.standing)
            return
        self.standing.pop(decision.report, None)
        self._at_finish.discard(decision.report)
        if decision.decision != "undo":
            self.standing[decision.report] = decision
        if decision.finishes:
            self._at_finish |= set(self.standing)

    def _size_now(self) -> int:
        try:
            return self.path.stat().st_size
        except FileNotFoundError:
            return 0
