"""A report's page as PDF, printed by Chromium: tagged, with a title and an outline; the same bytes each time."""

from __future__ import annotations

import re
from pathlib import Path

from reviewkit.errors import ReviewkitError
from reviewkit.exports.chromium import print_page
from reviewkit.publishing.description import describe
from reviewkit.publishing.standing import check_current, folder_of, standing_results
from reviewkit.review import open_review
from reviewkit.store.files import write_atomic

_DATED = re.compile(rb"(/(?:CreationDate|ModDate) ?\(D:)\d{14}")


def write_pdf(question: str, root: Path, path: Path) -> None:
    """Print the report that stands.

    The page's own print style lays it out. The dates within are that of the protocol's version, so that the same
    page gives the same bytes wherever the browser and the fonts are the same.

    Parameters
    ----------
    question : str
    root : Path
        The project.
    path : Path
        The file to write; an older one is replaced.

    Raises
    ------
    InputError
        If the question is unknown or has no report.
    UnsettledError
        If the report is stale.
    ReviewkitError
        If there is no Chromium here, or it wrote no PDF.
    """
    review = open_review(question, root)
    results = standing_results(question, root)
    check_current(review, results)
    page = folder_of(review) / "review.html"
    if not page.is_file():
        raise ReviewkitError(f"the page of {question} is missing.", code="no-report",
                             remedy=f"Run: reviewkit run {question} --force")
    date = describe(results).date.strftime("%Y%m%d000000").encode()
    write_atomic(path, _DATED.sub(rb"\g<1>" + date, print_page(page)))
