"""What the page folds away: gathered while the text is walked, one appendix for the parts under one heading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from reviewkit.exports.page import Node
from reviewkit.exports.word.markup import Look, link_within, run

MACHINE_BLOCKS = frozenset({"BibTeX", "RIS", "CSL-JSON"})
"""Folded parts that programs read, not people."""
MOST_NAMED = 6
"""Parts above which a line of the text names the first and the last alone."""


@dataclass(frozen=True, slots=True)
class Part:
    """A folded part: its summary's words, what it holds, and its place in the document."""

    title: str
    inner: Node
    place: int


@dataclass(slots=True)
class Appendix:
    """The folded parts under one heading."""

    number: int
    heading: str
    heading_place: int
    parts: list[Part] = field(default_factory=list)

    @property
    def title(self) -> str:
        """'Appendix 3. Flow of records', with the part's own title where there is one alone."""
        said = self.heading
        if len(self.parts) == 1:
            alone = self.parts[0].title
            said = alone if not said or alone.startswith(said) else f"{said}: {alone}"
        return f"Appendix {self.number}. {said or 'What the page folds away'}"


class Folding:
    """The appendices so far, and the line of the text that names the latest parts."""

    def __init__(self) -> None:
        self.appendices: list[Appendix] = []
        self._line: list[Part] = []
        self._line_at = -1

    def add(self, part: Part, heading: tuple[str, int], blocks: int) -> bool:
        """Take a part in; whether it joins the line that stands last among the blocks."""
        if not self.appendices or self.appendices[-1].heading_place != heading[1]:
            self.appendices.append(Appendix(len(self.appendices) + 1, *heading))
            self._line_at = -1
        self.appendices[-1].parts.append(part)
        joins = self._line_at == blocks - 1 and self._line_at >= 0
        self._line = [*self._line, part] if joins else [part]
        self._line_at = blocks - 1 if joins else blocks
        return joins

    def pointer(self) -> str:
        """'Appendix 3: Conflicts settled (18); Duplicate records (13).' with links; of many, the first and the last."""
        return run(f"Appendix {self.appendices[-1].number}: ", Look(bold=True)) + _links(self._line) + run(".")


def _links(parts: Sequence[Part]) -> str:
    if len(parts) > MOST_NAMED:
        return run(f"{len(parts)} parts, from ") + _link(parts[0]) + run(" to ") + _link(parts[-1])
    return run("; ").join(map(_link, parts))


def _link(part: Part) -> str:
    return link_within(run(part.title, Look(link=True)), part.place)
