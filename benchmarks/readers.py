"""Records a second of each reader against a named peer in one run; files of 100 MB in each format with peak memory.

    python benchmarks/readers.py [--big-mb 100] [--big-only nbib]

Peers: rispy (alone, without repair), nbib, bibtexparser 2 (its default middleware). The files are those of
../shared/imports, repeated until each is large enough to time; processor time, medians of five, taking turns.
"""

from __future__ import annotations

import argparse
import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from reviewkit.readers import read  # noqa: E402

IMPORTS = ROOT / ".." / "shared" / "imports"
RIS = ("scopus_286.ris", "dimensions_246.ris", "ovid_medline_via_zotero_84.ris", "ebsco_criminaljustice_41.ris")
NBIB = ("pubmed_104.nbib", "pubmed_80.nbib", "pubmed_20.nbib")
BIG = ("ris", "nbib", "xml", "csv", "bib")
BIB = ("zotero_1000.bib", "mendeley_512.bib")


def _joined(names: tuple[str, ...], copies: int, separator: str = "\n") -> str:
    texts = [(IMPORTS / name).read_text(encoding="utf-8-sig").rstrip("\n") + "\n" for name in names]
    return separator.join(texts * copies)


def _rates(ours: Callable[[], int], peer: Callable[[], int] | None, runs: int = 5) -> tuple[int, float, float]:
    """Records, and records a second of processor time: medians of runs that take turns."""
    times: tuple[list[float], list[float]] = ([], [])
    counts = [0, 0]
    for _ in range(runs):
        for which, work in enumerate((ours, peer)):
            if work is not None:
                start = time.process_time()
                counts[which] = work()
                times[which].append(time.process_time() - start)
    rates = [count / statistics.median(spent) if spent else 0.0 for count, spent in zip(counts, times, strict=True)]
    return counts[0], rates[0], rates[1]


def _bib_text() -> str:
    """Both BibTeX files twice over, with keys made unique (a peer drops the second of two)."""
    number = 0

    def fresh(match: re.Match[str]) -> str:
        nonlocal number
        number += 1
        return f"{match.group(1)}k{number},"

    return re.sub(r"^(@\w+\{)[^,\n]+,", fresh, _joined(BIB, 2), flags=re.M)


def _peers(folder: Path) -> list[tuple[str, Path, str, Callable[[], int]]]:
    import bibtexparser
    import nbib
    import rispy

    ris, pubmed, bib = folder / "a.ris", folder / "a.nbib", folder / "a.bib"
    ris.write_text(_joined(RIS, 8), encoding="utf-8")
    pubmed.write_text(_joined(NBIB, 12), encoding="utf-8")
    bib.write_text(_bib_text(), encoding="utf-8")
    return [
        ("RIS", ris, "rispy", lambda: len(rispy.loads(ris.read_text(encoding="utf-8")))),
        ("PubMed text", pubmed, "nbib", lambda: len(nbib.read_file(str(pubmed)))),
        ("BibTeX", bib, "bibtexparser 2", lambda: len(bibtexparser.parse_file(str(bib)).entries)),
    ]


def _others() -> list[str]:
    return ["wos_8.txt", "scopus_8.csv", "clinicaltrials_gov_172.csv", "mendeley_endnote_1233.xml"]


def _csv_text() -> tuple[str, str]:
    head, _, body = (IMPORTS / "clinicaltrials_gov_172.csv").read_text(encoding="utf-8-sig").partition("\n")
    return f"{head}\n", body.rstrip("\n") + "\n"


def _xml_text() -> tuple[str, str]:
    text = (IMPORTS / "pubmed_italics.xml").read_text(encoding="utf-8-sig")
    start, end = text.index("<PubmedArticle>"), text.index("</PubmedArticleSet>")
    return text[:start], text[start:end]


def _big_text(form: str) -> tuple[str, str]:
    """What a large file begins with, and what is repeated in it."""
    if form == "csv":
        return _csv_text()
    if form == "xml":
        return _xml_text()
    return "", {"ris": _joined(RIS, 1), "nbib": _joined(NBIB, 1) + "\n", "bib": _bib_text()}[form]


def _big(folder: Path, form: str, megabytes: int) -> None:
    path = folder / f"big.{form}"
    head, text = _big_text(form)
    written = 0
    with path.open("w", encoding="utf-8") as stream:
        stream.write(head)
        while written < megabytes * 1_000_000:
            # a BibTeX key stands once in a file
            stream.write(re.sub(r"^(@\w+\{)k", rf"\g<1>n{written}k", text, flags=re.M) if form == "bib" else text)
            written += len(text.encode("utf-8"))
        if form == "xml":
            stream.write("</PubmedArticleSet>\n")
    done = subprocess.run([sys.executable, __file__, "--only", str(path)], capture_output=True, text=True, check=True)
    print(f"{megabytes} MB {form}: {done.stdout.strip()}, load {os.getloadavg()[0]:.1f}", flush=True)
    path.unlink()


def _only(path: str) -> None:
    start, worked = time.perf_counter(), time.process_time()
    result = read(path)
    seconds, worked = time.perf_counter() - start, time.process_time() - worked
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{result.entries} entries in {seconds:.1f} s ({worked:.1f} s of one core), peak {peak:.0f} MB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--big-mb", type=int, default=100)
    parser.add_argument("--big-only", choices=BIG, help="one large file of this format and nothing else")
    parser.add_argument("--only", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.only:
        _only(options.only)
        return
    if not IMPORTS.is_dir():
        sys.exit("../shared/imports is not there")
    print(f"load average {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores, Python {sys.version.split()[0]}")
    print(f"{'format':<14}{'records':>9}{'ours/s':>9}{'peer/s':>9}{'ratio':>7}  peer")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if options.big_only:
            _big(folder, options.big_only, options.big_mb)
            return
        for label, path, peer_name, peer in _peers(folder):
            count, ours, theirs = _rates(lambda path=path: len(read(path).records), peer)  # type: ignore[misc]
            print(f"{label:<14}{count:>9}{ours:>9.0f}{theirs:>9.0f}{ours / theirs:>7.2f}  {peer_name}")
        for file in _others():
            count, ours, _ = _rates(lambda file=file: len(read(IMPORTS / file).records), None)  # type: ignore[misc]
            print(f"{file[:28]:<28}{count:>6} records, {ours:.0f}/s")
        for form in BIG:
            _big(folder, form, options.big_mb)


if __name__ == "__main__":
    main()
