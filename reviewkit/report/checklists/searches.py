"""PRISMA-S: 16 items on the searches, held against searches.toml.

Rethlefsen ML et al. PRISMA-S: an extension to the PRISMA statement for reporting literature searches in systematic
reviews. Systematic Reviews 2021;10:39. doi:10.1186/s13643-020-01542-z.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from reviewkit.report.checklists.look import Answer, Item, Look, either, met, needless, unmet
from reviewkit.report.checklists.prisma import NO_SEARCH

REGISTRIES = ("clinicaltrials", "ictrp", "registry", "register", "isrctn", "euctr", "irct")


def _of_a_search(rule: Callable[[Look], Answer]) -> Callable[[Look], Answer]:
    """The rule where something was searched; 'not met' where nothing was."""
    return lambda look: rule(look) if look.searched else unmet(NO_SEARCH, "sources")


def _names(look: Look) -> Answer:
    left = [item.label for item in look.searches if not item.platform]
    return either(not left, f"The platform is not stated for {', '.join(left)}.", "files")


def _at_once(look: Look) -> Answer:
    held = Counter(item.platform for item in look.searches if item.platform)
    several = [name for name, n in held.items() if n > 1]
    return met("files") if several else needless("No platform was used to search several databases at once.", "files")


def _registries(look: Look) -> Answer:
    found = any(word in item.source.casefold() for item in look.searches for word in REGISTRIES)
    return either(found, "No study registry was searched.", "files")


def _browsing(look: Look) -> Answer:
    return either(look.noted("browse", "hand search", "handsearch", "website"),
                  "No website or table of contents is recorded as searched.", "sources")


def _citations(look: Look) -> Answer:
    return either(any(item.method == "citation-searching" for item in look.review.sources.searches.file),
                  "No citation was followed, forwards or backwards.", "files")


def _contacts(look: Look) -> Answer:
    return either(bool(look.review.appraisal.contacts), "No author, expert or maker was asked.", "contacts")


def _other(look: Look) -> Answer:
    note = look.review.sources.searches.note
    return met("sources") if note else needless("No other method was used.", "sources")


def _strategies(look: Look) -> Answer:
    left = [item.label for item in look.searches if not item.query and not item.parameters]
    return either(not left, f"No strategy as run for {', '.join(left)}.", "sources")


def _limits(look: Look) -> Answer:
    told = any(item.parameters for item in look.searches) or look.noted("limit", "restrict", "language", "no limits")
    return either(told, "Whether limits (dates, languages) were set is not stated.", "sources")


def _filters(look: Look) -> Answer:
    return either(look.noted("filter"), "Whether a published search filter was used is not stated.", "sources")


def _earlier(look: Look) -> Answer:
    return either(look.noted("adapted", "reused", "earlier review", "prior"),
                  "Whether strategies of earlier reviews were used is not stated.", "sources")


def _updates(look: Look) -> Answer:
    days: dict[str, set[object]] = {}
    for item in look.searches:
        days.setdefault(item.source, set()).add(item.date)
    return either(any(len(found) > 1 for found in days.values()) or look.noted("update", "alert"),
                  "Each source was searched once; updates are not described.", "files")


def _dates(look: Look) -> Answer:
    left = [item.label for item in look.searches if item.date is None]
    return either(not left, f"No date of search for {', '.join(left)}.", "files")


def _peers(look: Look) -> Answer:
    return either(look.noted("press", "peer review"), "Peer review of the strategies is not recorded.", "sources")


def _totals(look: Look) -> Answer:
    left = [item.label for item in look.searches if item.hits is None]
    return either(not left, f"The number of hits is not stated for {', '.join(left)}.", "files", "flow")


def _deduplication(look: Look) -> Answer:
    waiting = len(look.review.open_duplicates)
    return either(not waiting, f"{waiting} pairs wait for a person.", "duplicates")


ITEMS = (
    Item("1", "Sources", "Database name", "Each database, with its platform.", _of_a_search(_names)),
    Item("2", "Sources", "Several databases at once", "Platforms searched at once, with the databases in each.",
         _of_a_search(_at_once)),
    Item("3", "Sources", "Study registries", "Each registry searched.", _of_a_search(_registries)),
    Item("4", "Sources", "Online resources", "Websites and tables of contents searched or browsed.",
         _of_a_search(_browsing)),
    Item("5", "Sources", "Citation searching", "Whether citations were followed, and how.", _citations),
    Item("6", "Sources", "Contacts", "Whether authors or others were asked for studies or data.", _contacts),
    Item("7", "Sources", "Other methods", "Any other source or method.", _of_a_search(_other)),
    Item("8", "Strategies", "Full strategies", "Each strategy exactly as it was run.", _of_a_search(_strategies)),
    Item("9", "Strategies", "Limits", "Limits set, or that none was, and why.", _of_a_search(_limits)),
    Item("10", "Strategies", "Filters", "Published filters used, with their source.", _of_a_search(_filters)),
    Item("11", "Strategies", "Earlier work", "Strategies of other reviews that were used.", _of_a_search(_earlier)),
    Item("12", "Strategies", "Updates", "How searches were kept up to date.", _of_a_search(_updates)),
    Item("13", "Strategies", "Dates", "When each search was last run.", _of_a_search(_dates)),
    Item("14", "Peer review", "Peer review", "Who looked over the strategies, and how.", _of_a_search(_peers)),
    Item("15", "Records", "Total records", "Records found by each source and method.", _of_a_search(_totals)),
    Item("16", "Records", "Deduplication", "How duplicates were found, and with what software.", _deduplication),
)  # fmt: skip
