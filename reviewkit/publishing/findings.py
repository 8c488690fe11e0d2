"""What a report found, small enough for its page to carry, and how two reports differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from reviewkit.numbers import estimate

SAME = 1e-9
"""Relative difference below which two figures are one: the last bits of a sum vary between machines."""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that differs between two reports.

    Attributes
    ----------
    what : str
        'record', 'study', 'effect', 'certainty', 'verdict', 'answer', ...
    subject : str
        Which: an outcome's, study's or claim's id.
    before, after : str
        In words; empty where it was not there.
    """

    what: str
    subject: str
    before: str
    after: str

    def __str__(self) -> str:
        if not self.before:
            return f"{self.what} {self.subject}: new: {self.after}".replace(": new: yes", ": new")
        if not self.after:
            return f"{self.what} {self.subject}: gone (was: {self.before})".replace(" (was: yes)", "")
        return f"{self.what} {self.subject}: {self.before} → {self.after}"

    def as_dict(self) -> dict[str, str]:
        """The change as plain JSON values."""
        return asdict(self)


def findings(results: Mapping[str, Any]) -> dict[str, object]:
    """The findings of a report that a page carries, from what ``results.json`` holds."""
    flow = results["flow"]
    return {
        "answer": results["answer"]["sentence"],
        "records": {"identified": flow["identified"], "screened": flow["screened"], "assessed": flow["assessed"],
                    "included reports": flow["included_reports"]},
        "studies": list(results["included"]),
        "outcomes": {item["id"]: {
            "name": item["name"], "certainty": item["certainty"]["level"], "measure": item["main"]["measure"],
            "studies": len(item["main"]["studies"]), **_pool(item["main"]["pooled"])} for item in results["outcomes"]},
        # A claim may be tested by several outcomes.
        "claims": {" ".join(filter(None, (item["id"], item["outcome"]))): item["verdict"] or "none"
                   for item in results["claims"]},
    }


def _pool(pooled: Mapping[str, Any] | None) -> dict[str, object]:
    return {name: pooled[name] for name in ("k", "estimate", "ci_low", "ci_high")} if pooled else {}


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Change, ...]:
    """What changed between the findings of two reports: records, studies, effects, certainty, verdicts, answer."""
    return tuple(_differences(before, after))


def _differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    yield from _named("records", before["records"], after["records"])
    yield from _named("study", dict.fromkeys(before["studies"], "yes"), dict.fromkeys(after["studies"], "yes"))
    old, new = before["outcomes"], after["outcomes"]
    yield from _named("outcome", {key: item["name"] for key, item in old.items()},
                      {key: item["name"] for key, item in new.items()})
    for key in old:
        if key not in new:
            continue
        one, other = old[key], new[key]
        if not _same_pool(one, other):
            yield Change("effect", key, _in_words(one), _in_words(other))
        if one["certainty"] != other["certainty"]:
            yield Change("certainty", key, one["certainty"], other["certainty"])
    yield from _named("verdict", before["claims"], after["claims"])
    if before["answer"] != after["answer"]:
        yield Change("answer", "in one sentence", before["answer"], after["answer"])


def _named(what: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    for key in dict.fromkeys((*before, *after)):
        one, other = before.get(key), after.get(key)
        if one != other:
            yield Change(what, key, "" if one is None else str(one), "" if other is None else str(other))


def _same_pool(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    if one["studies"] != other["studies"] or one["measure"] != other["measure"] or one.get("k") != other.get("k"):
        return False
    return all(_close(one.get(name), other.get(name)) for name in ("estimate", "ci_low", "ci_high"))


def _close(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return abs(one - other) <= SAME * max(1.0, abs(one), abs(other))


def _in_words(item: Mapping[str, Any]) -> str:
    if "k" not in item:
        return f"not pooled, {item['studies']} studies"
    return (f"{item['measure']} {estimate(item['estimate'], item['ci_low'], item['ci_high'])}"
            f"{' (log scale)' if item['measure'] in ('OR', 'RR', 'HR', 'IRR', 'ROM') else ''}, k = {item['k']}")
