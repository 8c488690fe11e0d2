"""Two assessors: what they agree on stands, what they do not is settled in the consensus, and how far they agree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from reviewkit.appraisal.assessment import Assessment, Key, assess
from reviewkit.appraisal.rows import Row
from reviewkit.appraisal.tool import OVERALL


@dataclass(frozen=True, slots=True)
class Merged:
    """One assessment out of two; ``conflicts`` names the domains (or `OVERALL`) that nobody has settled."""

    assessment: Assessment
    conflicts: tuple[str, ...]


def merge(first: Assessment, second: Assessment, consensus: Assessment | None) -> Merged:
    """What two assessors and their consensus say together.

    A judgement both share stands. Where they differ, the consensus counts; without one the domain is open. An
    answer they do not share is the consensus's, or stays out.
    """
    settled = consensus.answers if consensus else {}
    answers: dict[str, Row] = {}
    for name in dict.fromkeys([*first.answers, *second.answers, *settled]):
        one, other, agreed = first.answers.get(name), second.answers.get(name), settled.get(name)
        if agreed is not None and agreed.answer:
            answers[name] = agreed
        elif one is not None and other is not None and one.answer == other.answer:
            answers[name] = one
    decisions: dict[str, Row] = {}
    conflicts = []
    for domain in [*(domain.id for domain in first.tool.domains), OVERALL]:
        agreed = consensus.decisions.get(domain) if consensus else None
        words = {first.judgement(domain), second.judgement(domain)}
        if agreed is not None and agreed.judgement:
            decisions[domain] = agreed
        elif len(words) == 1 and (word := words.pop()):
            decisions[domain] = _shared(first, second, domain, word)
        elif words:
            conflicts.append(domain)
    merged = assess(first.key, first.tool, "consensus", answers, decisions)
    open_ = tuple(domain for domain in conflicts if not merged.judgement(domain))
    return Merged(merged, open_)


def _shared(first: Assessment, second: Assessment, domain: str, word: str) -> Row:
    row = first.decisions.get(domain) or second.decisions.get(domain) or next(iter(first.answers.values()))
    reasons = "; ".join(dict.fromkeys(
        r.reason for r in (first.decisions.get(domain), second.decisions.get(domain)) if r and r.reason))
    return replace(row, domain=domain, question="", answer="", judgement=word, reason=reasons or "both assessors")


def pairs(
    first: Sequence[Assessment], second: Sequence[Assessment], *, only: frozenset[str] | None = None
) -> dict[tuple[str, str], list[tuple[str, str]]]:
    """Judgements that both made: (tool id, domain) to pairs of words, in the order of the first.

    Parameters
    ----------
    only : frozenset of str, optional
        Study ids to look at (a pilot round).
    """
    others: Mapping[Key, Assessment] = {item.key: item for item in second}
    found: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for item in first:
        other = others.get(item.key)
        if other is None or (only is not None and item.study_id not in only):
            continue
        for domain in [*(domain.id for domain in item.tool.domains), OVERALL]:
            words = item.judgement(domain), other.judgement(domain)
            if all(words):
                found.setdefault((item.tool.id, domain), []).append(words)
    return found
