"""Assessors' rows: everything wrong is named at once; two assessors merge; ledgers and own checklists are checked."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from reviewkit.appraisal import OVERALL, TOOLS
from reviewkit.appraisal.answers import read_answer
from reviewkit.appraisal.assessment import Assessment, gather
from reviewkit.appraisal.checklist import Checklist
from reviewkit.appraisal.ledgers import (
    CONTACT_COLUMNS,
    MISSING_COLUMNS,
    REGISTERED_COLUMNS,
    parse_contacts,
    parse_missing,
    parse_registered,
)
from reviewkit.appraisal.merging import merge, pairs
from reviewkit.appraisal.rows import COLUMNS, Names, parse_rows, template
from reviewkit.errors import InputError, Problem
from reviewkit.store.toml import parse, validate

NAMES = Names(["a-2001", "b-2002"], ["report-1"], ["pain"], TOOLS)


def cells(**values: str) -> dict[str, str]:
    return dict.fromkeys(COLUMNS, "") | {"assessor": "ak", "origin": "spreadsheet"} | values


def read(*rows: Mapping[str, str], who: str = "ak") -> tuple[tuple[Assessment, ...], list[Problem]]:
    lines = [(n, dict(row) | {"assessor": who}) for n, row in enumerate(rows, 2)]
    parsed, wrong = parse_rows(lines, NAMES, file="f.csv", assessor=who)
    found, more = gather(parsed, TOOLS, file="f.csv")
    return found, wrong + more


def answer(question: str, value: str, **more: str) -> dict[str, str]:
    support = {} if value.startswith("no info") else {"support": "seen", "locator": "p. 2"}
    return cells(study_id="a-2001", tool="rob2", question=question, answer=value, **{**support, **more})


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (cells(study_id="c", tool="rob2", domain="D1"), "unknown-study"),
        (cells(study_id="a-2001", tool="rob3", domain="D1"), "unknown-tool"),
        (cells(study_id="a-2001", tool="rob2", domain="D9"), "unknown-domain"),
        (cells(study_id="a-2001", tool="rob2", domain="D2", question="1.1"), "unknown-domain"),
        (cells(study_id="a-2001", tool="rob2", question="9.9"), "unknown-question"),
        (cells(study_id="a-2001", tool="rob2", outcome="sleep", domain="D1"), "unknown-outcome"),
        (answer("1.1", "maybe"), "answer"),
        (answer("1.1", "not applicable"), "answer"),
        (answer("1.1", "yes", support=""), "no-locator"),
        (answer("1.1", "yes", locator=""), "no-locator"),
        (answer("1.1", "yes", judgement="low"), "value"),
        (cells(study_id="a-2001", tool="rob2", domain="D1", judgement="moderate"), "judgement"),
        (cells(study_id="a-2001", tool="rob2", domain="D1", answer="yes"), "value"),
        (cells(study_id="a-2001", tool="rob2", domain="D1", origin="dream"), "value"),
        (cells(study_id="a-2001", tool="amstar2", domain="1"), "unknown-report"),
        (cells(study_id="a-2001", tool="rob-me", outcome="pain", domain="D1"), "target"),
        (cells(tool="rob-me", domain="D1"), "target"),
        (cells(study_id="a-2001", tool="rob2", domain="D1", judgement="high"), "no-reason"),
    ],
)
def test_one_wrong_row_is_named_with_line_and_remedy(row: dict[str, str], code: str) -> None:
    _, problems = read(row)
    assert [(p.code, p.file, p.line) for p in problems] == [(code, "f.csv", 2)]
    assert problems[0].remedy and problems[0].message.endswith(".")


def test_rows_of_another_assessor_and_doubled_rows() -> None:
    rows = [(2, answer("1.1", "yes")), (3, answer("1.1", "no")), (4, answer("1.2", "yes", assessor="zz"))]
    _, problems = parse_rows(rows, NAMES, file="f.csv", assessor="ak")
    assert [(p.line, p.code) for p in problems] == [(3, "double"), (4, "assessor")]


def test_a_judgement_against_the_proposal_needs_a_reason() -> None:
    answers = [answer("1.1", "yes"), answer("1.2", "yes"), answer("1.3", "no")]
    judged = cells(study_id="a-2001", tool="rob2", domain="D1", judgement="high")
    _, problems = read(*answers, judged)
    assert [(p.code, p.line) for p in problems] == [("no-reason", 5)]
    assert "lead to 'low'" in problems[0].message
    found, problems = read(*answers, judged | {"reason": "the list was open"})
    assert problems == []
    assert found[0].overruled("D1") and found[0].judgement("D1") == "high" and found[0].proposal.of("D1") == "low"


def test_not_applicable_where_the_algorithm_asks() -> None:
    rows = [answer("3.1", "no"), answer("3.2", "not applicable")]
    _, problems = read(*rows)
    assert [(p.code, p.line) for p in problems] == [("answer", 3)]


def test_two_tools_on_one_study() -> None:
    rows = [answer("1.1", "yes"), cells(study_id="a-2001", tool="robins-i", question="1.1", answer="no information")]
    _, problems = read(*rows)
    assert [p.code for p in problems] == ["double"]


def test_answers_are_read_in_words_and_codes() -> None:
    assert [read_answer(text) for text in ("Y", "probably no", " NO information ", "n/a", "Unclear")] == [
        "Y", "PN", "NI", "NA", "NI"]
    with pytest.raises(ValueError, match="none of: yes"):
        read_answer("perhaps")


def test_template_has_every_question_and_judgement_and_is_clean() -> None:
    rows = template([("a-2001", "", TOOLS["rob2"])], "ak")
    tool = TOOLS["rob2"]
    assert [r["question"] for r in rows if r["question"]] == [q.id for _, q in tool.questions]
    assert [r["domain"] for r in rows if not r["question"]] == [*(d.id for d in tool.domains), OVERALL]
    found, problems = read(*rows)
    assert problems == [] and not found[0].started


def full(value: str, who: str, **changes: str) -> Assessment:
    rows = [r | {"answer": changes.get(r["question"], value), "support": "s", "locator": "l"} if r["question"] else r
            for r in template([("a-2001", "", TOOLS["jbi-case-series"])], who)]
    found, problems = read(*rows, who=who)
    assert problems == []
    return found[0]


def test_two_assessors_agree_differ_and_settle() -> None:
    first, second = full("yes", "ak"), full("yes", "bl", **{"4": "no"})
    merged = merge(first, second, None)
    assert merged.conflicts == ("4",)
    assert merged.assessment.judgement("1") == "yes" and merged.assessment.judgement("4") == ""
    settled = merge(first, second, full("yes", "consensus"))
    assert settled.conflicts == () and settled.assessment.judgement("4") == "yes"
    said = pairs([first], [second])
    assert said["jbi-case-series", "4"] == [("yes", "no")]
    assert pairs([first], [second], only=frozenset({"b-2002"})) == {}


def test_silence_is_told_apart_from_a_judgement_on_what_was_seen() -> None:
    found, _ = read(answer("1.1", "no information"), answer("1.2", "no information"), answer("1.3", "no information"),
                    answer("5.1", "no information"), answer("5.2", "probably no"), answer("5.3", "no information"))
    assert found[0].judgement("D1") == "some concerns" and found[0].on_silence("D1")
    assert found[0].judgement("D5") == "some concerns" and not found[0].on_silence("D5")


def contact(**values: str) -> tuple[int, dict[str, str]]:
    base = {"study_id": "a-2001", "asked_on": "2026-03-01", "asked": "SD?", "status": "sent", "by": "ak"}
    return 2, dict.fromkeys(CONTACT_COLUMNS, "") | base | values


@pytest.mark.parametrize(
    "change",
    [{"study_id": "x"}, {"asked_on": "1 March"}, {"asked_on": ""}, {"status": "maybe"}, {"asked": ""},
     {"status": "answered"}, {"status": "sent", "answer": "12", "answered_on": "2026-03-09"},
     {"status": "answered", "answer": "12", "answered_on": "2026-02-01"}],
)
def test_contacts_that_contradict_themselves(change: dict[str, str]) -> None:
    kept, problems = parse_contacts([contact(**change)], NAMES.studies, file="c.csv")
    assert kept == () and len(problems) >= 1 and all(p.line == 2 and p.remedy for p in problems)


def test_a_sound_contact_is_kept() -> None:
    kept, problems = parse_contacts(
        [contact(), contact(status="answered", answer="3.1", answered_on="2026-03-09")], NAMES.studies, file="c.csv")
    assert problems == [] and [c.status for c in kept] == ["sent", "answered"]


@pytest.mark.parametrize(
    ("item", "registered", "reported", "verdict", "sound"),
    [("n", "40", "48", "changed", True), ("n", "40", "48", "same", False), ("n", "forty", "48", "changed", False),
     ("n", "40", "40", "same", True), ("primary outcome", "pain", "", "left out", True),
     ("primary outcome", "pain", "", "same", False), ("primary outcome", "", "mood", "added", True),
     ("primary outcome", "pain at 4 weeks", "pain, four weeks", "same", True), ("other", "", "", "not visible", True),
     ("other", "", "", "changed", False), ("colour", "", "", "not visible", False)],
)
def test_registered_against_reported(item: str, registered: str, reported: str, verdict: str, sound: bool) -> None:
    row = dict.fromkeys(REGISTERED_COLUMNS, "") | {
        "study_id": "a-2001", "registration": "NCT1", "item": item, "registered": registered, "reported": reported,
        "verdict": verdict, "locator": "registry", "by": "ak"}
    kept, problems = parse_registered([(2, row)], {"a-2001": "NCT1"}, NAMES.outcomes, file="r.csv")
    assert (len(kept) == 1, problems == []) == (sound, sound)
    _, other = parse_registered([(2, row | {"registration": "NCT2"})], {"a-2001": "NCT1"}, NAMES.outcomes, file="r.csv")
    assert any("studies.csv" in p.message for p in other)


def test_missing_results_need_a_reason_and_stand_once() -> None:
    row = dict.fromkeys(MISSING_COLUMNS, "") | {"study_id": "a-2001", "outcome": "pain", "status": "available"}
    lost = row | {"study_id": "b-2002", "status": "missing for what it showed"}
    kept, problems = parse_missing([(2, row), (3, row), (4, lost), (5, lost | {"outcome": "", "reason": "r"})],
                                   NAMES.studies, NAMES.outcomes, file="m.csv")
    assert [(p.line, p.code) for p in problems] == [(4, "no-reason"), (5, "unknown-outcome"), (3, "double")]
    assert [m.line for m in kept] == [2, 3]


OWN = """
id = "own"
name = "Our checklist"
unknown = "no information"
[source]
citation = "The reviewers"
[[levels]]
word = "low"
light = "low"
[[levels]]
word = "no information"
light = "none"
[[levels]]
word = "high"
light = "high"
[[domains]]
id = "A"
name = "Measurement"
starts = ["Q1"]
algorithm = '''
Q1: Y PY -> low
Q1: NI -> no information
Q1: PN N -> Q2
Q2: Y -> high
Q2: N -> low
'''
[[domains.questions]]
id = "Q1"
text = "Was it measured well?"
[[domains.questions]]
id = "Q2"
text = "Does that matter?"
answers = ["Y", "N", "NA"]
better = "N"
[[domains]]
id = "B"
name = "Stars"
thresholds = [{ stars = 1, level = "low" }, { stars = 0, level = "high" }]
[[domains.questions]]
id = "Q3"
text = "Was it blind?"
answers = ["Y", "N", "NI"]
"""


def test_an_own_checklist_becomes_a_tool() -> None:
    tool = validate(parse(OWN, "own.toml"), Checklist).tool()
    assert not tool.checked_against_source
    from reviewkit.appraisal import propose

    assert propose(tool, {"Q1": "N", "Q2": "N", "Q3": "Y"}).overall == "low"
    assert propose(tool, {"Q1": "N", "Q2": "Y", "Q3": "Y"}).overall == "high"
    assert propose(tool, {"Q1": "Y", "Q3": "NI"}).overall == "no information"


@pytest.mark.parametrize(
    ("old", "new", "line", "text"),
    [
        ("Q1: NI -> no information", "Q1: NI -> unknown", 22, "neither a question nor a level"),
        ("Q1: NI -> no information\n", "", 22, "nothing follows from NI"),
        ("Q2: N -> low", "Q2: N -> Q1", 22, "leads back to itself"),
        ("Q2: Y -> high", "Q2: Y PY -> high", 22, "PY is no answer"),
        ("Q1: Y PY -> low", "Q1: Y PY low", 22, "is not of the form"),
        ('id = "Q3"', 'id = "Q1"', 41, "stands in A too"),
        ("{ stars = 0", "{ stars = 2", 39, "thresholds must fall"),
        ('light = "none"', 'light = "grey"', 12, "light"),
        ('unknown = "no information"', 'unknown = "?"', 4, "is no level"),
        ('starts = ["Q1"]', 'starts = ["Q7"]', 20, "has no row"),
    ],
)
def test_a_checklist_that_is_not_whole_is_refused_with_its_place(old: str, new: str, line: int, text: str) -> None:
    broken = OWN.replace(old, new, 1)
    assert broken != OWN
    with pytest.raises(InputError) as caught:
        validate(parse(broken, "own.toml"), Checklist)
    found = [p for p in caught.value.problems if text in p.message]
    assert found, str(caught.value)
    assert found[0].file == "own.toml" and abs((found[0].line or 0) - line) <= 2


def test_the_checklist_in_the_guide_is_whole() -> None:
    """docs/risk-of-bias.md ends with an example; it must be one that is accepted."""
    guide = (Path(__file__).resolve().parents[2] / "docs" / "risk-of-bias.md").read_text("utf-8")
    block = guide[guide.index('    id = "our-checklist"') :].split("\nIn place of", 1)[0]
    text = "\n".join(line.removeprefix("    ") for line in block.splitlines())
    tool = validate(parse(text, "guide"), Checklist).tool()
    assert tool.id == "our-checklist" and tool.domains[0].steps
