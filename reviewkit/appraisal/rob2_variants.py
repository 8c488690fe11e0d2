"""RoB 2 for cluster-randomised and crossover trials: the parallel-group tool with what these designs add.

The documents of 18 March 2021 (riskofbias.info) could not be read themselves, so neither tool counts as checked.
"""

from __future__ import annotations

from reviewkit.appraisal.answers import SHADED, SHADED_OR_NONE
from reviewkit.appraisal.rob2 import (
    AFTER_ASSESSORS,
    AFTER_AVAILABLE,
    AFTER_AVAILABLE_STEPS,
    AFTER_AWARE,
    AFTER_AWARE_STEPS,
    ASSIGNMENT,
    BEFORE_ASSESSORS,
    CAUTION,
    LEVELS,
    MEASUREMENT,
    MISSING,
    SELECTED,
    SELECTION,
    randomisation,
)
from reviewkit.appraisal.tool import Domain, Question, Source, Tool, steps

RECRUITMENT = Domain(
    "D1b", "Identification or recruitment of participants",
    (
        Question("1b.1", "Were all participants found and recruited before clusters were randomised?", SHADED),
        Question("1b.2", "Is it likely that knowing a cluster's group decided who was taken in?", SHADED_OR_NONE, "N"),
        Question("1b.3", "Do participants differ at the start in a way that points to uneven recruitment?", SHADED,
                 "N"),
    ),
    steps("""
        1b.1: Y PY -> low
        1b.1: PN N NI -> 1b.2
        1b.2: Y PY -> high
        1b.2: PN N -> 1b.3
        1b.2: NI -> 1b.3/b
        1b.3: PN N NI -> low
        1b.3: Y PY -> some concerns
        1b.3/b: PN N NI -> some concerns
        1b.3/b: Y PY -> high
    """),
    ("1b.1",),
)

CLUSTER_DEVIATIONS = Domain(
    "D2", "Deviations from intended interventions",
    (
        Question("2.1a", "Did participants know that they were in a trial?", SHADED, "N"),
        Question("2.1b", "Did participants know, during the trial, which treatment was theirs?", SHADED_OR_NONE, "N"),
        Question("2.2", "Did those who cared for them or gave the treatment know the group?", SHADED, "N"),
        *AFTER_AWARE,
    ),
    steps("""
        2.1a: PN N -> 2.2
        2.1a: Y PY NI -> 2.1b
        2.1b: PN N -> 2.2
        2.1b: Y PY NI -> 2.3
        2.2: PN N -> low
        2.2: Y PY NI -> 2.3
    """ + AFTER_AWARE_STEPS),
    ("2.1a", "2.6"),
)

CLUSTER_MISSING = Domain(
    "D3", "Missing outcome data",
    (
        Question("3.1a", "Is the outcome known for every cluster that took people in?", SHADED),
        Question("3.1b", "Is the outcome known for all, or nearly all, people within clusters?", SHADED),
        *AFTER_AVAILABLE,
    ),
    steps("""
        3.1a: Y PY -> 3.1b
        3.1a: PN N NI -> 3.2
        3.1b: Y PY -> low
        3.1b: PN N NI -> 3.2
    """ + AFTER_AVAILABLE_STEPS),
    ("3.1a",),
)

CLUSTER_MEASUREMENT = Domain(
    "D4", "Measurement of the outcome",
    (
        *BEFORE_ASSESSORS,
        Question("4.3a", "Did those who assessed the outcome know that a trial was going on?", SHADED_OR_NONE, "N"),
        Question("4.3b", "Did those who assessed the outcome know the group?", SHADED_OR_NONE, "N"),
        *AFTER_ASSESSORS,
    ),
    steps("""
        4.1: Y PY -> high
        4.1: PN N NI -> 4.2
        4.2: Y PY -> high
        4.2: PN N -> 4.3a
        4.2: NI -> 4.3a/b
        4.3a: PN N -> low
        4.3a: Y PY NI -> 4.3b
        4.3b: PN N -> low
        4.3b: Y PY NI -> 4.4
        4.4: PN N -> low
        4.4: Y PY NI -> 4.5
        4.3a/b: PN N -> some concerns
        4.3a/b: Y PY NI -> 4.3b/b
        4.3b/b: PN N -> some concerns
        4.3b/b: Y PY NI -> 4.4/b
        4.4/b: PN N -> some concerns
        4.4/b: Y PY NI -> 4.5
        4.5: PN N -> some concerns
        4.5: Y PY NI -> high
    """),
    ("4.1",),
)

ROB2_CLUSTER = Tool(
    "rob2-cluster", "RoB 2, cluster-randomised trial, effect of assignment", "result",
    (randomisation("1a", "clusters"), RECRUITMENT, CLUSTER_DEVIATIONS, CLUSTER_MISSING, CLUSTER_MEASUREMENT,
     SELECTION),
    LEVELS,
    Source(
        "Eldridge S, Campbell MK, Campbell MJ, et al. Revised Cochrane risk-of-bias tool for randomized trials "
        "(RoB 2): additional considerations for cluster-randomized trials, 18 March 2021",
        "", "https://www.riskofbias.info/welcome/rob-2-0-tool/rob-2-for-cluster-randomized-trials",
        "The document's figures were not read. Domains 1a, 1b, 3, 4 and 5 are those of an unofficial transcription of "
        "them; in domain 2 it departs from the parallel-group figures (2.4: departures without influence on the "
        "outcome are low risk), and the parallel-group rule, which is stricter, is kept.",
    ),
    caution=CAUTION, checked_against_source=False,
)

PERIODS = Domain(
    "DS", "Period and carryover effects",
    (
        Question("S.1", "Did about as many people take one order of treatments as the other?", SHADED),
        Question("S.2", "If not, does the analysis allow for an effect of the period?", SHADED_OR_NONE),
        Question("S.3", "Was there time for the first treatment to wear off before the second was measured?", SHADED),
    ),
    steps("""
        S.1: Y PY -> S.3
        S.1: PN N NI -> S.2
        S.2: Y PY -> S.3
        S.2: NI -> S.3/b
        S.2: PN N -> high
        S.3: Y PY -> low
        S.3: NI -> some concerns
        S.3: PN N -> high
        S.3/b: Y PY NI -> some concerns
        S.3/b: PN N -> high
    """),
    ("S.1",),
)

CROSSOVER_SELECTION = Domain(
    "D5", "Selection of the reported result",
    (
        *SELECTED,
        Question("5.4", "Are only first-period results given because a test showed carryover?", SHADED, "N"),
    ),
    steps("""
        5.2: Y PY -> high
        5.2: NI -> 5.3/b
        5.2: PN N -> 5.3
        5.3/b: Y PY -> high
        5.3/b: PN N NI -> 5.4/b
        5.3: Y PY -> high
        5.3: NI -> 5.4/b
        5.3: PN N -> 5.4
        5.4/b: Y PY -> high
        5.4/b: PN N NI -> some concerns
        5.4: Y PY -> high
        5.4: NI -> some concerns
        5.4: PN N -> 5.1
        5.1: Y PY -> low
        5.1: PN N NI -> some concerns
    """),
    ("5.2",),
)

ROB2_CROSSOVER = Tool(
    "rob2-crossover", "RoB 2, crossover trial, effect of assignment", "result",
    (randomisation(), PERIODS, ASSIGNMENT, MISSING, MEASUREMENT, CROSSOVER_SELECTION), LEVELS,
    Source(
        "Higgins JPT, Li T, Sterne J, et al. Revised Cochrane risk of bias tool for randomized trials (RoB 2): "
        "additional considerations for crossover trials, 18 March 2021",
        "", "https://www.riskofbias.info/welcome/rob-2-0-tool/rob-2-for-crossover-trials",
        "The document was not read: domain S and question 5.4 with their tables follow descriptions of it; the other "
        "domains are those of the parallel-group tool.",
    ),
    caution=CAUTION, checked_against_source=False,
)
