"""What is wrong or doubtful in each extractor's own table, where two extract and the consensus is what counts.

With one extractor the own table is the one that counts, and is looked at as such.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewkit.errors import InputError, Problem
from reviewkit.extraction import parse_rows
from reviewkit.review.extraction.extracting import table_of, unfinished
from reviewkit.review.extraction.trusting import readable_findings, trust_problems
from reviewkit.store.files import show

if TYPE_CHECKING:
    from reviewkit.review.opened import Review


def own_faults(review: Review) -> list[Problem]:
    """Rows of either table that break a rule; cells still to be filled are no fault, `own_findings` tells of them.

    Raises
    ------
    InputError
        If a file is no extraction table.
    """
    found: list[Problem] = []
    for name in _two(review):
        path = table_of(review, name)
        try:
            parse_rows(review.cells_of(path), review.known, file=show(path, review.root))
        except InputError as error:
            found += [problem for problem in error.problems if not problem.message.endswith("must be filled.")]
    return found


def own_findings(review: Review) -> list[Problem]:
    """What waits in either table: studies not finished, and what the trust checks find, with file and line.

    While not both have finished a study, its findings are only counted, so that neither learns the other's numbers.
    """
    names = _two(review)
    if not any(table_of(review, name).exists() for name in names):
        return []
    waiting = unfinished(review)
    found: list[Problem] = []
    for name in names:
        path = table_of(review, name)
        file, lines = show(path, review.root), review.cells_of(path)
        left = [study for study, who in waiting.items() if name in who]
        if left:
            found.append(Problem(
                f"{name} has not finished: {', '.join(left)}.", file, None, None, "extraction-unfinished",
                "Fill in every row, or take out what does not apply; a study is finished when all its rows are "
                "complete and within the rules."))
        findings = readable_findings(lines, review.known.sizes)
        shown = [one for one in findings if not any(study in waiting for study in one.study_id.split("|"))]
        found += trust_problems(shown, {cells["row_id"]: line for line, cells in lines}, file=file)
        if hidden := len(findings) - len(shown):
            found.append(Problem(
                f"{hidden} finding{'' if hidden == 1 else 's'} of the trust checks on studies that not both extractors "
                "have finished.", file, None, None, "trust-unfinished",
                f"{name} sees them in the form, or by: reviewkit trust {file}"))
    return found


def _two(review: Review) -> tuple[str, ...]:
    names = review.protocol.extraction.extractors
    return names if len(names) > 1 else ()
