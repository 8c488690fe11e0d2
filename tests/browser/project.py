"""A made-up question with made-up records, for panels to show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from reviewkit.model import Author, Origin, Record
from reviewkit.review import Review, open_review
from reviewkit.review.records.importing import import_records
from reviewkit.review.starting import new_question

QUESTION = "music-sleep"
THERAPIES = ("Music listening", "Evening walking", "Tai chi", "Bright light", "Warm footbaths", "Slow breathing",
             "Lavender", "Acupressure", "Yoga", "Choir singing", "Weighted blankets")  # fmt: skip
OUTCOMES = ("sleep quality", "time to fall asleep", "daytime sleepiness", "night-time waking", "fatigue",
            "pain at night", "use of sleeping pills")  # fmt: skip
PEOPLE = ("older adults living at home", "shift workers", "nursing-home residents", "students before examinations",
          "people after cardiac surgery", "people with fibromyalgia", "pregnant women", "people with chronic pain",
          "caregivers", "women after the menopause", "people with Parkinson's disease", "night nurses",
          "people with tinnitus")  # fmt: skip
FAMILIES = ("Almeida", "Brandt", "Castellanos", "Dvořák", "Eriksen", "Fujimoto", "Grujić", "Haddad")
DESIGNS = ("a randomised trial", "a crossover trial", "a pilot study", "a cohort study", "a protocol")
HOSTILE = (
    "<script>alert(1)</script><img src=http://evil.example/x onerror=alert(2)>",
    "\"'><svg onload=alert(3)><iframe src=javascript:alert(4)></iframe>",
    "\u202eesrever ni eltit a \u2066<a href=javascript:alert(5)>sleep</a> and music",
    "</textarea></style></title><style>@import 'http://evil.example/y'</style> music {{7*7}} ${alert(6)}",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(7)> sleep quality",
    "music " * 180_000,
)
"""Titles and abstracts: scripts, handlers, javascript: links, right-to-left overrides, a megabyte of text."""


def title(number: int) -> str:
    """A title like no other's."""
    return (f"{THERAPIES[number % 11]} and {OUTCOMES[number % 7]} in {PEOPLE[number % 13]}: {DESIGNS[number % 5]}"
            + (f", report {number // 1001 + 1}" if number > 1000 else ""))  # fmt: skip


def abstract(number: int) -> str:
    """An abstract of five sentences, unlike its neighbours'."""
    size, weeks = 24 + number * 7 % 190, 2 + number % 11
    return (
        f"Background: Poor sleep is common in {PEOPLE[number % 13]}, and {THERAPIES[number % 11].lower()} is cheap and "
        f"widely used. Methods: {size} {PEOPLE[number % 13]} were followed for {weeks} weeks; "
        f"{OUTCOMES[number % 7]} was the main outcome, rated each morning by people who did not know the group. "
        f"Results: {OUTCOMES[number % 7].capitalize()} changed by {number % 9 / 10:.1f} points more than in the "
        f"control group, and {number % 6} people left early. No serious event was seen in either group. "
        f"Conclusion: {THERAPIES[number % 11]} may help; larger trials with {OUTCOMES[(number + 3) % 7]} measured by "
        "actigraphy are needed."
    )


def records(numbers: Sequence[int]) -> list[dict[str, str]]:
    """Fields of RIS entries."""
    return [
        {
            "ID": f"k{n}", "TI": title(n), "AU": f"{FAMILIES[n % 8]}, {'ABCDEF'[n % 6]}.", "PY": str(1990 + n % 35),
            "T2": f"Journal of Made-up Sleep {n % 4 + 1}", "DO": f"10.1234/made.{n}", "AN": str(30_000_000 + n),
            "AB": abstract(n), "KW": OUTCOMES[n % 7],
        }
        for n in numbers
    ]  # fmt: skip


def hostile_reports(reports: Mapping[str, Record]) -> dict[str, Record]:
    """The same reports, but every field attacks the page, as if no reader had cleaned it."""
    found = {}
    for place, report in enumerate(reports):
        text = HOSTILE[place % len(HOSTILE)]
        found[report] = Record(
            title=text, authors=(Author(text[:300], text[:90]),) * 40, year=2020, journal=text[:400], abstract=text,
            doi=f'10.1234/{place}"onmouseover=alert(8)//', pmid="31", url="javascript:alert(9)", keywords=(text[:900],),
            origin=Origin("export-1.ris", 1, 2),
        )
    return found


def duplicate_records() -> list[dict[str, str]]:
    """Three pairs that the rules can neither join nor part."""
    pairs = []
    for n, (thing, people, journal) in enumerate([
        ("Evening music and sleep", "older adults", "Sleep Letters"),
        ("Slow breathing and fatigue", "shift workers", "Annals of Rest"),
        ("Tai chi and pain at night", "caregivers", "Rest and Movement"),
    ]):  # fmt: skip
        family, year, text = FAMILIES[n], 2008 + 3 * n, abstract(503 + 11 * n)
        pairs += [
            {"ID": f"d{n}a", "TI": f"{thing} in {people}", "AU": f"{family}, A.", "PY": str(year), "T2": journal,
             "SP": "11", "AB": text},
            {"ID": f"d{n}b", "TI": f"{thing} quality in {people}", "AU": f"{family}, A. B.", "PY": str(year + 1),
             "T2": journal, "SP": "211", "AB": text.replace("weeks", "months")},
        ]  # fmt: skip
    return pairs


def ris(entries: Sequence[dict[str, str]]) -> str:
    """Entries as a RIS export."""
    lines = []
    for entry in entries:
        lines += ["TY  - JOUR", *(f"{tag}  - {value}" for tag, value in entry.items()), "ER  - ", ""]
    return "\n".join(lines)


def make_project(
    root: Path, entries: Sequence[dict[str, str]], *, votes: int = 2, reviewers: Sequence[str] = ("ada", "ben"),
    third: str | None = "cleo",
) -> Review:
    """A project with one question in ``root``, its records imported."""
    new_question(QUESTION, root)
    protocol = root / "data" / QUESTION / "protocol.toml"
    text = protocol.read_text(encoding="utf-8")
    for stage in ("title_abstract", "full_text"):
        text = text.replace(f"votes_{stage} = 2", f"votes_{stage} = {votes}")
    names = ", ".join(f'"{name}"' for name in reviewers)
    text = text.replace('reviewers = ["reviewer-a", "reviewer-b"]', f"reviewers = [{names}]")
    text = text.replace('consensus = "reviewer-c"', f'consensus = "{third}"' if third else "")
    text = text.replace("include = []", 'include = ["music*", "sleep quality", "randomised", "older adults"]')
    text = text.replace("exclude = []", 'exclude = ["protocol", "cohort", "students", "pilot"]')
    text = text.replace("DOES THE THERAPY HELP PEOPLE WITH THE CONDITION?", "Does music help people who sleep badly?")
    protocol.write_text(text, encoding="utf-8")
    (root / "references" / QUESTION / "export-1.ris").write_text(ris(entries), encoding="utf-8")
    with (root / "references" / QUESTION / "searches.toml").open("a", encoding="utf-8") as stream:
        stream.write('\n[[file]]\nname = "export-1.ris"\nsource = "MEDLINE"\ndate = 2026-01-01\nquery = "all"\n')
    import_records(QUESTION, root)
    return open_review(QUESTION, root)


def pdf(words: str) -> bytes:
    """A PDF of one page that says some words (letters, digits and spaces)."""
    stream = f"BT /F1 22 Tf 60 760 Td ({words}) Tj 0 -34 Td /F1 12 Tf (Made for a test.) Tj ET".encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Times-Roman >> >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
    ]
    body, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    count = len(objects) + 1
    return body + (b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
                   % (count, table, count, len(body)))  # fmt: skip
