"""Provenance: digests of the inputs, the code and the environment, from which a report has its id."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

import reviewkit
from reviewkit.review.appraisal.appraising import CHECKLISTS
from reviewkit.review.claims.auditing import NAME as CITATIONS
from reviewkit.review.claims.file import NAME as CLAIMS
from reviewkit.review.opened import Review
from reviewkit.store.files import digest_file

CODE_KINDS = frozenset({".py", ".css", ".j2", ".json", ".toml", ".js"})
"""Endings of the library's own files."""

PACKAGES = ("numpy", "scipy", "nbconvert", "papermill", "jinja2", "pydantic")


@dataclass(frozen=True, slots=True)
class Provenance:
    """What a report was made from; each digest is SHA-256 in hexadecimal."""

    inputs: str
    code: str
    environment: str
    files: Mapping[str, str]
    versions: Mapping[str, str]

    @property
    def report_id(self) -> str:
        """Content-derived id: the same for the same inputs, code and environment."""
        return _join([self.inputs, self.code, self.environment])[:16]

    def as_dict(self) -> dict[str, object]:
        """The digests as plain JSON values."""
        return {"report": self.report_id, "inputs": self.inputs, "code": self.code, "environment": self.environment,
                "files": dict(self.files), "versions": dict(self.versions)}


def provenance(review: Review, parameters: Mapping[str, str]) -> Provenance:
    """Digest everything a run of this review reads."""
    files = input_files(review.question, review.root)
    inputs = _join([*(f"{n}:{d}" for n, d in files.items()), *(f"{k}={v}" for k, v in sorted(parameters.items()))])
    versions = {"Python": platform.python_version(), **{name: version(name) for name in PACKAGES}}
    return Provenance(inputs, code_digest(review.root), _join([f"{k}={v}" for k, v in versions.items()]), files,
                      {"reviewkit": reviewkit.__version__, **versions})


def input_files(question: str, root: Path) -> dict[str, str]:
    """Every input file of a question with its digest, and those of all questions (claims, citations, checklists).

    Full texts stay out.
    """
    found: dict[str, str] = {}
    for kind in ("references", "data"):
        for path in sorted((root / kind / question).rglob("*")):
            inside = path.relative_to(root).parts
            hidden = any(part.startswith(".") for part in inside)
            if path.is_file() and "fulltext" not in inside and not hidden:
                found[path.relative_to(root).as_posix()] = digest_file(path)
    for path in (root / CLAIMS, root / CITATIONS, *sorted((root / CHECKLISTS).glob("*.toml"))):
        if path.exists():
            found[path.relative_to(root).as_posix()] = digest_file(path)
    return found


@lru_cache(maxsize=4)
def code_digest(root: Path) -> str:
    """Digest of the library's own files (modules, style sheet, templates) and the report's notebook."""
    folder = Path(reviewkit.__file__).parent
    paths = [path for path in folder.rglob("*") if path.suffix in CODE_KINDS and "__pycache__" not in path.parts]
    notebook = root / "notebooks" / "review.ipynb"
    parts = [f"{p.relative_to(folder).as_posix()}:{digest_file(p)}" for p in sorted(paths)]
    return _join([*parts, digest_file(notebook) if notebook.exists() else ""])


def _join(parts: list[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
