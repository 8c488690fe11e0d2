"""What a report's page carries for a later check: its inputs' digests, its findings, and a digest of itself."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reviewkit.errors import InputError
from reviewkit.publishing.findings import findings
from reviewkit.store.files import read_text

UNSET = "0" * 64
_RECORD = re.compile(r'<script type="application/json" id="reviewkit-record">(.*?)</script>', re.DOTALL)
_DIGEST = re.compile(r'"page": "([0-9a-f]{64})"')


@dataclass(frozen=True, slots=True)
class Carried:
    """What was read from a page.

    Attributes
    ----------
    record : mapping
        ``question``, ``parameters``, ``provenance`` and ``findings`` of the report.
    whole : bool
        False if the page is not as it was built: changed or cut since.
    """

    record: Mapping[str, Any]
    whole: bool


def record_of(results: Mapping[str, Any]) -> dict[str, object]:
    """What the page of a report is to carry; its own digest is set by `sealed`."""
    return {"question": results["question"], "parameters": results["parameters"], "page": UNSET,
            "provenance": results["provenance"], "findings": findings(results)}


def sealed(page: str) -> str:
    """The page with the digest of itself in place: SHA-256 of its text while that digest is all zeros."""
    return page.replace(f'"page": "{UNSET}"', f'"page": "{_digest(page)}"', 1)


def read_page(path: Path) -> Carried:
    """What a page carries.

    Raises
    ------
    InputError
        If the file is no page that reviewkit built.
    """
    page = read_text(path, what="report")
    found = _RECORD.search(page)
    if found is None:
        raise InputError("carries no record of a reviewkit report: it is none, or it was cut off before its end.",
                         file=path.name, code="no-report", remedy="Give the review.html that reviewkit built.")
    try:
        record = json.loads(found[1])
        missing = {"question", "parameters", "page", "provenance", "findings"} - set(record)
    except (ValueError, TypeError):
        record, missing = {}, {"a readable record"}
    if missing:
        raise InputError(f"its record was damaged: {', '.join(sorted(missing))} is missing.", file=path.name,
                         code="no-report", remedy="Give the review.html as reviewkit built it.")
    blank = page[:found.start(1)] + _DIGEST.sub(f'"page": "{UNSET}"', found[1], count=1) + page[found.end(1):]
    return Carried(record, record["page"] == _digest(blank))


def findings_at(path: Path) -> Mapping[str, Any]:
    """The findings of a report, from its page, its results.json, or the folder that holds them.

    Raises
    ------
    InputError
        If there is no report.
    """
    if path.is_dir():
        path = path / "results.json" if (path / "results.json").exists() else path / "review.html"
    if path.suffix.lower() in (".html", ".htm"):
        found: Mapping[str, Any] = read_page(path).record["findings"]
        return found
    try:
        results = json.loads(read_text(path, what="report"))
        return findings(results)
    except (ValueError, KeyError, TypeError):
        raise InputError("holds no results of a reviewkit report.", file=path.name, code="no-report",
                         remedy="Give a results.json, a review.html, or the folder of a report.") from None


def _digest(page: str) -> str:
    return hashlib.sha256(page.encode()).hexdigest()
