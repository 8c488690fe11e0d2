"""The claims of web pages with their verdicts, and the references those pages give.

The verdicts stand in the reports' results; the ledger names the claims, so that none is lost where a report is missing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reviewkit.certainty.wording import in_sentence
from reviewkit.claims import (
    ASSOCIATION,
    CONTRADICTED,
    INSUFFICIENT,
    MECHANISM,
    NO_DIFFERENCE,
    NO_EVIDENCE,
    POSSIBLY,
    PROBABLY,
    SUPPORTED,
    VERDICTS,
)
from reviewkit.portfolio.answers import capital
from reviewkit.portfolio.standing import QuestionState
from reviewkit.render import Column, Row, Safe, anchor_id, definition_list, details, el, empty, join, link, table
from reviewkit.render.html import Child
from reviewkit.report.words import count_words
from reviewkit.review.claims.auditing import NAMELESS, Citation
from reviewkit.review.claims.file import Claim, TestedBy

NO_VERDICT, NO_REPORT = "no verdict", "no report yet"
WORDS = (*VERDICTS, NO_VERDICT, NO_REPORT)
MARKS = {SUPPORTED: ("+", "low"), PROBABLY: ("+", "low"), POSSIBLY: ("(+)", "some"), NO_DIFFERENCE: ("=", "none"),
         CONTRADICTED: ("−", "high"), INSUFFICIENT: ("?", "none"), NO_EVIDENCE: ("∅", "none"), MECHANISM: ("M", "none"),
         ASSOCIATION: ("↔", "some"), NO_VERDICT: ("·", "none"), NO_REPORT: ("…", "none")}
"""Symbol and hue of each verdict; the word always stands beside them."""
MEANING = {
    SUPPORTED: "trials bear it out, with high certainty",
    PROBABLY: "trials point this way, with moderate certainty",
    POSSIBLY: "trials point this way, with low certainty",
    NO_DIFFERENCE: "what was measured shows no difference that matters",
    CONTRADICTED: "the evidence points the other way",
    INSUFFICIENT: "too little, or too uncertain, to say either way",
    NO_EVIDENCE: "no study that fits was among the records looked at; this was not a complete search",
    MECHANISM: "the page says how it might work; no trial here measured that",
    ASSOCIATION: "the two go together; that one causes the other is not shown",
    NO_VERDICT: "the page says something that no study could test; the reason stands with it",
    NO_REPORT: "the review that would test it has no report yet",
}


@dataclass(frozen=True, slots=True)
class Tested:
    """A claim against one question: the verdict, why, and where the report says so."""

    question: str
    verdict: str
    why: str
    review: str
    outcome: str
    href: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A claim of the ledger with all that tests it."""

    claim: Claim
    tested: tuple[Tested, ...]

    @property
    def verdicts(self) -> tuple[str, ...]:
        """Each verdict once, in the order of the tests."""
        return tuple(dict.fromkeys(item.verdict for item in self.tested))


def entries(claims: Iterable[Claim], states: Sequence[QuestionState]) -> tuple[Entry, ...]:
    """Every claim of the ledger, with what the reports say of it."""
    known = {state.question: state for state in states}
    return tuple(Entry(claim, tuple(_tested(claim, test, known.get(test.question)) for test in claim.tests))
                 for claim in claims)


def _tested(claim: Claim, test: TestedBy, state: QuestionState | None) -> Tested:
    if state is None:
        return Tested(test.question, NO_REPORT, "No such question stands in this project.", test.question, "", "")
    review = f"{capital(state.therapy)}, {state.condition}"
    found = _row(claim, test, state.results) if state.results else None
    if found is None:
        why = "The claim is newer than the report." if state.results else state.reason
        return Tested(test.question, NO_REPORT, why, review, "", "")
    names = {item["id"]: item["name"] for item in (state.results or {})["outcomes"]}
    there = f"{state.report}#{anchor_id('claim', claim.id, test.outcome)}"
    return Tested(test.question, found["verdict"] or NO_VERDICT, found["explained"], review,
                  in_sentence(names.get(test.outcome, "")), there)


def _row(claim: Claim, test: TestedBy, results: Mapping[str, Any]) -> Mapping[str, Any] | None:
    return next((row for row in results["claims"]
                 if row["id"] == claim.id and (row["outcome"] or "") == test.outcome), None)


def verdict_badge(word: str) -> Safe:
    """A verdict as symbol and word."""
    symbol, hue = MARKS[word]
    return el("span", el("span", symbol, class_="mark", aria_hidden="true"), " ", word, class_=f"badge badge-{hue}")


def claims_section(found: Sequence[Entry]) -> Safe:
    """The claims page by page in numbers, then one by one, with what narrows the list down."""
    if not found:
        return empty("The ledger holds no claim.", "Claims stand in data/claims.toml.")
    used = [word for word in WORDS if any(word in entry.verdicts for entry in found)]
    items: list[tuple[Child, Child]] = [(verdict_badge(word), capital(MEANING[word]) + ".") for word in used]
    return join(
        _by_page(found, used),
        details("What each verdict means", definition_list(items), class_="legend"),
        _filter(found, used),
        _table(found),
    )


def _by_page(found: Sequence[Entry], used: Sequence[str]) -> Safe:
    pages = sorted({entry.claim.page for entry in found})
    rows: list[Sequence[Child]] = []
    for page in pages:
        here = [entry for entry in found if entry.claim.page == page]
        told = Counter(word for entry in here for word in entry.verdicts)
        verdicts = join(*[el("li", verdict_badge(word), f" {told[word]}") for word in used if told[word]])
        rows.append([link(page, "#claims", data_pick=f"page={page}"), len(here), el("ul", verdicts, class_="plain")])
    firm = sum(any(word in (SUPPORTED, PROBABLY) for word in entry.verdicts) for entry in found)
    several = any(len(entry.verdicts) > 1 for entry in found)
    lead = f"{count_words(len(found), 'claim')} of {count_words(len(pages), 'web page')}: " \
           f"{'none is' if not firm else f'{firm} ' + ('is' if firm == 1 else 'are')} supported or probably so."
    return table(["Web page", Column("Claims", numeric=True), "What the evidence says of them"], rows, caption=lead,
                 notes=["A claim that several reviews test may have several verdicts."] if several else [], id_="pages")


def _filter(found: Sequence[Entry], used: Sequence[str]) -> Safe:
    """Lists to choose from; hidden until the page's script, which alone makes them work, shows them."""
    claims = [entry.claim for entry in found]
    labels = {test.question: test.review for entry in found for test in entry.tested}
    picks = (
        ("page", "Web page", [(name, name) for name in sorted({claim.page for claim in claims})]),
        ("therapy", "Therapy", [(name, capital(name)) for name in sorted({claim.therapy for claim in claims})]),
        ("condition", "Condition", [(name, capital(name)) for name in sorted({claim.condition for claim in claims})]),
        ("question", "Review", sorted(labels.items(), key=lambda pair: pair[1])),
        ("verdict", "Verdict", [(word, capital(word)) for word in used]),
    )
    return el(
        "div",
        *[el("label", el("span", label),
             el("select", el("option", "All", value=""),
                *[el("option", shown, value=value) for value, shown in choices], data_name=name))
          for name, label, choices in picks],
        el("button", "Show all", type="button"),
        id="filter", class_="filter", role="search", aria_label="Narrow the claims down", hidden=True,
    )


def _table(found: Sequence[Entry]) -> Safe:
    rows = [_claim_row(entry) for entry in sorted(found, key=lambda entry: (entry.claim.page, entry.claim.id))]
    heads = [el("th", name, scope="col", role="columnheader") for name in _HEADS]
    return el(
        "div",
        el("p", count_words(len(found), "claim"), ".", id="shown", role="status"),
        el("table",
           el("caption", "Each claim, what the evidence says of it, and the review that tests it."),
           el("thead", el("tr", *heads, role="row"), role="rowgroup"),
           el("tbody", *rows, role="rowgroup"), role="table", class_="ledger"),
        id="claims", class_="table-block",
    )


_HEADS = ("What the page claims", "Therapy and condition", "Verdict", "Why", "Tested by")


def _claim_row(entry: Entry) -> Safe:
    claim = entry.claim
    figure = el("span", f"Figure claimed: {claim.figure}.", class_="unit") if claim.figure else None
    cited = join(" Cites ", link(claim.citation, f"#{anchor_id('citation', claim.citation)}"), ".") \
        if claim.citation else None
    reasons = dict.fromkeys(item.why for item in entry.tested)
    links = [join(link(item.review, item.href) if item.href else item.review,
                  el("span", item.outcome, class_="unit") if item.outcome else None) for item in entry.tested]
    cells: list[Child] = [
        join(claim.text, figure, el("span", f"{claim.id}. {claim.page}.", cited, class_="unit")),
        join(capital(claim.therapy), el("span", claim.condition, class_="unit")),
        join(*[verdict_badge(word) for word in entry.verdicts], sep=el("br")),
        join(*[el("div", reason) for reason in reasons]),
        join(*[el("div", item) for item in links]),
    ]
    body = [el("th" if place == 0 else "td", el("span", head, class_="head", aria_hidden="true"), cell,
               scope="row" if place == 0 else None, role="rowheader" if place == 0 else "cell")
            for place, (head, cell) in enumerate(zip(_HEADS, cells, strict=True))]
    questions = dict.fromkeys(item.question for item in entry.tested)
    return el("tr", *body, role="row", id=anchor_id("claim", claim.id), data_page=claim.page,
              data_therapy=claim.therapy, data_condition=claim.condition, data_question="|".join(questions),
              data_verdict="|".join(entry.verdicts))


def _as_given(item: Citation) -> str:
    """The reference as the page gives it; a page that names no author is said to name none."""
    author = "Author not named" if item.author in NAMELESS else item.author
    return ". ".join(part for part in (author, capital(item.title), item.journal, item.year) if part) + "."


def citations_section(citations: Sequence[Citation], found: Sequence[Entry]) -> Safe:
    """Each reference that the pages give: whether it was found where we looked, and whether it bears its sentence."""
    if not citations:
        return empty("No reference has been looked up.", "References stand in data/citations.csv.")
    leaning: dict[str, list[Child]] = {}
    for entry in found:
        if entry.claim.citation:
            there = link(entry.claim.id, f"#{anchor_id('claim', entry.claim.id)}")
            leaning.setdefault(entry.claim.citation, []).append(there)
    rows = [
        Row([item.id, _as_given(item), capital(item.said), capital(item.supports), capital(item.why),
             capital(item.retraction), join(*leaning.get(item.id, ()), sep=", ")], id=anchor_id("citation", item.id))
        for item in citations
    ]
    bears = sum(item.supports == "yes" for item in citations)
    lead = f"{count_words(len(citations), 'reference')} looked up: " \
           f"{'none supports' if not bears else f'{bears} ' + ('supports' if bears == 1 else 'support')} " \
           "the sentence that leans on it in full."
    return table(
        ["Reference", Column("As the page gives it", width="12rem"), Column("Found?", width="12rem"),
         "Supports the sentence?", Column("Why", width="12rem"), "Retracted?", "Claims that cite it"],
        rows, caption=lead, id_="citations",
        notes=["'Not found where we looked' does not say that a work does not exist."])
