"""AMSTAR 2 for systematic reviews that are cited: sixteen items, seven of them critical.

Shea BJ et al. (2017), doi:10.1136/bmj.j4008: critical items 2, 4, 7, 9, 11, 13, 15 (box 1), confidence from
the count of critical and other weaknesses (box 2). The authors let reviewers choose other critical items
for a question, and come down one step for many weaknesses: such a judgement needs its reason.
"""

from __future__ import annotations

from reviewkit.appraisal.tool import Domain, Level, Question, Source, Tool, steps

CRITICAL = frozenset({2, 4, 7, 9, 11, 13, 15})
PARTIAL = frozenset({2, 4, 7, 8, 9})
"""Items that may be met in part."""
IF_POOLED = frozenset({11, 12, 15})
"""Items that do not arise where the review pools nothing."""

_ITEMS = (
    ("Question", "Do question and eligibility name population, treatment, comparator and outcome?"),
    ("Protocol", "Was the method fixed beforehand, and is every departure from it explained?"),
    ("Designs", "Is it said why these study designs were eligible?"),
    ("Search", "Was the search comprehensive?"),
    ("Selection twice", "Did two people select studies independently?"),
    ("Extraction twice", "Did two people extract data independently?"),
    ("Excluded studies", "Are excluded studies listed, each with its reason?"),
    ("Included studies", "Are the included studies described in enough detail?"),
    ("Risk of bias", "Was risk of bias in each study assessed by a sound method?"),
    ("Funding of studies", "Is it said who paid for each included study?"),
    ("Pooling", "Are the methods of pooling sound?"),
    ("Bias in the pool", "Was it examined how risk of bias changes the pooled result?"),
    ("Bias discussed", "Is risk of bias weighed where results are interpreted?"),
    ("Heterogeneity", "Is heterogeneity explained and discussed?"),
    ("Publication bias", "Was publication bias examined and its effect discussed?"),
    ("Conflicts", "Are the reviewers' own conflicts of interest and funding reported?"),
)


def _item(n: int, name: str, text: str) -> Domain:
    answers = ("Y", *(("PY",) if n in PARTIAL else ()), "N", *(("NA",) if n in IF_POOLED else ()))
    ends = {"Y": "yes", "PY": "partial yes", "N": "no", "NA": "nothing pooled"}
    table = "\n".join(f"{n}: {code} -> {ends[code]}" for code in answers)
    question = Question(str(n), text, answers, critical=n in CRITICAL)
    return Domain(str(n), name, (question,), steps(table), (str(n),))


AMSTAR2 = Tool(
    "amstar2", "AMSTAR 2, cited systematic review", "review",
    tuple(_item(n, name, text) for n, (name, text) in enumerate(_ITEMS, 1)),
    (Level("yes", "low"), Level("nothing pooled", "none"), Level("partial yes", "some"), Level("no", "high")),
    Source(
        "Shea BJ, Reeves BC, Wells G, et al. AMSTAR 2: a critical appraisal tool for systematic reviews that include "
        "randomised or non-randomised studies of healthcare interventions, or both. BMJ 2017;358:j4008",
        "10.1136/bmj.j4008", "https://amstar.ca/",
        "Critical items and the rule for confidence as reproduced in doi:10.1186/s13643-018-0878-3, table 2.",
    ),
    overall="flaws",
    overall_levels=(Level("high confidence", "low"), Level("moderate confidence", "some"),
                    Level("low confidence", "high"), Level("critically low confidence", "critical")),
    remarks=("Answer 'probably yes' stands for 'partial yes' where an item can be met in part.",),
)
