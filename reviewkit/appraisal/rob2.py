"""RoB 2 for individually randomised, parallel-group trials: two variants of domain 2.

Sterne JAC et al. (2019), doi:10.1136/bmj.l4898. The tables below follow the decision figures of the guidance
document of 22 August 2019, of which only a transcription was read; what a published source confirms is said in each
tool's `Source.read`. The questions are worded by this project.
"""

from __future__ import annotations

from reviewkit.appraisal.answers import SHADED, SHADED_OR_NONE
from reviewkit.appraisal.tool import Domain, Level, Question, Source, Tool, steps

LEVELS = (Level("low", "low"), Level("some concerns", "some"), Level("high", "high"))
CAUTION = (
    "some concerns",
    "Several such domains may together lower confidence so far that the assessor decides for high.",
)
def _source(read: str) -> Source:
    return Source(
        "Sterne JAC, Savović J, Page MJ, et al. RoB 2: a revised tool for assessing risk of bias in randomised "
        "trials. BMJ 2019;366:l4898; guidance document of 22 August 2019",
        "10.1136/bmj.l4898", "https://www.riskofbias.info/", read,
    )


_REST = "was read only in a transcription of the guidance document's decision figures, which is no published source."
UNREACHED = ("Y", "PY", "PN", "N", "NA")
"""Question 3.2 takes no 'no information': evidence that there is no bias is seen or it is not."""


def randomisation(prefix: str = "1", unit: str = "people") -> Domain:
    """Domain 1; in a cluster trial its questions are 1a and the units are clusters."""
    a, b, c = (f"{prefix}.{i}" for i in (1, 2, 3))
    return Domain(
        f"D{prefix}", "Randomisation process",
        (
            Question(a, f"Did chance alone decide which group {unit} were put into?", SHADED),
            Question(b, f"Could nobody foresee the group until {unit} were enrolled and assigned?", SHADED),
            Question(c, "Do the groups differ at the start in a way that chance does not explain?", SHADED, "N"),
        ),
        steps(f"""
            {b}: Y PY -> {a}
            {b}: NI -> {c}/b
            {b}: PN N -> high
            {a}: Y PY NI -> {c}
            {a}: PN N -> some concerns
            {c}: PN N NI -> low
            {c}: Y PY -> some concerns
            {c}/b: PN N NI -> some concerns
            {c}/b: Y PY -> high
        """),
        (b,),
    )


AWARE = (
    Question("2.1", "Did participants know, during the trial, which group they were in?", SHADED, "N"),
    Question("2.2", "Did those who cared for them or gave the treatment know the group?", SHADED, "N"),
)
AFTER_AWARE = (
    Question("2.3", "Did being in a trial make people depart from the planned treatment?", SHADED_OR_NONE, "N"),
    Question("2.4", "Are these departures likely to have changed the outcome?", SHADED_OR_NONE, "N"),
    Question("2.5", "Were these departures alike in both groups?", SHADED_OR_NONE),
    Question("2.6", "Were people analysed in the group they were assigned to (missing outcomes aside)?", SHADED),
    Question("2.7", "Could leaving that undone have changed the result a good deal?", SHADED_OR_NONE, "N"),
)
AFTER_AWARE_STEPS = """
    2.3: PN N -> low
    2.3: NI -> some concerns
    2.3: Y PY -> 2.4
    2.4: PN N -> some concerns
    2.4: Y PY NI -> 2.5
    2.5: Y PY -> some concerns
    2.5: PN N NI -> high
    2.6: Y PY -> low
    2.6: PN N NI -> 2.7
    2.7: PN N -> some concerns
    2.7: Y PY NI -> high
"""

ASSIGNMENT = Domain(
    "D2", "Deviations from intended interventions",
    (*AWARE, *AFTER_AWARE),
    steps("""
        2.1: PN N -> 2.2
        2.1: Y PY NI -> 2.3
        2.2: PN N -> low
        2.2: Y PY NI -> 2.3
    """ + AFTER_AWARE_STEPS),
    ("2.1", "2.6"),
)

ADHERING = Domain(
    "D2", "Deviations from intended interventions",
    (
        *AWARE,
        Question("2.3", "Were other treatments that matter spread alike over the groups?", SHADED_OR_NONE),
        Question("2.4", "Was the treatment given so badly that the outcome could have changed?", SHADED_OR_NONE, "N"),
        Question("2.5", "Did so many not keep to their treatment that the outcome could have changed?",
                 SHADED_OR_NONE, "N"),
        Question("2.6", "Does the analysis estimate the effect of keeping to treatment soundly?", SHADED_OR_NONE),
    ),
    steps("""
        2.1: PN N -> 2.2
        2.1: Y PY NI -> 2.3
        2.2: PN N -> 2.4
        2.2: Y PY NI -> 2.3
        2.3: Y PY NA -> 2.4
        2.3: PN N NI -> 2.6
        2.4: PN N NA -> 2.5
        2.4: Y PY NI -> 2.6
        2.5: PN N NA -> low
        2.5: Y PY NI -> 2.6
        2.6: Y PY -> some concerns
        2.6: PN N NI -> high
    """),
    ("2.1",),
)

AFTER_AVAILABLE = (
    Question("3.2", "Is there evidence that missing outcomes did not bias the result?", UNREACHED),
    Question("3.3", "Could an outcome be missing because of what it was?", SHADED_OR_NONE, "N"),
    Question("3.4", "Is it likely that outcomes are missing because of what they were?", SHADED_OR_NONE, "N"),
)
AFTER_AVAILABLE_STEPS = """
    3.2: Y PY -> low
    3.2: PN N -> 3.3
    3.3: PN N -> low
    3.3: Y PY NI -> 3.4
    3.4: PN N -> some concerns
    3.4: Y PY NI -> high
"""

MISSING = Domain(
    "D3", "Missing outcome data",
    (Question("3.1", "Is the outcome known for all, or nearly all, who were randomised?", SHADED), *AFTER_AVAILABLE),
    steps("""
        3.1: Y PY -> low
        3.1: PN N NI -> 3.2
    """ + AFTER_AVAILABLE_STEPS),
    ("3.1",),
)

BEFORE_ASSESSORS = (
    Question("4.1", "Is the way the outcome was measured unfit for it?", SHADED, "N"),
    Question("4.2", "Could the outcome have been measured or found differently in the groups?", SHADED, "N"),
)
AFTER_ASSESSORS = (
    Question("4.4", "Could knowing the group have influenced the assessment?", SHADED_OR_NONE, "N"),
    Question("4.5", "Is it likely that knowing the group influenced the assessment?", SHADED_OR_NONE, "N"),
)

MEASUREMENT = Domain(
    "D4", "Measurement of the outcome",
    (
        *BEFORE_ASSESSORS,
        Question("4.3", "Did those who assessed the outcome know the group?", SHADED_OR_NONE, "N"),
        *AFTER_ASSESSORS,
    ),
    steps("""
        4.1: Y PY -> high
        4.1: PN N NI -> 4.2
        4.2: Y PY -> high
        4.2: PN N -> 4.3
        4.2: NI -> 4.3/b
        4.3: PN N -> low
        4.3: Y PY NI -> 4.4
        4.4: PN N -> low
        4.4: Y PY NI -> 4.5
        4.3/b: PN N -> some concerns
        4.3/b: Y PY NI -> 4.4/b
        4.4/b: PN N -> some concerns
        4.4/b: Y PY NI -> 4.5
        4.5: PN N -> some concerns
        4.5: Y PY NI -> high
    """),
    ("4.1",),
)

SELECTED = (
    Question("5.1", "Was the analysis as planned before anyone saw unmasked outcomes?", SHADED),
    Question("5.2", "Was this result likely picked, for what it shows, from several measurements?", SHADED, "N"),
    Question("5.3", "Was this result likely picked, for what it shows, from several analyses?", SHADED, "N"),
)

SELECTION = Domain(
    "D5", "Selection of the reported result",
    SELECTED,
    steps("""
        5.2: Y PY -> high
        5.2: NI -> 5.3/b
        5.2: PN N -> 5.3
        5.3/b: Y PY -> high
        5.3/b: PN N NI -> some concerns
        5.3: Y PY -> high
        5.3: NI -> some concerns
        5.3: PN N -> 5.1
        5.1: Y PY -> low
        5.1: PN N NI -> some concerns
    """),
    ("5.2",),
)

ROB2 = Tool(
    "rob2", "RoB 2, parallel-group trial, effect of assignment", "result",
    (randomisation(), ASSIGNMENT, MISSING, MEASUREMENT, SELECTION), LEVELS,
    _source("Domain 1 was read as criteria printed in doi:10.1186/s13643-021-01722-5, table 2 (its domain 2 is that of "
            f"the effect of adhering). The rest {_REST}"),
    caution=CAUTION, unchecked=("D2", "D3", "D4", "D5"),
)
ROB2_ADHERING = Tool(
    "rob2-adhering", "RoB 2, parallel-group trial, effect of adhering", "result",
    (randomisation(), ADHERING, MISSING, MEASUREMENT, SELECTION), LEVELS,
    _source("Domain 1, and of domain 2 what leads to low risk, were read as criteria printed in "
            f"doi:10.1186/s13643-021-01722-5, table 2. The rest {_REST}"),
    caution=CAUTION, unchecked=("D2", "D3", "D4", "D5"),
    remarks=("Answer 2.3 to 2.5 'not applicable' where the protocol does not ask for them.",),
)
