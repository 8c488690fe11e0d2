"""What a risk-of-bias tool is: domains, questions, levels of judgement, and its algorithm as a table.

A tool is data. Its questions are worded by this project, and the published source is cited;
`Tool.checked_against_source` says whether the algorithm was compared with it or with a reproduction of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from reviewkit.appraisal.answers import in_words

Unit = Literal["result", "study", "review", "synthesis"]
"""What is appraised: a result of a study (one outcome), a study, a cited review, or an outcome's synthesis."""

OVERALL = "overall"
"""The name of the judgement over all domains, where a file names a domain."""


@dataclass(frozen=True, slots=True)
class Level:
    """A level of judgement: its word, and the light that shows it (low, some, high, critical or none)."""

    word: str
    light: str


@dataclass(frozen=True, slots=True)
class Question:
    """A signalling question.

    ``better`` is the answer that points to less bias (``"Y"`` or ``"N"``); ``critical`` marks the items that
    weigh most where a tool tells two kinds apart.
    """

    id: str
    text: str
    answers: tuple[str, ...]
    better: Literal["Y", "N"] = "Y"
    critical: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One row of an algorithm: at this question, these answers lead there.

    ``at`` is a question's id, with ``/letter`` where the same question is met on several branches; ``to`` is
    another step's ``at``, or a level's word.
    """

    at: str
    answers: frozenset[str]
    to: str

    @property
    def question(self) -> str:
        """The question asked here."""
        return self.at.split("/")[0]


@dataclass(frozen=True, slots=True)
class Domain:
    """A domain of bias and how it is judged.

    One of ``starts`` with ``steps`` (a decision table; the worst of several starts counts), ``thresholds``
    (stars: the least number of stars for each level, best first) or neither (the assessor decides).
    """

    id: str
    name: str
    questions: tuple[Question, ...]
    steps: tuple[Step, ...] = ()
    starts: tuple[str, ...] = ()
    thresholds: tuple[tuple[int, str], ...] = ()

    def question(self, name: str) -> Question:
        """The question with this id.

        Raises
        ------
        KeyError
            If the domain has none of that name.
        """
        for question in self.questions:
            if question.id == name:
                return question
        raise KeyError(name)

    def at(self, node: str) -> tuple[Step, ...]:
        """The rows of one node of the decision table."""
        return tuple(step for step in self.steps if step.at == node)

    def paths(self) -> Iterator[tuple[tuple[Step, ...], str]]:
        """Every way through the decision table: its steps and the level it ends in."""
        nodes = {step.at for step in self.steps}

        def walk(node: str, taken: tuple[Step, ...]) -> Iterator[tuple[tuple[Step, ...], str]]:
            for step in self.at(node):
                if step.to in nodes:
                    yield from walk(step.to, (*taken, step))
                else:
                    yield (*taken, step), step.to

        for start in self.starts:
            yield from walk(start, ())

    def asked_when(self, name: str) -> str:
        """When a question is met, in words; empty where it always is.

        >>> from reviewkit.appraisal import TOOLS
        >>> TOOLS["rob2"].domains[2].asked_when("3.2")
        'if 3.1 is probably no, no or no information'
        """
        if not self.steps or any(start.split("/")[0] == name for start in self.starts):
            return ""
        before: dict[str, set[str]] = {}
        for step in self.steps:
            if step.to.split("/")[0] == name:
                before.setdefault(step.question, set()).update(step.answers)
        parts = [f"{question} is {in_words(frozenset(codes))}" for question, codes in before.items()]
        return f"if {'; or '.join(parts)}" if parts else ""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a tool was published, and what of its algorithm could be read."""

    citation: str
    doi: str = ""
    url: str = ""
    read: str = ""
    """What the algorithm was compared with, or why it was not."""


@dataclass(frozen=True, slots=True)
class Tool:
    """A risk-of-bias or quality tool.

    Attributes
    ----------
    levels : tuple of Level
        Of the domains, from least to most biased; where a level stands for missing information, its place says
        how it weighs against the others in the overall judgement.
    overall : {'worst', 'flaws', 'assessor'}
        The worst domain; a count of critical and other flaws; or the assessor's own decision.
    overall_levels : tuple of Level
        Where they differ from the domains' levels.
    unknown : str
        The level proposed where the answers hold no information; empty where the tool has none.
    checked_against_source : bool
        False where nothing of the algorithm could be compared with a published source: the report says so.
    unchecked : tuple of str
        Of a tool that was checked, the domains (or `OVERALL`) that were not: the report names them.
    """

    id: str
    name: str
    unit: Unit
    domains: tuple[Domain, ...]
    levels: tuple[Level, ...]
    source: Source
    overall: Literal["worst", "flaws", "assessor"] = "worst"
    overall_levels: tuple[Level, ...] = ()
    unknown: str = ""
    checked_against_source: bool = True
    unchecked: tuple[str, ...] = ()
    caution: tuple[str, str] = ("", "")
    """A level, and what the assessor must weigh where more than one domain has it and none is worse."""
    remarks: tuple[str, ...] = ()
    """What an assessor must know beside the questions; shown with the tool."""

    def domain(self, name: str) -> Domain:
        """The domain with this id.

        Raises
        ------
        KeyError
            If the tool has none of that name.
        """
        for domain in self.domains:
            if domain.id == name:
                return domain
        raise KeyError(name)

    def levels_of(self, domain: str) -> tuple[Level, ...]:
        """The levels a domain, or the overall judgement, may have; from least to most biased."""
        return (self.overall_levels or self.levels) if domain == OVERALL else self.levels

    def light(self, domain: str, word: str) -> str:
        """The light of a level; ``"none"`` for a word that is no level (nothing judged)."""
        return next((level.light for level in self.levels_of(domain) if level.word == word), "none")

    def rank(self, domain: str, word: str) -> int:
        """The place of a level, 0 for the least biased."""
        return [level.word for level in self.levels_of(domain)].index(word)

    @property
    def not_checked(self) -> tuple[str, ...]:
        """Names of what was not checked against a published source: every domain, or those in ``unchecked``."""
        names = {domain.id: domain.name for domain in self.domains} | {OVERALL: "overall judgement"}
        return tuple(names[name] for name in self.unchecked) if self.checked_against_source else tuple(
            domain.name for domain in self.domains)

    @property
    def questions(self) -> tuple[tuple[Domain, Question], ...]:
        """Every question with its domain, in order."""
        return tuple((domain, question) for domain in self.domains for question in domain.questions)


def steps(table: str) -> tuple[Step, ...]:
    """Read an algorithm's table: one row a line, ``at: answers -> to``.

    >>> steps("1.2: NI -> 1.3/b")[0].question
    '1.2'
    """
    rows = []
    for line in filter(None, map(str.strip, table.strip().splitlines())):
        at, rest = line.split(":", 1)
        answers, to = rest.split("->")
        rows.append(Step(at.strip(), frozenset(answers.split()), to.strip()))
    return tuple(rows)
