"""Assessments: the rows of one assessor on one study by one tool, with what the algorithm proposes beside them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from reviewkit.appraisal.answers import WORDS
from reviewkit.appraisal.proposal import Proposal, propose
from reviewkit.appraisal.rows import Row
from reviewkit.appraisal.tool import OVERALL, Tool
from reviewkit.errors import Problem

Key = tuple[str, str, str]
"""Study (or report) id, outcome, tool id."""


@dataclass(frozen=True, slots=True)
class Assessment:
    """One assessor on one study, result, cited review or synthesis.

    ``answers`` and ``decisions`` hold rows by question and by domain (or `OVERALL`); a decision whose judgement
    is empty takes the proposal.
    """

    study_id: str
    outcome: str
    tool: Tool
    assessor: str
    answers: Mapping[str, Row]
    decisions: Mapping[str, Row]
    proposal: Proposal

    @property
    def key(self) -> Key:
        """Study id, outcome and tool id."""
        return self.study_id, self.outcome, self.tool.id

    def judgement(self, domain: str) -> str:
        """The judgement of a domain (or `OVERALL`): decided, else proposed; empty where there is neither."""
        row = self.decisions.get(domain)
        return row.judgement if row and row.judgement else self.proposal.of(domain)

    def light(self, domain: str) -> str:
        """The light of that judgement; ``none`` where there is none."""
        return self.tool.light(domain, self.judgement(domain))

    def overruled(self, domain: str) -> bool:
        """Whether the assessor decided otherwise than the algorithm proposes."""
        row, proposed = self.decisions.get(domain), self.proposal.of(domain)
        return bool(row and row.judgement and proposed and row.judgement != proposed)

    def on_silence(self, domain: str) -> bool:
        """Whether the judgement follows from 'no information' alone (questions that cannot be so answered aside)."""
        found = next((item for item in self.proposal.domains if item.domain == domain), None)
        if found is None or not found.judgement or self.judgement(domain) != found.judgement:
            return False
        place = self.tool.domain(domain)
        met = [question for question in place.questions if any(s.startswith(f"{question.id} ") for s in found.path)]
        given = {self.answers[q.id].answer for q in met if "NI" in q.answers and q.id in self.answers}
        return "NI" in given and given <= {"NI", "NA"}

    @property
    def started(self) -> bool:
        """Whether anything is filled in."""
        return any(row.answer for row in self.answers.values()) or any(r.judgement for r in self.decisions.values())

    @property
    def unjudged(self) -> tuple[str, ...]:
        """Domains, and `OVERALL`, without a judgement."""
        names = [*(domain.id for domain in self.tool.domains), OVERALL]
        return tuple(name for name in names if not self.judgement(name))

    @property
    def finished(self) -> bool:
        """Whether every question the algorithm came to is answered, and every domain and the whole judged."""
        return not self.proposal.missing and not self.unjudged

    @property
    def demonstration(self) -> bool:
        """Whether any row is marked as a demonstration judgement."""
        return any(row.origin == "demonstration" for row in (*self.answers.values(), *self.decisions.values()))

    @property
    def silent(self) -> bool:
        """Whether no question was answered from the report: every answer given is 'no information' or none."""
        given = {row.answer for row in self.answers.values() if row.answer}
        return bool(given) and given <= {"NI", "NA"}


def assess(key: Key, tool: Tool, assessor: str, answers: Mapping[str, Row], decisions: Mapping[str, Row]) -> Assessment:
    """An assessment from rows by question and by domain."""
    given = {name: row.answer for name, row in answers.items() if row.answer}
    decided = {name: row.judgement for name, row in decisions.items() if row.judgement and name != OVERALL}
    return Assessment(key[0], key[1], tool, assessor, answers, decisions, propose(tool, given, decided))


def gather(
    rows: Iterable[Row], tools: Mapping[str, Tool], *, file: str
) -> tuple[tuple[Assessment, ...], list[Problem]]:
    """Group an assessor's rows into assessments.

    Returns
    -------
    tuple of Assessment, list of Problem
        Problems: a judgement that differs from the proposal without a reason, one made by the assessor alone
        without support, 'not applicable' where the algorithm needs an answer, two tools on one result.
    """
    grouped: dict[Key, list[Row]] = {}
    for row in rows:
        grouped.setdefault((row.study_id, row.outcome, row.tool), []).append(row)
    found: list[Assessment] = []
    problems: list[Problem] = []
    for key, members in grouped.items():
        answers = {row.question: row for row in members if row.question}
        decisions = {row.domain: row for row in members if not row.question}
        item = assess(key, tools[key[2]], members[0].assessor, answers, decisions)
        found.append(item)
        problems += [*_contradictions(item, file), *_unreached(item, file)]
    problems += _two_tools(found, file)
    return tuple(found), problems


def _contradictions(item: Assessment, file: str) -> Iterable[Problem]:
    for domain, row in item.decisions.items():
        if not row.judgement:
            continue
        proposed = item.proposal.of(domain)
        if proposed and row.judgement != proposed and not row.reason:
            yield Problem(
                f"{item.study_id or item.outcome}, {domain}: judged {row.judgement!r}, but the answers lead to "
                f"{proposed!r}.", file, row.line, None, "no-reason", "Give the reason, or correct an answer.")
        elif not proposed and not (row.reason or row.support):
            yield Problem(
                f"{item.study_id or item.outcome}, {domain}: judged {row.judgement!r} with nothing to support it.",
                file, row.line, None, "no-reason",
                "Say why; no rule of the tool stands behind this judgement yet.")


def _unreached(item: Assessment, file: str) -> Iterable[Problem]:
    """'Not applicable' where the algorithm came to the question and needs an answer."""
    for name in dict.fromkeys(name for domain in item.proposal.domains for name in domain.missing):
        row = item.answers.get(name)
        if row is not None and row.answer:
            yield Problem(
                f"{item.study_id or item.outcome}: {name} is {WORDS[row.answer]!r}, but the answers before it lead "
                "here.", file, row.line, None, "answer", "Answer it, or correct the answers before it.")


def _two_tools(found: Iterable[Assessment], file: str) -> Iterable[Problem]:
    seen: dict[tuple[str, str], Assessment] = {}
    for item in found:
        place = (item.study_id, item.outcome)
        if place in seen and seen[place].tool.unit != "synthesis":
            first = next(iter((*item.answers.values(), *item.decisions.values())))
            yield Problem(
                f"{item.study_id} is appraised with {seen[place].tool.id} and with {item.tool.id}.", file, first.line,
                None, "double", "Keep the tool that fits the design.")
        seen[place] = item
