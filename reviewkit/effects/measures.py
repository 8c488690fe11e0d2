"""The register of measures: what each is called, on which scale it lies, which conventions it knows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from reviewkit.effects.core import Estimate, Scale
from reviewkit.effects.correlations import correlation, cronbach_alpha, partial_correlation
from reviewkit.effects.frequencies import one_proportion, one_rate, two_rates
from reviewkit.effects.generic import generic, hazard_ratio
from reviewkit.effects.inputs import Reader
from reviewkit.effects.means import one_mean, two_means
from reviewkit.effects.options import Options
from reviewkit.effects.paired_means import paired_means
from reviewkit.effects.two_by_two import two_by_two
from reviewkit.errors import InputError

Family = Callable[[str, Reader, Options], Estimate]
Back = Literal[
    "none",
    "exp",
    "expit",
    "tanh",
    "sin²",
    "normal cdf",
    "square",
    "freeman-tukey",
    "freeman-tukey rate",
    "alpha HW",
    "alpha BT",
]

SMD_VARIANCES = ("LS", "LS2", "LS3", "revman", "UB", "meta_exact", "AV")


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure of effect.

    Attributes
    ----------
    name, label : str
        Short name (that of metafor where it has one) and the words for the report.
    family : callable
        The formulas that compute it.
    columns : str
        The columns it needs, in words.
    scale : {"log", "natural"}
        Whether ``exp`` leads back to the number that people read.
    back : str
        The function that leads back to the natural scale.
    variances, corrections : tuple of str
        Variance formulas and small-sample corrections it knows, the default first.
    add : float
        What is added to zero cells unless the caller says otherwise.
    """

    name: str
    label: str
    family: Family
    columns: str
    scale: Scale = "natural"
    back: Back = "none"
    variances: tuple[str, ...] = ("LS",)
    corrections: tuple[str, ...] = ("none",)
    add: float = 0.5


_TABLE = "ai bi ci di, or ai n1i ci n2i"
_PAIRS = "ai bi ci di (pairs: yes-yes, yes-no, no-yes, no-no)"
_MEANS = "m1i sd1i n1i m2i sd2i n2i"
_CHANGE = "m1i m2i sd1i sd2i ni ri"
_BOTH = ("LS", "LS2")
_BIAS = ("second-order", "none")


def _plain(name: str, label: str, family: Family, columns: str, variances: tuple[str, ...] = ("LS",)) -> Measure:
    return Measure(name, label, family, columns, variances=variances)


def _log(
    name: str,
    label: str,
    family: Family,
    columns: str,
    variances: tuple[str, ...] = ("LS",),
    corrections: tuple[str, ...] = ("none",),
) -> Measure:
    return Measure(name, label, family, columns, "log", "exp", variances, corrections)


def _standardised(name: str, label: str, family: Family, columns: str, variances: tuple[str, ...]) -> Measure:
    return Measure(name, label, family, columns, "natural", "none", variances, ("exact", "approx", "none"))


def _transformed(
    name: str, label: str, family: Family, columns: str, back: Back, variances: tuple[str, ...] = ("LS",)
) -> Measure:
    """A measure on a scale of its own; one that stabilises the variance needs nothing added to zero cells."""
    add = 0.0 if name in ("ZPHI", "PAS", "PFT", "IRS", "IRFT") else 0.5
    return Measure(name, label, family, columns, "natural", back, variances, add=add)


_ALL = (
    _log("RR", "log risk ratio", two_by_two, _TABLE, ("LS", "AV")),
    _log("OR", "log odds ratio", two_by_two, _TABLE, ("LS", "AV")),
    _plain("RD", "risk difference", two_by_two, _TABLE, ("LS", "UB", "AV")),
    _log("PETO", "log odds ratio (Peto)", two_by_two, _TABLE),
    Measure("AS", "arcsine square-root risk difference", two_by_two, _TABLE, add=0),
    Measure("PHI", "phi coefficient", two_by_two, _TABLE, variances=("LS", "CS", "ST"), add=0),
    _transformed("ZPHI", "z-transformed phi coefficient", two_by_two, _TABLE, "tanh", ("LS", "CS", "ST")),
    _plain("YUQ", "Yule's Q", two_by_two, _TABLE),
    _plain("YUY", "Yule's Y", two_by_two, _TABLE),
    _plain("PBIT", "standardised difference by probits", two_by_two, _TABLE),
    _plain("OR2D", "log odds ratio as a standardised difference (logistic)", two_by_two, _TABLE),
    _plain("OR2DL", "log odds ratio as a standardised difference (logistic)", two_by_two, _TABLE),
    _plain("OR2DN", "log odds ratio as a standardised difference (normal, 1.65)", two_by_two, _TABLE),
    _plain("MPRD", "risk difference, matched pairs", two_by_two, _PAIRS),
    _log("MPRR", "log risk ratio, matched pairs", two_by_two, _PAIRS),
    _log("MPOR", "log odds ratio, matched pairs (marginal)", two_by_two, _PAIRS),
    _log("MPORC", "log odds ratio, matched pairs (conditional)", two_by_two, _PAIRS),
    _log("MPPETO", "log odds ratio, matched pairs (Peto)", two_by_two, _PAIRS),
    _log("IRR", "log incidence rate ratio", two_rates, "x1i t1i x2i t2i"),
    _plain("IRD", "incidence rate difference", two_rates, "x1i t1i x2i t2i"),
    Measure("IRSD", "square-root incidence rate difference", two_rates, "x1i t1i x2i t2i", add=0),
    _plain("MD", "mean difference", two_means, _MEANS, ("LS", "UB", "HO")),
    _standardised("SMD", "standardised mean difference (Hedges g)", two_means, _MEANS, SMD_VARIANCES),
    _standardised("SMDH", "standardised mean difference, unequal variances", two_means, _MEANS, ("LS", "LS2", "LS3")),
    _standardised(
        "SMD1", "standardised mean difference (SD of group 2)", two_means, "m1i n1i m2i sd2i n2i", SMD_VARIANCES
    ),
    _standardised(
        "SMD1H", "standardised mean difference (SD of group 2), unequal variances", two_means, _MEANS, ("LS",)
    ),
    _log("ROM", "log ratio of means", two_means, _MEANS, ("LS", "LS2", "HO", "AV", "AVHO"), ("none", "second-order")),
    _log("VR", "log variability ratio", two_means, "sd1i n1i sd2i n2i", ("LS", "LS2"), _BIAS),
    _log("CVR", "log coefficient of variation ratio", two_means, _MEANS, ("LS", "LS2"), _BIAS),
    _plain("RPB", "point-biserial correlation", two_means, _MEANS, ("LS", "ST", "CS")),
    _transformed("ZPB", "z-transformed point-biserial correlation", two_means, _MEANS, "tanh", ("LS", "ST", "CS")),
    _plain("RBIS", "biserial correlation", two_means, _MEANS),
    _transformed("ZBIS", "z-transformed biserial correlation", two_means, _MEANS, "tanh"),
    _log("D2OR", "standardised difference as a log odds ratio (logistic)", two_means, _MEANS),
    _log("D2ORL", "standardised difference as a log odds ratio (logistic)", two_means, _MEANS),
    _log("D2ORN", "standardised difference as a log odds ratio (normal, 1.65)", two_means, _MEANS),
    _plain("COR", "correlation", correlation, "ri ni", ("LS", "AV")),
    _plain("UCOR", "correlation, bias-corrected", correlation, "ri ni", ("LS", "UB", "AV")),
    _transformed("ZCOR", "Fisher's z of a correlation", correlation, "ri ni", "tanh"),
    _plain("PCOR", "partial correlation", partial_correlation, "ri mi ni"),
    _transformed("ZPCOR", "Fisher's z of a partial correlation", partial_correlation, "ri mi ni", "tanh"),
    _plain("SPCOR", "semi-partial correlation", partial_correlation, "ri mi ni r2i"),
    _transformed("ZSPCOR", "Fisher's z of a semi-partial correlation", partial_correlation, "ri mi ni r2i", "tanh"),
    _plain("PR", "proportion", one_proportion, "xi ni", ("LS", "UB", "AV")),
    _log("PLN", "log proportion", one_proportion, "xi ni", ("LS", "AV")),
    Measure("PLO", "logit proportion", one_proportion, "xi ni", "log", "expit", ("LS", "AV")),
    _transformed("PRZ", "probit proportion", one_proportion, "xi ni", "normal cdf"),
    _transformed("PAS", "arcsine proportion", one_proportion, "xi ni", "sin²"),
    _transformed("PFT", "double-arcsine proportion (Freeman-Tukey)", one_proportion, "xi ni", "freeman-tukey"),
    _plain("IR", "incidence rate", one_rate, "xi ti"),
    _log("IRLN", "log incidence rate", one_rate, "xi ti"),
    _transformed("IRS", "square-root incidence rate", one_rate, "xi ti", "square"),
    _transformed("IRFT", "incidence rate (Freeman-Tukey)", one_rate, "xi ti", "freeman-tukey rate"),
    _plain("MN", "mean", one_mean, "mi sdi ni", ("LS", "HO")),
    _standardised("SMN", "standardised mean", one_mean, "mi sdi ni", ("LS",)),
    _log("MNLN", "log mean", one_mean, "mi sdi ni"),
    _log("SDLN", "log standard deviation", one_mean, "sdi ni", ("LS",), _BIAS),
    _log("CVLN", "log coefficient of variation", one_mean, "mi sdi ni", ("LS",), _BIAS),
    _plain("MC", "mean change", paired_means, _CHANGE),
    _standardised("SMCC", "standardised mean change (SD of the change)", paired_means, _CHANGE, _BOTH),
    _standardised("SMCR", "standardised mean change (SD sd1i)", paired_means, "m1i m2i sd1i ni ri", _BOTH),
    _standardised("SMCRH", "standardised mean change (SD sd1i), unequal variances", paired_means, _CHANGE, _BOTH),
    _standardised("SMCRP", "standardised mean change (mean SD)", paired_means, _CHANGE, ("LS",)),
    _standardised("SMCRPH", "standardised mean change (mean SD), unequal variances", paired_means, _CHANGE, _BOTH),
    _log("ROMC", "log ratio of means, paired", paired_means, _CHANGE, _BOTH, ("none", "second-order")),
    _log("VRC", "log variability ratio, paired", paired_means, "sd1i sd2i ni ri", _BOTH),
    _log("CVRC", "log coefficient of variation ratio, paired", paired_means, _CHANGE, _BOTH, _BIAS),
    _plain("ARAW", "Cronbach's alpha", cronbach_alpha, "ai mi ni"),
    _transformed("AHW", "Cronbach's alpha (Hakstian-Whalen)", cronbach_alpha, "ai mi ni", "alpha HW"),
    _transformed("ABT", "Cronbach's alpha (Bonett)", cronbach_alpha, "ai mi ni", "alpha BT"),
    _log("HR", "log hazard ratio", hazard_ratio, "oe v, or hr with ci_lb ci_ub, sei or pval"),
    _plain("GEN", "effect as reported", generic, "yi with vi, sei, ci_lb ci_ub or pval"),
)

MEASURES: Mapping[str, Measure] = {measure.name: measure for measure in _ALL}


def find_measure(name: str) -> Measure:
    """The measure of that name.

    Raises
    ------
    InputError
        If there is none; the message lists those there are.
    """
    try:
        return MEASURES[name]
    except KeyError:
        raise InputError(
            f"measure = {name!r}: unknown.", code="unknown-measure", remedy=f"Known are {', '.join(MEASURES)}."
        ) from None
