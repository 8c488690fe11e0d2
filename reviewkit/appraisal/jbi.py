"""JBI checklists for case series and case reports. They have no rule for the overall judgement.

Case series: Munn Z et al. (2020), doi:10.11124/JBISRIR-D-19-00099. Case reports: Moola S et al., JBI Manual for
Evidence Synthesis, chapter 7. Each item is a domain of its own, so that it has a light of its own.
"""

from __future__ import annotations

from collections.abc import Sequence

from reviewkit.appraisal.tool import Domain, Level, Question, Source, Tool, steps

_ANSWERS = ("Y", "N", "NI", "NA")
_LEVELS = (Level("yes", "low"), Level("not applicable", "none"), Level("unclear", "none"), Level("no", "high"))
_OVERALL = (Level("include", "low"), Level("seek further information", "some"), Level("exclude", "high"))


def _items(texts: Sequence[tuple[str, str]]) -> tuple[Domain, ...]:
    return tuple(
        Domain(str(n), name, (Question(str(n), text, _ANSWERS),), steps(f"""
            {n}: Y -> yes
            {n}: NA -> not applicable
            {n}: NI -> unclear
            {n}: N -> no
        """), (str(n),))
        for n, (name, text) in enumerate(texts, 1)
    )


JBI_CASE_SERIES = Tool(
    "jbi-case-series", "JBI checklist, case series", "study",
    _items((
        ("Inclusion criteria", "Is it clear who could be in the series?"),
        ("Measured alike", "Was the condition measured in one reliable way in everybody?"),
        ("Condition identified", "Was the condition identified by sound methods in everybody?"),
        ("Consecutive", "Were people taken in consecutively?"),
        ("Complete", "Was everybody who qualified taken in?"),
        ("Demographics", "Are age, sex and other demographics reported clearly?"),
        ("Clinical information", "Is the people's clinical state reported clearly?"),
        ("Outcomes", "Are outcomes or follow-up reported clearly?"),
        ("Sites", "Are the sites or clinics described clearly?"),
        ("Analysis", "Does the statistical analysis fit?"),
    )),
    _LEVELS,
    Source(
        "Munn Z, Barker TH, Moola S, et al. Methodological quality of case series studies: an introduction to the "
        "JBI critical appraisal tool. JBI Evid Synth 2020;18:2127–33",
        "10.11124/JBISRIR-D-19-00099", "https://jbi.global/critical-appraisal-tools",
        "The ten items as reproduced in doi:10.18502/ijrm.v18i12.8022, table 2; there is no algorithm.",
    ),
    overall="assessor", overall_levels=_OVERALL, unknown="unclear",
)

JBI_CASE_REPORT = Tool(
    "jbi-case-report", "JBI checklist, case report", "study",
    _items((
        ("Demographics", "Are the patient's demographics described clearly?"),
        ("History", "Is the patient's history told clearly and in the order of time?"),
        ("Presentation", "Is the clinical state at presentation described clearly?"),
        ("Tests", "Are diagnostic tests, and what they showed, described clearly?"),
        ("Treatment", "Is the treatment described clearly?"),
        ("After treatment", "Is the clinical state after treatment described clearly?"),
        ("Harms", "Are adverse or unexpected events identified and described?"),
        ("Lessons", "Does the report say what is to be learnt from the case?"),
    )),
    _LEVELS,
    Source(
        "Moola S, Munn Z, Tufanaru C, et al. Systematic reviews of etiology and risk. In: JBI Manual for Evidence "
        "Synthesis, chapter 7. JBI, 2020",
        "10.46658/JBIMES-20-08", "https://jbi.global/critical-appraisal-tools",
        "The eight items as reproduced in PMC8255116, table 3; there is no algorithm.",
    ),
    overall="assessor", overall_levels=_OVERALL, unknown="unclear",
)
