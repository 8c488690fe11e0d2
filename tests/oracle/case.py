"""Reading case files, and the effect-size sets that their results name."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

Result = dict[str, Any]
Effects = tuple[np.ndarray, np.ndarray]


def as_floats(column: Any) -> np.ndarray:
    """A column of numbers, ``null`` as NaN and the words for infinity as numbers."""
    return np.array([np.nan if x is None else float(x) for x in np.atleast_1d(np.asarray(column, dtype=object))])


@dataclass
class Case:
    """One case file: its columns, its results, and the effect sizes computed by our own functions."""

    id: str
    data: dict[str, Any]
    results: list[Result]
    source: Mapping[str, Any] = field(default_factory=dict)
    title: str = ""
    design: str = ""
    notes: str = ""
    _cache: dict[str, tuple[np.ndarray, np.ndarray, np.ndarray]] = field(default_factory=dict, repr=False)

    @classmethod
    def read(cls, path: Path) -> Case:
        raw = json.loads(path.read_text(encoding="utf-8"))
        data = raw["data"] if isinstance(raw["data"], dict) else {}
        return cls(
            id=raw["id"],
            data=data,
            results=raw["results"],
            source=raw.get("source") or {},
            title=raw.get("title", ""),
            design=raw.get("design", ""),
            notes=raw.get("notes") or "",
        )

    def column(self, name: str) -> np.ndarray:
        """A numeric data column, ``null`` as NaN."""
        return as_floats(self.data[name])

    def es(self, name: str) -> Effects:
        """yi and vi of the named effect-size set; studies without an estimate are NaN and keep their place."""
        yi, vi, _ = self._set(name)
        return yi, vi

    def has_es(self, name: str) -> bool:
        """True if the case knows this effect-size set (some results carry their numbers in their own spec)."""
        try:
            self._set(name)
        except KeyError:
            return False
        return True

    def rows(self, name: str) -> np.ndarray:
        """The 0-based data rows that ``es(name)`` stands for, in its order."""
        return self._set(name)[2]

    def complete(self, name: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """yi, vi and 0-based data rows of the studies that have an estimate."""
        yi, vi, rows = self._set(name)
        keep = np.isfinite(yi) & np.isfinite(vi)
        return yi[keep], vi[keep], rows[keep]

    def _set(self, name: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        if name not in self._cache:
            self._cache[name] = self._find(name)
        return self._cache[name]

    def _find(self, name: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        for result in self.results:
            if result["kind"] in _SET_KINDS and result["spec"].get("es") == name:
                yi, vi = _compute(self, result)
                return yi, vi, np.arange(len(yi))
        if name == "given":
            yi = self.column("yi")
            vi = self.column("vi") if "vi" in self.data else self.column("sei") ** 2
            return yi, vi, np.arange(len(yi))
        if name == "OE":
            yi, vi = _adapter().from_observed_expected(self)
            return yi, vi, np.arange(len(yi))
        return self._part_of(name)

    def _part_of(self, name: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """A set named as some of the rows of another: ``X[a,b complete]``, ``X first3``, ``X.drop00``."""
        match = re.fullmatch(r"(?P<base>.*?)[\s.\[(]*(?P<part>first3|drop00|[\w, ]*complete)[\])]*", name)
        if match is None:
            raise KeyError(f"{self.id}: no effect-size set named {name!r}")
        yi, vi, rows = self._set(match["base"] or "given")
        if match["part"] == "first3":
            return yi[:3], vi[:3], rows[:3]
        if match["part"] == "drop00":
            keep = np.isfinite(yi) & np.isfinite(vi)
            return yi[keep], vi[keep], rows[keep]
        used = self._complete_rows(match["part"].removesuffix("complete"))
        return yi[used], vi[used], rows[used]

    def _complete_rows(self, moderators: str) -> np.ndarray:
        names = [part for part in re.split(r"[,\s]+", moderators) if part]
        listed = self.data.get("rows_used_" + "_".join(names))
        if listed is None:
            columns = [self.data[part] for part in names]
            listed = [i + 1 for i, values in enumerate(zip(*columns, strict=True)) if None not in values]
        return np.asarray(listed, dtype=int) - 1


_SET_KINDS = ("escalc", "prepost_diff")


def _adapter() -> Any:
    from tests.oracle import adapters_effects

    return adapters_effects


def _compute(case: Case, result: Result) -> Effects:
    kinds: dict[str, Callable[[Case, Result], Any]] = _adapter().KINDS
    got = kinds[result["kind"]](case, result)
    return as_floats(got["yi"]), as_floats(got["vi"])
