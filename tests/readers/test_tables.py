"""Tables: headings of the databases, column maps, delimiters, damaged rows, workbooks."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from reviewkit.errors import InputError
from reviewkit.model import Record
from reviewkit.readers import read_bytes


def only(text: str) -> Record:
    result = read_bytes(text.encode())
    assert result.entries == 1 and not result.rejected
    return result.records[0]


@pytest.mark.parametrize(
    "text",
    [
        # IEEE Xplore
        '"Document Title",Authors,"Publication Title","Publication Year",Volume,Issue,"Start Page","End Page",DOI\n'
        '"A thing",A. Vane; K. Oss,Journal X,2020,1,2,3,14,10.1109/5.771073\n',
        # Lens
        "Lens ID,Title,Date Published,Publication Year,Publication Type,Source Title,Author/s,Volume,Issue Number,"
        'Start Page,End Page,DOI\n1-2-3,A thing,2020-01-02,2020,journal article,Journal X,"A. Vane; K. Oss",1,2,3,14,'
        "10.1109/5.771073\n",
        # Covidence
        "Title,Authors,Abstract,Published Year,Published Month,Journal,Volume,Issue,Pages,Accession Number,DOI,Ref,"
        'Covidence #,Study,Notes,Tags\nA thing,"Vane, A.; Oss, K.",,2020,5,Journal X,1,2,3-14,,'
        "10.1109/5.771073,1,#7,,,\n",
        # Rayyan
        "key,title,year,month,day,journal,issn,volume,issue,pages,authors,url,language,publisher,location,abstract,"
        'notes,doi,keywords\nrayyan-1,A thing,2020,1,1,Journal X,,1,2,3-14,"Vane, A. and Oss, K.",,,,,,,'
        "10.1109/5.771073,\n",
        # Zotero
        '"Key","Item Type","Publication Year","Author","Title","Publication Title","DOI","Pages","Issue","Volume"\n'
        '"AB12","journalArticle","2020","Vane, A.; Oss, K.","A thing","Journal X","10.1109/5.771073","3-14","2","1"\n',
        # Web of Science, tab-delimited
        "PT\tAU\tTI\tSO\tDT\tPY\tVL\tIS\tBP\tEP\tDI\tUT\n"
        "J\tVane, A.; Oss, K.\tA thing\tJournal X\tArticle\t2020\t1\t2\t3\t14\t10.1109/5.771073\tWOS:1\n",
        # European spreadsheet with a hint for Excel in its first line
        "sep=;\nTitle;Authors;Year;Journal;Volume;Issue;Pages;DOI\n"
        "A thing;Vane, A. and Oss, K.;2020;Journal X;1;2;3-14;10.1109/5.771073\n",
    ],
)
def test_headings_of_the_databases(text: str) -> None:
    record = only(text)
    assert (record.title, record.year, record.journal) == ("A thing", 2020, "Journal X")
    assert (record.volume, record.issue, record.pages, record.doi) == ("1", "2", "3-14", "10.1109/5.771073")
    assert [author.family for author in record.authors] == ["Vane", "Oss"]


def test_clinicaltrials_and_ictrp_rows_are_registrations() -> None:
    record = only(
        "NCT Number,Study Title,Study URL,Conditions,Start Date\nNCT01234567,A trial,https://x.org/1,MS|Pain,2018-02\n"
    )
    assert (record.record_type, record.registry_ids, record.year) == ("registration", ("NCT01234567",), 2018)
    assert record.keywords == ("MS", "Pain") and record.key == "NCT01234567"
    record = only("TrialID,Public_title,Date_registration\nIRCT20150519022320N3,A trial,12/03/2018\n")
    assert (record.record_type, record.year, record.key) == ("registration", 2018, "IRCT20150519022320N3")


def test_cells_are_text() -> None:
    record = only("Title,Authors,Issue,Volume,Accession\nNA,Null,00999,None,0012\n")
    assert (record.issue, record.key, record.volume) == ("00999", "0012", "")
    assert record.authors[0].family == "Null"


def test_unknown_headings_need_a_map() -> None:
    data = b'Bezeichnung,Wer,Wann\nA thing,"Vane, A.",2020\n'
    with pytest.raises(InputError):
        read_bytes(data)
    (record,) = read_bytes(data, columns={"title": "Bezeichnung", "authors": "Wer", "year": "Wann"}).records
    assert (record.title, record.year, record.authors[0].family) == ("A thing", 2020, "Vane")
    with pytest.raises(InputError, match="no column"):
        read_bytes(data, columns={"title": "Titel"})


def test_a_row_of_the_wrong_width_is_rejected_with_its_line() -> None:
    text = 'Title,Authors,Year,DOI\nOne,"Vane, A.",2001,10.1234/a\n'
    text += 'Two, with a comma,"Oss, K.",2002,10.1234/b\nThree,,2003,\n'
    result = read_bytes(text.encode())
    assert [record.title for record in result.records] == ["One", "Three"]
    assert [(one.origin.line, one.reason) for one in result.rejected] == [(3, "5 columns, the heading has 4")]


@pytest.mark.parametrize("stray", ['"', '""'])
def test_a_stray_quote_swallows_no_other_row(stray: str) -> None:
    rows = [f'k{i},"Vane, A.","Title {i}, long",{2000 + i},10.1234/{i},"An ""abstract"" here"' for i in range(9)]
    rows[4] = rows[4].replace('"Title', f"{stray}Title", 1) if stray == '""' else rows[4].replace(",2004", ',"2004')
    result = read_bytes(("Accession,Authors,Title,Year,DOI,Abstract\n" + "\n".join(rows) + "\n").encode())
    assert result.entries == 9
    keys = {record.key for record in result.records}
    assert keys >= {f"k{i}" for i in range(9) if i != 4}
    assert "k4" in keys or result.rejected[0].origin.line == 6


def workbook(rows: list[list[str | int]], *, names: str = "sheet1") -> bytes:
    """A small workbook as spreadsheets write it."""
    strings: list[str] = []
    body = []
    for r, row in enumerate(rows, 1):
        cells = []
        for c, value in enumerate(row):
            ref = f"{chr(65 + c)}{r}"
            if isinstance(value, int):
                cells.append(f'<c r="{ref}"><v>{value}.0</v></c>')
            elif value:
                strings.append(value)
                cells.append(f'<c r="{ref}" t="s"><v>{len(strings) - 1}</v></c>')
        body.append(f'<row r="{r}">{"".join(cells)}</row>')
    ns = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr(
            "xl/workbook.xml",
            f'<workbook {ns} xmlns:r="{rel}"><sheets><sheet name="a" r:id="rId7"/></sheets></workbook>',
        )
        book.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships><Relationship Id="rId7" Target="worksheets/{names}.xml"/></Relationships>',
        )
        book.writestr(
            f"xl/worksheets/{names}.xml", f"<worksheet {ns}><sheetData>{''.join(body)}</sheetData></worksheet>"
        )
        items = "".join(f"<si><t>{text}</t></si>" for text in strings)
        book.writestr("xl/sharedStrings.xml", f"<sst {ns}>{items}</sst>")
    return stream.getvalue()


def test_workbook_is_read_with_rows_as_lines() -> None:
    data = workbook(
        [
            ["Export"],
            ["Title", "Authors", "Year", "DOI"],
            ["A thing", "Vane, A.", 2020],
            [],
            ["B", "", 2021, "10.1234/b"],
        ]
    )
    result = read_bytes(data)
    assert (result.format, result.entries) == ("xlsx", 2)
    assert [(one.title, one.year, one.origin.line) for one in result.records] == [("A thing", 2020, 3), ("B", 2021, 5)]


def test_a_damaged_workbook_is_refused_in_one_line() -> None:
    data = workbook([["Title", "Authors"], ["A", "Vane, A."]])
    for cut in range(4, len(data), 7):
        with pytest.raises(InputError):
            read_bytes(data[:cut])


def test_openpyxl_writes_what_we_read(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in (
        ["Title", "Authors", "Year", "DOI"],
        ["Ä thing", "Vane, A.", 2020, "10.1234/a"],
        ["=1", None, "2021", None],
    ):
        book.active.append(row)
    book.save(tmp_path / "x.xlsx")
    result = read_bytes((tmp_path / "x.xlsx").read_bytes())
    assert result.entries == 2 and (result.records[0].title, result.records[0].year) == ("Ä thing", 2020)


def test_embase_source_beside_a_year_column() -> None:
    text = (
        "Title,Author Names,Source,Publication Year,Abstract,DOI\n"
        '"Walking","Vane A.B., Oss K.","Journal of Walking (2001) 3:2 (11-19). Date of Publication: 1 Mar 2001",2001,'
        "People walked.,10.1234/w\n"
    )
    (record,) = read_bytes(text.encode()).records
    assert (record.journal, record.year, record.volume, record.issue, record.pages) == (
        "Journal of Walking", 2001, "3", "2", "11-19")
    assert [author.family for author in record.authors] == ["Vane", "Oss"] and record.doi == "10.1234/w"
