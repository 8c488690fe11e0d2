"""What a meta-regression rests on, in words."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from reviewkit.synthesis.pooled import number
from reviewkit.synthesis.tau2 import TAU2_NAMES

if TYPE_CHECKING:
    from reviewkit.synthesis.regression_result import MetaRegression

INTERVALS = {
    "hk": "Knapp and Hartung's errors, t and F on k − p degrees of freedom (Knapp and Hartung 2003)",
    "hk-adhoc": "Knapp and Hartung's errors, never smaller than Wald's, t and F on k − p degrees of freedom",
    "t": "Wald's errors, t and F on k − p degrees of freedom",
    "normal": "Wald's errors, normal and chi-squared",
}


def explain_regression(fit: MetaRegression) -> str:
    """Which choices were made for a meta-regression, and what they gave; one a line."""
    random = fit.model == "random"
    kind = "with residual heterogeneity (mixed effects)" if random else "without residual heterogeneity (common effect)"
    lines = [f"{fit.k} studies, {len(fit.terms)} coefficients, {kind}, inverse variance."]
    if random:
        lines.append(f"Residual tau²: {TAU2_NAMES[fit.tau2_method]}, {number(fit.tau2)}.")
    lines.append(f"Intervals and tests: {INTERVALS[fit.ci_method]}.")
    references = [f"{one.name} against {one.levels[0]}" for one in fit.design.factors if one.levels is not None]
    if references:
        lines.append(f"Categories: {'; '.join(references)}.")
    if random and fit.ci_method == "hk" and fit.hk_scale < 1.0:
        lines.append(f"Knapp and Hartung's errors are {math.sqrt(fit.hk_scale):.2f} times Wald's, so narrower here.")
    test, rest = fit.omnibus, fit.residual_q
    name = "chi²" if math.isinf(test.df_residual) else "F"
    lines.append(f"All moderators together: {name} {number(test.statistic)} on {test.df} df, p {test.p:.2g}.")
    if fit.r2 is not None:
        lines.append(f"Heterogeneity accounted for (R²): {fit.r2:.0f}%; unreliable with few studies.")
    lines.append(f"Residual heterogeneity: Q {number(rest.q)} on {rest.df} df, p {rest.p:.2g}; I² {fit.i2:.0f}%.")
    lines.extend(f"Note: {warning}" for warning in fit.warnings)
    return "\n".join(lines)
