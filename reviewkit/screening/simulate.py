"""A labelled screening replayed: in which order the records would have been read, and what that saves.

References
----------
Cohen AM, Hersh WR, Peterson K, Yen PY (2006). Reducing workload in systematic review preparation using automated
citation classification. JAMIA 13(2):206-219. https://doi.org/10.1197/jamia.M1929 (work saved over sampling)
"""

from __future__ import annotations

import math
import random
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
        Draws the prior records and is handed to the ranker.
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
    order = _read(Ranker(texts, seed=seed), texts, labels, list(drawn if priors is None else priors))
    return measured(order, labels)


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


def _read(ranker: Ranker, texts: Sequence[Text], labels: Sequence[bool], order: list[int]) -> list[int]:
    """Read on from the prior records until all includes are found; the rest follows as last ranked."""
    votes = {number: bool(labels[number]) for number in order}
    ranked = [votes[number] for number in order if not texts[number].empty]
    without = [votes[number] for number in order if texts[number].empty]
    left = sum(map(bool, labels)) - sum(votes.values())
    ranking = ranker.rank(votes)
    while left:
        waiting = [number for number in ranking.without_text if number not in votes]
        first = [number for number in ranking.order if number not in votes and not texts[number].empty]
        step = 1 if len(order) < _SINGLY else max(1, len(order) // _SHARE)
        batch, done = (first[:step], ranked) if first else (waiting[:1], without)
        if waiting and queue_due(ranked, without, len(texts)):
            batch, done = waiting[:1], without
        for number in batch:
            votes[number] = bool(labels[number])
            order.append(number)
            done.append(votes[number])
            left -= votes[number]
        if done is ranked:
            ranking = ranker.rank(votes)
    known = set(order)
    return order + [number for number in ranking.order if number not in known]
