"""Files cut at every byte and with flipped bytes: the sums hold or the import stops; a neighbour is never lost."""

from __future__ import annotations

import importlib.util
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewkit.errors import InputError
from reviewkit.model import ReadResult, Record
from reviewkit.readers import read_bytes

_spec = importlib.util.spec_from_file_location("samples", Path(__file__).with_name("samples.py"))
assert _spec is not None and _spec.loader is not None
_module = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_module)
SAMPLES: dict[str, str] = _module.SAMPLES
TITLES: tuple[str, ...] = _module.TITLES
FORMATS = sorted(SAMPLES)


def said(record: Record) -> tuple[str, int | None, str]:
    return record.title, record.year, record.doi


def read_or_stop(data: bytes) -> ReadResult | None:
    try:
        result = read_bytes(data)
    except InputError as error:
        assert error.problems[0].file
        return None
    assert len(result.records) + len(result.rejected) == result.entries
    return result


def line_starts(data: bytes) -> list[int]:
    starts = [0]
    for line in data.split(b"\n"):
        starts.append(starts[-1] + len(line) + 1)
    return starts


@pytest.mark.parametrize("form", FORMATS)
def test_the_sample_itself_is_read_right(form: str) -> None:
    result = read_bytes(SAMPLES[form].encode())
    assert result.format == form and result.entries == 3 and not result.repairs
    assert [record.title for record in result.records] == list(TITLES)
    assert [record.year for record in result.records] == [2001, 2002, 2003]
    assert [record.authors[0].family for record in result.records] == ["Vane", "de Vries", "Çelik"]
    assert [record.doi for record in result.records] == ["10.1234/alpha.1", "10.1234/beta.2", "10.1234/gamma.3"]


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMATS)
def test_cut_at_every_byte(form: str) -> None:
    data = SAMPLES[form].encode()
    whole = read_bytes(data).records
    starts = line_starts(data)
    ends = [starts[record.origin.line_end] for record in whole]
    for cut in range(1, len(data)):
        result = read_or_stop(data[:cut])
        complete = [said(record) for record, end in zip(whole, ends, strict=True) if end <= cut]
        if result is None:
            assert not complete
            continue
        assert [said(record) for record in result.records][: len(complete)] == complete
        assert result.entries >= len(complete)


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMATS)
@settings(max_examples=250, deadline=None)
@given(st.data())
def test_a_flipped_byte_costs_its_own_entry_only(form: str, data: st.DataObject) -> None:
    text = SAMPLES[form].encode()
    place = data.draw(st.integers(0, len(text) - 1))
    byte = data.draw(st.integers(0, 255))
    result = read_or_stop(text[:place] + bytes([byte]) + text[place + 1 :])
    whole = read_bytes(text).records
    starts = line_starts(text)
    first = starts[whole[0].origin.line - 1]
    if result is None:
        # only a file whose head is damaged, so that nothing says what it is, may be refused
        assert place <= first + 2 or form in {"csv", "endnote-xml", "pubmed-xml"}
        return
    if form == "csv" and place < first:
        return
    there = {said(record) for record in result.records}
    for record in whole:
        hit = starts[record.origin.line - 1] - 1 <= place <= starts[record.origin.line_end]
        assert hit or said(record) in there


@pytest.mark.parametrize("form", FORMATS)
@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1), st.binary(max_size=4)), min_size=1, max_size=12))
def test_many_damages_never_crash(form: str, damages: list[tuple[float, bytes]]) -> None:
    data = SAMPLES[form].encode()
    for where, what in damages:
        place = int(where * len(data))
        data = data[:place] + what + data[place + 2 :]
    result = read_or_stop(data or b" ")
    if result is not None:
        # what is handed out stands in the file: its lines follow each other and none lies outside
        places = sorted((e.origin.line, e.origin.line_end) for e in (*result.records, *result.rejected))
        n_lines = len(data.decode("latin-1").replace("\r\n", "\n").replace("\r", "\n").split("\n"))
        assert all(1 <= first <= last <= n_lines for first, last in places) and len(places) == result.entries
        assert sorted(e.origin.entry for e in (*result.records, *result.rejected)) == list(range(1, len(places) + 1))


def hostile() -> dict[str, bytes]:
    """Inputs on which a careless pattern or recursion takes minutes or gigabytes."""
    return {
        "braces": b"@article{a,\n title = " + b"{" * 400_000,
        "closing": b"@article{a,\n title = {" + b"}" * 400_000,
        "escapes": b"@article{a,\n title = {" + b"\\" * 400_001 + b"}\n}",
        "ats": b"@" * 400_000 + b"\n@article{a, title={x}}",
        "entries": b"\n@article{" * 60_000,
        "equals": b"@article{a,\n" + b"x = " * 100_000,
        "concatenation": b"@article{a,\n title = " + b'"x" # ' * 60_000 + b'"x"\n}',
        "macros": b'@string{a0 = "'
        + b"x" * 30
        + b'"}\n'
        + b"".join(b"@string{a%d = a%d # a%d # a%d}\n" % (i, i - 1, i - 1, i - 1) for i in range(1, 40))
        + b"@article{k, title = a39 # a39}\n",
        "crossref": b"".join(b"@book{k%d, crossref={k%d}, title={t}}\n" % (i, (i + 1) % 3000) for i in range(3000)),
        "math": b"@article{a,\n title = {" + b"$" * 200_001 + b"}\n}",
        "ris line": b"TY  - JOUR\nTI  - " + b"a" * 3_000_000,
        "ris lines": b"TY  - JOUR\nTI  - a\nAB  - " + b"x\n" * 200_000,
        "ris starts": b"TY  - JOUR\n" * 60_000,
        "ris spaces": b"TY  - JOUR\nTI  - a\n" + b" " * 500_000 + b"- x\nER  - \n",
        "nbib": b"PMID- 1\n" + b"TI  - " + b"-" * 500_000,
        "csv quotes": b"Title,Authors,Year\n" + b'"' * 300_001,
        "csv rows": b"Title,Authors,Year\n" + b'"a,b,c\n' * 20_000,
        "csv commas": b"Title,Authors,Year\n" + b"," * 500_000,
        "names": b"TY  - JOUR\nTI  - a\nAU  - " + b"a, " * 100_000 + b"\nER  - \n",
        "tags": b"TY  - JOUR\nTI  - " + b"<i " * 100_000 + b"\nER  - \n",
        "entities": b"TY  - JOUR\nTI  - " + b"&amp" * 100_000 + b";\nER  - \n",
        "doi": b"TY  - JOUR\nTI  - a\nUR  - " + b"10.1234/" + b")" * 50_000 + b"\nER  - \n",
        "xml depth": b"<records><record>" + b"<a>" * 200_000 + b"</record></records>",
        "xml starts": b"<xml><records>" + b"<record>" * 20_000,
        "xml angle": b"<xml><records><record " + b"<" * 300_000,
        "ovid": b"<1>\nTitle\n  x\n" + b"A" * 400_000 + b"\n" + b"Aa " * 100_000,
        "refer": b"%0 Journal Article\n%T a\n" + b"%A x\n" * 50_000,
        "wos": b"PT J\nTI a\nAU " + b"x\n   " * 50_000 + b"\nER\n",
    }


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(hostile()))
def test_hostile_input_is_read_or_refused_without_delay(name: str) -> None:
    start = time.process_time()
    read_or_stop(hostile()[name])
    # a guard against quadratic work, not a benchmark: such inputs take far under a second
    assert time.process_time() - start < 10


BOMB = """<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">
<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<records><record><titles><title>&b;</title></titles></record></records>"""
OUTSIDE = """<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>
<PubmedArticleSet><PubmedArticle>&a;</PubmedArticle></PubmedArticleSet>"""


@pytest.mark.parametrize("text", [BOMB, OUTSIDE])
def test_xml_entities_are_refused(text: str) -> None:
    with pytest.raises(InputError, match="entities"):
        read_bytes(text.encode())


def test_deep_xml_is_rejected_and_its_neighbour_read() -> None:
    deep = "<record>" + "<a>" * 200 + "</a>" * 200 + "</record>"
    good = "<record><titles><title>A title</title></titles></record>"
    result = read_bytes(f"<xml><records>{deep}\n{good}</records></xml>".encode())
    assert [record.title for record in result.records] == ["A title"] and "deeper" in result.rejected[0].reason
