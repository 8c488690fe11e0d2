"""What is written is read back to the same records, in every format."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from reviewkit.errors import InputError
from reviewkit.model import Origin, Record
from reviewkit.readers import read, read_bytes
from reviewkit.readers.collect import EntryError
from reviewkit.readers.printed import Printed, record
from reviewkit.writers import FORMATS, text_of, write

IMPORTS = Path(__file__).resolve().parents[2] / ".." / "shared" / "imports"
COMPARED = tuple(field.name for field in dataclasses.fields(Record) if field.name not in {"extra", "origin", "raw"})


def same(one: Record) -> dict[str, object]:
    """The record without where it came from."""
    return {name: getattr(one, name) for name in COMPARED}


def read_back(records: list[Record], form: str) -> list[Record]:
    result = read_bytes(text_of(records, form).encode("utf-8"))
    assert not result.rejected and result.entries == len(records)
    return list(result.records)


words = st.text(
    st.sampled_from("abcXYZéüßşğ漢字سلام 0123456789.,:;!?'\"()[]{}%&$#_~^\\@=+-–—<>/|*µ≥")
    | st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")),
    max_size=40,
)
names = st.builds(
    "{}, {}".format,
    st.sampled_from(["Vane", "de Vries", "Çelik", "O'Hara", "García-López", "van der Berg", "Li"]),
    st.sampled_from(["Ann B.", "K", "Ömer", "J.-P.", "Mary Jane"]),
) | st.sampled_from(["Cochrane Walking Group", "World Health Organization", "Plato", "Ministry of Health and Sport"])


@st.composite
def records(draw: st.DrawFn) -> Record:
    """A record as the readers make it, from values as exports print them."""
    number = draw(st.integers(1, 9999))
    printed = Printed(
        title=draw(words),
        authors=draw(st.lists(names, max_size=4)),
        years=[draw(st.sampled_from(["", "1999", "2024 Mar", "۱۳۹۸"]))],
        journal=draw(st.sampled_from(["", "Journal of Walking", "J. Sleep & Rest", "=Journal", "Ärzte {Blatt}"])),
        volume=draw(st.sampled_from(["", "12", "12A", "-3", "+x"])),
        issue=draw(st.sampled_from(["", "3", "Suppl 1", "@2"])),
        start_page=draw(st.sampled_from(["", "11", "e0815", "S1-S9", "1126-36", "99"])),
        end_page=draw(st.sampled_from(["", "105"])),
        dois=[draw(st.sampled_from(["", f"10.1234/a.{number}", "10.1892/0891-6640(2006)20[894:HD]2.0.CO;2"]))],
        pmids=[draw(st.sampled_from(["", "7", "34176716"]))],
        pmcids=[draw(st.sampled_from(["", "PMC123456"]))],
        registry=[draw(st.sampled_from(["", "NCT01234567, ISRCTN12345678", "IRCT20150519022320N3", "RBR-2abc34"]))],
        abstract=draw(words),
        keywords=draw(st.lists(words, max_size=3)),
        language=draw(st.sampled_from(["", "eng", "English; German"])),
        url=draw(st.sampled_from(["", "https://example.org/a?b=1&c=2_3#x", "https://example.org/%20"])),
        types=draw(st.sampled_from([["JOUR"], ["CHAP"], ["JOUR", "Letter"], ["Trial registration"], [], ["THES"]])),
    )
    try:
        made = record(printed, Origin("", 1, 1), "")
    except EntryError:
        assume(False)
    assume(made.title not in {"NA", "N/A", "n/a", "NULL", "null", "NaN", "nan", "None"})
    assume(made.title or made.authors or made.abstract)
    # what normalising changes a second time (an entity inside an entity) is not a normal form
    again = record(
        Printed(
            title=made.title,
            authors=["Vane, Ann"],
            abstract=made.abstract,
            keywords=made.keywords,
            registry=made.registry_ids,
        ),
        Origin("", 1, 1),
        "",
    )
    assume((again.title, again.abstract, again.keywords) == (made.title, made.abstract, made.keywords))
    return made


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMATS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(st.lists(records(), min_size=1, max_size=3))
def test_written_records_read_back_the_same(form: str, made: list[Record]) -> None:
    keyed = [dataclasses.replace(one, key=f"key {number}, §") for number, one in enumerate(made, 1)]
    assert [same(one) for one in read_back(keyed, form)] == [same(one) for one in keyed]


@pytest.mark.skipif(not IMPORTS.is_dir(), reason="../shared/imports is not there")
@pytest.mark.parametrize("form", FORMATS)
def test_real_exports_read_back_the_same(form: str) -> None:
    made = []
    for name in json.loads((IMPORTS / "expected.json").read_text(encoding="utf-8")):
        if (IMPORTS / name).stat().st_size < 100_000:
            made += [one for one in read(IMPORTS / name).records if one.title or one.authors]
    keyed = [dataclasses.replace(one, key=f"k{number}") for number, one in enumerate(made)]
    assert len(keyed) > 200
    for back, one in zip(read_back(keyed, form), keyed, strict=True):
        assert same(back) == same(one)


@pytest.mark.parametrize("form", ["csv", "asreview", "rayyan"])
@given(st.sampled_from("=+-@\t\r"), words)
@settings(max_examples=40, deadline=None)
def test_no_cell_is_a_formula_and_reading_takes_the_quote_away(form: str, first: str, rest: str) -> None:
    made = Record(title="A title", journal=" ".join(f"{first}x{rest}".split()), key="k")
    text = text_of([made], form)
    import csv
    import io

    cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
    assert not [cell for cell in cells if cell[:1] in set("=+-@\t\r") and cell]


def test_tables_take_further_columns_and_others_do_not(tmp_path: Path) -> None:
    made = Record(title="A title", key="k1")
    text = text_of([made], "asreview", columns={"included": lambda one: "1" if one.key == "k1" else "0"})
    assert text.splitlines()[0].endswith(",included") and text.splitlines()[1].endswith(",1")
    with pytest.raises(InputError, match="columns"):
        text_of([made], "ris", columns={"included": lambda one: "1"})
    with pytest.raises(InputError, match="no export format"):
        text_of([made], "docx")
    path = tmp_path / "out.ris"
    path.write_text("old")
    with pytest.raises(InputError):
        write([made], path, "docx")
    assert path.read_text() == "old"
    write([made], path, "ris")
    assert read(path).records[0].title == "A title" and [p.name for p in tmp_path.iterdir()] == ["out.ris"]


@pytest.mark.parametrize("form", ["csv", "asreview", "rayyan"])
@pytest.mark.parametrize("keyword", ["[']", "['']", "['a']", "['a', 'b']", '["x"]'])
def test_a_keyword_that_looks_like_a_printed_list_stays_one(form: str, keyword: str) -> None:
    written = text_of([Record(title="A title of it", keywords=(keyword, "c"))], form)
    assert read_bytes(written.encode()).records[0].keywords == (keyword, "c")
