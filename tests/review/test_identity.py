"""Ids that stay: a reviewed question takes three updates and loses neither an id nor a decision."""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path

import pytest

from reviewkit.errors import InputError
from reviewkit.review import Review, open_review
from reviewkit.review.records.adding import SearchDetails, add_exports
from reviewkit.review.records.importing import DUPLICATE_COLUMNS, import_records
from reviewkit.review.screening.desk import open_desk
from reviewkit.review.starting import new_question
from reviewkit.tables import read_csv, write_csv

QUESTION = "copper-sheep"
SEARCH = SearchDetails("MEDLINE", "Ovid", dt.date(2026, 1, 1), "copper AND sheep")
PLACES = ("hill", "valley", "island", "coast", "moor", "forest", "delta", "steppe", "tundra", "marsh", "fjord", "heath")
MATTERS = ("liver", "wool", "milk", "bone", "blood", "lung", "hoof", "horn", "skin", "heart", "spleen", "marrow")


def ris(papers: list[dict[str, str]]) -> str:
    """A RIS file of some papers: ``number`` makes title, author and pages; ``doi`` and ``pmid`` only where given."""
    entries = []
    for paper in papers:
        n = int(paper["number"])
        title = paper.get("title") or f"Copper in the {MATTERS[n % 12]} of the sheep of the {PLACES[n // 12 % 12]}"
        lines = ["TY  - JOUR", f"TI  - {title}", f"AU  - Author{chr(97 + n % 26)}{chr(97 + n // 26)}, A.",
                 f"PY  - {1990 + n % 30}", "JO  - Journal of Sheep", f"VL  - {n + 1}", f"SP  - {n * 10 + 1}"]
        tags = {"doi": "DO", "pmid": "AN", "id": "ID"}
        lines += [f"{tag}  - {paper[key]}" for key, tag in tags.items() if key in paper]
        entries.append("\n".join([*lines, "ER  - ", ""]))
    return "\n".join(entries)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    new_question(QUESTION, tmp_path)
    return tmp_path


def add(project: Path, name: str, papers: list[dict[str, str]]) -> Review:
    path = project / name
    path.write_text(ris(papers), encoding="utf-8")
    add_exports(QUESTION, project, [path], SEARCH)
    import_records(QUESTION, project)
    return open_review(QUESTION, project)


def screen(project: Path, seed: int) -> None:
    """Decide every undecided report, each by both reviewers."""
    draw = random.Random(seed)
    for who in ("reviewer-a", "reviewer-b"):
        desk = open_desk(open_review(QUESTION, project), "title-abstract", who, ranked=False)
        while card := desk.next():
            desk.decide(card.report, draw.choice(["include", "exclude"]))


def numbered(*numbers: int, **more: str) -> list[dict[str, str]]:
    return [{"number": str(n), **{key: value.format(n=n) for key, value in more.items()}} for n in numbers]


@pytest.mark.slow
def test_three_updates_keep_every_id_and_decision(project: Path) -> None:
    review = add(project, "first.ris", numbered(*range(30)))
    screen(project, 1)
    updates = [
        numbered(*range(20, 50)),                                   # ten known again, twenty new
        numbered(*range(10, 40), doi="10.1234/sheep.{n}"),          # known ones gain a DOI
        numbered(49, 3, *range(50, 60), 17, pmid="3000{n}"),        # another order, PMIDs
    ]
    for number, papers in enumerate(updates, 2):
        before = open_review(QUESTION, project)
        records, decisions = before.report_of, before.decisions
        texts = {name: record.title for name, record in before.records.items()}
        outcomes = {s.report: s.outcome for s in before.screening.at("title-abstract")}
        review = add(project, f"update-{number}.ris", papers)
        assert {name: review.report_of[name] for name in records} == records
        assert {name: review.records[name].title for name in texts} == texts
        assert review.decisions == decisions
        now = {s.report: s.outcome for s in review.screening.at("title-abstract")}
        assert {report: now[report] for report in outcomes} == outcomes
        assert {now[report] for report in set(now) - set(outcomes)} <= {"unscreened"}
        screen(project, number)
    assert len(review.reports) == 60
    assert len(review.records) == 30 + 30 + 30 + 13


def test_a_rule_never_joins_two_judged_reports(project: Path) -> None:
    """A later record that fits two judged reports goes to one; the other pair waits for a person."""
    one = {"number": "1", "doi": "10.1234/a"}
    other = {"number": "1", "title": "Copper in the wool: what sheep of the hill tell", "pmid": "222"}
    review = add(project, "first.ris", [one, other, *numbered(5, 6, 7)])
    if len(review.reports) < 5:
        pytest.fail("the two must start as two reports")
    screen(project, 1)
    before = open_review(QUESTION, project).screening.at("title-abstract")
    after = add(project, "bridge.ris", [{"number": "1", "title": other["title"], "doi": "10.1234/a", "pmid": "222"}])
    assert {s.report: s.outcome for s in before} == {s.report: s.outcome for s in after.screening.at("title-abstract")}


def test_a_person_may_join_two_judged_reports_and_no_decision_is_lost(project: Path) -> None:
    add(project, "first.ris", numbered(*range(6)))
    screen(project, 3)
    review = open_review(QUESTION, project)
    (one, first), (other, second) = list(review.report_of.items())[:2]
    votes = sum(len(lines) for lines in review.decisions.values())
    write_csv(review.folder / "duplicates.csv", DUPLICATE_COLUMNS, [
        {"record_a": one, "record_b": other, "verdict": "same", "by": "reviewer-c", "note": ""}])
    import_records(QUESTION, project)
    joined = open_review(QUESTION, project)
    assert joined.report_of[one] == joined.report_of[other] == first
    assert joined.former_reports == {second: first}
    assert sum(len(lines) for lines in joined.decisions.values()) == votes
    assert not joined.problems()
    import_records(QUESTION, project)
    assert open_review(QUESTION, project).former_reports == {second: first}
    write_csv(joined.folder / "duplicates.csv", DUPLICATE_COLUMNS, [
        {"record_a": one, "record_b": other, "verdict": "different", "by": "reviewer-c", "note": ""}])
    import_records(QUESTION, project)
    assert open_review(QUESTION, project).report_of[other] != first


def test_a_file_that_comes_anew_under_its_name_keeps_ids_though_it_numbers_its_entries_anew(project: Path) -> None:
    papers = [{**paper, "id": str(place)} for place, paper in enumerate(numbered(*range(12)))]
    before = {r.title: name for name, r in add(project, "first.ris", papers).records.items()}
    turned = [{**paper, "id": str(place)} for place, paper in enumerate(reversed(numbered(*range(15))))]
    (project / "references" / QUESTION / "first.ris").write_text(ris(turned), encoding="utf-8")
    summary = import_records(QUESTION, project)
    after = {r.title: name for name, r in open_review(QUESTION, project).records.items()}
    assert summary.new_records == 3
    assert {title: after[title] for title in before} == before


def test_a_renamed_file_keeps_its_ids(project: Path) -> None:
    before = add(project, "first.ris", numbered(*range(8))).report_of
    folder = project / "references" / QUESTION
    (folder / "first.ris").rename(folder / "medline.ris")
    toml = folder / "searches.toml"
    toml.write_text(toml.read_text(encoding="utf-8").replace('"first.ris"', '"medline.ris"'), encoding="utf-8")
    assert import_records(QUESTION, project).new_records == 0
    assert open_review(QUESTION, project).report_of == before


def test_an_export_that_is_there_is_passed_over_and_comments_stay(project: Path) -> None:
    add(project, "first.ris", numbered(1, 2))
    toml = project / "references" / QUESTION / "searches.toml"
    before = toml.read_text(encoding="utf-8")
    assert add_exports(QUESTION, project, [project / "first.ris"], SEARCH) == []
    assert toml.read_text(encoding="utf-8") == before
    assert before.startswith("# The searches of")


@pytest.mark.parametrize("fault", ["other content", "no details", "unreadable", "missing"])
def test_a_wrong_file_changes_nothing(project: Path, fault: str) -> None:
    add(project, "first.ris", numbered(1, 2))
    files = sorted(path for path in project.rglob("*") if path.is_file())
    before = {path: path.read_bytes() for path in files}
    path = project / ("first.ris" if fault == "other content" else "second.ris")
    if fault != "missing":
        path.write_text("no export" if fault == "unreadable" else ris(numbered(8)), encoding="utf-8")
    good = project / "third.ris"
    good.write_text(ris(numbered(9)), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        add_exports(QUESTION, project, [good, path], SearchDetails() if fault == "no details" else SEARCH)
    assert caught.value.problems[0].message
    assert {p: p.read_bytes() for p in files if p != path} == {p: c for p, c in before.items() if p != path}
    assert not (project / "references" / QUESTION / "third.ris").exists()


@pytest.mark.parametrize("query", ['quotes " and \\ back', "tab\tand\x7fdelete", "line\nend", "ünïcode 漢"])
def test_any_query_can_be_written_down(project: Path, query: str) -> None:
    path = project / "first.ris"
    path.write_text(ris(numbered(1)), encoding="utf-8")
    add_exports(QUESTION, project, [path], SearchDetails("MEDLINE", "", dt.date(2026, 1, 1), query, 12))
    entry = open_review(QUESTION, project).sources.searches.file[0]
    assert entry.query == query.strip()
    assert (entry.hits, entry.date) == (12, dt.date(2026, 1, 1))


def test_versions_of_one_review_are_apart_where_the_protocol_says_so(project: Path) -> None:
    text = "\n".join(
        f"TY  - JOUR\nTI  - Copper for sheep\nAU  - Smith, A.\nAU  - Jones, B.\nPY  - {year}\nIS  - 3\n"
        f"JO  - Cochrane Database of Systematic Reviews\nDO  - 10.1002/14651858.CD001234.pub{n}\nER  - \n"
        for n, year in ((2, 2005), (3, 2011)))
    (project / "cochrane.ris").write_text(text, encoding="utf-8")
    add_exports(QUESTION, project, [project / "cochrane.ris"], SEARCH)
    assert import_records(QUESTION, project).reports == 1
    protocol = project / "data" / QUESTION / "protocol.toml"
    protocol.write_text(protocol.read_text(encoding="utf-8").replace("versions_apart = false", "versions_apart = true"),
                        encoding="utf-8")
    (project / "data" / QUESTION / "records.csv").unlink()
    assert import_records(QUESTION, project).reports == 2
    rows = read_csv(project / "data" / QUESTION / "related.csv", ("report_a", "report_b", "kind"))
    assert [row["kind"] for row in rows] == ["version"]
