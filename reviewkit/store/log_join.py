"""Two versions of one log, made one: whichever computer joins them, the result is the same and nothing is lost."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Literal

from reviewkit.store.log import Entry, Log

Relation = Literal["same", "behind", "ahead", "diverged"]


def shared_lines(one: Log, other: Log) -> int:
    """How many lines two logs have in common from their start."""
    count = 0
    for mine, theirs in zip(one.entries, other.entries, strict=False):
        if mine.hash != theirs.hash:
            break
        count += 1
    return count


def relation(one: Log, other: Log) -> Relation:
    """Where a log stands to another version of itself: ``behind`` if the other goes on where it ends."""
    common = shared_lines(one, other)
    if common < min(len(one.entries), len(other.entries)):
        return "diverged"
    if len(one.entries) == len(other.entries):
        return "same"
    return "behind" if len(one.entries) < len(other.entries) else "ahead"


def holds_all(one: Log, other: Log) -> bool:
    """Whether every line of the second log stands in the first, wherever."""
    held = {_key(entry.values) for entry in one.entries}
    return all(_key(entry.values) in held for entry in other.entries)


def join_lines(one: Log, other: Log) -> list[dict[str, Any]]:
    """The lines of two versions: what they share, then both ends merged by time.

    Each version keeps its own order, and a line that stands in both ends stands once. The arguments may be
    swapped.
    """
    common = shared_lines(one, other)
    ends = [list(one.entries[common:]), list(other.entries[common:])]
    ends.sort(key=lambda end: [_key(entry.values) for entry in end])
    both = {_key(e.values) for e in ends[0]} & {_key(e.values) for e in ends[1]}
    merged: list[dict[str, Any]] = [entry.values for entry in one.entries[:common]]
    done: set[str] = set()
    places = [0, 0]
    while True:
        for side in (0, 1):
            while places[side] < len(ends[side]) and _key(ends[side][places[side]].values) in done & both:
                places[side] += 1
        heads = [(_order(ends[side][places[side]]), side) for side in (0, 1) if places[side] < len(ends[side])]
        if not heads:
            return merged
        side = min(heads)[1]
        entry = ends[side][places[side]]
        merged.append(entry.values)
        done.add(_key(entry.values))
        places[side] += 1


def _order(entry: Entry) -> tuple[str, str]:
    # Cut to the second where one of two times has no fraction, "…04Z" would sort behind "…04.5Z".
    time = str(entry.values.get("time", "")).removesuffix("Z")
    return (time if "." in time else f"{time}.000", _key(entry.values))


def _key(values: Mapping[str, Any]) -> str:
    return json.dumps(values, sort_keys=True, ensure_ascii=False)
