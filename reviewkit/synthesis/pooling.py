"""One pooled estimate from effects and variances: the call that everything else stands on."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from numpy.typing import ArrayLike

from reviewkit.errors import InputError
from reviewkit.synthesis.base import EmptySynthesis
from reviewkit.synthesis.heterogeneity import QTest, q_test, tau2_shares, weights_percent
from reviewkit.synthesis.inputs import Studies, check_choice, check_level, check_studies
from reviewkit.synthesis.intervals import (
    FEW_FOR_PREDICTION,
    MIN_PREDICTION,
    CiMethod,
    Interval,
    Prediction,
    PredictionMethod,
    confidence_interval,
    prediction_interval,
    prediction_name,
)
from reviewkit.synthesis.likelihood import Profile
from reviewkit.synthesis.pooled import Pooled
from reviewkit.synthesis.presets import Preset, PresetName, find_preset
from reviewkit.synthesis.tau2 import Tau2Estimate, Tau2Method, profile_tau2

Model = Literal["random", "common"]
Scale = Literal["natural", "log"]
RATIOS = frozenset({"RR", "OR", "HR", "IRR", "PETO", "ROM", "ROMC"})
"""Measures that are pooled as logarithms."""


def pool(
    yi: ArrayLike,
    vi: ArrayLike,
    *,
    studies: Sequence[str] | None = None,
    model: Model = "random",
    tau2: Tau2Method | None = None,
    ci: CiMethod | None = None,
    prediction: PredictionMethod | None = None,
    level: float = 0.95,
    measure: str = "GEN",
    scale: Scale | None = None,
    preset: PresetName = "cochrane",
    missing: str = "error",
) -> Pooled:
    """Pool effects by inverse variance.

    Parameters
    ----------
    yi, vi : array_like, shape (k,)
        Effects and their sampling variances; ratios as logarithms.
    studies : sequence of str, optional
        Names, one a study.
    model : {'random', 'common'}
        Whether the true effects may differ.
    tau2 : str, optional
        Estimator of the between-study variance, see `estimate_tau2`; the preset's without it.
    ci : {'normal', 't', 'hk', 'hk-adhoc'}, optional
        Confidence interval. Without it the preset's rule, which looks at k and at the width; with it exactly this.
    prediction : str, optional
        Prediction interval by name, see `reviewkit.synthesis.intervals.PREDICTION_NAMES`; the preset's without it.
    level : float
        Of all intervals, in (0, 1).
    measure : str
        What was measured (RR, OR, MD, SMD, ...; GEN: any), for the sentence and the scale.
    scale : {'natural', 'log'}, optional
        Whether ``yi`` are logarithms of ratios; without it, told by ``measure``.
    preset : {'cochrane', 'revman', 'metafor', 'handbook-classic'}
        Where the choices left open come from; see `preset_table`.
    missing : {'error', 'drop'}
        What to do with a study without effect or variance; a dropped one is listed in ``excluded``.

    Returns
    -------
    Pooled
        With one study this study's result, said to be no pool.

    Raises
    ------
    InputError
        For no study, lengths that differ, a variance that is not finite and above 0 (each study named), or an
        unknown option.

    Examples
    --------
    >>> print(pool([-0.9, -1.5, -0.4, -0.2], [0.3, 0.2, 0.02, 0.05], measure="RR"))
    4 studies: risk ratio 0.54 (95% CI 0.22 to 1.30), random effects, tau² 0.18 (log scale), I² 71%; \
95% prediction interval 0.06 to 4.82.
    """
    options = _options(model, tau2, ci, prediction, level, measure=measure, scale=scale, preset=preset)
    data = check_studies(yi, vi, studies, missing=missing)
    if data.yi.size == 0:
        remedy = "synthesise() returns an empty synthesis instead of this error."
        raise InputError(f"no study to pool{_excluded(data)}.", code="no-study", remedy=remedy)
    return _pool_checked(data, options)


def synthesise(yi: ArrayLike, vi: ArrayLike, **options: Any) -> Pooled | EmptySynthesis:
    """`pool`, with an empty synthesis where no study is left.

    Parameters
    ----------
    yi, vi : array_like, shape (k,)
        As in `pool`; k may be 0.
    **options
        As in `pool`.

    Examples
    --------
    >>> print(synthesise([], []))
    No study, so there is nothing to synthesise.
    """
    data = check_studies(yi, vi, options.get("studies"), missing=options.get("missing", "error"))
    if data.yi.size == 0:
        return EmptySynthesis(options.get("measure", "GEN"), data.excluded)
    return pool(yi, vi, **options)


@dataclass(frozen=True, slots=True)
class _Options:
    """The choices of one call, the preset's where they were left open; ``ci_given``: the interval is not up to it."""

    model: str
    tau2: str
    ci: str
    ci_given: bool
    prediction: str
    level: float
    measure: str
    scale: str
    preset: Preset


def _options(
    model: str,
    tau2: str | None,
    ci: str | None,
    prediction: str | None,
    level: float,
    *,
    measure: str,
    scale: str | None,
    preset: str,
) -> _Options:
    """The choices of one call, checked, with the preset's for those left open."""
    check_choice("model", model, Model)
    check_level(level)
    for name, value, allowed in (
        ("tau2", tau2, Tau2Method),
        ("ci", ci, CiMethod),
        ("prediction", prediction, PredictionMethod),
        ("scale", scale, Scale),
    ):
        if value is not None:
            check_choice(name, value, allowed)
    rules = find_preset(preset)
    return _Options(
        model=model,
        tau2=tau2 or rules.tau2.value,
        ci=ci or (rules.interval.value if model == "random" else "normal"),
        ci_given=ci is not None or model == "common",
        prediction=prediction or rules.prediction.value,
        level=level,
        measure=measure,
        scale=scale or _scale_of(measure),
        preset=rules,
    )


def _pool_checked(data: Studies, options: _Options) -> Pooled:
    profile = Profile(data.yi, data.vi)
    random, k = options.model == "random", data.yi.size
    between = profile_tau2(profile, options.tau2) if random else Tau2Estimate(0.0, None, "")
    w, e, inverse = profile.fit(between.tau2)
    estimate, wald = float(profile.beta(w)[0]), math.sqrt(float(inverse[0, 0]))
    hk_scale = float(e @ (w * e)) / (k - 1) if k > 1 else 1.0
    interval = _choose_interval(estimate, wald, hk_scale, k, options)
    test = q_test(profile)
    i2, h2 = tau2_shares(between.tau2, test) if random else (0.0, test.h2)
    pi = _prediction(estimate, between.tau2, interval, (wald, hk_scale), k, options)
    return Pooled(
        **_as_fields(interval, test),
        estimate=estimate,
        tau2=between.tau2,
        tau2_se=between.se,
        i2_tau2=i2,
        h2=h2,
        pi_low=None if pi is None else pi.low,
        pi_high=None if pi is None else pi.high,
        pi_method="none" if pi is None else pi.method,
        weights=weights_percent(w),
        yi=data.yi,
        vi=data.vi,
        studies=data.names,
        model=options.model,
        tau2_method=options.tau2 if random else "",
        wald_se=wald,
        hk_scale=hk_scale,
        level=options.level,
        measure=options.measure,
        scale=options.scale,
        preset=options.preset.name,
        warnings=_warnings(data, options, between, interval, (estimate, wald, hk_scale)),
        excluded=data.excluded,
        converged=between.converged,
        tau2_maxima=between.maxima,
    )


def _as_fields(interval: Interval, test: QTest) -> dict[str, Any]:
    """An interval and a Q test under the names that `Pooled` gives their numbers."""
    return {
        "se": interval.se,
        "ci_low": interval.low,
        "ci_high": interval.high,
        "statistic": interval.statistic,
        "df": interval.df,
        "p": interval.p,
        "ci_method": interval.method,
        "i2_q": test.i2,
        "q": test.q,
        "q_df": test.df,
        "q_p": test.p,
    }


def _prediction(
    estimate: float, tau2: float, interval: Interval, fit: tuple[float, float], k: int, options: _Options
) -> Prediction | None:
    """The prediction interval, unless there is no tau², too few studies, or none was asked for."""
    if options.model == "common" or k < MIN_PREDICTION or options.prediction == "none":
        return None
    wald, hk_scale = fit
    errors = (interval.se, wald, wald * math.sqrt(hk_scale))
    method = prediction_name(options.prediction, interval.df)
    return prediction_interval(estimate, tau2, errors, k, method, options.level)


def _choose_interval(estimate: float, wald: float, hk_scale: float, k: int, options: _Options) -> Interval:
    """The interval asked for, or the one that the preset's rule gives for these studies."""
    asked = confidence_interval(estimate, wald, hk_scale, k, options.ci, options.level)
    if options.ci_given or k < 2:
        return asked
    rules = options.preset
    if k == 2 and rules.two_studies.value != "same":
        return confidence_interval(estimate, wald, hk_scale, k, rules.two_studies.value, options.level)
    if rules.narrower.value == "wider":
        normal = confidence_interval(estimate, wald, hk_scale, k, "normal", options.level)
        return normal if normal.width > asked.width else asked
    return asked


def _warnings(
    data: Studies, options: _Options, between: Tau2Estimate, interval: Interval, fit: tuple[float, float, float]
) -> tuple[str, ...]:
    """What a reader must know before using the numbers, most important first."""
    k, found = data.yi.size, []
    if not between.converged:
        found.append("The search for tau² did not converge: do not report this estimate.")
    if k == 1:
        found.append("One study: no pool was made, the numbers are that study's own.")
    if data.excluded:
        found.append(f"Left out{_excluded(data)}.")
    if options.model == "random" and k > 1:
        found.extend(_interval_warnings(k, options, interval, fit))
        if len(between.maxima) > 1:
            peaks = ", ".join(f"{tau2:.3g}" for tau2 in between.maxima)
            found.append(f"The likelihood has several peaks (tau² = {peaks}); the highest was taken.")
        if options.prediction != "none" and k < MIN_PREDICTION:
            found.append(f"Prediction interval withheld: {k} studies, at least {MIN_PREDICTION} are needed.")
        elif options.prediction != "none" and k < FEW_FOR_PREDICTION:
            found.append(f"Prediction interval from only {k} studies: it rests on a very uncertain tau².")
    return tuple(found)


def _interval_warnings(k: int, options: _Options, interval: Interval, fit: tuple[float, float, float]) -> list[str]:
    """Where Hartung-Knapp and Wald disagree about which is the safer, both are named."""
    if options.ci not in ("hk", "hk-adhoc"):
        return []
    normal = confidence_interval(*fit, k, "normal", options.level)
    hk = confidence_interval(*fit, k, "hk", options.level)
    both = (
        f"Hartung-Knapp {hk.low:.4g} to {hk.high:.4g}, Wald {normal.low:.4g} to {normal.high:.4g}"
        f"{' on the log scale' if options.scale == 'log' else ''}; reported: "
        f"{'Wald' if interval.method == 'normal' else 'Hartung-Knapp'}"
        f"{' with the ad hoc floor' if interval.method == 'hk-adhoc' else ''}"
    )
    if hk.width < normal.width:
        return [f"The Hartung-Knapp interval is narrower than Wald's ({both})."]
    if k == 2 and not options.ci_given and interval.method == "normal":
        return [f"Two studies: no interval is reliable ({both})."]
    return []


def _scale_of(measure: str) -> str:
    return "log" if measure.upper().split(".")[0] in RATIOS else "natural"


def _excluded(data: Studies) -> str:
    if not data.excluded:
        return ""
    return ": " + "; ".join(f"{study} ({reason})" for study, reason in data.excluded)
