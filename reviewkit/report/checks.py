"""What the trust checks found in the extracted numbers, and how each finding was settled."""

from __future__ import annotations

from reviewkit.numbers import tidy
from reviewkit.render import Safe, el, empty, join, table
from reviewkit.report.words import count_words
from reviewkit.review import Review


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
    rows: list[tuple[str, ...]] = []
    for found in review.trust:
        subject = "|".join(found.row_ids)
        item = told.get((found.code, subject))
        rows.append((
            found.study_id.replace("|", ", "), found.code.replace("_", " "), tidy(found.message),
            f"{item.settlement} by {item.by}: {item.reason}" if item else "open: a person has still to settle it",
        ))
    rows.sort(key=lambda row: not row[3].startswith("open"))
    return join(head, lead, table(["Study", "Finding", "What was found", "How it was settled"], rows,
                                  caption=f"{count_words(len(rows), 'finding')} of the checks, none of them hidden.",
                                  id_="number-findings"))
