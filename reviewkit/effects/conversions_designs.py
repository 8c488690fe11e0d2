"""What trial designs demand: change from baseline, several arms, shared comparators, crossover, clusters."""

from __future__ import annotations

import math
from collections.abc import Sequence

from reviewkit.effects.conversion import Conversion, correlations, finite, group_sizes, positive
from reviewkit.errors import InputError


def sd_of_change(sd_baseline: float, sd_final: float, correlation: float, *, imputed: bool = False) -> Conversion:
    """Standard deviation of the change from baseline (Handbook 6.5.2.8).

    Parameters
    ----------
    sd_baseline, sd_final : float
        Standard deviations at the two times, above 0.
    correlation : float
        Correlation of the two times, -1 to 1.
    imputed : bool
        True if the correlation is borrowed, from another trial say, and not this one's own: the result says so.
    """
    positive(sd_baseline=sd_baseline, sd_final=sd_final)
    correlations(correlation=correlation)
    variance = sd_baseline**2 + sd_final**2 - 2 * correlation * sd_baseline * sd_final
    return Conversion(
        "SD of the change from baseline",
        "SD = √(SD₀² + SD₁² − 2 r SD₀ SD₁)",
        {"sd_baseline": sd_baseline, "sd_final": sd_final, "correlation": correlation},
        {"sd_change": math.sqrt(max(0.0, variance))},
        "Cochrane Handbook 6.5.2.8",
        ("the correlation is imputed: repeat the analysis with others",) if imputed else (),
    )


def change_from_baseline(
    mean_baseline: float,
    mean_final: float,
    sd_baseline: float,
    sd_final: float,
    *,
    n: float,
    correlation: float,
    imputed: bool = False,
) -> Conversion:
    """Mean change of a group, its standard deviation and standard error, from the two times (Handbook 6.5.2.8).

    ``imputed`` says that the correlation is borrowed and not this trial's own; the result carries that as a note.
    """
    finite(mean_baseline=mean_baseline, mean_final=mean_final)
    group_sizes(n=n)
    spread = sd_of_change(sd_baseline, sd_final, correlation, imputed=imputed)
    return Conversion(
        "change from baseline",
        "change = M₁ − M₀; SD = √(SD₀² + SD₁² − 2 r SD₀ SD₁); SE = SD / √n",
        {"mean_baseline": mean_baseline, "mean_final": mean_final, "n": n, **spread.inputs},
        {"mean_change": mean_final - mean_baseline, **spread.outputs, "se": spread["sd_change"] / math.sqrt(n)},
        spread.source,
        spread.notes,
    )


def correlation_from_change(sd_baseline: float, sd_final: float, sd_change: float) -> Conversion:
    """The correlation of baseline and final values that the three standard deviations imply (Handbook 6.5.2.8)."""
    positive(sd_baseline=sd_baseline, sd_final=sd_final, sd_change=sd_change)
    implied = (sd_baseline**2 + sd_final**2 - sd_change**2) / (2 * sd_baseline * sd_final)
    if not -1 <= implied <= 1:
        raise InputError(
            f"the three standard deviations imply a correlation of {implied:.3g}, which cannot be.",
            code="impossible-correlation",
            remedy="One of them may be a standard error, or be from other people than the rest.",
        )
    return Conversion(
        "correlation from the SD of the change",
        "r = (SD₀² + SD₁² − SD_change²) / (2 SD₀ SD₁)",
        {"sd_baseline": sd_baseline, "sd_final": sd_final, "sd_change": sd_change},
        {"correlation": implied},
        "Cochrane Handbook 6.5.2.8",
    )


def combine_arms(n: Sequence[float], mean: Sequence[float], sd: Sequence[float]) -> Conversion:
    """Two or more arms as one group, as if their people had never been told apart (Handbook 6.5.2.10).

    Examples
    --------
    >>> combine_arms([10, 10], [1, 3], [1, 1])["mean"]
    2.0
    """
    _same_length(n=n, mean=mean, sd=sd)
    for size, value, spread in zip(n, mean, sd, strict=True):
        group_sizes(n=size)
        finite(mean=value)
        positive(sd=spread)
    total = math.fsum(n)
    centre = math.fsum(size * value for size, value in zip(n, mean, strict=True)) / total
    within = math.fsum((size - 1) * spread**2 for size, spread in zip(n, sd, strict=True))
    between = math.fsum(size * (value - centre) ** 2 for size, value in zip(n, mean, strict=True))
    return Conversion(
        f"{len(n)} arms combined into one",
        "N = Σn; M = Σnᵢmᵢ / N; SD² = (Σ(nᵢ − 1)SDᵢ² + Σnᵢ(mᵢ − M)²) / (N − 1)",
        {"n": tuple(map(float, n)), "mean": tuple(map(float, mean)), "sd": tuple(map(float, sd))},
        {"n": total, "mean": centre, "sd": math.sqrt((within + between) / (total - 1))},
        "Cochrane Handbook 6.5.2.10, table 6.5.a",
    )


def combine_arms_events(events: Sequence[float], total: Sequence[float]) -> Conversion:
    """Two or more arms with events as one group: events and people add up (Handbook 23.3.4)."""
    _same_length(events=events, total=total)
    for count, size in zip(events, total, strict=True):
        _events_of(count, size)
    return Conversion(
        f"{len(events)} arms combined into one",
        "events = Σ events; total = Σ total",
        {"events": tuple(map(float, events)), "total": tuple(map(float, total))},
        {"events": math.fsum(events), "total": math.fsum(total)},
        "Cochrane Handbook 23.3.4",
    )


def split_comparator(n: float, mean: float, sd: float, *, comparisons: int) -> Conversion:
    """A comparator shared by several comparisons, split between them: n divided, mean and SD kept (Handbook 23.3.4)."""
    group_sizes(n=n)
    finite(mean=mean)
    positive(sd=sd)
    _comparisons(comparisons)
    return Conversion(
        f"comparator split between {comparisons} comparisons",
        "n / comparisons; mean and SD unchanged",
        {"n": n, "mean": mean, "sd": sd, "comparisons": comparisons},
        {"n": n / comparisons, "mean": mean, "sd": sd},
        "Cochrane Handbook 23.3.4",
        ("the comparisons stay correlated; combining the arms avoids that",),
    )


def split_comparator_events(events: float, total: float, *, comparisons: int) -> Conversion:
    """A comparator with events, split between comparisons; fractions are kept (Handbook 23.3.4)."""
    _events_of(events, total)
    _comparisons(comparisons)
    return Conversion(
        f"comparator split between {comparisons} comparisons",
        "events / comparisons; total / comparisons",
        {"events": events, "total": total, "comparisons": comparisons},
        {"events": events / comparisons, "total": total / comparisons},
        "Cochrane Handbook 23.3.4",
        ("the comparisons stay correlated; combining the arms avoids that",),
    )


def crossover_difference(
    mean_e: float, mean_c: float, sd_e: float, sd_c: float, *, n: float, correlation: float
) -> Conversion:
    """Paired mean difference of a crossover trial from the two conditions' means and SDs (Handbook 23.2.7.1)."""
    group_sizes(n=n)
    finite(mean_e=mean_e, mean_c=mean_c)
    spread = sd_of_change(sd_c, sd_e, correlation)["sd_change"]
    return Conversion(
        "paired mean difference of a crossover trial",
        "MD = M_E − M_C; SE = √(SD_E² + SD_C² − 2 r SD_E SD_C) / √n",
        {"mean_e": mean_e, "mean_c": mean_c, "sd_e": sd_e, "sd_c": sd_c, "n": n, "correlation": correlation},
        {"md": mean_e - mean_c, "sd_diff": spread, "se": spread / math.sqrt(n)},
        "Cochrane Handbook 23.2.7.1",
    )


def crossover_smd(
    mean_e: float, mean_c: float, sd_e: float, sd_c: float, *, n: float, correlation: float
) -> Conversion:
    """Standardised mean difference of a crossover trial, comparable with parallel trials (Handbook 23.2.7.2)."""
    group_sizes(n=n)
    finite(mean_e=mean_e, mean_c=mean_c)
    positive(sd_e=sd_e, sd_c=sd_c)
    correlations(correlation=correlation)
    pooled = math.sqrt((sd_e**2 + sd_c**2) / 2)
    smd = (mean_e - mean_c) / pooled
    return Conversion(
        "SMD of a crossover trial",
        "SMD = (M_E − M_C) / √((SD_E² + SD_C²)/2); SE = √(1/n + SMD²/(2n)) × √(2(1 − r))",
        {"mean_e": mean_e, "mean_c": mean_c, "sd_e": sd_e, "sd_c": sd_c, "n": n, "correlation": correlation},
        {
            "sd_pooled": pooled,
            "smd": smd,
            "se": math.sqrt(1 / n + smd**2 / (2 * n)) * math.sqrt(2 * (1 - correlation)),
        },
        "Cochrane Handbook 23.2.7.2",
    )


def design_effect(cluster_size: float, icc: float) -> Conversion:
    """How much a cluster-randomised trial's variance exceeds that of one randomising people (Handbook 23.1.4)."""
    finite(cluster_size=cluster_size, icc=icc)
    if cluster_size < 1:
        raise InputError(f"cluster_size = {cluster_size}: must be at least 1.", code="bad-cluster")
    effect = 1 + (cluster_size - 1) * icc
    if not -1 <= icc <= 1 or effect <= 0:
        raise InputError(f"icc = {icc}: must be between -1/(cluster size - 1) and 1.", code="bad-icc")
    return Conversion(
        "design effect of clustering",
        "1 + (M − 1) × ICC",
        {"cluster_size": cluster_size, "icc": icc},
        {"design_effect": effect},
        "Cochrane Handbook 23.1.4",
    )


def cluster_events(events: float, total: float, *, cluster_size: float, icc: float) -> Conversion:
    """Effective events and people of an arm of a cluster-randomised trial (Handbook 23.1.4)."""
    _events_of(events, total)
    effect = design_effect(cluster_size, icc)["design_effect"]
    return Conversion(
        "effective sample of a cluster-randomised arm",
        "events / design effect; total / design effect",
        {"events": events, "total": total, "cluster_size": cluster_size, "icc": icc},
        {"design_effect": effect, "events": events / effect, "total": total / effect},
        "Cochrane Handbook 23.1.4",
    )


def cluster_size_of_means(n: float, *, cluster_size: float, icc: float) -> Conversion:
    """Effective number of people of an arm with means; mean and SD stay as they are (Handbook 23.1.4)."""
    group_sizes(n=n)
    effect = design_effect(cluster_size, icc)["design_effect"]
    return Conversion(
        "effective sample of a cluster-randomised arm",
        "n / design effect; mean and SD unchanged",
        {"n": n, "cluster_size": cluster_size, "icc": icc},
        {"design_effect": effect, "n": n / effect},
        "Cochrane Handbook 23.1.4",
    )


def cluster_se(se: float, *, cluster_size: float, icc: float) -> Conversion:
    """Standard error of an analysis that ignored the clusters, inflated (Handbook 23.1.5)."""
    positive(se=se)
    effect = design_effect(cluster_size, icc)["design_effect"]
    return Conversion(
        "SE inflated for clustering",
        "SE × √(design effect)",
        {"se": se, "cluster_size": cluster_size, "icc": icc},
        {"design_effect": effect, "se": se * math.sqrt(effect)},
        "Cochrane Handbook 23.1.5",
    )


def _same_length(**columns: Sequence[float]) -> None:
    lengths = {name: len(values) for name, values in columns.items()}
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{name} {length}" for name, length in lengths.items())
        raise InputError(f"the arms differ in how many numbers they have: {told}.", code="mismatched-lengths")
    if min(lengths.values()) < 2:
        raise InputError("fewer than two arms: nothing to combine.", code="no-arms")


def _events_of(events: float, total: float) -> None:
    positive(total=total)
    if not 0 <= events <= total:
        raise InputError(
            f"events = {events} of total = {total}: must be between 0 and the total.", code="events-over-n"
        )


def _comparisons(comparisons: int) -> None:
    if comparisons < 2 or comparisons != int(comparisons):
        raise InputError(f"comparisons = {comparisons}: must be a whole number of at least 2.", code="bad-option")
