"""What is one report, what is left to a person, and what is another report that belongs to it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reviewkit.dedup import Deduplication, Settings, deduplicate
from reviewkit.model import Author, Record

TEAM = (Author("Moradi", "A"), Author("Nowak", "B C"), Author("Okafor", "D"))
ARTICLE = Record(
    title="Copper in the drinking water of sheep and the weight of their lambs at birth",
    authors=TEAM,
    year=2014,
    journal="Journal of Imagined Veterinary Medicine",
    volume="12",
    issue="3",
    pages="221-228",
    doi="10.1234/jivm.2014.12",
    record_type="article",
)


def compare(one: Record, other: Record, settings: Settings | None = None) -> Deduplication:
    return deduplicate([one, other], ids=["a", "b"], settings=settings or Settings())


def is_same(one: Record, other: Record) -> bool:
    return bool(compare(one, other).groups)


@pytest.mark.parametrize(
    "changes",
    [
        {"doi": "", "journal": "J Imagined Vet Med", "pages": "221-8", "title": ARTICLE.title.upper()},
        {"doi": "", "title": ARTICLE.title.replace("drinking", "drinkng"), "issue": ""},
        {"authors": (), "doi": ""},
        {"authors": TEAM[:1], "doi": "", "year": 2013},
        {"title": "", "doi": ""},
        {"title": "El cobre en el agua de las ovejas y el peso de sus corderos", "doi": ""},
        {"volume": "", "issue": "", "pages": "", "doi": ""},
        {"volume": "", "issue": "", "pages": "", "journal": "", "year": None},
        {"pages": "e12724", "doi": ""},
        {"pages": "228-233", "doi": ""},
        {"volume": "", "issue": "12", "pages": "3", "doi": ""},
        {"title": "Медь в питьевой воде овец", "volume": "", "pages": "", "issue": "", "year": None},
        {"title": ARTICLE.title + " [Review] [33 refs]", "doi": ""},
        {"authors": (Author("B C", "Nowak"), Author("A", "Moradi"), Author("D", "Okafor")), "doi": ""},
    ],
)
def test_one_report_in_two_databases(changes: dict[str, object]) -> None:
    copy = replace(ARTICLE, **changes)  # type: ignore[arg-type]
    assert is_same(ARTICLE, copy)
    assert is_same(copy, ARTICLE)


def test_one_article_number_lost() -> None:
    sparse = replace(ARTICLE, pages="", volume="", issue="", doi="")
    assert is_same(ARTICLE, sparse)


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"title": f"Erratum to: {ARTICLE.title}", "pages": "400", "issue": "5", "doi": "10.1234/e"}, "erratum"),
        ({"title": f"Correction: {ARTICLE.title}", "pages": "400", "issue": "5", "doi": ""}, "erratum"),
        ({"title": f"{ARTICLE.title} (vol 12, pg 221, 2014)", "pages": "400", "doi": ""}, "erratum"),
        ({"title": f"Retraction: {ARTICLE.title}", "pages": "400", "volume": "14", "doi": ""}, "retraction"),
        ({"title": f"{ARTICLE.title} - Reply", "pages": "229", "doi": ""}, "comment"),
        ({"title": f"{ARTICLE.title} Authors' reply", "pages": "229", "doi": ""}, "comment"),
        (
            {"title": f"{ARTICLE.title}: study protocol", "year": 2012, "volume": "10", "pages": "5", "doi": ""},
            "protocol",
        ),
        ({"record_type": "trial registration", "journal": "", "volume": "", "pages": "", "doi": ""}, "registration"),
        (
            {
                "journal": "Journal of Somewhere. Conference: 4th Annual Meeting",
                "volume": "9",
                "issue": "s1",
                "pages": "S33",
                "doi": "",
            },
            "conference abstract",
        ),
    ],
)
def test_related_reports_are_linked_and_not_merged(changes: dict[str, object], kind: str) -> None:
    found = compare(ARTICLE, replace(ARTICLE, **changes))  # type: ignore[arg-type]
    assert found.groups == ()
    assert [link.kind for link in found.related] == [kind]


def test_parts_of_a_series() -> None:
    one = replace(ARTICLE, title=f"{ARTICLE.title}. Part I")
    other = replace(ARTICLE, title=f"{ARTICLE.title}. Part II", pages="229-240", doi="10.1234/jivm.2014.13")
    found = compare(one, other)
    assert found.groups == ()
    assert [link.kind for link in found.related] == ["part"]


def test_two_papers_of_one_team_in_one_year() -> None:
    other = replace(
        ARTICLE,
        title="Copper in the drinking water of sheep: quality of the wool after three seasons",
        journal="Wool Science",
        volume="40",
        pages="649-652",
        doi="10.9999/wool.1",
    )
    found = compare(ARTICLE, other)
    assert (found.groups, [link.kind for link in found.related]) == ((), ["companion"])


def test_the_same_words_in_another_order_in_another_journal() -> None:
    one = replace(ARTICLE, title="Copper metabolism in pregnant sheep")
    other = Record(
        title="Pregnant sheep and copper metabolism",
        year=2014,
        journal="Wool Science",
        volume="40",
        doi="10.9999/wool.2",
    )
    found = compare(one, other)
    assert (found.groups, [link.kind for link in found.related]) == ((), ["companion"])


def test_an_erratum_in_two_databases_is_one_report() -> None:
    one = replace(ARTICLE, title=f"Erratum: {ARTICLE.title}", pages="400", issue="5", doi="")
    assert is_same(one, replace(one, title=f"{ARTICLE.title} (vol 12, pg 221, 2014)"))


def test_a_note_about_an_erratum_does_not_make_the_article_one() -> None:
    assert is_same(ARTICLE, replace(ARTICLE, title=f"{ARTICLE.title}.[Erratum appears in Foo. 2015;13(1):9]", doi=""))


def test_versions_are_duplicates_unless_the_settings_keep_them_apart() -> None:
    review = replace(
        ARTICLE,
        title="Copper for sheep before lambing",
        journal="Cochrane Database of Systematic Reviews",
        volume="",
        issue="4",
        pages="CD001234",
        doi="10.1002/14651858.CD001234.pub2",
    )
    update = replace(review, year=2019, issue="9", doi="10.1002/14651858.CD001234.pub3", authors=TEAM[:2])
    assert compare(review, update).groups
    apart = compare(review, update, Settings(versions_apart=True))
    assert (apart.groups, [link.kind for link in apart.related]) == ((), ["version"])


def test_one_doi_for_a_whole_supplement_joins_nothing() -> None:
    talk = replace(ARTICLE, title="Zinc and the hoof", authors=(Author("Quist"),), pages="S20")
    assert not is_same(replace(ARTICLE, pages="S19"), talk)


def test_pages_of_a_whole_supplement_join_nothing() -> None:
    talk = replace(ARTICLE, pages="1-210", doi="")
    assert not is_same(talk, replace(talk, title="Zinc and the hoof of goats in winter"))


def test_mangled_letters_in_every_name() -> None:
    mangled = tuple(Author("Ormaz¨¢bal-Gonz¨¢lez" + str(i)) for i in range(3))
    assert is_same(replace(ARTICLE, doi=""), replace(ARTICLE, authors=mangled, pages="221", doi=""))


def test_editorials_of_two_issues_stay_apart_and_bother_nobody() -> None:
    one = replace(ARTICLE, title="Editorial", authors=TEAM[:1], pages="3-4", issue="1", doi="10.1234/ed.1")
    found = compare(one, replace(one, issue="2", doi="10.1234/ed.2"))
    assert (found.groups, found.maybe) == ((), ())


def test_editorials_on_one_page_number_of_two_volumes_stay_apart() -> None:
    one = replace(ARTICLE, title="Editors' comments", authors=TEAM[:1], pages="3-4", issue="", doi="")
    assert not is_same(one, replace(one, pages="3-8"))
    assert not is_same(one, replace(one, volume=""))


def test_same_title_in_another_journal_is_for_a_person() -> None:
    found = compare(ARTICLE, replace(ARTICLE, journal="Wool Science", volume="2", pages="9-12", doi=""))
    assert found.groups == ()
    assert len(found.maybe) == 1


def test_a_sparse_record_does_not_bridge_two_reports() -> None:
    other = replace(ARTICLE, journal="Wool Science", volume="2", pages="9-12", issue="1", doi="10.9999/wool.1")
    sparse = replace(ARTICLE, journal="", volume="", issue="", pages="", doi="")
    found = deduplicate([ARTICLE, other, sparse], ids=["a", "b", "c"])
    assert all(not {"a", "b"} <= set(group.members) for group in found.groups)


def test_one_talk_at_two_meetings_is_not_bridged_either() -> None:
    talk = replace(ARTICLE, record_type="conference", issue="", pages="", doi="")
    other = replace(talk, journal="Proceedings of the Wool Congress", volume="7")
    sparse = replace(ARTICLE, journal="", volume="", issue="", pages="", doi="")
    found = deduplicate([talk, other, sparse], ids=["a", "b", "c"])
    assert all(not {"a", "b"} <= set(group.members) for group in found.groups)


def test_a_meeting_abstract_under_the_journals_name_or_the_meetings() -> None:
    talk = replace(ARTICLE, journal="Wool Science. Conference: 4th Congress of Wool", issue="", pages="", doi="")
    assert is_same(talk, replace(talk, journal="4th Congress of the World Society of Spinners, Kyoto"))


def test_every_group_says_why() -> None:
    (group,) = compare(ARTICLE, replace(ARTICLE, doi="")).groups
    assert group.rule == "like title and authors, same pages"
    assert 0.9 < group.score <= 1.0
    assert {(pair.one, pair.other) for pair in group.matches} == {("a", "b")}
