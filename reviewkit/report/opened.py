"""`open_report`: a review's report, each section a call that returns HTML for the page."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from reviewkit.errors import ReviewkitError
from reviewkit.memory import without_collecting
from reviewkit.publishing.description import describe
from reviewkit.publishing.formats import FORMATS
from reviewkit.render import Safe, definition_list, details, el, join, notice, table
from reviewkit.report import (
    abstract,
    bias,
    checklists,
    claims,
    findings,
    harms,
    included,
    methods,
    plain_language,
    planned,
    published,
    statements,
    summary_of_findings,
    words,
)
from reviewkit.report.checks import checks_section
from reviewkit.report.outputs import results, save
from reviewkit.review import Review, find_root, open_review
from reviewkit.review.analysis import OutcomeAnalysis
from reviewkit.review.certainty.rating import Certainty, certainty_of
from reviewkit.review.provenance import Provenance, provenance

SEAL = "reviewkit: the report is complete"


def open_report(question: str, *, model: str = "", tau2: str = "", interval: str = "") -> Report:
    """Open the report of a question; the overrides stand in place of the plan's choices in every outcome.

    Raises
    ------
    InputError
        If anything in the question's files keeps it from running: everything at once.
    ReviewkitError
        If the notebook runs in another Python than the one that called for it.
    """
    wanted = os.environ.get("REVIEWKIT_PYTHON")
    if wanted and Path(wanted).resolve() != Path(sys.executable).resolve():
        raise ReviewkitError(f"the notebook runs in {sys.executable}, not in {wanted}.", code="kernel",
                             remedy="Choose the kernel of the project's own environment.")
    review = open_review(question, find_root())
    overrides = {k: v for k, v in (("model", model), ("tau2", tau2), ("interval", interval)) if v}
    return Report(review, tuple(overrides.items()))


@dataclass(frozen=True, eq=False)
class Report:
    """The report of one review."""

    review: Review
    overrides: tuple[tuple[str, str], ...] = ()

    @property
    def title(self) -> str:
        """The title, which says so where judgements are demonstration judgements."""
        lead = {"demonstration": "Demonstration review: ", "draft": "Draft: ", "final": ""}
        asked = self.review.protocol.question
        return lead[asked.status] + asked.title

    @cached_property
    def outcomes(self) -> tuple[OutcomeAnalysis, ...]:
        """The analysis of every outcome, in the protocol's order."""
        names = self.review.protocol.outcome_ids
        with without_collecting():
            return tuple(self.review.synthesise(name, **dict(self.overrides)) for name in names)

    @cached_property
    def provenance(self) -> Provenance:
        """Digests of inputs, code and environment."""
        return provenance(self.review, dict(self.overrides))

    @cached_property
    def stated(self) -> dict[str, object]:
        """Everything the report states, for machines: ``results.json``."""
        return results(self)

    def opening(self) -> Safe:
        """Title, what this page is, the one-sentence answer."""
        protocol = self.review.protocol
        demonstration = notice(words.demonstration(protocol), title="This is a demonstration, not a finished review. ",
                               kind="demonstration", id_="demonstration")
        changed = ", ".join(f"{name} = {value}" for name, value in self.overrides)
        return join(
            el("h1", self.title, id="title"),
            demonstration if protocol.demonstration else None,
            statements.answer(self.review, self.certainties),
            notice(f"Choices changed from the protocol for this run: {changed}.", kind="warning") if changed else None,
            el("p", words.NO_ADVICE),
        )

    def abstract(self) -> Safe:
        """The structured abstract (PRISMA 2020 for Abstracts)."""
        return abstract.abstract_section(self.review, self.certainties, self.limits)

    def plain_language(self) -> Safe:
        """The summary for readers without training."""
        return plain_language.plain_section(self.review, self.certainties)

    def cite(self) -> Safe:
        """How to cite this report, as a line and in the formats of reference managers."""
        found = describe(self.stated)
        warning = "Cite it as what it is: a demonstration of software, not as evidence."
        return join(
            el("p", found.sentence, class_="citation"),
            el("p", warning) if self.review.protocol.demonstration else None,
            *[details(name, el("pre", el("code", FORMATS[form](found)))) for form, name in (
                ("bibtex", "BibTeX"), ("ris", "RIS"), ("csl", "CSL-JSON"))],
        )

    def protocol(self) -> Safe:
        """What was asked and planned."""
        return planned.protocol_section(self.review)

    def searches(self) -> Safe:
        """Where the records came from."""
        return methods.searches_section(self.review)

    def flow(self) -> Safe:
        """PRISMA 2020 flow and the lists behind it."""
        return methods.flow_section(self.review)

    def included(self) -> Safe:
        """Characteristics of the included studies."""
        return included.included_section(self.review)

    def excluded(self) -> Safe:
        """Reports excluded after a closer look, with reasons."""
        return methods.excluded_section(self.review)

    def risk_of_bias(self) -> Safe:
        """Risk of bias in the studies, missing evidence, and the ledgers beside them."""
        return bias.bias_section(self.review)

    def results(self) -> Safe:
        """Each outcome's pool or direction of effect, sensitivity analyses, lineage; checks of the numbers."""
        certainties = self.certainties
        with without_collecting():
            return join(findings.results_section(self.review, certainties), checks_section(self.review))

    def harms(self) -> Safe:
        """Adverse events: who reports them, in how many people, and who is silent."""
        return harms.harms_section(self.review, self.certainties)

    def summary_of_findings(self) -> Safe:
        """At most seven outcomes with effect, people, certainty (GRADE) and what may be said."""
        return summary_of_findings.summary_section(self.review, self.certainties)

    def published(self) -> Safe:
        """What published meta-analyses found, beside ours."""
        return published.published_section(self.review, self.certainties)

    def claims(self) -> Safe:
        """What the web pages claim, and what this review's evidence says of it."""
        return claims.claims_section(self.review, self.certainties)

    @cached_property
    def certainties(self) -> tuple[Certainty, ...]:
        """The certainty of every outcome, in the protocol's order."""
        return tuple(certainty_of(self.review, found) for found in self.outcomes)

    def limitations(self) -> Safe:
        """What the reader must hold against this review, and what its authors say follows from it."""
        follows = self.review.protocol.question.implications
        return join(
            el("ul", *[el("li", item) for item in self.limits]),
            join(el("h3", "Implications for practice and research", id="implications"),
                 el("ul", *[el("li", item) for item in follows])) if follows else None,
        )

    @property
    def limits(self) -> tuple[str, ...]:
        """Limitations that the protocol names, and those that follow from the files."""
        return (*self.review.protocol.question.limitations, *_known_limits(self.review))

    def checklists(self) -> Safe:
        """PRISMA 2020 and its extensions, each item with where it is met or why it is not."""
        return checklists.checklists_section(self)

    def versions(self) -> Safe:
        """Versions of the protocol with their changes, and the id of this report."""
        return planned.versions_section(self.review, self.provenance.report_id)

    def about(self) -> Safe:
        """Digests, versions and parameters: what a re-run is compared with."""
        found = self.provenance
        facts = [("Report", found.report_id), ("Inputs", found.inputs), ("Code", found.code),
                 ("Environment", found.environment),
                 ("Parameters", ", ".join(f"{k} = {v}" for k, v in self.overrides) or "as the protocol says"),
                 ("Versions", ", ".join(f"{k} {v}" for k, v in found.versions.items()))]
        rows = [[name, digest] for name, digest in found.files.items()]
        return join(
            el("p", "The same inputs, code and package versions give this page byte for byte."),
            definition_list(facts),
            table(["File", "SHA-256"], rows, caption="Input files.", id_="inputs"),
        )

    def save(self, folder: str) -> Safe:
        """Write results.json, tables and figures to a folder, and leave the seal that says all went well."""
        if folder:
            with without_collecting():
                save(self, Path(folder))
        return el("p", SEAL, class_="seal")


def _known_limits(review: Review) -> Sequence[str]:
    """Limits that follow from the files themselves."""
    found = []
    if review.sources.searches.kind == "not-a-database-search":
        found.append("No database was searched: the set of records is not complete, and no search can be repeated.")
    if review.protocol.question.eligibility_basis == "abstract":
        found.append("Eligibility and numbers rest on abstracts and web pages; no full text was sought.")
    if review.protocol.screening.votes_title_abstract == 1:
        found.append("One pass of screening: errors of a single reviewer were not caught by a second.")
    if len(review.protocol.extraction.extractors) == 1:
        found.append("One extraction: no second person read the numbers.")
    plan = review.protocol.appraisal
    if plan is None:
        found.append("Risk of bias was not appraised.")
    elif len(plan.assessors) == 1:
        found.append("One appraisal of risk of bias: no second person judged it.")
    if not any(review.appraisal.synthesis(name) for name in review.protocol.outcome_ids):
        found.append("Missing evidence was not assessed.")
    if not review.certainty_judgements.assessors:
        found.append("Certainty (GRADE) is what the rules propose; no person has judged it.")
    unchecked = [name for name in review.screening.included if name not in review.retractions
                 or review.retractions[name].status == "not checked"]
    if unchecked and len(unchecked) == len(review.screening.included):
        found.append("Retractions were not checked.")
    elif unchecked:
        found.append(f"Retractions were not checked for {len(unchecked)} of the included reports.")
    return found
