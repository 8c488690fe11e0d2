"""The multiverse of an outcome: its pool under every defensible choice of model, interval, outlier and study."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reviewkit.appraisal import OVERALL
from reviewkit.figures import Figure, Specification, specification_curve
from reviewkit.numbers import number
from reviewkit.protocol import RATIOS
from reviewkit.report.words import natural
from reviewkit.review import Review
from reviewkit.review.analysis import OutcomeAnalysis

if TYPE_CHECKING:
    from reviewkit.synthesis import Multiverse
    from reviewkit.synthesis.multiverse import Choice

ESTIMATORS = ("REML", "DL", "PM")
"""Those that simulations favour or that are in common use (Veroniki AA et al. 2016, doi:10.1002/jrsm.1164)."""
LEAST_STUDIES = 3


def multiverse_of(found: OutcomeAnalysis, review: Review) -> Multiverse | None:
    """Every combination of the choices; None below three studies, where there is little to choose."""
    from reviewkit.synthesis import StudyData, run_multiverse

    pooled = found.main.pooled
    if pooled is None or pooled.k < LEAST_STUDIES:
        return None
    data = StudyData.of(pooled.yi, pooled.vi, studies=_distinct(pooled.studies), measure=found.main.measure)
    return run_multiverse(data, [*_studies(found, review, data.studies), *_settings(pooled)])


def in_words(found: OutcomeAnalysis, tried: Multiverse) -> str:
    """How many analyses agree with the chosen one, between which values they lie, and which choice matters most."""
    measure = found.main.measure
    estimates = [natural(row.estimate, measure) for row in tried.distinct if row.estimate is not None]
    agree = sum(bool(row.supports) for row in tried.distinct)
    what = "holds no difference" if tried.conclusion.where == "includes" else \
        f"leaves out no difference, on the side of {'higher' if tried.conclusion.where == 'above' else 'lower'} values"
    decisive = tried.decisive()
    matters = f" What matters most is the choice of {decisive[:1].lower()}{decisive[1:]}." if decisive else ""
    failed = f" {tried.n_failed} could not be carried out." if tried.n_failed else ""
    return (f"In {agree} of {tried.n_distinct} different analyses the interval {what}, as in the chosen one; {measure} "
            f"from {number(min(estimates), 2)} to {number(max(estimates), 2)}.{matters}{failed}")


def curve_figure(found: OutcomeAnalysis, tried: Multiverse) -> Figure:
    """The specification curve of a multiverse."""
    measure = found.main.measure
    curve: list[dict[str, Any]] = list(tried.curve())
    specifications = [
        Specification(
            natural(row["estimate"], measure), natural(row["ci_low"], measure), natural(row["ci_high"], measure),
            {name: tuple(option for option in options if row["marks"][f"{name}: {option}"])
             for name, options in tried.choices.items()},
            primary=row["chosen"],
        )
        for row in curve
    ]
    return specification_curve(specifications, scale="log" if measure in RATIOS else "natural", measure=measure,
                               options=tried.choices, title=f"Specification curve: {found.outcome.name}")


def _settings(pooled: Any) -> list[Choice]:
    """Estimator, interval and model, the plan's own first; under a common effect the interval is the normal one."""
    from reviewkit.synthesis.multiverse import Choice

    random = pooled.model == "random"
    estimators = dict.fromkeys([*([pooled.tau2_method] if random else []), *ESTIMATORS])
    intervals = dict.fromkeys([*([pooled.ci_method] if random else []), "hk", "normal"])
    words = {"hk": "Hartung–Knapp", "hk-adhoc": "Hartung–Knapp, not narrower", "t": "t", "normal": "normal"}
    models = {"random effects": {"model": "random"}, "common effect": {"model": "common", "ci": "normal"}}
    order = models if random else dict(reversed(models.items()))
    return [
        Choice("Estimator of τ²", {name: {"tau2": name} for name in estimators}, "setting"),
        Choice("Interval", {words[name]: {"ci": name, "level": pooled.level} for name in intervals}, "setting"),
        Choice("Model", order, "setting"),
    ]


def _studies(found: OutcomeAnalysis, review: Review, names: tuple[str, ...]) -> list[Choice]:
    """Outliers in or out; studies at high risk of bias in or out, where there are some but not all."""
    from reviewkit.synthesis import outliers_in_or_out, studies_in_or_out

    choices = [outliers_in_or_out(name="Outliers")]
    judged = [review.appraisal.of(result.study_id, found.outcome.id) for result in found.main.usable]
    high = [name for name, item in zip(names, judged, strict=True)
            if item is not None and item.light(OVERALL) in ("high", "critical")]
    if high and len(high) < len(names):
        choices.append(studies_in_or_out("High risk of bias", high))
    return choices


def _distinct(names: tuple[str, ...]) -> tuple[str, ...]:
    """Names that stand for one study each: a second of the same name gets its number."""
    seen: dict[str, int] = {}
    told = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        told.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return tuple(told)
