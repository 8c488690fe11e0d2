"""Made-up trials, drawn person by person, summarised and rounded; and faults put into them.

An own generator with its own instruments, so that the checks are looked at on data no rule was shaped on.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from reviewkit.trust.printed import Printed, Span
from reviewkit.trust.rows import ArmRow
from reviewkit.trust.testing import Sample, difference_p, hedges_j, one_sample_p, t_quantile, table_p


@dataclass(frozen=True, slots=True)
class Scale:
    """An instrument to draw from."""

    outcome: str
    instrument: str
    low: float | None
    high: float | None
    mean: float
    sd: float
    step: float | None
    higher_is: str
    unit: str
    effect: float = 0.5
    skewed: bool = False
    metric_factor: float = 0.0
    unit_fault: tuple[str, float] | None = None


SCALES = (
    Scale("sleep", "PSQI", 0, 21, 9.5, 3.4, 1, "worse", "points"),
    Scale("depression", "BDI-II", 0, 63, 21, 9, 1, "worse", "points"),
    Scale("headache impact", "HIT-6", 36, 78, 61, 6, 1, "worse", "points"),
    Scale("fatigue", "MFIS", 0, 84, 46, 14, 1, "worse", "points", metric_factor=1 / 21),
    Scale("disability", "NDI", 0, 50, 19, 6.5, 1, "worse", "points", metric_factor=2),
    Scale("fatigue severity", "FSS", 1, 7, 4.9, 1.2, 1 / 9, "worse", "points", metric_factor=9),
    Scale("pain", "VAS 0-100", 0, 100, 52, 18, None, "worse", "mm"),
    Scale("pain rating", "NRS", 0, 10, 5.5, 1.9, 1, "worse", "points"),
    Scale("quality of life", "EQ-5D index", -0.594, 1, 0.62, 0.18, None, "better", "index"),
    Scale("health status", "SF-36", 0, 100, 50, 18, None, "better", "points"),
    Scale("walking", "6-minute walking distance", None, None, 380, 95, None, "better", "m"),
    Scale(
        "vitamin D", "vitamin D", None, None, 24, 9, None, "better", "ng/mL", skewed=True, unit_fault=("nmol/L", 2.5)
    ),
    Scale("homocysteine", "homocysteine", None, None, 13, 4, None, "worse", "µmol/L", 0.3, True, 0.0, ("mmol/L", 1e-3)),
    Scale("folate", "folate", None, None, 9.5, 4, None, "better", "ng/mL", 0.3, True),
    Scale("CRP", "CRP", None, None, 3.5, 2.5, None, "worse", "mg/L", 0.2, True),
)
ARMS = (("acupuncture", "sham"), ("yoga", "usual care"), ("vitamin D", "placebo"))


@dataclass(frozen=True, slots=True)
class Trial:
    """One made-up study with what was drawn for it."""

    rows: tuple[ArmRow, ...]
    scale: Scale
    places: int


def _printed(value: float, places: int) -> Printed:
    return Printed(round(float(value), places), places)


def _draw(rng: np.random.Generator, scale: Scale, n: int, mean: float, sd: float) -> np.ndarray:
    if scale.skewed:
        sigma2 = math.log(1 + (sd / mean) ** 2)
        values = rng.lognormal(math.log(mean) - sigma2 / 2, math.sqrt(sigma2), n)
    else:
        values = rng.normal(mean, sd, n)
    return _fit(values, scale)


def _fit(values: np.ndarray, scale: Scale) -> np.ndarray:
    if scale.low is not None and scale.high is not None:
        values = np.clip(values, scale.low, scale.high)
    else:
        values = np.maximum(values, 0.05 * scale.mean)
    return np.round(values / scale.step) * scale.step if scale.step else values


def _print_p(rng: np.random.Generator, p: float) -> str:
    if p < 0.001:
        return str(rng.choice(["<0.001", "0.000", "p<0.001"]))
    style = rng.integers(4)
    if style == 0 and p > 0.06:
        return str(rng.choice(["NS", "n.s.", ">0.05"]))
    return f"{p:.3f}" if style else f"p = {p:.2f}"


def _sample(values: np.ndarray) -> Sample:
    mean, sd = float(values.mean()), float(values.std(ddof=1))
    return Sample(Span(mean, mean), Span(sd, sd), len(values))


def _row(values: np.ndarray, base: ArmRow, places: int) -> ArmRow:
    return replace(base, n=len(values), mean=_printed(values.mean(), places), sd=_printed(values.std(ddof=1), places))


def make_trial(rng: np.random.Generator, study: str, scale: Scale | None = None) -> Trial:
    """One honest parallel trial: baseline, follow-up, often changes and a contrast, with true p values."""
    scale = scale or SCALES[rng.integers(len(SCALES))]
    places = 3 if scale.high == 1 else int(rng.integers(1, 3))
    arms = ARMS[rng.integers(len(ARMS))]
    shift = rng.normal(0, 0.35) * scale.sd
    sd = scale.sd * math.exp(rng.normal(0, 0.2))
    sizes = rng.integers(14, 60), 0
    sizes = sizes[0], max(8, sizes[0] + rng.integers(-2, 3))
    sign = 1 if scale.higher_is == "better" else -1
    rows: list[ArmRow] = []
    data = []
    weeks = float(rng.choice([4, 8, 12]))
    for i, (arm, role) in enumerate(zip(arms, ("intervention", "comparator"), strict=True)):
        before = _draw(rng, scale, int(sizes[i]), scale.mean + shift, sd)
        gain = sign * scale.sd * (abs(rng.normal(scale.effect, 0.2)) * (1 - i) + 0.15)
        after = _fit(
            before.mean() + (before - before.mean()) * 0.7 + gain + rng.normal(0, 0.7 * sd, len(before)), scale
        )
        base = ArmRow(
            row_id="", study_id=study, report_id=study, design="RCT", outcome=scale.outcome, arm=arm, arm_role=role,
            instrument=scale.instrument, higher_is=scale.higher_is, unit=scale.unit,
            scale_min=None if scale.low is None else Printed(scale.low, 0),
            scale_max=None if scale.high is None else Printed(scale.high, 0),
        )  # fmt: skip
        data.append((before, after))
        rows += [
            _row(before, replace(base, timepoint_weeks=0.0), places),
            _row(after, replace(base, timepoint_weeks=weeks), places),
            _row(after - before, replace(base, timepoint_weeks=weeks, value_type="change"), places),
        ]
    p = difference_p(_sample(data[0][1]), _sample(data[1][1]))
    exact = p.high if p else 1.0
    rows[1] = replace(rows[1], p_value_printed=_print_p(rng, exact), p_kind="between")
    better = (data[0][1].mean() - data[1][1].mean()) * sign > 0
    told = "no_difference" if exact > 0.05 else "favours_intervention" if better else "favours_comparator"
    rows[1] = replace(rows[1], reported_direction=told)
    if rng.random() < 0.5:
        rows = [row for row in rows if row.value_type != "change"]
    rows = [replace(row, row_id=f"{study}-{k}") for k, row in enumerate(rows)]
    return Trial(tuple(rows), scale, places)


def _contrast_of(rng: np.random.Generator, trial: Trial) -> ArmRow:
    """The mean difference or Hedges g of the two follow-up rows, with its 95 % interval."""
    first, second = (trial.rows[i] for i in _finals(trial))
    df = first.n + second.n - 2
    pooled = math.sqrt(((first.n - 1) * first.sd.value**2 + (second.n - 1) * second.sd.value**2) / df)
    apart, root = first.mean.value - second.mean.value, math.sqrt(1 / first.n + 1 / second.n)
    if rng.integers(2):
        half = t_quantile(0.95, df) * pooled * root
        effect, measure, places = apart, "MD", trial.places + 1
    else:
        effect = hedges_j(df) * apart / pooled
        half = 1.96 * math.sqrt(root**2 + effect**2 / (2 * (first.n + second.n)))
        measure, places = "SMD", 2
    return replace(
        first, row_id=f"{first.row_id}-c", arm=f"{first.arm} vs {second.arm}", value_type="contrast",
        mean=None, sd=None, n=None, effect=_printed(effect, places), effect_measure=measure,
        effect_ci_low=_printed(effect - half, places), effect_ci_high=_printed(effect + half, places),
    )  # fmt: skip


def _events_of(rng: np.random.Generator, trial: Trial) -> list[ArmRow]:
    """Counts of responders in both arms, with a risk ratio where no cell is empty."""
    finals = [trial.rows[i] for i in _finals(trial)]
    counts = [int(rng.binomial(row.n, 0.3 + 0.15 * (row.arm_role == "intervention"))) for row in finals]
    rows = []
    for row, count in zip(finals, counts, strict=True):
        percent = _printed(100 * count / row.n, int(rng.integers(2)))
        rows.append(
            ArmRow(
                row_id=f"{row.row_id}-e",
                study_id=row.study_id,
                report_id=row.report_id,
                outcome="responder",
                arm=row.arm,
                arm_role=row.arm_role,
                value_type="events",
                timepoint_weeks=row.timepoint_weeks,
                higher_is="better",
                n=row.n,
                events=count,
                total=row.n,
                percent=percent,
            )
        )
    (a, b), (n1, n2) = counts, [row.n for row in finals]
    if min(a, b, n1 - a, n2 - b) == 0:
        return rows
    half = 1.96 * math.sqrt(1 / a - 1 / n1 + 1 / b - 1 / n2)
    log = math.log(a / n1 / (b / n2))
    ratio = replace(
        rows[0], row_id=f"{rows[0].row_id}-c", arm=f"{finals[0].arm} vs {finals[1].arm}", value_type="contrast",
        n=None, events=None, total=None, percent=None, effect=_printed(math.exp(log), 2), effect_measure="RR",
        effect_ci_low=_printed(math.exp(log - half), 2), effect_ci_high=_printed(math.exp(log + half), 2),
        p_value_printed=_print_p(rng, table_p(a, n1, b, n2).high), p_kind="between",
    )  # fmt: skip
    return [*rows, ratio]


def _spread_otherwise(rng: np.random.Generator, row: ArmRow, places: int) -> ArmRow:
    """The same row with an SE, or with an interval of its mean, in place of the SD."""
    se = row.sd.value / math.sqrt(row.n)
    if rng.integers(2):
        return replace(row, sd=None, se=_printed(se, places + 1))
    half = t_quantile(0.95, row.n - 1) * se
    return replace(row, ci_low=_printed(row.mean.value - half, places), ci_high=_printed(row.mean.value + half, places))


def dressed(rng: np.random.Generator, trial: Trial) -> Trial:
    """The trial with a contrast and responders beside it, and perhaps SEs or intervals in place of SDs."""
    extra = [_contrast_of(rng, trial), *_events_of(rng, trial)]
    rows = trial.rows
    if rng.integers(2):
        rows = tuple(_spread_otherwise(rng, row, trial.places + 1) for row in rows)
    return replace(trial, rows=(*rows, *extra))


def honest_table(rng: np.random.Generator, size: int) -> list[Trial]:
    """``size`` honest trials."""
    return [make_trial(rng, f"study{k}") for k in range(size)]


def _swap(trial: Trial, changed: dict[int, ArmRow]) -> Trial:
    return replace(trial, rows=tuple(changed.get(i, row) for i, row in enumerate(trial.rows)))


def _finals(trial: Trial, *, late: bool = True) -> list[int]:
    return [
        i for i, row in enumerate(trial.rows) if row.value_type == "final" and (not late or row.timepoint_weeks != 0)
    ]


def _se_as_sd(rng: np.random.Generator, trial: Trial) -> Trial:
    rows = trial.rows
    return _swap(trial, {
        i: replace(rows[i], sd=_printed(rows[i].sd.value / math.sqrt(rows[i].n), trial.places + 1))
        for i in _finals(trial, late=bool(rng.integers(2)))
    })  # fmt: skip


def _sd_as_se(rng: np.random.Generator, trial: Trial) -> Trial:
    rows = trial.rows
    return _swap(trial, {i: replace(rows[i], se=rows[i].sd, sd=None) for i in _finals(trial)})


def _grim(rng: np.random.Generator, trial: Trial) -> Trial | None:
    from reviewkit.trust.grim import possible_sums

    if trial.scale.step is None or trial.places < 2:
        return None
    i = _finals(trial)[0]
    row = trial.rows[i]
    for k in (1, -1, 2, -2, 3):
        mean = _printed(row.mean.value + k * 0.01, 2)
        if not len(possible_sums(mean, row.n, round(1 / trial.scale.step))):
            return _swap(trial, {i: replace(row, mean=mean)})
    return None


def _ten(rng: np.random.Generator, trial: Trial) -> Trial | None:
    i = int(rng.choice(_finals(trial)))
    row = trial.rows[i]
    power = int(rng.choice([-1, 1]))
    if rng.integers(2):
        return _swap(trial, {i: replace(row, sd=row.sd.scaled(power))})
    if abs(row.mean.value) < 2 * row.sd.value or (trial.scale.low is not None and trial.scale.low > 1):
        return None
    return _swap(trial, {i: replace(row, mean=row.mean.scaled(power))})


def _metric(rng: np.random.Generator, trial: Trial) -> Trial | None:
    factor = trial.scale.metric_factor
    if not factor:
        return None
    places = trial.places + 1 if factor < 1 else trial.places
    late = factor == 2 or bool(rng.integers(2))
    rows = trial.rows
    changed = {
        i: replace(
            rows[i], mean=_printed(rows[i].mean.value * factor, places), sd=_printed(rows[i].sd.value * factor, places)
        )
        for i in _finals(trial, late=late)
    }
    return replace(_swap(trial, changed), rows=tuple(r for r in _swap(trial, changed).rows if r.value_type == "final"))


def _unit(rng: np.random.Generator, trial: Trial) -> Trial | None:
    if trial.scale.unit_fault is None:
        return None
    _, factor = trial.scale.unit_fault
    places = 5 if factor < 0.1 else trial.places
    rows = trial.rows
    changed = {
        i: replace(
            rows[i], mean=_printed(rows[i].mean.value * factor, places), sd=_printed(rows[i].sd.value * factor, places)
        )
        for i in _finals(trial)
    }
    return replace(trial, rows=tuple(r for r in _swap(trial, changed).rows if r.value_type == "final"))


def _label(rng: np.random.Generator, trial: Trial) -> Trial:
    wrong = {"better": "worse", "worse": "better"}[trial.scale.higher_is]
    return replace(trial, rows=tuple(replace(row, higher_is=wrong) for row in trial.rows))


def _minus(rng: np.random.Generator, trial: Trial) -> Trial | None:
    for i, row in enumerate(trial.rows):
        if row.value_type == "change" and abs(row.mean.value) > 0.3 * row.sd.value:
            return _swap(trial, {i: replace(row, mean=Printed(-row.mean.value, row.mean.decimals))})
    return None


def _wrong_p(rng: np.random.Generator, trial: Trial) -> Trial | None:
    i = _finals(trial)[0]
    row = trial.rows[i]
    if row.p is None:
        return None
    text = "0.74" if row.p.high < 0.01 else "0.002" if row.p.low > 0.2 else ""
    return _swap(trial, {i: replace(row, p_value_printed=text)}) if text else None


def _within(rng: np.random.Generator, trial: Trial) -> Trial | None:
    changes = [row for row in trial.rows if row.value_type == "change"]
    i = _finals(trial)[0]
    row = trial.rows[i]
    if not changes or row.p is None or row.p.low < 0.2:
        return None
    first = changes[0]
    p = one_sample_p(first.mean.span, first.sd.span, first.n)
    if p is None or p.middle > 0.05:
        return None
    return _swap(trial, {i: replace(row, p_value_printed=f"{p.middle:.3f}" if p.middle >= 0.001 else "<0.001")})


def _more(rng: np.random.Generator, trial: Trial) -> Trial:
    i = _finals(trial)[1]
    return _swap(trial, {i: replace(trial.rows[i], n=trial.rows[i].n + 4)})


def _twice(rng: np.random.Generator, trial: Trial) -> Trial:
    coarse = trial.places - 1 if rng.integers(2) and trial.places > 1 else trial.places
    extra = [
        replace(
            row, row_id=f"{row.row_id}-again", study_id=f"other-{row.study_id}", report_id=f"other-{row.study_id}",
            mean=_printed(row.mean.value, coarse), sd=_printed(row.sd.value, coarse),
        )
        for row in trial.rows
    ]  # fmt: skip
    return replace(trial, rows=(*trial.rows, *extra))


def _in_contrast(rng: np.random.Generator, trial: Trial, measure: str) -> tuple[Trial, int] | None:
    """A dressed trial and the place of its contrast of a measure, if it has one."""
    full = dressed(rng, trial)
    places = [i for i, row in enumerate(full.rows) if row.value_type == "contrast" and row.effect_measure == measure]
    return (full, places[0]) if places else None


def _asymmetric(rng: np.random.Generator, trial: Trial) -> Trial | None:
    found = _in_contrast(rng, trial, str(rng.choice(["MD", "RR"])))
    if found is None:
        return None
    full, i = found
    row = full.rows[i]
    high = row.effect.value + 0.55 * (row.effect_ci_high.value - row.effect.value)
    return _swap(full, {i: replace(row, effect_ci_high=_printed(high, row.effect.decimals))})


def _conflict(rng: np.random.Generator, trial: Trial) -> Trial | None:
    found = _in_contrast(rng, trial, str(rng.choice(["MD", "RR", "SMD"])))
    if found is None:
        return None
    full, i = found
    low, high = full.rows[i].effect_ci_low.value, full.rows[i].effect_ci_high.value
    none = 1.0 if full.rows[i].effect_measure == "RR" else 0.0
    shift = abs((low + high) / 2 - none) / (high - low)
    text = "0.003" if shift < 0.3 else "0.41" if shift > 0.8 else ""
    return _swap(full, {i: replace(full.rows[i], p_value_printed=text)}) if text else None


def _effect_sign(rng: np.random.Generator, trial: Trial) -> Trial | None:
    found = _in_contrast(rng, trial, "MD")
    if found is None or abs(found[0].rows[found[1]].effect.value) < 0.2 * trial.scale.sd:
        return None
    full, i = found
    effect = full.rows[i].effect
    return _swap(full, {i: replace(full.rows[i], effect=Printed(-effect.value, effect.decimals))})


def _called_smd(rng: np.random.Generator, trial: Trial) -> Trial | None:
    found = _in_contrast(rng, trial, "MD")
    if found is None or trial.scale.sd < 1.8:
        return None
    full, i = found
    return _swap(full, {i: replace(full.rows[i], effect_measure="SMD")})


def _percent(rng: np.random.Generator, trial: Trial) -> Trial:
    full = dressed(rng, trial)
    i = next(i for i, row in enumerate(full.rows) if row.value_type == "events")
    row = full.rows[i]
    between = _printed(100 * (min(row.events, row.n - 1) + 0.5) / row.n, 1)
    return _swap(full, {i: replace(row, percent=between, events=None)})


def _too_many(rng: np.random.Generator, trial: Trial) -> Trial:
    full = dressed(rng, trial)
    i = next(i for i, row in enumerate(full.rows) if row.value_type == "events")
    return _swap(full, {i: replace(full.rows[i], events=full.rows[i].n + 3, percent=None)})


FAULTS: dict[str, Callable[[np.random.Generator, Trial], Trial | None]] = {
    "se_as_sd": _se_as_sd,
    "sd_as_se": _sd_as_se,
    "grim_fail": _grim,
    "decimal_shift": _ten,
    "metric_mixed": _metric,
    "unit_wrong": _unit,
    "scale_reversed": _label,
    "lost_minus": _minus,
    "p_mismatch": _wrong_p,
    "within_p_as_between": _within,
    "n_gt_randomised": _more,
    "same_sample_twice": _twice,
    "ci_asymmetric": _asymmetric,
    "ci_vs_p_conflict": _conflict,
    "lost_minus of an effect": _effect_sign,
    "md_labelled_smd": _called_smd,
    "percent_not_whole": _percent,
    "events_gt_n": _too_many,
}


def faulty_table(rng: np.random.Generator, size: int, each: int) -> tuple[list[Trial], dict[str, str]]:
    """Honest trials with ``each`` faults of every kind among them, and the fault's code by study."""
    trials = honest_table(rng, size)
    faults: dict[str, str] = {}
    for code, inject in FAULTS.items():
        done = 0
        for k, trial in enumerate(trials):
            study = trial.rows[0].study_id
            made = inject(rng, trial) if done < each and study not in faults else None
            if made is not None:
                trials[k], faults[study], done = made, code.partition(" ")[0], done + 1
    return trials, faults


def rows_of(trials: Sequence[Trial]) -> list[ArmRow]:
    """All rows of the trials."""
    return [row for trial in trials for row in trial.rows]
