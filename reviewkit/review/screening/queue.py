"""The order in which one reviewer meets the reports: learnt in the background, so that no vote waits for it."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from reviewkit.model import Record
from reviewkit.protocol import Protocol
from reviewkit.review.screening.stopping import Outlook, outlook

if TYPE_CHECKING:
    from reviewkit.screening.ranking import Ranker, Ranking

SEED = 20260101
_FAULTS = (ArithmeticError, LookupError, MemoryError, RuntimeError, TypeError, ValueError)


def next_training(n_votes: int) -> int:
    """At how many votes the order is learnt anew: often at first, then every ten.

    >>> [next_training(n) for n in (0, 3, 20, 100)]
    [2, 5, 25, 110]
    """
    return n_votes + max(2, min(10, n_votes // 4))


class Queue:
    """Reports in the order to read them.

    Parameters
    ----------
    reports : sequence of str
        Report ids, in a fixed order.
    records : mapping of str to Record
        The record that describes each report.
    ranked : bool
        False keeps the reports in the order of their titles and learns nothing.

    Notes
    -----
    The order follows from the votes it was last learnt from and from nothing else. Reports that have
    neither title nor abstract stand behind all others, in `without_text`.
    """

    def __init__(
        self, reports: Sequence[str], records: Mapping[str, Record], protocol: Protocol, *, ranked: bool
    ) -> None:
        self._reports = sorted(reports, key=lambda report: (records[report].title.casefold(), report))
        self._places = {report: place for place, report in enumerate(self._reports)}
        self._records = records
        self._protocol = protocol
        self._ranking: Ranking | None = None
        self._ranker: Ranker | None = None
        self._ranked = ranked and len(reports) > 1
        self._wake = threading.Condition()
        self._wanted: dict[str, bool] | None = None
        self._worker: threading.Thread | None = None
        self.fault = ""
        self.outlook = Outlook()
        self.order: tuple[str, ...] = ()
        self.without_text = frozenset(
            r for r in self._reports if not (records[r].title.strip() or records[r].abstract.strip()))
        self._adopt(None)

    def train(self, votes: Mapping[str, bool]) -> None:
        """Learn order and outlook from some votes (report id to relevant or not, in the order cast), now."""
        if self._ranked:
            self._adopt(self._made_ranker().rank({self._places[report]: vote for report, vote in votes.items()}))
            self.outlook = outlook(list(votes.values()), len(self._reports))

    def request(self, votes: Mapping[str, bool]) -> None:
        """Learn in the background; a later request takes the place of one not yet begun."""
        if not self._ranked:
            return
        with self._wake:
            self._wanted = dict(votes)
            if self._worker is None:
                self._worker = threading.Thread(target=self._work, name="reviewkit-ranking", daemon=True)
                self._worker.start()

    def settle(self, timeout: float | None = None) -> bool:
        """Wait until nothing is being learnt; say whether that is so."""
        with self._wake:
            return self._wake.wait_for(lambda: self._worker is None, timeout)

    def bare_due(self, votes: Mapping[str, bool]) -> bool:
        """Whether a report without title and abstract is to be read next, by what the votes so far found."""
        from reviewkit.screening.ranking import queue_due

        if not self._ranked:
            return False
        told = [vote for report, vote in votes.items() if report not in self.without_text]
        bare = [vote for report, vote in votes.items() if report in self.without_text]
        return queue_due(told, bare, len(self._reports))

    def why(self, report: str) -> tuple[str, ...]:
        """Terms that rank a report where it is."""
        return tuple(self._ranking.why(self._places[report])) if self._ranking is not None else ()

    def __iter__(self) -> Iterator[str]:
        return iter(self.order)

    def _work(self) -> None:
        while True:
            with self._wake:
                votes, self._wanted = self._wanted, None
                if votes is None:
                    self._worker = None
                    self._wake.notify_all()
                    return
            try:
                self.train(votes)
                self.fault = ""
            except _FAULTS as error:  # a failure to learn must never stop the voting; it is shown instead
                self.fault = f"The order could not be learnt anew: {error}"

    def _made_ranker(self) -> Ranker:
        if self._ranker is None:
            from reviewkit.screening.features import Text
            from reviewkit.screening.ranking import Ranker

            question, marked = self._protocol.question, self._protocol.screening.highlight
            asked = " ".join((question.title, question.population, question.intervention, question.exposure,
                              question.comparator, question.condition, question.therapy))
            texts = [Text(self._records[r].title, self._records[r].abstract, self._records[r].keywords)
                     for r in self._reports]
            self._ranker = Ranker(texts, question=asked, include_terms=marked.include, exclude_terms=marked.exclude,
                                  seed=SEED)
        return self._ranker

    def _adopt(self, ranking: Ranking | None) -> None:
        # A ranking holds what had no vote then; what is undone later stands behind it until the next.
        ranked = [self._reports[place] for place in ranking.order] if ranking is not None else []
        known = set(ranked)
        ids = ranked + [report for report in self._reports if report not in known]
        self._ranking = ranking
        self.order = tuple([r for r in ids if r not in self.without_text] + [r for r in ids if r in self.without_text])
