"""The asymmetry test that suits the measure, so that nobody has to know which one that is.

Cochrane Handbook 5.1, section 10.4.3.1, and Sterne JAC et al. BMJ 2011;343:d4002 (doi:10.1136/bmj.d4002): Egger's test
for mean differences; for odds ratios a test that avoids the standard error of the log odds ratio; no firm guidance for
risk ratios, risk differences and standardised mean differences, for which Pustejovsky and Rodgers proposed theirs later
(2019, doi:10.1002/jrsm.1332).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from reviewkit.synthesis.small_study import AsymmetryTest, regression_test
from reviewkit.synthesis.table_asymmetry import pustejovsky_test, table_asymmetry_test

Tables = tuple[ArrayLike, ArrayLike, ArrayLike, ArrayLike]
Sizes = tuple[ArrayLike, ArrayLike]
_FALSE_ALARMS = "its standard error depends on the effect itself, and Egger's test then finds asymmetry by itself"


def asymmetry_test(
    yi: ArrayLike,
    vi: ArrayLike,
    *,
    measure: str = "GEN",
    tables: Tables | None = None,
    sizes: Sizes | None = None,
    even_if_few: bool = False,
    studies: Sequence[str] | None = None,
) -> AsymmetryTest:
    """Test funnel-plot asymmetry by the test that suits the measure; ``why`` of the result gives the reason.

    Parameters
    ----------
    yi, vi : array_like, shape (k,)
        Effects and sampling variances.
    measure : str
        OR and RR use the tables (Harbord), SMD the group sizes (Pustejovsky and Rodgers); RD is withheld; Egger for
        all others, and for these where tables or sizes are missing, with the caution that belongs to it.
    tables : four array_like of shape (k,), optional
        Events and size of the intervention group, events and size of the comparator.
    sizes : two array_like of shape (k,), optional
        Sizes of both groups.
    even_if_few : bool
        Make the test below ten studies too.

    Raises
    ------
    InputError
        As the tests: `regression_test`, `table_asymmetry_test`, `pustejovsky_test`.

    Examples
    --------
    >>> asymmetry_test([0.1, 0.2], [0.01, 0.02], measure="RD").withheld
    'No asymmetry test is established for risk differences; test the odds ratio.'
    """
    kind = measure.upper().split(".")[0]
    if kind == "RD":
        reason = "No asymmetry test is established for risk differences; test the odds ratio."
        return AsymmetryTest("Asymmetry test", int(np.size(yi)), withheld=reason)
    if kind in ("OR", "RR") and tables is not None:
        result = table_asymmetry_test(
            *tables, method="Harbord", measure="OR" if kind == "OR" else "RR", even_if_few=even_if_few, studies=studies
        )
        doubt = "" if kind == "OR" else "For risk ratios no test is firmly established."
        caution = f"{result.caution} {doubt}".strip()
        return replace(result, caution=caution, why=f"For a log {_WORDS[kind]} {_FALSE_ALARMS}.")
    if kind == "SMD" and sizes is not None:
        result = pustejovsky_test(yi, vi, *sizes, even_if_few=even_if_few, studies=studies)
        return replace(result, why=f"For a {_WORDS[kind]} {_FALSE_ALARMS}.")
    result = regression_test(yi, vi, even_if_few=even_if_few, studies=studies)
    if kind not in _WORDS:
        return replace(result, why="Effect and standard error do not depend on each other here.")
    missing = "group sizes" if kind == "SMD" else "tables"
    doubt = f"For a {_WORDS[kind]} {_FALSE_ALARMS}; the {missing} would allow a better test."
    return replace(result, caution=f"{result.caution} {doubt}".strip(), why=f"The {missing} are not there.")


_WORDS = {"OR": "odds ratio", "RR": "risk ratio", "SMD": "standardised mean difference"}
