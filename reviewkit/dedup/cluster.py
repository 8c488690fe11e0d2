"""Clustering: from matched pairs to groups, with a person's answers above every rule."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence

from reviewkit.dedup.result import Answer, Group, Pair
from reviewkit.errors import InputError

HUMAN_RULE = "a person said so"


class _Forest:
    """Union–find over positions; each root knows which roots it must never join."""

    def __init__(self) -> None:
        self.parent: dict[int, int] = {}
        self.apart: dict[int, set[int]] = {}
        self.inside: dict[int, list[int]] = {}

    def root(self, item: int) -> int:
        parent = self.parent
        while (above := parent.get(item, item)) != item:
            parent[item] = parent.get(above, above)
            item = above
        return item

    def members(self, item: int) -> list[int]:
        """Everything in the tree of ``item``."""
        root = self.root(item)
        return self.inside.get(root, [root])

    def barred(self, one: int, other: int) -> bool:
        bars = self.apart.get(self.root(one))
        return bool(bars) and self.root(other) in {self.root(item) for item in bars or ()}

    def bar(self, one: int, other: int) -> None:
        self.apart.setdefault(self.root(one), set()).add(other)
        self.apart.setdefault(self.root(other), set()).add(one)

    def join(self, one: int, other: int) -> bool:
        """Join two trees; ``False`` where they were one already."""
        first, second = sorted((self.root(one), self.root(other)))
        if first == second:
            return False
        self.inside[first] = self.inside.get(first, [first]) + self.inside.pop(second, [second])
        self.parent[second] = first
        if second in self.apart:
            self.apart.setdefault(first, set()).update(self.apart.pop(second))
        return True


Clash = Callable[[int, int], bool]
"""Whether two records (positions) contradict each other."""


def build_groups(
    ids: Sequence[str], same: Iterable[Pair], answers: Iterable[Answer], *, weak: Collection[str] = (), clash: Clash
) -> tuple[tuple[Group, ...], tuple[Pair, ...]]:
    """Groups of records: the person's answers first, then the matches from the strongest to the weakest.

    Parameters
    ----------
    weak : collection of str
        Rules that must not bridge groups with clashing members; they come last.
    clash : callable
        Whether two records contradict each other.

    Returns
    -------
    groups : tuple of Group
    refused : tuple of Pair
        Matches by a weak rule that would have joined clashing groups; they are for a person to decide.

    Raises
    ------
    InputError
        If answers contradict each other: a and b the same, b and c the same, a and c not.
    """
    position = {name: i for i, name in enumerate(ids)}
    forest = _Forest()
    known = [answer for answer in answers if answer.one in position and answer.other in position]
    held: list[Pair] = []
    for answer in sorted((a for a in known if a.same), key=lambda a: (a.one, a.other)):
        if forest.join(position[answer.one], position[answer.other]):
            held.append(Pair(answer.one, answer.other, HUMAN_RULE, 1.0))
    for answer in (a for a in known if not a.same):
        one, other = position[answer.one], position[answer.other]
        if forest.root(one) == forest.root(other):
            raise InputError(
                f"The answers contradict each other: {answer.one} and {answer.other} are said to be different "
                "reports, yet other answers make them the same.",
                code="contradicting-answers",
                remedy="Change one of the answers in duplicates.csv.",
            )
        forest.bar(one, other)
    refused = []
    for pair in sorted(same, key=lambda p: (p.rule in weak, -p.score, p.one, p.other)):
        one, other = position[pair.one], position[pair.other]
        if forest.root(one) == forest.root(other) or forest.barred(one, other):
            continue
        if pair.rule in weak and any(clash(a, b) for a in forest.members(one) for b in forest.members(other)):
            refused.append(pair)
            continue
        forest.join(one, other)
        held.append(pair)
    return _collect(ids, position, forest, held), tuple(refused)


def _collect(ids: Sequence[str], position: dict[str, int], forest: _Forest, held: Sequence[Pair]) -> tuple[Group, ...]:
    members: dict[int, set[int]] = {}
    matches: dict[int, list[Pair]] = {}
    for pair in held:
        root = forest.root(position[pair.one])
        members.setdefault(root, set()).update((position[pair.one], position[pair.other]))
        matches.setdefault(root, []).append(pair)
    groups = []
    for root in sorted(members, key=lambda r: min(members[r])):
        weakest = min(matches[root], key=lambda p: (p.score, p.one, p.other))
        names = tuple(ids[i] for i in sorted(members[root]))
        groups.append(Group(names, weakest.rule, round(weakest.score, 4), tuple(matches[root])))
    return tuple(groups)
