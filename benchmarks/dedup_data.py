"""Large labelled sets for the deduplication benchmark, resampled from the small ones with realistic corruption.

A *report* is invented from the labelled records: a title in which about half of the content words are exchanged for
words as frequent in the corpus, surnames and journals drawn by their frequency (so common ones stay common), sentences
of real abstracts with words exchanged. Each report yields one or more records, each of which loses, shortens or
misspells fields as databases do; at most one copy in ten is exact. Among the reports stand near misses that must
stay apart: numbered parts, errata, conference abstracts with the article's title, second papers of one team in one
year, and the editorials of a journal.
"""

from __future__ import annotations

import csv
import random
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path

from reviewkit.model import Author, Record
from reviewkit.readers import read

SHARED = Path(__file__).resolve().parents[1] / ".." / "shared" / "dedup"
SETS = ("cytology_screening", "haematology", "digital_work", "diabetes")
_COPIES = ((1, 0.80), (2, 0.12), (3, 0.05), (4, 0.02), (5, 0.01))
_ABBREVIATED = {
    "journal": "J", "american": "Am", "international": "Int", "european": "Eur", "medicine": "Med", "clinical": "Clin",
    "research": "Res", "british": "Br", "archives": "Arch", "annals": "Ann", "cancer": "Cancer",
    "gynecology": "Gynecol", "obstetrics": "Obstet", "pathology": "Pathol",
    "information": "Inf", "systems": "Syst", "management": "Manag",
    "haematology": "Haematol", "hematology": "Hematol", "nephrology": "Nephrol", "pediatric": "Pediatr",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Labelled:
    """Records, an id for each, and the number of the report that each describes."""

    records: list[Record]
    ids: list[str]
    reports: list[int]

    def true_pairs(self) -> set[tuple[str, str]]:
        """Pairs of ids that describe one report, the smaller id first."""
        members: dict[int, list[str]] = {}
        for name, report in zip(self.ids, self.reports, strict=True):
            members.setdefault(report, []).append(name)
        return {pair for group in members.values() for pair in combinations(sorted(group), 2)}


def load_set(name: str) -> Labelled:
    """One of the labelled sets, read as any other export."""
    records = list(read(SHARED / f"{name}_records.csv").records)
    ids = [record.key for record in records]
    with (SHARED / f"{name}_groups.csv").open(encoding="utf-8", newline="") as file:
        groups = [row["merged_ids"].split(";") for row in csv.DictReader(file)]
    number = {member: i for i, group in enumerate(groups) for member in group}
    return Labelled(records, ids, [number.get(name, len(groups) + i) for i, name in enumerate(ids)])


class _Corpus:
    """What reports are invented from."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        sets = [load_set(name) for name in SETS]
        records = [record for one in sets for record in one.records if record.title]
        self.titles = [record.title for record in records if len(record.title) > 30]
        words = Counter(word for title in self.titles for word in re.findall(r"[A-Za-z]{4,}", title))
        self.words, self.word_weights = list(words), list(words.values())
        names = Counter(
            (author.family, author.given) for record in records for author in record.authors if len(author.family) < 20
        )
        self.names = list(names.elements())
        self.journals = [record.journal for record in records if record.journal]
        sentences = (re.split(r"(?<=[.!?])\s+", record.abstract) for record in records if record.abstract)
        self.sentences = [text for parts in sentences for text in parts if 40 < len(text) < 400]
        self.lengths = [len(record.abstract) for record in records if record.abstract]
        self.pool = rng.choices(self.words, self.word_weights, k=400_000)

    def exchange(self, text: str, share: float) -> str:
        """``text`` with a share of its words of four letters or more exchanged."""
        rng, pool = self.rng, self.pool
        parts = text.split(" ")
        for i, word in enumerate(parts):
            if len(word) > 3 and word.isalpha() and rng.random() < share:
                parts[i] = pool[int(rng.random() * len(pool))].lower()
        return " ".join(parts)

    def abstract(self) -> str:
        rng = self.rng
        if rng.random() < 0.35:
            return ""
        wanted, parts = rng.choice(self.lengths), [self.exchange(rng.choice(self.sentences), 0.4)]
        while sum(map(len, parts)) < wanted:
            parts.append(rng.choice(self.sentences))
        if rng.random() < 0.0001:
            parts *= 200
        return " ".join(parts)


def resample(n: int, *, seed: int = 20240501) -> Labelled:
    """Exactly ``n`` labelled records; the same for the same seed."""
    rng = random.Random(seed)
    corpus = _Corpus(rng)
    records: list[Record] = []
    reports: list[int] = []
    report = 0
    while len(records) < n:
        for truth in _reports(corpus):
            for copy in _copies(rng, truth):
                records.append(copy)
                reports.append(report)
            report += 1
    order = list(range(n))
    rng.shuffle(order)
    return Labelled([records[i] for i in order], [f"r{i:07d}" for i in range(n)], [reports[i] for i in order])


def _reports(corpus: _Corpus) -> list[Record]:
    """One report and, now and then, another that is easily mistaken for it."""
    rng = corpus.rng
    first = _invent(corpus)
    dice = rng.random()
    if dice < 0.01:
        rest = f"{first.title.rstrip('.')}. Part "
        other = _elsewhere(rng, replace(first, title=rest + "II"))
        return [replace(first, title=rest + "I"), other]
    if dice < 0.02:
        page = str(rng.randint(900, 2000))
        return [first, replace(first, title=f"Erratum to: {first.title}", pages=page, doi=_doi(rng), abstract="")]
    if dice < 0.04:
        talk = replace(
            first, journal=f"{rng.choice(corpus.journals)}. Conference: {rng.randint(5, 60)}th Annual Meeting"
        )
        year = (first.year or 2000) - rng.randint(0, 1)
        return [first, replace(_elsewhere(rng, talk), year=year, pages=f"S{rng.randint(1, 400)}", doi="", abstract="")]
    if dice < 0.07:
        second = _invent(corpus)
        return [first, replace(second, authors=first.authors, year=first.year, journal=first.journal)]
    if dice < 0.08:
        note = replace(first, title="Editorial", authors=first.authors[:1], abstract="")
        return [note, _elsewhere(rng, note)]
    return [first]


def _invent(corpus: _Corpus) -> Record:
    rng = corpus.rng
    start = rng.randint(1, 2500)
    people = tuple(Author(*rng.choice(corpus.names)) for _ in range(min(12, 1 + int(rng.expovariate(0.25)))))
    return Record(
        title=corpus.exchange(rng.choice(corpus.titles), 0.5),
        authors=people,
        year=rng.randint(1985, 2023),
        journal=rng.choice(corpus.journals),
        volume=str(rng.randint(1, 150)),
        issue=str(rng.randint(1, 12)),
        pages=f"{start}-{start + rng.randint(0, 20)}",
        doi=_doi(rng) if rng.random() < 0.75 else "",
        abstract=corpus.abstract(),
        record_type="article",
    )


def _doi(rng: random.Random) -> str:
    return f"10.{rng.randint(1000, 9999)}/j.{rng.getrandbits(44):x}"


def _elsewhere(rng: random.Random, record: Record) -> Record:
    start = rng.randint(1, 2500)
    place = {"volume": str(rng.randint(1, 150)), "issue": str(rng.randint(1, 12)), "pages": f"{start}-{start + 7}"}
    return replace(record, doi=_doi(rng) if record.doi else "", **place)


def _copies(rng: random.Random, truth: Record) -> list[Record]:
    count = rng.choices([size for size, _ in _COPIES], [weight for _, weight in _COPIES])[0]
    return [truth, *(truth if rng.random() < 0.08 else _corrupt(rng, truth) for _ in range(count - 1))]


def _corrupt(rng: random.Random, record: Record) -> Record:
    """The record as another database prints it."""
    changes: dict[str, object] = {"title": _other_title(rng, record.title)}
    if rng.random() < 0.6:
        changes["journal"] = _other_journal(rng, record.journal)
    if rng.random() < 0.7:
        changes["authors"] = _other_authors(rng, record.authors)
    if rng.random() < 0.4:
        changes["doi"] = ""
    if rng.random() < 0.5:
        changes["pages"] = _other_pages(rng, record.pages)
    for field, share in (("issue", 0.25), ("volume", 0.05), ("abstract", 0.4)):
        if rng.random() < share:
            changes[field] = ""
    if rng.random() < 0.03 and record.year:
        changes["year"] = record.year + rng.choice((-1, 1))
    return replace(record, **changes)  # type: ignore[arg-type]


def _other_title(rng: random.Random, title: str) -> str:
    dice = rng.random()
    if dice < 0.25:
        title = title.capitalize()
    elif dice < 0.35:
        title = title.upper()
    elif dice < 0.45:
        title = title.title()
    if rng.random() < 0.3:
        title = title.rstrip(".") + rng.choice((".", " [Review]", " [Review] [33 refs]", ". [German]", "."))
    if rng.random() < 0.08 and len(title) > 30:
        i = rng.randrange(5, len(title) - 5)
        title = title[:i] + rng.choice((title[i + 1] + title[i], "", title[i] * 2)) + title[i + 2 :]
    if rng.random() < 0.03 and ": " in title and len(title.partition(": ")[0]) > 30:
        title = title.partition(": ")[0]
    return title


def _other_journal(rng: random.Random, journal: str) -> str:
    if rng.random() < 0.15:
        return f"{journal} (Online)"
    words = [
        word for word in re.split(r"[\s:,]+", journal) if word.lower() not in {"of", "the", "and", "in", "for", "&"}
    ]
    return " ".join(_ABBREVIATED.get(word.lower(), word) for word in words)


def _other_authors(rng: random.Random, authors: Sequence[Author]) -> tuple[Author, ...]:
    dice = rng.random()
    if dice < 0.05:
        return ()
    if dice < 0.15:
        return (*authors[:3], *((Author("et al"),) if len(authors) > 3 else ()))
    plain = [
        Author(_unaccented(author.family), "".join(part[0] for part in re.findall(r"\w+", author.given)))
        for author in authors
    ]
    return tuple(Author(author.family.upper(), author.given) for author in plain) if dice < 0.3 else tuple(plain)


def _unaccented(text: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))


def _other_pages(rng: random.Random, pages: str) -> str:
    first, _, last = pages.partition("-")
    same = 0
    while same < min(len(first), len(last)) - 1 and first[same] == last[same]:
        same += 1
    return rng.choice((first, f"{first}-{last[same:]}" if last else first, f"{first}--{last}" if last else first, ""))
