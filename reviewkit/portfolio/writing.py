"""The page over all reviews, put together and written to ``reports/index.html``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from reviewkit.portfolio.answers import cards, finder, in_one_line, legend
from reviewkit.portfolio.gaps import gap_maps
from reviewkit.portfolio.ledger import citations_section, claims_section, entries
from reviewkit.portfolio.standing import CURRENT, QuestionState, read_states
from reviewkit.render import Safe, el, join, link, notice, table
from reviewkit.render.portfolio import portfolio_page
from reviewkit.report.words import NO_ADVICE
from reviewkit.review.claims.auditing import read_citations
from reviewkit.review.claims.file import read_claims
from reviewkit.store.files import write_atomic

PAGE = "reports/index.html"
TITLE = "Does it help? What the evidence says of therapies that web pages praise"
DEMONSTRATION = (
    "The studies and their numbers are real; the judgements are not final. The project made them itself, on abstracts "
    "and web pages, from records that no database search produced. Two human reviewers must replace them before "
    "anyone relies on them."
)


@dataclass(frozen=True, slots=True)
class Portfolio:
    """What was written: the page's path in the project, how each question stands, the number of claims."""

    html: str
    states: tuple[QuestionState, ...]
    claims: int

    @property
    def current(self) -> bool:
        """Whether every report is current."""
        return all(state.state == CURRENT for state in self.states)

    def as_dict(self) -> dict[str, object]:
        """The command's JSON."""
        return {"html": self.html, "questions": [state.as_dict() for state in self.states], "claims": self.claims}


def write_portfolio(root: Path) -> Portfolio:
    """Write the page over all reviews of a project from what their reports state; nothing is computed anew.

    A report that is stale, failed or missing is shown as such. The same reports give the same bytes.

    Raises
    ------
    InputError
        If the ledger of claims or the audit of references has errors: everything at once.
    ReviewkitError
        If the page cannot be written.
    """
    states = read_states(root)
    claims = read_claims(root)
    found = entries(claims, states)
    audit = citations_section(read_citations(root), found)
    body = join(_opening(states), finder(states), legend(), cards(states), _claims(claims_section(found)),
                _audit(audit), _map(states), _about(states))
    trial = any(state.status == "demonstration" for state in states)
    write_atomic(root / PAGE, portfolio_page(_title(trial), body, demonstration=trial))
    return Portfolio(PAGE, states, len(claims))


def _title(trial: bool) -> str:
    return f"Demonstration reviews: {TITLE}" if trial else TITLE


def _opening(states: Sequence[QuestionState]) -> Safe:
    trial = [state for state in states if state.status == "demonstration"]
    some = "" if len(trial) == len(states) else f" This holds for {len(trial)} of the {len(states)} reviews: their " \
                                                "cards say so."
    late = [state for state in states if state.state != CURRENT]
    return join(
        el("h1", TITLE),
        el("p", in_one_line(states), class_="lead"),
        notice(DEMONSTRATION + some, title="These are demonstrations, not finished reviews.", kind="demonstration",
               id_="demonstration") if trial else None,
        notice(f"{len(late)} of {len(states)} reports are not current: their cards, and ",
               link("the table at the end", "#standing"), ", say why.", kind="warning") if late else None,
    )


def _claims(section: Safe) -> Safe:
    return join(
        el("h2", "What web pages claim", id="what-web-pages-claim"),
        el("p", "Each claim stands here in our own words, with a verdict that a fixed rule draws from the reviews. "
                "A verdict is about the evidence that was seen, not about the people who wrote the page."),
        section,
    )


def _audit(section: Safe) -> Safe:
    return join(
        el("h2", "The references those pages give", id="references"),
        el("p", "Whether each work could be found as it is cited, and whether it bears the sentence that leans on it."),
        section,
    )


def _map(states: Sequence[QuestionState]) -> Safe:
    return join(el("h2", "Where studies are, and where none is", id="gaps"), gap_maps(states))


def _about(states: Sequence[QuestionState]) -> Safe:
    rows = [[link(state.question, state.report) if state.results else state.question, state.state,
             state.reason or "The report matches its files and the program.",
             state.results["provenance"]["report"] if state.results else "none"] for state in states]
    late = sum(state.state != CURRENT for state in states)
    lead = "Every report is current." if not late else f"{late} of {len(states)} reports are not current."
    return join(
        el("h2", "About this page", id="about"),
        el("p", NO_ADVICE),
        el("p", "It is made from what each report states, and from nothing else: reviewkit portfolio. The same reports "
                "give the same page, byte for byte. It asks the network for nothing; its one script, which narrows "
                "the list of claims down, is allowed by its digest alone."),
        table(["Question", "State", "Why", "Report"], rows, caption=lead, id_="standing",
              empty_text="This project has no question yet.", empty_remedy="Start one: reviewkit new QUESTION."),
    )
