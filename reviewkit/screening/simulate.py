"""A labelled screening replayed: in which order the records would have been read, and what that saves.

References
----------
Cohen AM, Hersh WR, Peterson K, Yen PY (2006). Reducing workload in systematic review preparation using automated
citation classification. JAMIA 13(2):206-219. https://doi.org/10.1197/jamia.M1929 (work saved over sampling)
"""

from __future__ import annotations

import math
import random
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from reviewkit.errors import InputError
from reviewkit.screening.features import Text
from reviewkit.screening.ranking import Ranker, queue_due
from reviewkit.screening.stopping import first_stops

_SINGLY = 20
_SHARE = 15
"""Votes between two rankings: one until so many are read, then one for each so many read."""


@dataclass(frozen=True, slots=True)
class Stop:
    """Where a stopping rule first said stop: records read, recall there, share of the records left unread."""

    read: int
    recall: float
    saved: float


@dataclass(frozen=True, slots=True)
class Simulation:
    """One replay.

    Attributes
    ----------
    order : tuple of int
        Every record's number in the order of reading; the two prior ones, an include and an exclude, lead.
    n95, n100 : int
        Records read, the prior ones counted, when 95 % (rounded up) and all of the includes were found.
    wss95, wss100 : float
        Work saved over sampling: ``(N - n95) / N - 0.05`` and ``(N - n100) / N`` (Cohen 2006).
    stop : mapping of str to (Stop or None)
        For each stopping rule; None where it had not said stop before the end.
    """

    order: tuple[int, ...]
    n: int
    included: int
    n95: int
    n100: int
    wss95: float
    wss100: float
    stop: Mapping[str, Stop | None] = field(default_factory=dict, hash=False)


def draw_priors(labels: Sequence[bool], seed: int) -> tuple[int, int]:
    """One include and one exclude, drawn by the seed; each is as likely as any other of its kind.

    Raises
    ------
    InputError
        If there is no include, or no exclude.
    """
    includes = [number for number, label in enumerate(labels) if label]
    excludes = [number for number, label in enumerate(labels) if not label]
    if not includes or not excludes:
        kind = "include" if excludes else "exclude"
        raise InputError(f"none of {len(labels)} labelled records is an {kind}.", code="one-class",
                         remedy="A replay needs at least one include and one exclude.")
    draw = random.Random(seed)
    return draw.choice(includes), draw.choice(excludes)


def simulate(
    texts: Sequence[Text], labels: Sequence[bool], *, seed: int = 0, priors: Sequence[int] | None = None
) -> Simulation:
    """Replay a screening whose labels are known, always reading what ranks highest.

    Parameters
    ----------
    texts : sequence of Text, length N
    labels : sequence of bool, length N
        True for an include.
    seed : int
        Draws the prior records.
    priors : sequence of int, optional
        Record numbers known at the start, instead of those drawn; an include and an exclude among them.

    Raises
    ------
    InputError
        If texts and labels differ in length, or there is no include or no exclude.
    """
    if len(texts) != len(labels):
        raise InputError(f"{len(labels)} labels for {len(texts)} records.", code="label", remedy="Give one for each.")
    drawn = draw_priors(labels, seed)
    return measured(replay(Ranker(texts), labels, drawn if priors is None else priors), labels)


def measured(order: Sequence[int], labels: Sequence[bool]) -> Simulation:
    """The figures of a given order of reading, whatever program it came from."""
    decisions = [bool(labels[number]) for number in order]
    ranks = [rank for rank, include in enumerate(decisions, start=1) if include]
    total, wanted = len(decisions), math.ceil(0.95 * len(ranks) - 1e-9)
    n95, n100 = ranks[wanted - 1], ranks[-1]
    stops = first_stops(decisions, total, every=max(1, total // 1000))
    return Simulation(
        order=tuple(order), n=total, included=len(ranks), n95=n95, n100=n100,
        wss95=(total - n95) / total - 0.05, wss100=(total - n100) / total,
        stop={
            rule: None if read is None else Stop(read, sum(decisions[:read]) / len(ranks), (total - read) / total)
            for rule, read in stops.items()
        },
    )


def replay(ranker: Ranker, labels: Sequence[bool], priors: Sequence[int]) -> list[int]:
    """The order in which all records are read, the prior ones first.

    One record is read at a time, the best ranked one or, when that promises less, the next without text. A new
    ranking is made after each vote until 20 are cast, then after each fifteenth part more. When the last
    include is found, the rest follows as ranked then.
    """
    order = list(priors)
    votes = {number: bool(labels[number]) for number in order}
    ranking = ranker.rank(votes)
    empty = set(ranker.rank({}).without_text)
    ranked = [votes[number] for number in order if number not in empty]
    without = [votes[number] for number in order if number in empty]
    waiting = deque(ranking.without_text)
    left = sum(map(bool, labels)) - sum(votes.values())
    best, fresh = deque(number for number in ranking.order if number not in empty), 0
    while left:
        if waiting and (not best or queue_due(ranked, without, len(labels))):
            number, done = waiting.popleft(), without
        else:
            if fresh >= (1 if len(order) <= _SINGLY else len(order) // _SHARE):
                ranking, fresh = ranker.rank(votes), 0
                best = deque(number for number in ranking.order if number not in empty)
            number, done = best.popleft(), ranked
            fresh += 1
        votes[number] = bool(labels[number])
        order.append(number)
        done.append(votes[number])
        left -= votes[number]
    known = set(order)
    return order + [number for number in ranking.order if number not in known]
