"""`deposit`: a folder for an archive such as Zenodo: the report, what it was made from, metadata, checksums."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import reviewkit
from reviewkit.errors import InputError
from reviewkit.publishing.description import Description, describe
from reviewkit.publishing.formats import cff
from reviewkit.publishing.rocrate import METADATA, metadata
from reviewkit.publishing.standing import check_current, folder_of, standing_results
from reviewkit.review import Review, open_review
from reviewkit.review.provenance import CODE_KINDS, input_files
from reviewkit.store.files import digest_file

MANIFEST = "manifest-sha256.txt"
PAGE = "report/review.html"
_TIMED = "run.json"
"""Stands beside a report and holds the clock: left out, so that a deposit has the same bytes each time."""


@dataclass(frozen=True, slots=True)
class Deposited:
    """A deposit that was written; ``size`` in bytes."""

    folder: Path
    files: int
    size: int


def deposit(question: str, root: Path, out: Path | None = None) -> Deposited:
    """Write the deposit of a question's report; an older one is replaced only when the new one is whole.

    Parameters
    ----------
    out : Path, optional
        The folder to write; ``deposits/<question>-<version>`` in the project where not given.

    Raises
    ------
    InputError
        If there is no report, or `out` is something else than an older deposit or an empty folder.
    UnsettledError
        If the report is stale.
    """
    review = open_review(question, root)
    results = standing_results(question, root)
    check_current(review, results)
    found = describe(results)
    target = out or root / "deposits" / f"{question}-{found.version}"
    _check_target(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    building = Path(tempfile.mkdtemp(prefix=f".building-{target.name}-", dir=target.parent))
    try:
        _fill(building, review, results, found)
        files = _close(building, found)
        building.chmod(0o755)
        if target.exists():
            shutil.rmtree(target)
        building.rename(target)
    finally:
        shutil.rmtree(building, ignore_errors=True)
    return Deposited(target, len(files), sum(files.values()))


def _check_target(target: Path) -> None:
    if not target.exists():
        return
    if not target.is_dir() or (any(target.iterdir()) and not (target / MANIFEST).exists()):
        raise InputError(f"{target.name} is there already and is no deposit; nothing was written.", code="exists",
                         remedy="Name another folder with --out.")


def _fill(folder: Path, review: Review, results: Mapping[str, Any], found: Description) -> None:
    for source, name in _sources(review):
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, place)
    texts = {
        "CITATION.cff": cff(found),
        ".zenodo.json": _zenodo(found),
        "environment.json": json.dumps(results["provenance"]["versions"], indent=1) + "\n",
        "README.md": _readme(found),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")


def _sources(review: Review) -> Iterator[tuple[Path, str]]:
    """Every file to copy, and its name in the deposit."""
    report = folder_of(review)
    for path in sorted(report.rglob("*")):
        if path.is_file() and path.name != _TIMED:
            yield path, f"report/{path.relative_to(report).as_posix()}"
    root = review.root
    for name in (*input_files(review.question, root), "notebooks/review.ipynb"):
        yield root / name, f"project/{name}"
    for name in ("pyproject.toml", "requirements.lock", "environment.yml", "LICENSE", "README.md", "tasks.py"):
        if (root / name).is_file():
            yield root / name, f"project/{name}"
    library = Path(reviewkit.__file__).parent
    for path in sorted(library.rglob("*")):
        if path.suffix in CODE_KINDS and "__pycache__" not in path.parts:
            yield path, f"project/reviewkit/{path.relative_to(library).as_posix()}"


def _close(folder: Path, found: Description) -> dict[str, int]:
    """Write metadata and checksums over all that is there; path to size of every file."""
    def listed() -> dict[str, int]:
        return {path.relative_to(folder).as_posix(): path.stat().st_size
                for path in sorted(folder.rglob("*")) if path.is_file()}

    (folder / METADATA).write_text(metadata(found, listed(), PAGE), encoding="utf-8", newline="\n")
    sums = "".join(f"{digest_file(folder / name)}  {name}\n" for name in listed())
    (folder / MANIFEST).write_text(sums, encoding="utf-8", newline="\n")
    return listed()


def _zenodo(found: Description) -> str:
    creators = [{"name": f"{a.family}, {a.given}" if a.is_person else a.family,
                 **({"orcid": a.orcid} if a.orcid else {}),
                 **({"affiliation": a.affiliation} if a.affiliation else {})} for a in found.authors]
    values = {
        "title": found.title, "upload_type": "publication" if found.citable else "other",
        **({"publication_type": "report"} if found.citable else {}),
        "description": f"<p>{found.abstract}</p><p>{found.note}</p>", "creators": creators,
        "keywords": list(found.keywords), "version": found.version, "publication_date": found.date.isoformat(),
        "access_right": "open", "language": "eng", "notes": found.note,
        **({"license": found.license} if found.license else {}), **({"doi": found.doi} if found.doi else {}),
    }
    return json.dumps(values, ensure_ascii=False, indent=1) + "\n"


def _readme(found: Description) -> str:
    return f"""# {found.title}

{found.abstract}

{found.sentence}

{found.note}

- `{PAGE}`: the report; beside it `results.json`, tables and figures.
- `project/`: all that it was made from: data, references, notebook, library, package versions.
- `{METADATA}`: what is what (RO-Crate 1.1). `{MANIFEST}`: checksums; check them with `sha256sum -c {MANIFEST}`.

To make the report again, in `project/`: install the packages of `requirements.lock` and reviewkit itself, then
`reviewkit run {found.question}`; `reviewkit verify ../{PAGE}` says whether it is the same.
"""
