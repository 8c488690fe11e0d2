"""What the trust checks found in the extracted numbers, and how each finding was settled."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from reviewkit.numbers import count, tidy
from reviewkit.render import Column, Safe, el, empty, join, table
from reviewkit.render.html import Child
from reviewkit.report.words import count_words
from reviewkit.review import Review

OPEN = "open: a person has still to settle it"


def checks_section(review: Review) -> Safe:
    """Findings on numbers that cannot be right or are doubtful: open ones first, then the settled ones."""
    head = el("h3", "Checks of the numbers", id="number-checks")
    lead = el("p", "Every extracted number was checked by the program before anything was pooled: whether spreads, "
              "intervals, p values, counts and percentages agree with each other and with the scale.")
    if not review.rows:
        return join(head, empty("No number was extracted.", "There was nothing to check."))
    if not review.trust:
        return join(head, lead, empty("Nothing was found.", "That is no proof that every number is right."))
    told = {(item.code, item.subject): item for item in review.settlements}
    labels = {study.study_id: study.label for study in review.all_studies}
    alike: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for found in review.trust:
        item = told.get((found.code, "|".join(found.row_ids)))
        settled = f"{item.settlement} by {item.by}: {item.reason}" if item else OPEN
        names = ", ".join(labels.get(study, study) for study in found.study_id.split("|"))
        alike[names, found.code.replace("_", " "), settled].append(tidy(found.message))
    rows = [
        [names, code, count(len(said)), _listed(dict.fromkeys(said)), settled]
        for (names, code, settled), said in sorted(alike.items(), key=lambda pair: pair[0][2] != OPEN)
    ]
    many = count_words(len(review.trust), "finding")
    shared = "; those settled alike share a row" if len(rows) < len(review.trust) else ""
    return join(head, lead, table(
        ["Study", "Finding", Column("Times", numeric=True), "What was found", "How it was settled"], rows,
        caption=f"{many} of the checks, none of them hidden{shared}.", id_="number-findings"))


def _listed(said: Collection[str]) -> Child:
    return el("ul", *[el("li", one) for one in said]) if len(said) > 1 else next(iter(said))
