"""From the report that stands to a Word file."""

from __future__ import annotations

from pathlib import Path

from reviewkit.exports.page import read_main
from reviewkit.exports.word.document import word_document
from reviewkit.publishing.description import describe
from reviewkit.publishing.standing import check_current, folder_of, standing_results
from reviewkit.review import open_review
from reviewkit.store.files import read_text, show, write_atomic


def write_word(question: str, root: Path, path: Path, *, figures: bool = True) -> None:
    """Write the report that stands as a Word document.

    What the page says, in its order: headings, tables whose heads repeat, figures as pictures with their descriptions
    as alternative text. What the page folds away follows as appendices; code and blocks for programs are left out.
    The same page gives the same bytes; the figures' with the same Chromium and fonts.

    Parameters
    ----------
    question : str
    root : Path
        The project.
    path : Path
        The file to write; an older one is replaced.
    figures : bool
        False needs no browser: each figure's title and description stand in its place.

    Raises
    ------
    InputError
        If the question is unknown, has no report, or its page is none that reviewkit built.
    UnsettledError
        If the report is stale.
    ReviewkitError
        If there is no Chromium to draw the figures with.
    """
    review = open_review(question, root)
    results = standing_results(question, root)
    check_current(review, results)
    page = folder_of(review) / "review.html"
    main = read_main(read_text(page, what="report", root=root), file=show(page, root))
    write_atomic(path, word_document(main, describe(results), figures=figures))
