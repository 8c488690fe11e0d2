"""Two extractions side by side: what differs, what is agreed, and the consensus."""

from __future__ import annotations

from typing import Any

import pytest

from reviewkit.extraction.compare import agreement_by_column, compare_rows, make_consensus


def row(arm: str = "massage", **cells: Any) -> dict[str, str]:
    base = {"study_id": "one", "report_id": "one", "outcome": "pain", "instrument": "VAS", "timepoint": "end",
            "value_type": "final", "comparison": "", "arm": arm, "analysis_set": "primary"}
    return {**base, **{name: str(value) for name, value in cells.items()}}


def test_ids_notes_and_spelling_of_numbers_are_no_difference() -> None:
    found = compare_rows([row(row_id="1", mean="4.50", note="x", extractor="a")],
                         [row(row_id="9", mean="4,5", note="y", extractor="b")])
    assert (found.differences, found.cells, found.agreement) == ((), 1, 1.0)


def test_cells_and_rows_that_differ_are_found() -> None:
    found = compare_rows([row(mean=4, sd=1), row("rest", mean=5)], [row(mean=4, sd=2), row("sham", mean=5)])
    assert [(d.key[7], d.column, d.one, d.other) for d in found.differences] == [
        ("massage", "sd", "1", "2"), ("rest", "", "row", "(no row)"), ("sham", "", "(no row)", "row")]
    assert (found.paired, found.only_one, found.only_other, found.cells, found.agreed) == (1, 1, 1, 2, 1)


def test_the_consensus_holds_what_is_agreed_and_waits_for_the_rest() -> None:
    one, other = [row(mean=4, sd=1), row("rest", mean=5)], [row(mean=4, sd=2), row("rest", mean=5), row("sham", n=3)]
    rows, waiting = make_consensus(one, other, {}, by="consensus")
    assert [cells["arm"] for cells in rows] == ["rest"]
    assert len(waiting) == 2
    settled = {(waiting[0].key, "sd"): "1.5", (waiting[1].key, ""): "drop"}
    rows, waiting = make_consensus(one, other, settled, by="consensus")
    assert waiting == ()
    assert [(cells["arm"], cells.get("sd", ""), cells["extractor"]) for cells in rows] == [
        ("massage", "1.5", "consensus"), ("rest", "", "consensus")]


def test_a_row_only_one_has_can_be_kept() -> None:
    (difference,) = compare_rows([row("sham", n=3)], []).differences
    rows, waiting = make_consensus([row("sham", n=3)], [], {(difference.key, ""): "keep"}, by="c")
    assert [cells["n"] for cells in rows] == ["3"] and not waiting


def test_agreement_is_counted_by_column() -> None:
    counts = agreement_by_column([row(mean=4, sd=1), row("rest", mean=5)], [row(mean=4, sd=2), row("rest", mean=6)])
    assert counts == {"mean": (1, 2), "sd": (0, 1)}
    assert compare_rows([], []).agreement is None


@pytest.mark.parametrize("order", [1, -1])
def test_comparing_is_symmetric(order: int) -> None:
    sides = [[row(mean=4)], [row(mean=5), row("rest", n=2)]][::order]
    found = compare_rows(*sides)
    assert (found.cells, found.agreed, len(found.differences)) == (1, 0, 2)
