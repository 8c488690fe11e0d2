"""Retraction status through Crossref and from a Retraction Watch file; what nobody looked up is 'not checked'."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reviewkit.errors import InputError
from reviewkit.sources import DATABASES, Client, ServiceError
from reviewkit.sources.crossref import Notice
from reviewkit.sources.retractions import Checkable, judge, read_watch_file, status_of, through_crossref, through_file
from tests.sources.services import Answer, Crossref, Request, serving

Connect = Callable[..., Client]
CROSSREF = DATABASES["crossref"]


def update(kind: str, doi: str, day: list[int], source: str = "publisher") -> dict[str, Any]:
    return {"type": kind, "label": kind.title(), "DOI": doi, "source": source, "updated": {"date-parts": [day]}}


WORKS = [
    {"DOI": "10.1/Retracted", "updated-by": [update("correction", "10.1/c", [2019]),
                                             update("retraction", "10.1/N", [2020, 5, 3], "retraction-watch")]},
    {"DOI": "10.1/concern", "updated-by": [update("expression_of_concern", "10.1/e", [2021, 2])]},
    {"DOI": "10.1/corrected", "updated-by": [update("erratum", "10.1/r", [2018, 1, 1])]},
    {"DOI": "10.1/new-version", "updated-by": [update("new_version", "10.1/v", [2018])]},
    {"DOI": "10.1/fine"},
    {"DOI": "10.1/old", "title": ["retracted by a notice that alone knows it"]},
    {"DOI": "10.1/notice", "update-to": [update("Retraction", "10.1/OLD", [2005])]},
    {"DOI": "10.1/a,comma"},
    {"DOI": "10.1002/(sici)1(2)<3::aid-4>5.0.co;2-#"},
]


def test_statuses_as_crossref_gives_them(connect: Connect) -> None:
    reports = [Checkable(str(number), work["DOI"].lower()) for number, work in enumerate(WORKS) if number != 6]
    reports += [Checkable("unknown", "10.9/unknown"), Checkable("bare", "", "123")]
    with serving(Crossref(WORKS)) as server, connect(CROSSREF, server) as client:
        done: list[int] = []
        found = {item.report: item for item in through_crossref(reports, client, done.append)}
    assert {name: item.status for name, item in found.items()} == {
        "0": "retracted", "1": "expression of concern", "2": "corrected", "3": "nothing found", "4": "nothing found",
        "5": "retracted", "7": "nothing found", "8": "nothing found", "unknown": "not checked", "bare": "not checked",
    }
    assert (found["0"].notice, found["0"].date, found["0"].kind) == ("10.1/n", "2020-05-03", "retraction")
    assert found["0"].source == "Crossref (retraction-watch)" and found["5"].notice == "10.1/notice"
    assert (found["1"].date, found["5"].date) == ("2021-02", "2005")
    assert found["unknown"].source == "Crossref does not know the DOI" and found["bare"].source == "no DOI"
    assert done == list(range(1, len(reports) + 1))


def test_a_service_that_fails_is_no_clean_bill(connect: Connect) -> None:
    with (
        serving(lambda request: Answer("no", 500)) as server, connect(CROSSREF, server) as client,
        pytest.raises(ServiceError),
    ):
        through_crossref([Checkable("a", "10.1/x")], client)


@pytest.mark.parametrize(
    "message",
    ["{}", '{"DOI": "10.1/x", "updated-by": "?"}',
     '{"DOI": "10.1/x", "updated-by": [3, {"updated": {"date-parts": 7}}]}',
     '{"DOI": "10.1/x", "updated-by": [{"type": "retraction", "updated": {"date-parts": [[null]]}}]}'],
)
def test_odd_answers_do_not_break_it(connect: Connect, message: str) -> None:
    def handler(request: Request) -> Answer:
        if request.path.endswith("/works"):
            return Answer('{"message": {"total-results": 0, "items": []}}')
        return Answer(f'{{"message": {message}}}')

    with serving(handler) as server, connect(CROSSREF, server) as client:
        if message == "{}":
            with pytest.raises(ServiceError, match="no work"):
                through_crossref([Checkable("a", "10.1/x")], client)
        else:
            (found,) = through_crossref([Checkable("a", "10.1/x")], client)
            assert found.status in ("retracted", "corrected", "nothing found")


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("Retraction", "retracted"), ("retration_and_replacement_of_retraction", "retracted"),
        ("withdrawal", "retracted"), ("removal", "retracted"), ("partial_retraction", "retracted"),
        ("Expression of concern", "expression of concern"), ("expression_of_concern", "expression of concern"),
        ("Correction", "corrected"), ("corrigendum", "corrected"), ("erratum", "corrected"), ("addendum", "corrected"),
        ("clarification", "corrected"), ("new_version", "nothing found"), ("new_edition", "nothing found"),
        ("Reinstatement", "nothing found"),
    ],
)
def test_kinds_of_notices(kind: str, status: str) -> None:
    assert status_of(kind) == status


def test_a_reinstatement_takes_an_earlier_retraction_back_and_no_later_one() -> None:
    retracted = Notice("Retraction", "10.1/r", "2019-01-01", "")
    back = Notice("Reinstatement", "10.1/b", "2020-01-01", "")
    again = Notice("Retraction", "10.1/s", "2021-01-01", "")
    assert judge("a", (retracted, back), "x").status == "corrected"
    assert judge("a", (retracted, back, again), "x").notice == "10.1/s"
    assert judge("a", (back,), "x").status == "nothing found"


HEAD = ("Record ID,Title,Subject,Institution,Journal,Publisher,Country,Author,URLS,ArticleType,RetractionDate,"
        "RetractionDOI,RetractionPubMedID,OriginalPaperDate,OriginalPaperDOI,OriginalPaperPubMedID,RetractionNature,"
        "Reason,Paywalled,Notes\n")


def watch_row(nature: str, doi: str, pmid: str, notice: str, day: str = "3/7/2021 0:00") -> str:
    return (f'1,"A title, with ""comma""",,,J,P,,"Ödman, A",,,{day},{notice},0,1/1/2001 0:00,{doi},{pmid},{nature},'
            "+Error;,No,\n")


def test_a_retraction_watch_file(tmp_path: Path) -> None:
    path = tmp_path / "rw.csv"
    path.write_bytes((
        HEAD + watch_row("Retraction", "10.1/ABC", "0", "10.1/abc") + watch_row("Correction", "10.1/abc", "0", "10.1/c")
        + watch_row("Expression of concern", "unavailable", "777", "Unavailable", "12/31/2022 0:00")
        + "\n" + "1,short row\n"
    ).encode("utf-8-sig") + watch_row("Correction", "https://doi.org/10.1/k", "", "", "").encode("latin-1"))
    watch = read_watch_file(path)
    assert (watch.rows, watch.damaged, watch.newest) == (5, (6,), "2022-12-31")
    reports = [Checkable("a", "10.1/abc"), Checkable("b", "10.1/zzz", "777"), Checkable("c", "10.1/k", "0"),
               Checkable("d", "", "778"), Checkable("e")]
    found = through_file(reports, watch)
    assert [item.status for item in found] == ["retracted", "expression of concern", "corrected", "nothing found",
                                               "not checked"]
    assert (found[0].notice, found[0].date) == ("10.1/abc", "2021-03-07")
    assert (found[1].notice, found[1].date, found[1].kind) == ("", "2022-12-31", "Expression of concern")
    assert "rw.csv, newest notice 2022-12-31" in found[3].source


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "column 'RetractionNature' is missing"), (b"a,b\n1,2\n", "column 'RetractionNature' is missing"),
     (HEAD.encode(), "has no rows"), (b"\x00\x01\xff", "missing"),
     (HEAD.encode() + b'"never closed' + b"x" * 200_000, "not valid CSV")],
)
def test_what_is_no_such_file(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=said):
        read_watch_file(path)
    with pytest.raises(InputError, match="cannot be read"):
        read_watch_file(tmp_path / "missing.csv")
