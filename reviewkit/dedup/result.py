"""What deduplication answers: groups, pairs for a person, and links between different reports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from reviewkit.errors import InputError

RelatedKind = Literal[
    "erratum",
    "retraction",
    "comment",
    "protocol",
    "registration",
    "conference abstract",
    "part",
    "version",
    "companion",
]


@dataclass(frozen=True, slots=True)
class Settings:
    """What a protocol may set.

    Attributes
    ----------
    versions_apart : bool
        Keep versions and updates of one (Cochrane) review apart; by default they are duplicates.
    block_limit : int
        Most records of one block that are all compared with each other; in larger blocks a record meets only
        its neighbours in title order.
    workers : int
        Threads for the string comparisons; -1 uses all cores. The answer does not depend on it.
    """

    versions_apart: bool = False
    block_limit: int = 40
    workers: int = 1

    def __post_init__(self) -> None:
        if self.block_limit < 2:
            raise InputError(
                f"block_limit = {self.block_limit}: must be 2 or more.", remedy="Leave it out for the default of 40."
            )


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person said of two records: the same report or not."""

    one: str
    other: str
    same: bool


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records (ids), the rule that put them beside each other, and a score from 0 to 1."""

    one: str
    other: str
    rule: str
    score: float


@dataclass(frozen=True, slots=True)
class Link:
    """Two records that are different reports but belong together, and how."""

    one: str
    other: str
    kind: RelatedKind


@dataclass(frozen=True, slots=True)
class Group:
    """Records (ids, in input order) of one report.

    ``rule`` and ``score`` belong to the weakest match without which the group would fall apart;
    ``matches`` are the pairs that hold it together.
    """

    members: tuple[str, ...]
    rule: str
    score: float
    matches: tuple[Pair, ...] = ()


@dataclass(frozen=True, slots=True)
class Deduplication:
    """The three bands: same (``groups``), maybe (a person decides), and different (everything else).

    ``related`` links records that were kept apart on purpose. Records in no group stand alone.
    """

    records: int
    groups: tuple[Group, ...]
    maybe: tuple[Pair, ...]
    related: tuple[Link, ...]

    @property
    def unique(self) -> int:
        """Reports that remain: records less those that duplicate another."""
        return self.records - sum(len(group.members) - 1 for group in self.groups)
