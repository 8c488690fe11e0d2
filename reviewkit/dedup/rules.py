"""The rules, each with a name that a person can read beside the pair it joined.

A rule sees features only (see `features`), never a text, so it cannot fit one set of records. Thresholds are on the
0–100 scale of the string similarities.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from reviewkit.dedup.features import Features, Flags

ALIKE_TITLE = 88.0
"""Spelling variants, a lost word, a typing error."""
EQUAL_TITLE = 96.0
ALIKE_NAMES = 80.0
ALIKE_JOURNAL = 80.0
OTHER_JOURNAL = 65.0
ALIKE_ABSTRACT = 90.0


@dataclass(frozen=True, slots=True)
class Rule:
    """A stated condition; ``fires`` gives a flag for each pair.

    A ``weak`` rule joins records because nothing speaks against it; it must not bridge two groups that clash.
    """

    name: str
    fires: Callable[[Features], Flags]
    weak: bool = False


def _title(f: Features) -> Flags:
    return ((f.title >= ALIKE_TITLE) | f.title_cut) & ~f.numbers_clash


def _equal_title(f: Features) -> Flags:
    return (f.title >= EQUAL_TITLE) & ~f.numbers_clash


def _names(f: Features) -> Flags:
    return f.names >= ALIKE_NAMES


def _names_not_other(f: Features) -> Flags:
    return (f.names < 0) | _names(f)


def _journal(f: Features) -> Flags:
    return f.journal >= ALIKE_JOURNAL


def _journal_other(f: Features) -> Flags:
    return (f.journal >= 0) & (f.journal < OTHER_JOURNAL)


def _near_year(f: Features) -> Flags:
    return f.years <= 1


def _doi(f: Features) -> Flags:
    # Supplements give all their abstracts one DOI, so it needs a like title or the same pages and authors.
    like = (f.title >= 75.0) | f.title_cut | (f.title < 0)
    return f.doi_same & ~f.page_clash & (
        (like & ~f.numbers_clash & ((f.names < 0) | (f.names >= 50.0))) | (f.article_range & _names(f))
    ) | (f.doi_same & _equal_title(f) & _names_not_other(f))


def _pmid(f: Features) -> Flags:
    return f.pmid_same & ((f.title >= 60.0) | f.title_cut | (f.title < 0) | (f.page_same & _names_not_other(f)))


def _title_and_pages(f: Features) -> Flags:
    unsaid_volume = _journal(f) & ~f.volume_clash & (f.years < 1) & ~f.last_clash
    place = f.page_same & _near_year(f) & (f.volume_same | unsaid_volume)
    # An editorial of every issue begins on page 3.
    elsewhere = f.issue_clash | f.doi_clash | (f.generic & (f.last_clash | ~f.volume_same))
    regular = (f.generic | ~f.title_long) & elsewhere
    unnamed = (f.names < 0) & f.volume_same & _journal(f)
    return _title(f) & place & (_names(f) | unnamed) & ~regular


def _title_and_place(f: Features) -> Flags:
    # A trial group on one side and its members on the other, or names with mangled letters: the place decides.
    place = (f.range_same | (f.page_same & f.issue_same)) & f.volume_same & _journal(f) & _near_year(f)
    return (f.title >= 97.0) & ~f.numbers_clash & f.title_long & place


def _loose_title_and_place(f: Features) -> Flags:
    agree = f.range_same & f.volume_same & _journal(f) & (f.years < 1) & ~f.issue_clash
    return agree & _names(f) & (f.title >= 60.0) & ~f.numbers_clash


def _place_without_title(f: Features) -> Flags:
    # An article's range of pages holds one article, whatever its title was translated to.
    shelf = (f.volume_same | f.issue_same) & ~f.volume_clash & ~f.issue_clash & ~f.doi_clash
    told_apart = (f.abstract >= 0) & (f.abstract < 60.0)
    return f.article_range & _journal(f) & (f.years < 1) & _names(f) & shelf & ~told_apart


def _title_journal(f: Features) -> Flags:
    silent = ~f.page_clash & ~f.volume_clash & ~f.issue_clash
    like = (f.title >= ALIKE_TITLE) & ~f.numbers_clash & (f.title_long | _near_equal_place(f))
    return like & _names(f) & _journal(f) & _near_year(f) & silent & ~(f.generic & f.doi_clash)


def _near_equal_place(f: Features) -> Flags:
    return (f.years < 1) & (f.title >= EQUAL_TITLE) & ~f.generic


def _title_volume(f: Features) -> Flags:
    place = _journal(f) & f.volume_same & _near_year(f) & ~f.issue_clash
    return _title(f) & f.title_long & _names(f) & place & (~f.page_clash | f.pages_touch)


def _title_volume_pages_differ(f: Features) -> Flags:
    place = f.volume_same & _journal(f) & (f.years < 1) & ~f.issue_clash & ~f.doi_clash
    return (f.title >= 99.0) & ~f.numbers_clash & f.title_long & (f.names >= 95.0) & f.several_names & place


def _shifted(f: Features) -> Flags:
    return _equal_title(f) & _names(f) & _journal(f) & (f.years < 1) & f.place_shifted


def _ahead_of_print(f: Features) -> Flags:
    # Titles change between acceptance and print; a whole team in one journal and year rarely writes two alike.
    team = f.many_names & (f.names >= 97.0)
    like = (f.title >= 75.0) & ~f.numbers_clash & ~f.generic
    return (
        like
        & team
        & (f.journal >= 95.0)
        & (f.years < 1)
        & ~f.year_unsaid
        & f.one_unplaced
        & ~f.doi_clash
        & ~f.pmid_clash
    )


def _unnamed(f: Features) -> Flags:
    place = f.volume_same & _journal(f) & (f.years < 1) & ~f.issue_clash & ~f.page_clash
    return (f.title >= 97.0) & ~f.numbers_clash & (f.names < 0) & place & ~f.doi_clash & ~f.generic


def _editorial(f: Features) -> Flags:
    place = f.volume_same & f.issue_same & _journal(f) & (f.years < 1) & f.pages_near
    return f.editorials & (f.names >= 95.0) & f.several_names & place


def _title_authors_year(f: Features) -> Flags:
    # A meeting's abstract stands under the journal's name in one database and the meeting's in another.
    journal = _journal_other(f) & ~(f.both_conference & f.volume_same)
    clash = f.page_clash | f.volume_clash | f.issue_clash | f.doi_clash | f.pmid_clash | journal
    return _equal_title(f) & f.title_long & _names(f) & (f.years < 1) & ~clash


def _abstract(f: Features) -> Flags:
    like = (f.abstract >= ALIKE_ABSTRACT) & (f.title >= 75.0) & ~f.generic & _names(f) & _near_year(f) & ~f.page_clash
    numbers = ~f.numbers_clash | (f.page_same & f.volume_same & (f.title >= EQUAL_TITLE))
    return like & numbers & ~f.volume_clash & ~_journal_other(f)


def _abstract_volume(f: Features) -> Flags:
    # The journal's name translated: volume, issue and abstract stand in for it.
    like = (f.abstract >= 95.0) & (f.title >= 97.0) & ~f.numbers_clash & ~f.generic & (f.names >= 95.0)
    return like & f.volume_same & f.issue_same & (f.years < 1) & ~f.page_clash & ~f.doi_clash


def _abstract_journal(f: Features) -> Flags:
    like = (f.abstract >= 95.0) & (f.title >= 97.0) & ~f.numbers_clash & ~f.generic & f.title_long
    return like & (f.names >= 95.0) & _journal(f) & _near_year(f)


def versions(f: Features) -> Flags:
    """Two versions of one review or preprint: one DOI but for the version, or like Cochrane reviews of two years."""
    cochrane = f.cochrane & (f.title >= 92.0) & ((f.names >= 50.0) | (f.names < 0)) & (f.years > 0)
    return (f.doi_same & f.version_clash) | (cochrane & ~f.doi_same & ~f.pmid_same)


def _title_alone(f: Features) -> Flags:
    # A catalogue's bare title, long enough to be no other article's.
    clash = f.page_clash | f.volume_clash | f.issue_clash | f.doi_clash | f.pmid_clash | _journal_other(f)
    return (f.title >= 97.0) & ~f.numbers_clash & f.title_very_long & _names_not_other(f) & (f.years < 1) & ~clash


def _doi_other_script(f: Features) -> Flags:
    return f.doi_same & f.other_script & _names_not_other(f) & ~f.page_clash & ~f.volume_clash


SAME_RULES = (
    Rule("same DOI, like title", _doi),
    Rule("same DOI, title in another script", _doi_other_script),
    Rule("same PubMed number", _pmid),
    Rule("like title and authors, same pages", _title_and_pages),
    Rule("same title, journal, volume and pages", _title_and_place),
    Rule("like title, authors and journal", _title_journal),
    Rule("same title, authors, journal and volume", _title_volume),
    Rule("same title, authors, journal and volume; pages printed differently", _title_volume_pages_differ),
    Rule("same title, authors and year, nothing against it", _title_authors_year, weak=True),
    Rule("same long title, nothing against it", _title_alone, weak=True),
    Rule("same pages, volume, journal and authors; title alike", _loose_title_and_place),
    Rule("same pages, volume, journal and authors; title translated or missing", _place_without_title),
    Rule("same abstract, like title and authors", _abstract),
    Rule("same abstract, title, authors, volume and issue", _abstract_volume),
    Rule("same abstract, title, authors and journal", _abstract_journal),
    Rule("same title, journal, volume and issue, no authors named", _unnamed),
    Rule("same title, authors, journal and year; volume and issue moved by one column", _shifted),
    Rule("like title, same authors, journal and year; one ahead of print", _ahead_of_print),
    Rule("versions of one review", versions),
    Rule("one editorial under two headings", _editorial),
)


def _maybe_title(f: Features) -> Flags:
    # A bare heading in another issue is another editorial.
    elsewhere = ~f.title_long & (f.doi_clash | f.volume_clash | f.issue_clash | f.page_clash)
    return _title(f) & ((f.names >= 60.0) | (f.names < 0)) & (f.years <= 2) & (f.title_long | _journal(f)) & ~elsewhere


def _maybe_short_title(f: Features) -> Flags:
    clash = f.doi_clash | f.pmid_clash | f.volume_clash | f.issue_clash | f.page_clash | _journal_other(f)
    return _equal_title(f) & ~f.generic & _names_not_other(f) & _near_year(f) & ~clash


def _maybe_reordered(f: Features) -> Flags:
    clash = f.doi_clash | f.pmid_clash | f.volume_clash | f.page_clash
    return f.reordered & ~f.numbers_clash & _names_not_other(f) & (f.years <= 1) & ~clash


def _maybe_doi(f: Features) -> Flags:
    return f.doi_same & ((f.title >= 50.0) | (f.page_same & _names_not_other(f)) | (f.title < 0))


def _maybe_pmid(f: Features) -> Flags:
    return f.pmid_same


def _maybe_place(f: Features) -> Flags:
    return f.page_same & f.volume_same & _names(f) & (f.years <= 1) & ~_journal_other(f) & ~f.generic


def _maybe_abstract(f: Features) -> Flags:
    return (f.abstract >= ALIKE_ABSTRACT) & _names(f)


MAYBE_RULES = (
    Rule("like title", _maybe_title),
    Rule("same short title, nothing against it", _maybe_short_title),
    Rule("same words of the title in another order", _maybe_reordered),
    Rule("same DOI, other title", _maybe_doi),
    Rule("same PubMed number, other title", _maybe_pmid),
    Rule("same pages, volume and authors", _maybe_place),
    Rule("same abstract and authors", _maybe_abstract),
)


def first_rule(f: Features, rules: tuple[Rule, ...]) -> np.ndarray[tuple[int], np.dtype[np.int16]]:
    """Index of the first rule that fires for each pair; -1 where none does."""
    fired = np.full(len(f.title), -1, dtype=np.int16)
    for number in range(len(rules) - 1, -1, -1):
        fired[rules[number].fires(f)] = number
    return fired


def score(f: Features) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """A score from 0 to 1: the weighted mean of what both records say, for ordering pairs within a band.

    Weights: title 5, authors 2, journal 1, pages 2, volume 1, DOI 3, PubMed number 3, year 1. The rules decide;
    the score says how much agrees.
    """
    parts = (
        (5.0, f.title >= 0, f.title / 100.0),
        (2.0, f.names >= 0, f.names / 100.0),
        (1.0, f.journal >= 0, f.journal / 100.0),
        (2.0, f.page_same | f.page_clash, f.page_same),
        (1.0, f.volume_same | f.volume_clash, f.volume_same),
        (3.0, f.doi_same | f.doi_clash, f.doi_same),
        (3.0, f.pmid_same | f.pmid_clash, f.pmid_same),
        (1.0, ~f.year_unsaid, 1.0 - np.minimum(f.years, 4) / 4.0),
    )
    total = np.zeros(len(f.title))
    weight = np.zeros(len(f.title))
    for size, said, value in parts:
        total += size * np.where(said, value, 0.0)
        weight += size * said
    return total / np.maximum(weight, 1.0)
