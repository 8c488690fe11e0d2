"""Who votes on which report: a split that gives every report the votes it wants, and never moves a report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from reviewkit.errors import InputError


def split(numbers: Mapping[str, int], reviewers: Sequence[str], votes: int) -> dict[str, tuple[str, ...]]:
    """Divide reports among reviewers.

    Parameters
    ----------
    numbers : mapping of str to int
        Report id to a number that stays its own for good and grows with later imports.
    reviewers : sequence of str
        Role ids, in the protocol's order.
    votes : int
        Votes that each report wants, from 1 to the number of reviewers.

    Returns
    -------
    dict of str to tuple of str
        Report id to the reviewers who are to vote on it, in the protocol's order.

    Raises
    ------
    InputError
        If a reviewer is named twice, or fewer are named than votes are wanted.

    Notes
    -----
    A report's reviewers follow from its own number alone, so that reports added or joined later move no
    other. Of any ``len(reviewers)`` numbers in a row each reviewer has exactly ``votes``; who is paired
    with whom turns from round to round.

    Examples
    --------
    >>> split({"a": 1, "b": 2, "c": 3}, ["x", "y", "z"], 2)
    {'a': ('y', 'z'), 'b': ('x', 'z'), 'c': ('x', 'z')}
    """
    count = len(reviewers)
    if len(set(reviewers)) != count:
        raise InputError("a reviewer is named twice.", code="reviewers", remedy="Name each reviewer once.")
    if not 1 <= votes <= count:
        raise InputError(f"{votes} votes are wanted of {count} reviewers.", code="reviewers",
                         remedy="Name more reviewers in the protocol, or want fewer votes.")
    return {report: _chosen(number, reviewers, votes) for report, number in numbers.items()}


def _chosen(number: int, reviewers: Sequence[str], votes: int) -> tuple[str, ...]:
    count = len(reviewers)
    turn, first = divmod(number, count)
    others = [(first + step) % count for step in range(1, count)]
    places = {first, *(others[(turn + step) % (count - 1)] for step in range(votes - 1))}
    return tuple(reviewers[place] for place in sorted(places))
