"""What a multiverse shows: one table, one specification curve, and the share that supports the conclusion."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from statistics import median
from typing import Literal

from reviewkit.errors import InputError
from reviewkit.synthesis.inputs import check_choice

Where = Literal["above", "below", "includes"]
LOG_MEASURES = frozenset({"RR", "OR", "HR", "IRR", "PETO", "ROM", "ROMC"})


@dataclass(frozen=True, slots=True)
class MultiverseRow:
    """One analysis: an option of every choice, and what came of it (numbers None where ``error`` says why not).

    ``duplicate_of`` is the index of the first row that is the same analysis.
    """

    choices: Mapping[str, str]
    measure: str
    k: int = 0
    estimate: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    p: float | None = None
    tau2: float | None = None
    supports: bool | None = None
    chosen: bool = False
    duplicate_of: int | None = None
    error: str = ""


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What an analysis must show.

    Attributes
    ----------
    where : {'above', 'below', 'includes'}
        Of ``threshold``: the whole interval above or below it, or an interval that includes it.
    threshold : float
        On the analysis scale (logarithm for ratios); 0 is no effect, or a minimal important difference.
    by : {'interval', 'estimate'}
        Whether the interval or only the estimate has to lie there.
    """

    where: Where
    threshold: float = 0.0
    by: Literal["interval", "estimate"] = "interval"

    def __post_init__(self) -> None:
        check_choice("where", self.where, Where)
        check_choice("by", self.by, ("interval", "estimate"))
        if self.where == "includes" and self.by == "estimate":
            raise InputError("'includes' speaks of intervals: by must be 'interval'.", code="bad-conclusion")

    @classmethod
    def of(cls, row: MultiverseRow) -> Conclusion:
        """What one analysis shows about no effect."""
        assert row.ci_low is not None and row.ci_high is not None
        return cls("above" if row.ci_low > 0 else "below" if row.ci_high < 0 else "includes")

    def holds(self, row: MultiverseRow) -> bool | None:
        """Whether the analysis supports it; None where it could not be carried out."""
        if row.estimate is None or row.ci_low is None or row.ci_high is None:
            return None
        low, high = (row.estimate,) * 2 if self.by == "estimate" else (row.ci_low, row.ci_high)
        if self.where == "above":
            return low > self.threshold
        if self.where == "below":
            return high < self.threshold
        return low <= self.threshold <= high

    def __str__(self) -> str:
        what = "an interval that includes" if self.where == "includes" else f"an effect {self.where}"
        how = " (by the estimate alone)" if self.by == "estimate" else ""
        return f"{what} {self.threshold:g}{how}"


@dataclass(frozen=True, slots=True)
class OptionEffect:
    """What the distinct analyses with one option show: how many, their median estimate, the share in support."""

    choice: str
    option: str
    n: int
    median_estimate: float | None
    share: float | None


@dataclass(frozen=True, slots=True)
class Multiverse:
    """Every analysis (``rows``), the options by choice, and the conclusion asked about."""

    choices: Mapping[str, tuple[str, ...]]
    rows: tuple[MultiverseRow, ...]
    conclusion: Conclusion

    @property
    def k(self) -> int:
        """Studies in the chosen analysis."""
        return self.chosen.k

    @property
    def chosen(self) -> MultiverseRow:
        """The review's own analysis."""
        return next(row for row in self.rows if row.chosen)

    @property
    def distinct(self) -> tuple[MultiverseRow, ...]:
        """Analyses that could be carried out, each once."""
        return tuple(row for row in self.rows if row.duplicate_of is None and not row.error)

    @property
    def n(self) -> int:
        """Combinations tried."""
        return len(self.rows)

    @property
    def n_distinct(self) -> int:
        """Different analyses among those that could be carried out."""
        return len(self.distinct)

    @property
    def n_failed(self) -> int:
        """Combinations that could not be carried out."""
        return sum(bool(row.error) for row in self.rows)

    @property
    def share(self) -> float | None:
        """Share of the distinct analyses that supports the conclusion, from 0 to 1; None where there is none."""
        rows = self.distinct
        return sum(bool(row.supports) for row in rows) / len(rows) if rows else None

    def table(self) -> tuple[dict[str, object], ...]:
        """One flat row a combination: its options, its numbers, whether it supports the conclusion."""
        return tuple(
            {
                **row.choices,
                **{key: value for key, value in asdict(row).items() if key != "choices" and key not in row.choices},
            }
            for row in self.rows
        )

    def curve(self) -> tuple[dict[str, object], ...]:
        """Data of the specification curve: distinct analyses by estimate, with rank and the options that lead to each.

        ``marks`` has several options of one choice where they come to the same analysis.
        """
        reached = self._reached()
        ordered = sorted(reached, key=lambda i: (self.rows[i].measure, self.rows[i].estimate))
        return tuple(
            {
                "rank": rank,
                "measure": self.rows[i].measure,
                "estimate": self.rows[i].estimate,
                "ci_low": self.rows[i].ci_low,
                "ci_high": self.rows[i].ci_high,
                "supports": self.rows[i].supports,
                "chosen": any(row.chosen for row in reached[i]),
                "marks": {
                    f"{name}: {option}": any(row.choices[name] == option for row in reached[i])
                    for name, options in self.choices.items()
                    for option in options
                },
            }
            for rank, i in enumerate(ordered, start=1)
        )

    def _reached(self) -> dict[int, list[MultiverseRow]]:
        """Index of each distinct analysis -> every combination that comes to it."""
        found: dict[int, list[MultiverseRow]] = {}
        for i, row in enumerate(self.rows):
            if not row.error:
                found.setdefault(i if row.duplicate_of is None else row.duplicate_of, []).append(row)
        return found

    def by_option(self) -> tuple[OptionEffect, ...]:
        """For each option of each choice, what the distinct analyses that it leads to show."""
        reached, found = self._reached(), []
        for name, options in self.choices.items():
            for option in options:
                rows = [self.rows[i] for i, ways in reached.items() if any(way.choices[name] == option for way in ways)]
                estimates = [row.estimate for row in rows if row.estimate is not None]
                share = sum(bool(row.supports) for row in rows) / len(rows) if rows else None
                found.append(OptionEffect(name, option, len(rows), median(estimates) if estimates else None, share))
        return tuple(found)

    def decisive(self) -> str | None:
        """The choice whose options differ most in their share of support; None where no option changes it."""
        spread: dict[str, float] = {}
        effects = self.by_option()
        for name in self.choices:
            shares = [effect.share for effect in effects if effect.choice == name and effect.share is not None]
            spread[name] = max(shares) - min(shares) if shares else 0.0
        best = max(spread, key=lambda name: spread[name], default=None)
        return best if best is not None and spread[best] > 0 else None

    def as_dict(self) -> dict[str, object]:
        """Plain JSON values: counts, share, table, curve, options, sentence."""
        return {
            "k": self.k,
            "n": self.n,
            "n_distinct": self.n_distinct,
            "n_failed": self.n_failed,
            "share": self.share,
            "conclusion": asdict(self.conclusion),
            "decisive": self.decisive(),
            "choices": {name: list(options) for name, options in self.choices.items()},
            "rows": list(self.table()),
            "curve": list(self.curve()),
            "by_option": [asdict(effect) for effect in self.by_option()],
            "sentence": str(self),
        }

    def __str__(self) -> str:
        if self.share is None:
            return f"None of {self.n} analyses could be carried out."
        support = sum(bool(row.supports) for row in self.distinct)
        failed = f" {self.n_failed} could not be carried out." if self.n_failed else ""
        decisive = f" What matters most is the choice of {self.decisive()}." if self.decisive() else ""
        return (
            f"{support} of {self.n_distinct} different analyses ({100 * self.share:.0f}%) support {self.conclusion}; "
            f"{self._ranges()}.{decisive}{failed}"
        )

    def _ranges(self) -> str:
        parts = []
        for measure in sorted({row.measure for row in self.distinct}):
            estimates = [row.estimate for row in self.distinct if row.measure == measure and row.estimate is not None]
            low, middle, high = min(estimates), median(estimates), max(estimates)
            if measure.upper().split(".")[0] in LOG_MEASURES:
                low, middle, high = math.exp(low), math.exp(middle), math.exp(high)
            name = "estimates" if measure == "GEN" else measure
            parts.append(f"{name} from {low:.3g} to {high:.3g}, median {middle:.3g}")
        return "; ".join(parts)
