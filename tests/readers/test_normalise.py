"""Printed values in one form: identifiers, names, titles, years, pages, languages, types, journals."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewkit.model import Author, Origin
from reviewkit.readers.normalise import identifiers, names, values
from reviewkit.readers.normalise.journals import iso4
from reviewkit.readers.normalise.latex import plain
from reviewkit.readers.normalise.text import clean
from reviewkit.readers.normalise.types import record_type
from reviewkit.readers.printed import Printed, record


@pytest.mark.parametrize(
    "printed,doi",
    [
        ("10.1234/ABC.5", "10.1234/abc.5"),
        ("https://doi.org/10.1234/abc.5", "10.1234/abc.5"),
        ("http://dx.doi.org/10.1234/abc.5.", "10.1234/abc.5"),
        ("doi:10.1234/abc(5)", "10.1234/abc(5)"),
        ("(doi 10.1234/abc5)", "10.1234/abc5"),
        ("10.1892/0891-6640(2006)20[894:HDAACO]2.0.CO;2", "10.1892/0891-6640(2006)20[894:hdaaco]2.0.co;2"),
        (
            "10.1002/(SICI)1097-0258(19980815/30)17:15/16<1661::AID-SIM968>3.0.CO;2-2",
            "10.1002/(sici)1097-0258(19980815/30)17:15/16<1661::aid-sim968>3.0.co;2-2",
        ),
        ("10.1234/abc [doi]", "10.1234/abc"),
        ("http://sfx.org/x?id=doi:10.4103%2F2303-9027.138783&atitle=Some+title", "10.4103/2303-9027.138783"),
        ("https://www.frontiersin.org/articles/10.3389/fnins.2019.00123/full", "10.3389/fnins.2019.00123"),
        ("https://www.cochranelibrary.com/central/doi/10.1002/central/CN-02307702/full", ""),
        ("https://www.biorxiv.org/content/10.1101/2020.01.01.123456v2.full.pdf", "10.1101/2020.01.01.123456"),
        ("10.5", ""),
        ("no doi", ""),
    ],
)
def test_doi(printed: str, doi: str) -> None:
    assert identifiers.doi(printed) == doi


def test_doi_is_found_in_links_and_labelled_notes_only() -> None:
    def doi(**fields: list[str]) -> str:
        return record(Printed(title="T", **fields), Origin("", 1, 1), "").doi  # type: ignore[arg-type]

    assert doi(dois=["", "https://doi.org/10.1234/x"]) == "10.1234/x"
    assert doi(notes=["eCollection; DOI 10.1234/x; Print"]) == "10.1234/x"
    assert doi(notes=["see also 10.1234/x"]) == ""
    assert doi(notes=["Erratum for: J Foo. doi: 10.1234/x"]) == ""


@pytest.mark.parametrize(
    "printed,ids",
    [
        ("Trial of X (NCT 01234567)", ("NCT01234567",)),
        ("isrctn12345678 and ACTRN12612000123456", ("ISRCTN12345678", "ACTRN12612000123456")),
        ("IRCT20150519022320N3", ("IRCT20150519022320N3",)),
        ("ChiCTR-TRC-12002345; UMIN000012345", ("ChiCTR-TRC-12002345", "UMIN000012345")),
        ("EudraCT number 2015-001234-12", ("EUCTR2015-001234-12",)),
        (
            "CTRI/2018/05/013978, DRKS00012345, jRCT1234567890",
            ("CTRI/2018/05/013978", "DRKS00012345", "jRCT1234567890"),
        ),
        ("a CT of 1234567 people", ()),
    ],
)
def test_registry_numbers(printed: str, ids: tuple[str, ...]) -> None:
    assert identifiers.registry_ids([printed]) == ids
    if printed[0].isupper():
        assert set(identifiers.registry_ids([], printed)) == set(ids)


@pytest.mark.parametrize(
    "printed,family,given",
    [
        ("van de Schoot, Rens", "van de Schoot", "Rens"),
        ("Rens van de Schoot", "van de Schoot", "Rens"),
        ("Salarvand S", "Salarvand", "S"),
        ("Heidari ME", "Heidari", "ME"),
        ("Adler D.G.", "Adler", "D.G."),
        ("R. A. Bert", "Bert", "R. A."),
        ("Jessica E Black", "Black", "Jessica E"),
        ("de Vries J P", "de Vries", "J P"),
        ("Smith, Jr., John", "Smith", "John Jr."),
        ("H Charles Woodfield III", "Woodfield", "H Charles III"),
        ("Kohler, Lars 1", "Kohler", "Lars"),
        ("Liu, Fengyuan (60410297700)", "Liu", "Fengyuan"),
        ("GINSBERG", "GINSBERG", ""),
        ("NCT05035524,", "NCT05035524", ""),
        ("World Health Organization", "World Health Organization", ""),
        ("greatlifechiro.com", "greatlifechiro.com", ""),
        ("MÃ¼ller, JÃ¶rg", "Müller", "Jörg"),
        ("王 小明", "王", "小明"),
        ("... Hidalgo-Garcia C", "Hidalgo-Garcia", "C"),
    ],
)
def test_author(printed: str, family: str, given: str) -> None:
    assert names.author(printed) == Author(family, given)


@pytest.mark.parametrize(
    "printed,families",
    [
        (["Liu R., Adler D.G."], ["Liu", "Adler"]),
        (["Smith J; Jones K; et al."], ["Smith", "Jones"]),
        (["Smith, John"], ["Smith"]),
        (["Smith, J., Jones, K. L."], ["Smith", "Jones"]),
        (["Deborah Backus, Christine Manella, Anneke Bender"], ["Backus", "Manella", "Bender"]),
        (["['Marx, Karl', 'Lindgren, Astrid']"], ["Marx", "Lindgren"]),
        (["Ministry of Health and Sport"], ["Ministry of Health and Sport"]),
        (["Vane, A", "Oss, K", "Vane, A", "Oss, K"], ["Vane", "Oss"]),
        (["[No author name available]"], []),
    ],
)
def test_lists_of_authors(printed: list[str], families: list[str]) -> None:
    assert [author.family for author in names.authors(printed)] == families


@pytest.mark.parametrize(
    "printed,text",
    [
        ("<jats:p>One</jats:p><jats:p>Two</jats:p>", "One Two"),
        ("H<sub>2</sub>O &amp; P&lt;.05 &#x3b1;", "H2O & P<.05 α"),
        ("p <0.05 and n> 3", "p <0.05 and n> 3"),
        ("a &lt;i&gt;b&lt;/i&gt; c", "a b c"),
        ("FranÃ§ois cafÃ© â€“ test", "François café – test"),
        ("Ça va, naïve Âge", "Ça va, naïve Âge"),
        ("AT&T & Sons", "AT&T & Sons"),
        ("two\u00a0 words\u200a \n x\x00y", "two words xy"),
        ("نیم\u200cفاصله", "نیم\u200cفاصله"),
    ],
)
def test_text(printed: str, text: str) -> None:
    assert clean(printed) == text


@given(st.text())
def test_clean_text_is_one_printable_line(text: str) -> None:
    cleaned = clean(text)
    assert cleaned == " ".join(cleaned.split()) and "\x00" not in cleaned


@pytest.mark.parametrize(
    "printed,year",
    [
        ("2019 Winter", 2019),
        ("2021/06//", 2021),
        ("Epub 2018 Dec 4", 2018),
        ("20190612", 2019),
        ("c1998", 1998),
        ("10 15", None),
        ("۱۳۹۸", 2019),
        ("1398", 2019),
        ("٢٠٢٠", 2020),
        ("2019-2020", 2019),
        ("", None),
        ("12345", None),
    ],
)
def test_year(printed: str, year: int | None) -> None:
    assert values.year(printed) == year


def test_what_was_printed_is_kept() -> None:
    one = record(
        Printed(
            title="A <i>b</i>",
            years=["1398"],
            dois=["https://doi.org/10.1234/X"],
            language="eng",
            start_page="11-9",
            authors=["Ann Vane", "et al."],
        ),
        Origin("", 1, 1),
        "",
    )
    assert one.extra["title_printed"] == "A <i>b</i>" and one.extra["year_printed"] == "1398"
    assert one.extra["doi_printed"] == "https://doi.org/10.1234/X" and one.extra["language_printed"] == "eng"
    assert one.extra["authors_printed"] == "Ann Vane; et al."


@pytest.mark.parametrize(
    "start,end,pages",
    [
        ("152", "160", "152-160"),
        ("1126-36", "", "1126-1136"),
        ("S1–S9", "", "S1-S9"),
        ("1350‐1356", "", "1350-1356"),
        ("e0815", "", "e0815"),
        ("p1", "8", "1-8"),
        ("99", "105", "99-105"),
        ("3--46", "", "3-46"),
        ("", "", ""),
    ],
)
def test_pages(start: str, end: str, pages: str) -> None:
    assert values.pages(start, end) == pages
    assert values.pages(pages) == pages


def test_types() -> None:
    assert record_type("JOUR", "Published Erratum") == "erratum"
    assert record_type("JOUR", "Trial registry record") == "registration"
    assert record_type("Journal Article", "Randomized Controlled Trial") == "article"
    assert record_type("Journal Article", "Retracted Publication") == "article"
    assert record_type("Journal Article", "Retraction of Publication") == "retraction"
    assert record_type("CPAPER") == "conference" and record_type("THES") == "thesis" and record_type() == ""


def test_latex() -> None:
    assert plain(r"{\'A}lvarez, G\"odel, \v{C}ech, na{\"\i}ve, \ss, \o{}re") == "Álvarez, Gödel, Čech, naïve, ß, øre"
    assert plain(r"{The {DNA} of 5\% \textit{E. coli} $\alpha_1$}") == "The DNA of 5% E. coli α_1"
    assert plain("Angew.~Chem. Int.~Ed.") == "Angew. Chem. Int. Ed."


@given(st.text())
def test_latex_never_fails_and_loses_no_letter(text: str) -> None:
    plain(text)
    without = text.replace("\\", "")
    assert [char for char in plain(without) if char.isalnum()] == [char for char in without if char.isalnum()]


@pytest.mark.parametrize(
    "full,short",
    [
        ("Journal of Manipulative and Physiological Therapeutics", "J Manip Physiol Ther"),
        ("Multiple Sclerosis and Related Disorders", "Mult Scler Relat Disord"),
        ("International Journal of Clinical Practice", "Int J Clin Pract"),
        ("The New England Journal of Medicine", "N Engl J Med"),
    ],
)
def test_journals_full_and_abbreviated_meet(full: str, short: str) -> None:
    assert iso4(full) == iso4(short) == short
