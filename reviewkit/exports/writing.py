"""A report that stands, written in the forms that journals and other programs take."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reviewkit.errors import InputError
from reviewkit.publishing.description import describe
from reviewkit.publishing.standing import check_current, folder_of, standing_results
from reviewkit.review import Review, open_review
from reviewkit.store.files import read_text, write_atomic

_NAMES = {"docx": "review.docx", "pdf": "review.pdf", "metafor": "metafor", "revman": "revman"}


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written: a file, or a folder with its files; ``pools`` counts the pools in tables for programs."""

    path: Path
    files: tuple[str, ...]
    size: int
    pools: int | None = None


def export_report(question: str, root: Path, form: str, out: Path | None = None) -> Exported:
    """Write a question's report in another form.

    Parameters
    ----------
    form : {'docx', 'pdf', 'metafor', 'revman'}
        Word and PDF are made from the page; the tables for metafor and RevMan from results.json and the extraction.
    out : Path, optional
        The file to write (docx, pdf) or the folder (metafor, revman); beside the report's page where not given.

    Raises
    ------
    InputError
        If there is no report, or `out` is no place for this form.
    UnsettledError
        If the report is stale.
    ReviewkitError
        If what the form needs (a package, Chromium) is missing.
    """
    review = open_review(question, root)
    results = standing_results(question, root)
    check_current(review, results)
    target = out or folder_of(review) / _NAMES[form]
    if form in ("metafor", "revman"):
        return _tables(form, results, review, target)
    if target.is_dir():
        raise InputError(f"{target.name} is a folder; {form} is one file.", code="exists",
                         remedy=f"Name a file: --out {target / _NAMES[form]}")
    page = folder_of(review) / "review.html"
    found = describe(results)
    if form == "pdf":
        from reviewkit.exports.pdf import page_as_pdf

        made = page_as_pdf(page, found.date)
    else:
        from reviewkit.exports.page import read_main
        from reviewkit.exports.word.document import word_document

        made = word_document(read_main(read_text(page, what="report"), file=page.name), found)
    write_atomic(target, made)
    return Exported(target, (target.name,), len(made))


def _tables(form: str, results: Mapping[str, Any], review: Review, target: Path) -> Exported:
    from reviewkit.exports.metafor import metafor_files
    from reviewkit.exports.pools import pool_tables
    from reviewkit.exports.revman import revman_files

    if target.exists() and not target.is_dir():
        raise InputError(f"{target.name} is a file; {form} is a folder of tables.", code="exists",
                         remedy="Name a folder with --out.")
    pools = pool_tables(results, review)
    if form == "metafor":
        count, texts = len(pools), metafor_files(pools)
        packed: dict[str, str | bytes] = dict(texts)
    else:
        asked = results["asked"]
        count = sum(pool.analysis == "main" for pool in pools)
        texts = revman_files(pools, review.question, f"{asked['therapy']} for {asked['condition']}")
        packed = {**texts, f"{review.question}-dataPackage.zip": _zipped(texts)}
    for name, text in packed.items():
        write_atomic(target / name, text)
    return Exported(target, tuple(packed), sum(len(text.encode() if isinstance(text, str) else text)
                                               for text in packed.values()), count)


def _zipped(texts: Mapping[str, str]) -> bytes:
    """Files in one archive, with fixed dates: the same bytes each time."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        for name, text in texts.items():
            part = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            part.compress_type, part.external_attr, part.create_system = zipfile.ZIP_DEFLATED, 0o644 << 16, 3
            target.writestr(part, text)
    return packed.getvalue()
