"""`verify`: a report's page made again from the repository, and what differs if it is not the same."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reviewkit.errors import InputError, ReviewkitError
from reviewkit.publishing.carried import Carried, read_page
from reviewkit.publishing.findings import Change, differences
from reviewkit.review import open_review
from reviewkit.review.provenance import provenance
from reviewkit.run import build_aside, check_parameters


@dataclass(frozen=True, slots=True)
class Verified:
    """What a check of a page came to.

    Attributes
    ----------
    status : {'identical', 'differs', 'altered', 'unexplained', 'not made'}
        'identical': byte for byte the page made now. 'differs': inputs, code or environment are others than the
        page's, as `causes` say. 'altered': the page is not as it was built. 'unexplained': same inputs, code and
        environment, another page. 'not made': the report could not be built now.
    causes : tuple of str
        Inputs, code and environment that differ, one to a line.
    changes : tuple of Change
        What differs in the findings.
    """

    question: str
    status: str
    causes: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
    reason: str = ""

    def as_dict(self) -> dict[str, object]:
        """The check as plain JSON values."""
        return {"question": self.question, "status": self.status, "causes": list(self.causes),
                "changes": [change.as_dict() for change in self.changes], "reason": self.reason}


def verify(path: Path, root: Path) -> Verified:
    """Make a report again and compare.

    Parameters
    ----------
    path : Path
        A review.html that reviewkit built, wherever it lies.
    root : Path
        The project's folder to make it from.

    Raises
    ------
    InputError
        If the file is no report, or the project has no such question.
    """
    carried = read_page(path)
    question = str(carried.record["question"])
    try:
        parameters = check_parameters(carried.record["parameters"])
        review = open_review(question, root)
    except (InputError, AttributeError) as error:
        raise InputError(f"this project cannot make the report again: {error}", file=path.name,
                         code="no-report", remedy="Run it in the project that holds the question.") from None
    causes: tuple[str, ...] = ()
    try:
        now = provenance(review, parameters)
        causes = _causes(carried.record["provenance"], now.as_dict())
        with tempfile.TemporaryDirectory(prefix="reviewkit-verify-") as folder:
            build_aside(review, parameters, Path(folder))
            made = read_page(Path(folder) / "review.html")
            same = (Path(folder) / "review.html").read_bytes() == path.read_bytes()
    except ReviewkitError as error:
        return Verified(question, "not made", causes, reason=str(error).splitlines()[0])
    return _compared(question, carried, made, same, causes)


def _compared(question: str, carried: Carried, made: Carried, same: bool, causes: tuple[str, ...]) -> Verified:
    if same:
        return Verified(question, "identical")
    changes = differences(carried.record["findings"], made.record["findings"])
    if not carried.whole:
        return Verified(question, "altered", causes, changes,
                        "The page is not as reviewkit built it: it was changed or cut since.")
    if causes:
        return Verified(question, "differs", causes, changes)
    return Verified(question, "unexplained", (), changes,
                    "Inputs, code and environment are the page's own, and yet the page made now is another one.")


def _causes(before: Mapping[str, Any], now: Mapping[str, Any]) -> tuple[str, ...]:
    files, current = before.get("files", {}), now["files"]
    found = []
    for name in sorted({*files, *current}):
        if name not in current:
            found.append(f"input {name}: gone")
        elif name not in files:
            found.append(f"input {name}: new")
        elif files[name] != current[name]:
            found.append(f"input {name}: changed")
    if before.get("code") != now["code"]:
        found.append("code: the library or the notebook is another version")
    versions, present = before.get("versions", {}), now["versions"]
    found += [f"environment: {name} {versions.get(name, 'absent')} → {present.get(name, 'absent')}"
              for name in sorted({*versions, *present}) if versions.get(name) != present.get(name)]
    return tuple(found)
