"""Each numeric trap of the shared evidence: which check finds it, which rule keeps it out, or why nobody can see it.

``code``: a trust check finds it in the evidence rows, put into the schema as printed. ``kept``: the pipeline makes no
effect of it, for the reason given. ``asked``: the print has several readings and a person is asked. ``unseen``: no
check can find it in what one abstract prints; asserted, so that the table is wrong the day a check learns it.
``real``: the code stands in the review's own file. ``held``: the review's own pipeline keeps it out.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from reviewkit.errors import InputError
from reviewkit.extraction import COLUMNS, OPTIONAL_COLUMNS, Known, StudyResult, Use, parse_rows, study_results
from reviewkit.extraction.printed import read_figure, read_pair
from reviewkit.protocol import Outcome
from reviewkit.review import open_review
from reviewkit.review.opened import Review
from reviewkit.trust import check_rows, row_from_mapping
from tests.traps.evidence_rows import EVIDENCE, evidence, schema_rows

ROOT = Path(__file__).resolve().parents[2]
needs_evidence = pytest.mark.skipif(
    not (EVIDENCE / "extraction.csv").exists(), reason="the evidence (../shared/evidence) is not here"
)
GROUP = "numbers are visible for one group only"
SIZE = "number of people in an arm is not visible"

TRAPS: tuple[tuple[str, str, str, str], ...] = (
    # id, evidence rows, kind, expected code or reason
    ("1-zhang-se-as-sd", "M080", "code", "se_as_sd"),
    ("1-mcclurg-se-of-difference", "M026", "code", "se_as_sd"),
    ("1-nozari-se-in-one-arm", "M101", "kept", GROUP),
    ("1-miller-sd-beside-baseline", "M027", "code", "decimal_shift"),
    ("1-fss-sd-without-sizes", "U013", "kept", SIZE),
    ("1-chaibi-sd-above-mean", "U118", "kept", SIZE),
    ("1-kocjan-sd-collapses", "U084", "code", "decimal_shift"),
    ("2-eftekhari-f-against-p", "M014", "code", "p_mismatch"),
    ("2-wei-events-borderline", "M061", "code", "p_depends_on_test"),
    ("2-zidan-percent", "M021", "code", "percent_not_whole"),
    ("2-significant-called-insignificant", "U153", "code", "p_mismatch"),
    ("2-not-significant-called-increase", "U012", "kept", "a comparison within one group"),
    ("3-donnellan-improvement-positive", "M053", "code", "scale_reversed"),
    ("4-fss-sum-within-group", "M045", "kept", GROUP),
    ("4-ndi-on-50-points", "U070", "unseen", "the range is printed; nothing is wrong until it meets NDI in per cent"),
    ("5-negahban-one-exercise-arm", "M001 M003", "code", "shared_comparator"),
    ("5-haas-three-doses", "U091 U092 U093", "code", "shared_comparator"),
    ("5-self-acupressure-one-treated-arm", "M068 M069", "once", ""),
    ("5-hidalgo-two-comparisons", "U043 U044", "kept", SIZE),
    ("5-gonzalez-three-groups", "U025", "kept", "only a test statistic (F) is printed"),
    ("8-kocjan-before-after", "U084", "kept", GROUP),
    ("8-nozari-placebo-before-after", "M103", "kept", GROUP),
    ("8-nozari-final-scores", "M102", "kept", SIZE),
    ("8-tajik-before-after", "M064", "kept", GROUP),
    ("10-medians-and-ranges", "M084", "kept", "median without mean and standard deviation"),
    ("10-f-statistic", "M012", "kept", "only a test statistic (F) is printed"),
    ("10-percent-change", "U038", "code", "percent_not_whole"),
    ("10-difference-with-p", "U088", "kept", "MD without standard error or interval"),
    ("10-d-without-sizes", "U051", "kept", "Cohen's d without the number of people"),
    ("10-vrethem-means-and-p", "M082", "kept", "mean without a standard deviation"),
    ("10-rounded-interval", "U059", "unseen", "in whole days, 2 to 3 may surround 2: the print cannot tell"),
    ("11-mmol-for-umol", "M078", "code", "unit_wrong"),
    ("11-letters-lost", "M079", "code", "unit_wrong"),
    ("11-mol-for-umol", "M082", "code", "unit_wrong"),
    ("11-events-per-session", "U160", "kept", "no counts of people with the event"),
    ("15-f-of-three-sds", "M012", "code", "effect_implausible"),
    ("15-d-near-the-limit", "M071", "unseen", "1.68 is below the 1.7 that the check asks for"),
)

REAL: tuple[tuple[str, str, str, str], ...] = (
    # id, question, expected code, row ids
    ("1-zhang-se-as-sd", "b12-ms", "se_as_sd", "M080-1-as-printed|M080-2-as-printed"),
    ("1-miller-sd-beside-baseline", "massage-ms", "decimal_shift", "M027-1"),
    ("2-masoud-p", "b12-ms", "p_mismatch", "M079-1"),
    ("2-najafi-percent", "b12-ms", "percent_not_whole", "M093-1"),
    ("2-eftekhari-f-against-p", "massage-ms", "p_mismatch", "M014"),
    ("2-naderi-g-against-p", "massage-ms", "p_mismatch", "M006"),
    ("2-zidan-percent", "massage-ms", "percent_not_whole", "M021-1"),
    ("15-f-of-three-sds", "massage-ms", "effect_implausible", "M012"),
)

HELD: tuple[tuple[str, str, str, str, str], ...] = (
    # id, question, outcome, study, reason
    ("1-zhang-out-of-the-main-pool", "b12-ms", "homocysteine", "zhang2014cn", "only the direction is stated"),
    ("3-naderi-g-printed-positive", "massage-ms", "stress", "naderi2024", "SMD without standard error or interval"),
    ("5-mititelu-one-control-group", "b12-ms", "homocysteine", "mititelu2021", "no result is visible"),
    ("5-pan-two-control-groups", "b12-ms", "homocysteine", "pan2019china", "no result is visible"),
    ("5-reynolds-two-control-groups", "b12-ms", "vitamin-b12", "reynolds1992", "only the direction is stated"),
    ("5-negahban-one-exercise-arm", "massage-ms", "pain", "negahban2013", "the report gives MD"),
    ("8-nozari-change-or-final", "b12-ms", "quality-of-life-mental", "nozari2019", SIZE),
    ("10-medians-and-ranges", "b12-ms", "homocysteine", "zoccolella2012", "median without mean"),
    ("10-means-and-p", "b12-ms", "homocysteine", "vrethem2003", "mean without a standard deviation"),
)


def _codes(rows: list[dict[str, str]]) -> set[str]:
    return {finding.code for finding in check_rows(row_from_mapping(cells) for cells in rows)}


def _results(rows: list[dict[str, str]]) -> list[StudyResult]:
    """What the pipeline makes of rows, outcome by outcome, without any conversion that a plan must allow."""
    found: list[StudyResult] = []
    for name in dict.fromkeys(cells["outcome"] for cells in rows):
        own = [{**dict.fromkeys((*COLUMNS, *OPTIONAL_COLUMNS), ""), **c} for c in rows if c["outcome"] == name]
        measure = next((c["effect_measure"] for c in own if c["effect_measure"] in ("MD", "RR")), "SMD")
        measure = "RR" if all(c["value_type"] in ("events", "percent") and c["total"] for c in own) else measure
        measure = "RR" if name == "local-tenderness" else measure
        outcome = Outcome.model_validate({
            "id": name, "name": name, "better": "lower", "timepoint": "end",
            "no_important_difference_because": "test", "plan": {"measure": measure},
        })  # fmt: skip
        known = Known({c["study_id"]: [c["report_id"]] for c in own}, [name], ["main"])
        table = parse_rows(list(enumerate(own, 2)), known, file="evidence")
        found += study_results(table, outcome, Use(("main",), measure))
    return found


@needs_evidence
@pytest.mark.parametrize(("trap", "ids", "kind", "expected"), TRAPS, ids=[trap[0] for trap in TRAPS])
def test_a_trap_of_the_evidence(trap: str, ids: str, kind: str, expected: str) -> None:
    assert set(ids.split()) <= set(evidence()), trap
    rows = schema_rows(ids.split())
    if kind == "code":
        assert expected in _codes(rows)
    elif kind == "unseen":
        assert _codes(rows) == set(), expected
    elif kind == "once":
        assert sum(result.usable for result in _results(rows)) == 1
    else:
        results = _results(rows)
        assert results
        assert not any(result.usable for result in results)
        assert all(expected in result.reason for result in results)


@pytest.fixture(scope="module")
def reviews() -> dict[str, Review]:
    return {name: open_review(name, ROOT) for name in ("b12-ms", "massage-ms")}


@pytest.mark.parametrize(("trap", "question", "code", "rows"), REAL, ids=[trap[0] for trap in REAL])
def test_a_trap_in_the_reviews_own_file(
    trap: str, question: str, code: str, rows: str, reviews: dict[str, Review]
) -> None:
    assert (code, rows) in {(found.code, "|".join(found.row_ids)) for found in reviews[question].trust}, trap


@pytest.mark.parametrize(("trap", "question", "outcome", "study", "reason"), HELD, ids=[trap[0] for trap in HELD])
def test_a_trap_kept_out_of_the_reviews_own_pool(
    trap: str, question: str, outcome: str, study: str, reason: str, reviews: dict[str, Review]
) -> None:
    (result,) = [r for r in reviews[question].synthesise(outcome).main.results if r.study_id == study]
    assert not result.usable, trap
    assert reason in result.reason


@pytest.mark.parametrize("row", ["M078-1", "M082-1"])
def test_the_unit_that_the_page_prints_would_be_found(row: str, reviews: dict[str, Review]) -> None:
    """Trap 11 in b12-ms: the file holds the right unit and names the printed one, which the check refuses."""
    review = reviews["b12-ms"]
    study = next(cells["study_id"] for _, cells in review.row_cells if cells["row_id"] == row)
    own = [dict(c) for _, c in review.row_cells if c["study_id"] == study and c["outcome"] == "homocysteine"]
    assert all("unit as printed" in cells["note"] for cells in own)
    printed = "mmol/lit" if row == "M078-1" else "mol/L"
    assert "unit_wrong" in _codes([{**cells, "unit": printed} for cells in own])
    assert "unit_wrong" not in _codes(own)


def test_parts_that_add_up_to_more_than_their_whole() -> None:
    """Trap 2 (U001, U002): 40 improved, but 28, 8 and 5 in the categories."""
    base = {"study_id": "a", "arm": "one", "value_type": "events", "total": "44", "note": "one answer each"}
    parts = [("much", "28"), ("some", "8"), ("little", "5")]
    rows = [{**base, "row_id": name, "outcome": f"improved: {name}", "events": n} for name, n in parts]
    assert _codes(rows) == set()
    assert _codes([*rows, {**base, "row_id": "all", "outcome": "improved", "events": "40"}]) == {"events_gt_n"}
    assert _codes([*rows, {**base, "row_id": "all", "outcome": "improved", "events": "41"}]) == set()


def test_a_percentage_that_is_no_number_of_people() -> None:
    """Trap 2: 54.80% of 35 is 19.18 people."""
    row = {"row_id": "a", "study_id": "a", "arm": "one", "outcome": "fatigue", "value_type": "percent",
           "percent": "54.80", "total": "35"}
    assert _codes([row]) == {"percent_not_whole"}


def test_a_standardised_difference_with_a_p_it_cannot_have() -> None:
    """Trap 2 (M006): g 0.47 with 70 people is t = 1.99, p 0.05; with 300 people p < 0.001 it may be."""
    row = {"row_id": "a", "study_id": "a", "arm": "x vs y", "outcome": "anxiety", "value_type": "contrast",
           "effect": "0.47", "effect_measure": "Hedges g", "p_value_printed": "<0.001", "p_kind": "between"}
    assert _codes([{**row, "randomised": "70"}]) == {"p_mismatch"}
    assert _codes([{**row, "randomised": "300"}]) == set()
    assert _codes([{**row, "randomised": "70", "note": "adjusted for baseline"}]) == set()
    assert _codes([row]) == set()


@pytest.mark.parametrize(("text", "value"), [("0. 80", 0.8), ("0,001", 0.001), ("0/004", 0.004), ("۷۴/۳", 74.3),
                                             ("–2.5", -2.5), ("−2,5", -2.5)])
def test_a_print_that_is_read(text: str, value: float) -> None:
    """Trap 12, and trap 3 where a dash stands for the minus."""
    assert read_figure(text).value == pytest.approx(value)


def test_a_print_that_is_asked() -> None:
    """Trap 12 (M064): '74/3 ± 16/41' is 41.16 ± 3.74 where the page runs from right to left."""
    pair = read_pair("74/3 ± 16/41")
    assert 41.16 in pair.first.readings
    assert 3.74 in pair.second.readings
    with pytest.raises(InputError, match="right to left"):
        _ = pair.first.value
