"""Each field: what two databases print differently comes out equal, and what differs stays different."""

from __future__ import annotations

import pytest

from reviewkit.dedup.abstract import normalise_abstract, opening
from reviewkit.dedup.author import all_words_of, family_names, family_names_of
from reviewkit.dedup.doi import normalise_doi, normalise_pmid, without_version
from reviewkit.dedup.journal import journal_similarity, normalise_journal
from reviewkit.dedup.pages import normalise_issue, normalise_pages, normalise_volume, pages_touch
from reviewkit.dedup.title import normalise_title, title_numbers, title_words
from reviewkit.model import Author


@pytest.mark.parametrize(
    "printed",
    [
        "Tumour necrosis factor α in <i>Mus musculus</i>",
        "TUMOUR NECROSIS FACTOR α IN MUS MUSCULUS.",
        "[Tumour necrosis factor-alpha in Mus musculus]. [German]",
        "Tumour necrosis factor alpha in Mus musculus [Review] [33 refs]",
        "Tumour necrosis factor alpha in Mus musculus. (Structured abstract)",
        "Tumour necrosis factor alpha in Mus musculus.[Erratum appears in J Imag. 2009 Jun 4;360(2):3 Note: [added]]",
        "Tumour necrosis factor alpha in Mus musculus (vol 12, pg 34, 2008)",
        "Erratum: Tumour necrosis factor alpha in Mus musculus",
        "RETRACTED: Tumour necrosis factor alpha in Mus musculus",
    ],
)
def test_titles_fold_to_one(printed: str) -> None:
    assert normalise_title(printed) == "tumour necrosis factor alpha in mus musculus"


def test_a_title_that_is_only_a_note_is_kept() -> None:
    assert normalise_title("[Review]") == "review"


def test_other_scripts_survive() -> None:
    assert normalise_title("Платформенная занятость.") == "платформенная занятость"


def test_an_abstract_in_the_title_is_cut() -> None:
    assert len(normalise_title("word " * 100_000)) <= 1_000


@pytest.mark.parametrize(
    ("one", "other"), [("part i", "part ii"), ("wave 2 of 5", "wave 3 of 5"), ("case a", "case b")]
)
def test_numbers_tell_parts_apart(one: str, other: str) -> None:
    assert title_numbers(one) != title_numbers(other)


def test_numbers_survive_spaces_and_roman_spelling() -> None:
    assert title_numbers("10 049 women") == title_numbers("10049 women")
    assert title_numbers("type ii") == title_numbers("type 2")


def test_words_of_a_title_in_any_order() -> None:
    assert title_words("metabolism of copper in sheep liver") == title_words("sheep liver and the metabolism of copper")


@pytest.mark.parametrize(
    "printed",
    [
        "Adeli, Khosrow and Lewis, Gary F.",
        "Adeli K; Lewis GF",
        "Adeli K.Lewis G. F.",
        "ADELI, K. and LEWIS, G. F.",
        "Ádeli, K and Lewis, G F and et al.",
    ],
)
def test_author_lists_give_the_same_families(printed: str) -> None:
    assert family_names(printed) == ("adeli", "lewis")


def test_particles_and_torn_particles() -> None:
    assert family_names("van den Brule, A J C") == family_names("Brule, A J C") == ("brule",)
    assert family_names("del, Pino M") == ("pino",)
    assert family_names_of([Author("O'Brien", "P"), Author("Fremeaux-Bacchi", "V")]) == ("obrien", "fremeauxbacchi")


def test_parsed_authors_read_as_the_printed_list() -> None:
    assert family_names_of([Author("Adeli K.Lewis", "G. F.")]) == ("adeli", "lewis")
    assert family_names_of([Author("Anonymous")]) == ()
    assert all_words_of([Author("Moritz", "Altenried")]) == ("altenried", "moritz")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Curr Opin Lipidol", "Current Opinion in Lipidology"),
        ("J Natl Cancer Inst", "Journal of the National Cancer Institute"),
        ("BMJ", "British Medical Journal"),
        ("JAMA", "Journal of the American Medical Association"),
        ("Obstetrics & Gynecology", "Obstetrics and Gynecology"),
        ("International journal of cancer.Journal international du cancer", "International Journal of Cancer"),
        ("Atherosclerosis Supplements. Conference: 79th Congress of Somewhere", "Atherosclerosis Supplements"),
    ],
)
def test_one_journal_under_two_names(one: str, other: str) -> None:
    assert journal_similarity(normalise_journal(one), normalise_journal(other)) >= 80
    assert journal_similarity(normalise_journal(other), normalise_journal(one)) >= 80


@pytest.mark.parametrize(
    ("one", "other"), [("Spine", "European Spine Journal of Surgery"), ("Blood", "Haematologica"), ("Chest", "Cancer")]
)
def test_two_journals(one: str, other: str) -> None:
    assert journal_similarity(normalise_journal(one), normalise_journal(other)) < 80


@pytest.mark.parametrize(
    ("printed", "first", "last"),
    [
        ("221-8", "221", "228"),
        ("221--228", "221", "228"),
        ("pp. 221 – 228", "221", "228"),
        ("S12-S15", "s12", "s15"),
        ("e0137960", "e137960", ""),
        ("Jan-14", "1", "14"),
        ("499–711", "499", "711"),
        ("no pagination", "", ""),
        ("", "", ""),
    ],
)
def test_pages(printed: str, first: str, last: str) -> None:
    assert normalise_pages(printed) == (first, last)


def test_pages_that_touch() -> None:
    assert pages_touch(("246", "250"), ("250", "254"))
    assert pages_touch(("488", ""), ("487", "488"))
    assert pages_touch(("1", "6"), ("e12724", ""))
    assert not pages_touch(("1", "6"), ("9", "12"))
    assert pages_touch(("1", "6"), ("8", "12"), gap=2)


def test_volume_and_issue() -> None:
    assert normalise_volume("Volume 14") == normalise_volume("14 (2 Supplement 1)") == "14"
    assert normalise_volume("2)") == normalise_volume("2016", year=2016) == normalise_volume("UNKNOWN") == ""
    assert normalise_issue("Suppl. 2") == normalise_issue("SUPPL 2") == "s2"
    assert normalise_issue("02") == "2"


@pytest.mark.parametrize(
    "printed",
    [
        "10.1016/S0140-6736(05)66912-7",
        "https://doi.org/10.1016/s0140-6736(05)66912-7.",
        "DOI 10.1016/s0140-6736(05)66912-7",
        "(doi:10.1016/S0140-6736(05)66912-7)",
        "http://dx.doi.org/10.1016%2FS0140-6736(05)66912-7",
    ],
)
def test_doi_forms(printed: str) -> None:
    assert normalise_doi(printed) == "10.1016/s0140-6736(05)66912-7"


def test_no_identifier() -> None:
    assert normalise_doi("10. see text") == normalise_doi("") == normalise_pmid("none") == ""
    assert normalise_pmid("PMID: 0012345") == "12345"


@pytest.mark.parametrize(
    ("doi", "bare", "version"),
    [
        ("10.1002/14651858.cd001234.pub3", "10.1002/14651858.cd001234", "pub3"),
        ("10.1002/14651858.cd001234", "10.1002/14651858.cd001234", "1"),
        ("10.12688/f1000research.123.2", "10.12688/f1000research.123", "2"),
        ("10.21203/rs.3.rs-12345/v1", "10.21203/rs.3.rs-12345", "v1"),
        ("10.1016/j.jsps.2018.07.008", "10.1016/j.jsps.2018.07.008", ""),
    ],
)
def test_versions_of_a_doi(doi: str, bare: str, version: str) -> None:
    assert without_version(doi) == (bare, version)


def test_abstracts_compare_by_their_opening() -> None:
    text = "Background: " + "sheep were given copper in water or hay and weighed each week " * 50
    assert normalise_abstract(text).startswith("sheep were given")
    assert len(normalise_abstract(text)) <= 500
    assert opening(text) == opening(text.removeprefix("Background: ")) != ""
    assert opening("short") == ""
