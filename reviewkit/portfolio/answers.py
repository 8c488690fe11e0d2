"""The upper half of the page: what the reviews say in one line, 'find your condition', a card for each question."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from reviewkit.certainty.rating import NO_EVIDENCE
from reviewkit.certainty.wording import in_sentence
from reviewkit.numbers import count
from reviewkit.portfolio.standing import CURRENT, MISSING, NOT_BUILT, OUT_OF_DATE, QuestionState
from reviewkit.render import Safe, anchor_id, certainty_badge, definition_list, details, el, empty, join, link, notice
from reviewkit.render.html import Child
from reviewkit.report.words import count_words, studies

LEVELS = ("high", "moderate", "low", "very low", NO_EVIDENCE)
MEANING = {
    "high": "one can be quite sure; more studies are unlikely to change the answer",
    "moderate": "the answer is probably close to the truth",
    "low": "the truth may be quite different from what the studies found",
    "very low": "one cannot tell from these studies",
    NO_EVIDENCE: "no study that fits the question was seen",
}
"""What each certainty means (GRADE; Guyatt 2008, doi:10.1136/bmj.39489.470347.AD), in our own words."""
STATES = {OUT_OF_DATE: ("Out of date", "This card shows an older report."),
          NOT_BUILT: ("Not built", "The last run failed."), MISSING: ("No report yet", "")}
"""What is said of a report that is not current."""


def capital(text: str) -> str:
    """The text with a capital at its start."""
    return text[:1].upper() + text[1:]


def by_condition(states: Sequence[QuestionState]) -> list[tuple[str, list[QuestionState]]]:
    """Questions by condition, the condition with most questions first; within it by therapy."""
    groups: dict[str, list[QuestionState]] = {}
    for state in states:
        groups.setdefault(state.condition, []).append(state)
    return [(name, sorted(found, key=lambda item: (item.therapy.casefold(), item.question)))
            for name, found in sorted(groups.items(), key=lambda item: (-len(item[1]), item[0].casefold()))]


def level_of(state: QuestionState) -> str:
    """The certainty of a question's answer; empty where no report stands."""
    return str(state.results["answer"]["certainty"]) if state.results else ""


def in_one_line(states: Sequence[QuestionState]) -> str:
    """How sure the answers are, counted: what a reader takes along who reads nothing else."""
    found = Counter(level_of(state) for state in states)
    told = [f"{found[level]} of {level} certainty ({MEANING[level]})" for level in LEVELS[:-1] if found[level]]
    lead = f"{count_words(len(states), 'question')}." if states else "No question yet."
    if told:
        lead += f" Answers: {'; '.join(told)}."
    if found[NO_EVIDENCE]:
        lead += f" For {found[NO_EVIDENCE]}, {MEANING[NO_EVIDENCE]}."
    return f"{lead} {found['']} without a report yet." if found[""] else lead


def finder(states: Sequence[QuestionState]) -> Safe:
    """'Find your condition': each condition with its therapies, each a link to its card, certainty beside it."""
    rows = []
    for condition, found in by_condition(states):
        links = [el("li", link(capital(state.therapy), f"#{card_id(state)}"), " ", _short(state)) for state in found]
        rows.append(join(el("dt", capital(condition)), el("dd", el("ul", *links))))
    body = el("dl", *rows) if rows else empty("No question yet.", "Start one: reviewkit new QUESTION.")
    return el("nav", el("h2", "Find your condition", id="find"), body, class_="finder", aria_labelledby="find")


def card_id(state: QuestionState) -> str:
    """The anchor of a question's card."""
    return anchor_id("question", state.question)


def _short(state: QuestionState) -> Safe:
    level = level_of(state)
    late = el("span", f" ({STATES[state.state][0].lower()})", class_="muted") if state.state != CURRENT else None
    return join(certainty_badge(level) if level else None, late)


def legend() -> Safe:
    """What the circles mean."""
    items: list[tuple[Child, Child]] = [(certainty_badge(level), MEANING[level]) for level in LEVELS]
    return details("What the circles mean: how sure one can be of an answer", definition_list(items), class_="legend")


def cards(states: Sequence[QuestionState]) -> Safe:
    """Every question's card under its condition; conditions with a single question share a heading."""
    groups = by_condition(states)
    alone = [state for _, found in groups if len(found) == 1 for state in found]
    shown = [(capital(condition), found) for condition, found in groups if len(found) > 1 or len(alone) == 1]
    if len(alone) > 1:
        shown.append(("Other conditions" if shown else "Conditions", alone))
    return join(*[part for name, found in shown for part in (
        el("h2", name, id=anchor_id("condition", name)), el("div", *[card(state) for state in found], class_="cards"))])


def card(state: QuestionState) -> Safe:
    """One question: its answer, how sure one can be, on how much it rests, harms, and the way to the report."""
    marks = []
    if state.status != "final":
        marks.append(el("span", f"{state.status.capitalize()} review", class_="tag"))
    if state.state != CURRENT:
        marks.append(el("span", STATES[state.state][0], class_="tag tag-warning"))
    title: Child = link(state.title, state.report) if state.results else state.title
    return el(
        "article",
        el("p", join(*marks, sep=" "), class_="tags") if marks else None,
        el("h3", title, class_="no-contents"),
        _late(state),
        _stated(state, state.results) if state.results else None,
        id=card_id(state), class_="card",
    )


def _late(state: QuestionState) -> Safe | None:
    if state.state == CURRENT:
        return None
    lead = STATES[state.state][1]
    if state.results is None:
        return empty(state.reason, lead)
    return notice(f"{lead} {state.reason}", kind="warning")


def _stated(state: QuestionState, results: Mapping[str, Any]) -> Safe:
    level = level_of(state)
    changed = ", ".join(f"{name} = {value}" for name, value in results["parameters"].items())
    facts: list[tuple[Child, Child]] = [
        ("How sure", join(certainty_badge(level), f": {MEANING[level]}.")),
        ("Rests on", _basis(results)),
        ("Other outcomes", _others(state, results)),
        ("Harms", _harms(state, results)),
        ("Date", results["date"]),
    ]
    if changed:
        facts.append(("Changed plan", f"This run departs from the protocol: {changed}."))
    said = len({claim["id"] for claim in results["claims"]})
    return join(
        el("p", results["answer"]["sentence"], class_="answer"),
        definition_list([pair for pair in facts if pair[1]]),
        el("p", link("Read the report", state.report), " · ",
           link(f"{count_words(said, 'claim')} of web pages on this", "#claims", data_pick=f"question={state.question}")
           if said else "no claim of a web page on this", class_="ways"),
    )


def _basis(results: Mapping[str, Any]) -> str:
    included, people = len(results["included"]), results["people"]
    if not included:
        return f"No study: none among the {count(results['flow']['identified'])} records looked at."
    silent = people["studies_silent"]
    lead = f"{capital(studies(included))} with {'at least ' if silent else ''}{count(people['stated'])} people"
    return f"{lead} ({count_words(silent, 'study', 'studies')} {'does' if silent == 1 else 'do'} not say how many)." \
        if silent else f"{lead}."


def _others(state: QuestionState, results: Mapping[str, Any]) -> Safe | None:
    """The further outcomes, by how sure one can be of them; harms have a line of their own."""
    first = results["answer"]["outcome"]
    names: dict[str, list[Child]] = {}
    for outcome in results["outcomes"]:
        if outcome["id"] != first and outcome["importance"] != "harm":
            there = f"{state.report}#{anchor_id('outcome', outcome['id'])}"
            names.setdefault(outcome["certainty"]["level"], []).append(link(in_sentence(outcome["name"]), there))
    parts = [join(certainty_badge(level), ": ", join(*names[level], sep=", ")) for level in LEVELS if level in names]
    return join(*parts, sep=el("br")) if parts else None


def _harms(state: QuestionState, results: Mapping[str, Any]) -> Safe:
    asked = {outcome["id"]: in_sentence(outcome["name"]) for outcome in results["outcomes"]}
    if not results["harms"]:
        return join("The protocol asked for none.")
    first, *rest = results["harms"]
    more = f" Asked as well: {', '.join(asked[item['outcome']] for item in rest)}." if rest else ""
    return join(first["said"].replace(" (below)", ""), more, " ", link("All on harms", f"{state.report}#harms"))

