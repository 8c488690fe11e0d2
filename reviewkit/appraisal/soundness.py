"""Is a tool whole? Every answer leads somewhere, every level is known, no way turns in a circle."""

from __future__ import annotations

from collections.abc import Iterator

from reviewkit.appraisal.answers import WORDS
from reviewkit.appraisal.tool import OVERALL, Domain, Tool

LIGHTS = ("low", "some", "high", "critical", "none")
Fault = tuple[tuple[str | int, ...], str]
"""Where in the tool (keys and indices of its TOML file) and what is wrong."""


def faults(tool: Tool) -> tuple[Fault, ...]:
    """Everything that is wrong with a tool; empty where it is sound."""
    return tuple(_faults(tool))


def _faults(tool: Tool) -> Iterator[Fault]:
    words = [level.word for level in tool.levels]
    for key, levels in (("levels", tool.levels), ("overall_levels", tool.overall_levels)):
        names = [level.word for level in levels]
        for index, level in enumerate(levels):
            if level.light not in LIGHTS:
                yield (key, index, "light"), f"light {level.light!r} is none of: {', '.join(LIGHTS)}"
            if level.word in names[:index]:
                yield (key, index, "word"), f"level {level.word!r} stands twice"
    if tool.unknown and tool.unknown not in words:
        yield ("unknown",), f"{tool.unknown!r} is no level"
    if tool.overall == "worst" and tool.overall_levels:
        yield ("overall_levels",), "the worst domain counts, so the overall levels are those of the domains"
    seen: dict[str, str] = {}
    for index, domain in enumerate(tool.domains):
        if domain.id == OVERALL or domain.id in [other.id for other in tool.domains[:index]]:
            yield ("domains", index, "id"), f"domain {domain.id!r} stands twice or is a reserved word"
        for place, question in enumerate(domain.questions):
            where = ("domains", index, "questions", place)
            if question.id in seen:
                yield (*where, "id"), f"question {question.id!r} stands in {seen[question.id]} too"
            seen[question.id] = domain.id
            for answer in question.answers:
                if answer not in WORDS:
                    yield (*where, "answers"), f"answer {answer!r} is none of: {', '.join(WORDS)}"
        for key, text in _domain(domain, words):
            yield ("domains", index, key), text
        if domain.thresholds and not tool.unknown:
            yield ("unknown",), "stars need a level for what cannot be told"


def _domain(domain: Domain, words: list[str]) -> Iterator[tuple[str, str]]:
    if domain.thresholds:
        least = [stars for stars, _ in domain.thresholds]
        if least != sorted(set(least), reverse=True) or least[-1] != 0:
            yield "thresholds", "thresholds must fall, and end at 0 stars"
        for _, word in domain.thresholds:
            if word not in words:
                yield "thresholds", f"{word!r} is no level"
    if not domain.steps:
        return
    nodes = {step.at for step in domain.steps}
    questions = {question.id: question for question in domain.questions}
    if not domain.starts:
        yield "starts", "an algorithm needs the question it starts at"
    for start in domain.starts:
        if start not in nodes:
            yield "starts", f"start {start!r} has no row"
    for node in sorted(nodes):
        rows = domain.at(node)
        question = questions.get(rows[0].question)
        if question is None:
            yield "algorithm", f"{node}: {rows[0].question!r} is no question of this domain"
            continue
        given = [answer for row in rows for answer in sorted(row.answers)]
        for answer in sorted({a for a in given if a not in question.answers or given.count(a) > 1}):
            what = "is no answer to it" if answer not in question.answers else "leads two ways"
            yield "algorithm", f"{node}: {answer} {what}"
        left = [answer for answer in question.answers if answer not in given and answer != "NA"]
        if left:
            yield "algorithm", f"{node}: nothing follows from {', '.join(left)}"
        for row in rows:
            if row.to not in nodes and row.to not in words:
                yield "algorithm", f"{node} leads to {row.to!r}, which is neither a question nor a level"
    yield from _ways(domain, nodes)


def _ways(domain: Domain, nodes: set[str]) -> Iterator[tuple[str, str]]:
    """Circles, and rows that no way comes to."""
    reached: set[str] = set()
    circles: set[str] = set()

    def walk(node: str, above: tuple[str, ...]) -> None:
        if node in above:
            circles.add(node)
            return
        reached.add(node)
        for row in domain.at(node):
            if row.to in nodes:
                walk(row.to, (*above, node))

    for start in domain.starts:
        walk(start, ())
    for node in sorted(circles):
        yield "algorithm", f"{node} leads back to itself"
    for node in sorted(nodes - reached):
        yield "algorithm", f"no way comes to {node}"
