"""What a tool's algorithm proposes from the answers given; the assessor decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from reviewkit.appraisal.answers import SILENT, WORDS
from reviewkit.appraisal.tool import OVERALL, Domain, Tool


@dataclass(frozen=True, slots=True)
class DomainProposal:
    """What the answers to one domain's questions lead to.

    Attributes
    ----------
    judgement : str
        A level's word; empty where answers are missing or the tool leaves the judgement to the assessor.
    path : tuple of str
        The answers that led there, in the order in which the algorithm asked for them.
    missing : tuple of str
        Questions the algorithm came to and found unanswered.
    stars : (int, int, int), optional
        Stars earned, stars earned at most if every 'no information' were a star, stars to be had.
    """

    domain: str
    judgement: str
    path: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    stars: tuple[int, int, int] | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """The proposals of every domain and the one over all.

    ``status`` is ``complete`` (every domain is judged), ``incomplete`` (``missing`` says what is), or ``open``
    (nothing is missing, but a judgement is left to the assessor). ``why`` gives the rule behind the overall
    judgement.
    """

    tool: str
    domains: tuple[DomainProposal, ...]
    overall: str
    why: str
    missing: tuple[str, ...]
    status: str

    def of(self, domain: str) -> str:
        """The judgement proposed for a domain, or over all; empty where there is none."""
        if domain == OVERALL:
            return self.overall
        return next(item.judgement for item in self.domains if item.domain == domain)


def propose(tool: Tool, answers: Mapping[str, str], judgements: Mapping[str, str] | None = None) -> Proposal:
    """Judgements that follow from answers by the tool's own rules.

    Parameters
    ----------
    answers : mapping of str to str
        Question id to answer code (`reviewkit.appraisal.answers`); a question left out is unanswered.
    judgements : mapping of str to str, optional
        Domain id to the level the assessor decided; it stands in place of the proposal when the overall
        judgement is reached.

    Examples
    --------
    >>> from reviewkit.appraisal import TOOLS
    >>> found = propose(TOOLS["rob2"], {"1.1": "Y", "1.2": "NI", "1.3": "N"})
    >>> found.domains[0].judgement, found.domains[0].path
    ('some concerns', ('1.2 no information', '1.3 no'))
    >>> found.status, found.missing[0]
    ('incomplete', '2.1')
    """
    decided = judgements or {}
    domains = tuple(_domain(tool, domain, answers) for domain in tool.domains)
    settled = {item.domain: decided.get(item.domain) or item.judgement for item in domains}
    missing = tuple(name for item in domains if not decided.get(item.domain) for name in item.missing)
    overall, why = _overall(tool, settled, answers)
    if missing:
        status = "incomplete"
    else:
        status = "complete" if overall and all(settled.values()) else "open"
    return Proposal(tool.id, domains, overall, why, missing, status)


def _domain(tool: Tool, domain: Domain, answers: Mapping[str, str]) -> DomainProposal:
    if domain.steps:
        return _by_steps(tool, domain, answers)
    if domain.thresholds:
        return _by_stars(tool, domain, answers)
    missing = tuple(question.id for question in domain.questions if question.id not in answers)
    given = {answers[question.id] for question in domain.questions if question.id in answers}
    silent = bool(tool.unknown) and not missing and bool(given) and given <= SILENT and "NI" in given
    return DomainProposal(domain.id, tool.unknown if silent else "", _said(domain, answers) if silent else (), missing)


def _by_steps(tool: Tool, domain: Domain, answers: Mapping[str, str]) -> DomainProposal:
    """Follow the table from each start; the worst end counts."""
    ends: list[str] = []
    path: list[str] = []
    missing: list[str] = []
    for start in domain.starts:
        node = start
        while rows := domain.at(node):
            question = rows[0].question
            step = next((row for row in rows if answers.get(question) in row.answers), None)
            if step is None:
                missing.append(question)
                break
            path.append(f"{question} {WORDS[answers[question]]}")
            node = step.to
        else:
            ends.append(node)
    judgement = max(ends, key=lambda word: tool.rank(domain.id, word)) if not missing else ""
    return DomainProposal(domain.id, judgement, tuple(path), tuple(missing))


def _by_stars(tool: Tool, domain: Domain, answers: Mapping[str, str]) -> DomainProposal:
    """Count stars; where unseen items could change the level, the level is unknown.

    The scale itself gives no star where a report is silent; the rule that silence leaves the level open is
    this project's own, so that an abstract is not called poor for being short.
    """
    given = [answers.get(question.id, "") for question in domain.questions]
    missing = tuple(q.id for q, answer in zip(domain.questions, given, strict=True) if not answer)
    if missing:
        return DomainProposal(domain.id, "", (), missing)
    earned = sum(answer in ("Y", "PY") for answer in given)
    at_most = earned + given.count("NI")
    least, most = _level(domain, earned), _level(domain, at_most)
    judgement = least if least == most else tool.unknown
    return DomainProposal(domain.id, judgement, _said(domain, answers), (), (earned, at_most, len(given)))


def _level(domain: Domain, stars: int) -> str:
    return next(word for least, word in domain.thresholds if stars >= least)


def _said(domain: Domain, answers: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(f"{q.id} {WORDS[answers[q.id]]}" for q in domain.questions if q.id in answers)


def _overall(tool: Tool, settled: Mapping[str, str], answers: Mapping[str, str]) -> tuple[str, str]:
    if tool.overall == "assessor":
        return "", "The tool has no rule for the overall judgement: the assessor decides."
    if not all(settled.values()):
        return "", "Not every domain is judged yet."
    if tool.overall == "flaws":
        return _flaws(tool, settled)
    worst = max(settled.values(), key=lambda word: tool.rank(OVERALL, word))
    several = sum(word == worst for word in settled.values())
    why = f"The worst domain counts: {worst} in {several} of {len(settled)}."
    if several > 1 and worst == tool.caution[0]:
        why += f" {tool.caution[1]}"
    return worst, why


def _flaws(tool: Tool, settled: Mapping[str, str]) -> tuple[str, str]:
    """AMSTAR 2: doi:10.1136/bmj.j4008, box 2; 'partial yes' and items that do not arise are no flaws."""
    weak = {domain for domain, word in settled.items() if tool.light(domain, word) == "high"}
    critical = sum(question.critical for domain, question in tool.questions if domain.id in weak)
    other = len(weak) - critical
    best, second, third, last = (level.word for level in tool.overall_levels)
    word = last if critical > 1 else third if critical == 1 else second if other > 1 else best
    return word, f"{critical} critical and {other} other weaknesses."
