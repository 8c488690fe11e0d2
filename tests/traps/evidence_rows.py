"""Rows of the shared evidence, one number or statement each, as rows of the extraction schema, one arm each.

Nothing is corrected on the way: what the page printed goes in, with its spread in the column a hurried reader
would have chosen.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

EVIDENCE = Path(__file__).resolve().parents[2] / ".." / "shared" / "evidence"
BEFORE_AFTER = "before-after mean"
_MEASURES = {"Hedges g": "SMD", "Cohen d": "Cohen d", "SMD": "SMD", "MD": "MD", "OR": "OR", "RR": "RR", "F": "F"}
_SCALES = (("1-7", "1", "7"), ("0-10", "0", "10"), ("0-50", "0", "50"), ("0-100", "0", "100"))


@cache
def evidence() -> Mapping[str, Mapping[str, str]]:
    """Row id to row."""
    with (EVIDENCE / "extraction.csv").open(encoding="utf-8", newline="") as file:
        return {row["row_id"]: row for row in csv.DictReader(file)}


def schema_rows(ids: Iterable[str]) -> list[dict[str, str]]:
    """The rows of the extraction schema that a set of evidence rows gives."""
    return [cells for name in ids for cells in _arms(evidence()[name])]


def _arms(row: Mapping[str, str]) -> list[dict[str, str]]:
    base = _shared(row)
    cells = []
    if row["value_type"] == "p value only":
        cells.append({**base, "row_id": row["row_id"], "arm": f"{row['arm1']} vs {row['arm2']}",
                      "arm_role": "contrast", "value_type": "p", "p_value_printed": row["p_value"],
                      "p_kind": "within" if row["contrast"] == "within group" else "between"})
    if row["effect"]:
        kind = "test" if base["effect_measure"] == "F" else "contrast"
        sizes = {"n_intervention": row["n1"], "n_comparator": row["n2"]}
        cells.append({**base, **sizes, "row_id": row["row_id"], "arm": f"{row['arm1']} vs {row['arm2']}",
                      "arm_role": "contrast", "value_type": kind, "effect": row["effect"],
                      "effect_ci_low": row["ci_low"], "effect_ci_high": row["ci_high"],
                      "sd": _printed_sd(row["value_text"]),
                      "p_value_printed": row["p_value"], "p_kind": "between" if row["p_value"] else ""})
    for place in ("1", "2"):
        if arm := _arm(row, base, place):
            cells.append(arm)
    return cells


def _shared(row: Mapping[str, str]) -> dict[str, str]:
    text = f"{row['instrument']} {row['unit']}"
    low, high = next(((low, high) for mark, low, high in _SCALES if mark in text), ("", ""))
    return {
        "study_id": row["study_id"].replace("_", "-"), "report_id": row["record_id"].replace("_", "-"),
        "design": row["design"], "comparison": row["comparison"],
        "outcome": re.sub(r"\W+", "-", row["outcome"].casefold()).strip("-"), "instrument": row["instrument"],
        "scale_min": low, "scale_max": high,
        "higher_is": next((w for w in ("worse", "better") if f"higher = {w}" in row["scale_direction"]), "unknown"),
        "timepoint": row["timepoint"], "timepoint_weeks": _weeks(row["timepoint"]),
        "effect_measure": _MEASURES.get(row["effect_measure"], row["effect_measure"]),
        "unit": _printed_unit(row["unit"]),
        "reported_direction": _direction(row), "number_status": row["number_status"], "analysis_set": "main",
        "locator": row["locator"], "extractor": "reader", "source_row": row["row_id"], "note": "",
    }


def _printed_unit(text: str) -> str:
    """The unit that the page prints, where the reader noted it beside the right one."""
    found = re.search(r"printed ([^\s;)]+)", text)
    return found[1] if found else text


def _printed_sd(text: str) -> str:
    found = re.search(r'"SD ([\d.]+)"', text)
    return found[1] if found else ""


def _direction(row: Mapping[str, str]) -> str:
    said = row["result_direction"].casefold()
    if said.startswith(("neither", "no difference")) or "insignificant" in row["issue"].casefold():
        return "no_difference"
    if "favours minimal" in said or "comparator" in said:
        return "favours_comparator"
    return "favours_intervention" if said.startswith("favours") else ""


def _size_status(text: str) -> str:
    return next((word for word in ("assumed", "derived") if word in text), "seen")


def _weeks(text: str) -> str:
    found = re.search(r"(\d+) (week|wk|month)", text)
    if not found:
        return "0" if text.startswith("baseline") else ""
    return str(int(found[1]) * (52 / 12 if found[2] == "month" else 1))


def _arm(row: Mapping[str, str], base: Mapping[str, str], place: str) -> dict[str, str] | None:
    mean, median = row[f"mean{place}"], row[f"median{place}"]
    events, percent = row[f"events{place}"], row[f"percent{place}"]
    if not (mean or median or events or percent):
        return None
    paired = row["value_type"].startswith(BEFORE_AFTER)
    one = "1" if paired else place
    n = row[f"n{one}"]
    cells = {
        **base, "row_id": f"{row['row_id']}-{place}", "arm": row[f"arm{one}"], "n": n if n.isdecimal() else "",
        "arm_role": "intervention" if one == "1" else "comparator",
        "n_status": _size_status(row[f"n{one}_status"]) if n.isdecimal() else "", "effect_measure": "",
        "value_type": "change" if "change" in row["value_type"] else "final",
    }
    if paired:
        after = cells["timepoint_weeks"] or "8"
        cells |= {"timepoint": "baseline", "timepoint_weeks": "0"} if place == "2" else {"timepoint_weeks": after}
    if mean:
        cells |= {"mean": mean, "sd": row[f"spread{place}"]}
    elif median:
        cells |= {"value_type": "median_range", "median": median, "range_low": row[f"range{place}_low"],
                  "range_high": row[f"range{place}_high"]}
    elif events:
        cells |= {"value_type": "events", "events": events, "total": row[f"total{place}"], "percent": percent}
    else:
        cells |= {"value_type": "percent", "percent": percent, "total": n if n.isdecimal() else ""}
    if place == "1" and row["p_value"] and not row["effect"]:
        cells |= {"p_value_printed": row["p_value"], "p_kind": "within" if paired else "between"}
    return cells
