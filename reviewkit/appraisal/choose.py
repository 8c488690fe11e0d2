"""Which tool fits a design, as studies.csv states it; a protocol may name another."""

from __future__ import annotations

import re

_RULES = (
    (r"case[\s–-]*control", "nos-case-control"),
    (r"case[\s–-]*series|single[\s–-]*arm|one group", "jbi-case-series"),
    (r"case[\s–-]*report", "jbi-case-report"),
    (r"systematic review|meta-analysis", "amstar2"),
    (r"mendelian", ""),
    (r"not\W+randomi|\bnon-?randomi|cohort|observational", "robins-i"),
    (r"^(?!.*random).*(\bquasi|controlled trial)", "robins-i"),
    (r"cluster(?=.*random)|random.*cluster", "rob2-cluster"),
    (r"cross-?over(?=.*random)|random.*cross-?over", "rob2-crossover"),
    (r"\brct\b|random", "rob2"),
)
"""In this order: the first that fits counts. A study called both quasi-experimental and randomly divided is
read as a trial, whose first domain then asks how it was randomised."""


def tool_for(design: str) -> str:
    """The id of the tool for a design; empty where none fits.

    >>> tool_for("RCT, four arms"), tool_for("case-control"), tool_for("quasi-experimental")
    ('rob2', 'nos-case-control', 'robins-i')
    """
    text = design.lower().replace("‐", "-").replace("rct", "rct random")
    return next((tool for pattern, tool in _RULES if re.search(pattern, text)), "")
