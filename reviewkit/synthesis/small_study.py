"""Small-study effects: do small studies show other effects than large ones?

Asymmetry of a funnel plot has several causes, missing studies being one of them (Sterne et al. BMJ 2011;343:d4002,
doi:10.1136/bmj.d4002). Below ten studies no test is made unless asked for: its power is then too low to tell real
asymmetry from chance (Cochrane Handbook, section 13.3.5.4).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from reviewkit.errors import InputError, Problem
from reviewkit.synthesis.inputs import Array, Studies, check_choice, check_level, check_studies
from reviewkit.synthesis.intervals import CiMethod
from reviewkit.synthesis.line_fit import Line, LineModel, fit_line
from reviewkit.synthesis.rank_correlation import Kendall, kendall
from reviewkit.synthesis.tau2 import Tau2Method

MIN_STUDIES = 10
Predictor = Literal["sei", "vi", "ni", "ninv", "sqrtni", "sqrtninv"]
_HAS_LIMIT = ("sei", "vi", "ninv", "sqrtninv")


@dataclass(frozen=True, slots=True)
class AsymmetryTest:
    """A test of funnel-plot asymmetry (``k``, ``str`` and ``as_dict`` as every result).

    Attributes
    ----------
    method : str
        Name of the test.
    k : int
        Studies in it.
    statistic, p : float or None
        None where the test was withheld.
    df : int or None
        Degrees of freedom of t; None for a normal statistic.
    slope, slope_se, intercept, intercept_se : float or None
        The line of a regression test; the slope is what some call bias.
    tau2 : float or None
        Residual heterogeneity of the mixed-effects line.
    limit, limit_ci : optional
        Effect at a study of infinite precision or size, with its interval.
    tau : float or None
        Kendall's tau of a rank test.
    withheld : str
        Why no test was made; empty where one was.
    caution : str
        What to keep in mind.
    why : str
        Why this test, where it was chosen by the measure.
    """

    method: str
    k: int
    statistic: float | None = None
    df: int | None = None
    p: float | None = None
    slope: float | None = None
    slope_se: float | None = None
    intercept: float | None = None
    intercept_se: float | None = None
    tau2: float | None = None
    limit: float | None = None
    limit_ci: tuple[float, float] | None = None
    tau: float | None = None
    withheld: str = ""
    caution: str = ""
    why: str = ""

    def as_dict(self) -> dict[str, object]:
        """Plain JSON values, with the sentence."""
        return {**asdict(self), "sentence": str(self)}

    def __str__(self) -> str:
        if self.withheld or self.statistic is None or self.p is None:
            return f"{self.method}: not made. {self.withheld}"
        name = "z" if self.df is None else f"t({self.df})"
        p = "p < 0.001" if self.p < 0.001 else f"p = {self.p:.3f}"
        caution = f" {self.caution}" if self.caution else ""
        return f"{self.method}, {self.k} studies: {name} = {self.statistic:.2f}, {p}.{caution}"


def why_withheld(k: int, *, even_if_few: bool) -> str:
    """Why an asymmetry test of k studies is not made; empty where it may be."""
    if k < 3:
        return f"{k} {'study' if k == 1 else 'studies'}: an asymmetry test needs at least three."
    if k < MIN_STUDIES and not even_if_few:
        return (
            f"{k} studies: below {MIN_STUDIES} the power is too low to tell real asymmetry from chance "
            "(Cochrane Handbook 13.3.5.4); made on request only (even_if_few=True)."
        )
    return ""


def few_caution(k: int) -> str:
    """What a test of fewer than ten studies, made on request, has to say."""
    return "" if k >= MIN_STUDIES else f"Made on request: with {k} studies power is low, and p > 0.05 shows nothing."


def regression_test(
    yi: ArrayLike,
    vi: ArrayLike,
    *,
    model: LineModel = "multiplicative",
    predictor: Predictor = "sei",
    ni: ArrayLike | None = None,
    tau2: Tau2Method = "REML",
    ci: CiMethod = "normal",
    level: float = 0.95,
    even_if_few: bool = False,
    studies: Sequence[str] | None = None,
) -> AsymmetryTest:
    """Egger-type regression of the effects on a measure of their precision or size.

    Parameters
    ----------
    yi, vi : array_like, shape (k,)
        Effects and sampling variances.
    model : {'multiplicative', 'additive', 'common'}
        Heterogeneity about the line: the classical test's dispersion with t on k - 2, tau2 of a mixed model, or none.
    predictor : {'sei', 'vi', 'ni', 'ninv', 'sqrtni', 'sqrtninv'}
        Standard error, variance, sample size, its inverse, its root, the inverse of its root.
    ni : array_like, shape (k,), optional
        Total sample sizes, for the predictors that need them.
    tau2, ci
        Estimator of the additive model; 'normal', 't', 'hk' or 'hk-adhoc' for it and the common one.
    even_if_few : bool
        Make the test below ten studies too.

    Raises
    ------
    InputError
        For bad data, sample sizes missing or below 1, or studies that all have the same precision.

    References
    ----------
    Egger M et al. BMJ 1997;315:629-634. doi:10.1136/bmj.315.7109.629 Thompson SG, Sharp SJ. Stat Med
    1999;18:2693-2708. Sterne JAC, Egger M. 2005. doi:10.1002/0470870168.ch6

    Examples
    --------
    >>> print(regression_test([0.9, 0.4, 0.2], [0.3, 0.1, 0.02]))
    Egger's regression test: not made. 3 studies: below 10 the power is too low to tell real asymmetry from \
chance (Cochrane Handbook 13.3.5.4); made on request only (even_if_few=True).
    """
    data = check_studies(yi, vi, studies)
    check_level(level)
    check_choice("predictor", predictor, Predictor)
    classical = model == "multiplicative" and predictor == "sei"
    name = "Egger's regression test" if classical else f"Regression test ({model}, {predictor})"
    k = data.yi.size
    if reason := why_withheld(k, even_if_few=even_if_few):
        return AsymmetryTest(name, k, withheld=reason)
    x = _predictor(data, predictor, ni)
    line = fit_line(data, x, model=model, tau2=tau2, ci=ci, level=level)
    result = from_line(name, k, line)
    if predictor in _HAS_LIMIT:
        return replace(result, limit=line.intercept, limit_ci=line.interval())
    return result


def from_line(name: str, k: int, line: Line) -> AsymmetryTest:
    """The test of the slope of a line."""
    return AsymmetryTest(
        method=name,
        k=k,
        statistic=line.slope / line.slope_se,
        df=line.df,
        p=line.p_of(line.slope, line.slope_se),
        slope=line.slope,
        slope_se=line.slope_se,
        intercept=line.intercept,
        intercept_se=line.intercept_se,
        tau2=line.tau2,
        caution=few_caution(k),
    )


def thompson_sharp_test(
    yi: ArrayLike,
    vi: ArrayLike,
    *,
    tau2: Tau2Method = "REML",
    stop: float | None = None,
    even_if_few: bool = False,
    studies: Sequence[str] | None = None,
) -> AsymmetryTest:
    """Egger's regression with additive residual heterogeneity and t with k - 2.

    With ``stop``, tau2 is the REML iterate whose last step is below it: 1e-5 gives the digits that R's metafor and
    meta print by default. Without it, it is the estimate itself.

    References
    ----------
    Thompson SG, Sharp SJ. Explaining heterogeneity in meta-analysis. Stat Med 1999;18:2693-2708.
    """
    name = "Thompson and Sharp's regression test"
    data = check_studies(yi, vi, studies)
    k = data.yi.size
    if reason := why_withheld(k, even_if_few=even_if_few):
        return AsymmetryTest(name, k, withheld=reason)
    x = np.asarray(np.sqrt(data.vi))
    return from_line(name, k, fit_line(data, x, model="additive", tau2=tau2, ci="t", stop=stop))


def rank_test(
    yi: ArrayLike,
    vi: ArrayLike,
    *,
    exact: bool = True,
    even_if_few: bool = False,
    studies: Sequence[str] | None = None,
) -> AsymmetryTest:
    """Begg and Mazumdar's rank correlation of standardised effects with their variances.

    ``exact`` uses the permutation distribution of Kendall's tau where there are no ties, else (and with ties) the
    normal one without continuity correction. ``statistic`` is always the normal z.

    References
    ----------
    Begg CB, Mazumdar M. Biometrics 1994;50:1088-1101. doi:10.2307/2533446
    """
    data = check_studies(yi, vi, studies)
    name, k = "Begg's rank test", data.yi.size
    if reason := why_withheld(k, even_if_few=even_if_few):
        return AsymmetryTest(name, k, withheld=reason)
    if float(np.ptp(data.vi)) == 0:
        raise InputError("all studies have the same variance: a rank test cannot order them.", code="constant-variance")
    weights = 1 / data.vi
    pooled, pooled_variance = float(weights @ data.yi / weights.sum()), 1 / float(weights.sum())
    standardised = (data.yi - pooled) / np.sqrt(data.vi - pooled_variance)
    if float(np.ptp(standardised)) == 0:
        raise InputError("all studies have the same effect: a rank test cannot order them.", code="constant-effect")
    return from_ranks(name, k, kendall(standardised, data.vi), exact=exact)


def from_ranks(name: str, k: int, ranks: Kendall, *, exact: bool) -> AsymmetryTest:
    """The test of a rank correlation."""
    p = ranks.exact_p if exact and ranks.exact_p is not None else ranks.normal_p
    return AsymmetryTest(name, k, ranks.z, None, p, tau=ranks.tau, caution=few_caution(k))


def _predictor(data: Studies, predictor: Predictor, ni: ArrayLike | None) -> Array:
    if predictor == "sei":
        return np.asarray(np.sqrt(data.vi))
    if predictor == "vi":
        return data.vi
    n = _sizes(data, predictor, ni)
    return np.asarray({"ni": n, "ninv": 1 / n, "sqrtni": np.sqrt(n), "sqrtninv": 1 / np.sqrt(n)}[predictor])


def _sizes(data: Studies, predictor: Predictor, ni: ArrayLike | None) -> Array:
    if ni is None:
        raise InputError(f"predictor = {predictor!r} needs the total sample sizes ni.", code="no-sample-sizes")
    n = np.atleast_1d(np.asarray(ni, dtype=float))
    if n.size != data.yi.size:
        raise InputError(f"ni has {n.size} values for {data.yi.size} studies: give one each.", code="length-mismatch")
    bad = [
        Problem(f"{name}: n = {size:g}: must be finite and at least 1.", code="bad-n")
        for name, size in zip(data.names, n.tolist(), strict=True)
        if not 1 <= size < np.inf
    ]
    if bad:
        raise InputError(bad)
    return n
