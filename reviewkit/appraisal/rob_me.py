"""ROB-ME: risk of bias in a synthesis due to missing evidence.

Page MJ et al. (2023), doi:10.1136/bmj-2023-076754. The table follows the tree in the application by the tool's
authors, but for one row: where leaving out a result is likely to matter (4.2), risk is high whatever 4.4 says.
"""

from __future__ import annotations

from reviewkit.appraisal.answers import SHADED_OR_NONE
from reviewkit.appraisal.tool import Domain, Level, Question, Source, Tool, steps

_SHADED = ("Y", "PY", "PN", "N", "NA")

ROB_ME = Tool(
    "rob-me", "ROB-ME, missing evidence in a synthesis", "synthesis",
    (
        Domain("D1", "Missing evidence", (
            Question("4.1", "Is a result left out of the synthesis, likely for what it showed?", ("Y", "N"), "N"),
            Question("4.2", "Would these results likely change the synthesis notably?", SHADED_OR_NONE, "N"),
            Question("4.3", "Is it unclear, for any study found, whether it has an eligible result?", ("Y", "N"), "N"),
            Question("4.4", "Would these possible results likely change the synthesis notably?", SHADED_OR_NONE, "N"),
            Question("4.5", "Could whole studies have gone unfound for what they showed?", ("Y", "N"), "N"),
            Question("4.6", "Would such studies likely hold eligible results?", _SHADED, "N"),
            Question("4.7", "Does the pattern of results suggest that different ones are missing?", _SHADED, "N"),
            Question("4.8", "Do sensitivity analyses suggest that missing results bias the synthesis?", _SHADED, "N"),
        ), steps("""
            4.1: Y -> 4.2
            4.1: N -> 4.3
            4.2: Y PY -> high
            4.2: PN N -> 4.3/b
            4.2: NI -> 4.3/c
            4.3: N -> 4.5
            4.3: Y -> 4.4
            4.3/b: N -> 4.5/b
            4.3/b: Y -> 4.4
            4.3/c: N -> 4.5/c
            4.3/c: Y -> 4.5/c
            4.4: PN N -> 4.5/b
            4.4: Y PY NI -> 4.5/c
            4.5: N -> low
            4.5: Y -> 4.6
            4.5/b: N -> 4.7
            4.5/b: Y -> 4.6
            4.5/c: N -> 4.7/b
            4.5/c: Y -> 4.7/b
            4.6: PN N -> 4.7
            4.6: Y PY -> 4.7/b
            4.7: PN N NA -> low
            4.7: Y PY -> 4.8
            4.7/b: PN N NA -> 4.8
            4.7/b: Y PY -> high
            4.8: PN N NA -> some concerns
            4.8: Y PY -> high
        """), ("4.1",)),
    ),
    (Level("low", "low"), Level("some concerns", "some"), Level("high", "high")),
    Source(
        "Page MJ, Sterne JAC, Boutron I, et al. ROB-ME: a tool for assessing risk of bias due to missing evidence in "
        "systematic reviews with meta-analysis. BMJ 2023;383:e076754",
        "10.1136/bmj-2023-076754", "https://www.riskofbias.info/welcome/rob-me-tool",
        "The tree in the application by the tool's authors; the figure in the paper was not read, and one row differs "
        "(4.2 is enough for high).",
    ),
    checked_against_source=False,
    remarks=(
        "4.1 and 4.3 follow from the matrix of missing results (missing-results.csv); 4.5 from how studies were "
        "sought: registered prospectively, or all likely found whatever they showed.",
        "Answer 4.7 'not applicable' where very few studies have results.",
    ),
)
