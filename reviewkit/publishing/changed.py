"""What a run changed: the findings of reports before it, beside those after."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from reviewkit.errors import InputError
from reviewkit.publishing.carried import findings_at
from reviewkit.publishing.findings import Change, differences


def findings_of(folder: Path, questions: Iterable[str]) -> dict[str, Mapping[str, Any]]:
    """The findings of the reports that stand in a folder, by question; one that is missing or unreadable is left out.

    Raises
    ------
    InputError
        If there is no such folder.
    """
    if not folder.is_dir():
        raise InputError("there is no such folder of reports.", file=str(folder), code="missing-file",
                         remedy="Name a folder that holds a folder for each report, such as reports.")
    found = {}
    for question in questions:
        try:
            found[question] = findings_at(folder / question)
        except InputError:
            continue
    return found


def changes(before: Mapping[str, Mapping[str, Any]], folder: Path) -> dict[str, tuple[Change, ...]]:
    """What differs now in each report that stood before: records, studies, effects, certainty, verdicts, answer."""
    after = findings_of(folder, before)
    return {question: differences(found, after[question]) for question, found in before.items() if question in after}
