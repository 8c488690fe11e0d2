"""ROBINS-I (2016) for non-randomised studies of interventions.

Sterne JAC et al. (2016), doi:10.1136/bmj.i4919. The 2016 tool has no algorithm from signalling questions to a
domain's judgement: it describes each level, and the assessor decides. Only where every answer of a domain is
'no information' does 'no information' follow. The overall judgement is the worst domain, 'no information'
standing between moderate and serious: with a gap in any domain the result can be called neither low nor moderate.
"""

from __future__ import annotations

from reviewkit.appraisal.answers import SHADED, SHADED_OR_NONE
from reviewkit.appraisal.tool import OVERALL, Domain, Level, Question, Source, Tool

_DOMAINS = (
    Domain("D1", "Confounding", (
        Question("1.1", "Can anything other than the treatment have driven both treatment and outcome?", SHADED, "N"),
        Question("1.2", "Does the analysis split follow-up by the treatment then received?", SHADED_OR_NONE, "N"),
        Question("1.3", "Were changes of treatment likely tied to what foretells the outcome?", SHADED_OR_NONE, "N"),
        Question("1.4", "Does the analysis allow soundly for every important confounder at the start?",
                 SHADED_OR_NONE),
        Question("1.5", "Were the confounders allowed for measured well?", SHADED_OR_NONE),
        Question("1.6", "Was anything adjusted for that treatment itself may have changed?", SHADED_OR_NONE, "N"),
        Question("1.7", "Does the analysis allow for confounders at the start and over time?", SHADED_OR_NONE),
        Question("1.8", "Were confounders at the start and over time measured well?", SHADED_OR_NONE),
    )),
    Domain("D2", "Selection of participants", (
        Question("2.1", "Did anything seen after treatment began decide who was taken in?", SHADED, "N"),
        Question("2.2", "Was what decided it likely tied to treatment?", SHADED_OR_NONE, "N"),
        Question("2.3", "Was what decided it likely tied to the outcome?", SHADED_OR_NONE, "N"),
        Question("2.4", "Do follow-up and treatment begin together for most people?", SHADED),
        Question("2.5", "Were methods used that likely correct for selection?", SHADED_OR_NONE),
    )),
    Domain("D3", "Classification of interventions", (
        Question("3.1", "Are the groups that were compared clearly defined?", SHADED),
        Question("3.2", "Was what defines the groups recorded when treatment began?", SHADED),
        Question("3.3", "Could knowing the outcome, or its risk, have changed who counts as treated?", SHADED, "N"),
    )),
    Domain("D4", "Deviations from intended interventions", (
        Question("4.1", "Did treatment depart from plan beyond what usual practice would show?", SHADED_OR_NONE, "N"),
        Question("4.2", "Were these departures uneven and likely to change the outcome?", SHADED_OR_NONE, "N"),
        Question("4.3", "Were other treatments that matter spread alike over the groups?", SHADED_OR_NONE),
        Question("4.4", "Was treatment given as meant for most people?", SHADED_OR_NONE),
        Question("4.5", "Did people keep to their treatment?", SHADED_OR_NONE),
        Question("4.6", "Does the analysis estimate the effect of keeping to treatment soundly?", SHADED_OR_NONE),
    )),
    Domain("D5", "Missing data", (
        Question("5.1", "Is the outcome known for all, or nearly all?", SHADED),
        Question("5.2", "Were people left out because their treatment was not recorded?", SHADED, "N"),
        Question("5.3", "Were people left out because something else the analysis needs was missing?", SHADED, "N"),
        Question("5.4", "Are share and reasons of what is missing alike in the groups?", SHADED_OR_NONE),
        Question("5.5", "Is there evidence that the result stands whatever is missing?", SHADED_OR_NONE),
    )),
    Domain("D6", "Measurement of outcomes", (
        Question("6.1", "Could knowing the treatment have influenced the outcome measure?", SHADED, "N"),
        Question("6.2", "Did those who assessed the outcome know the treatment?", SHADED, "N"),
        Question("6.3", "Was the outcome assessed in the same way in the groups?", SHADED),
        Question("6.4", "Were errors of measurement tied to the treatment?", SHADED, "N"),
    )),
    Domain("D7", "Selection of the reported result", (
        Question("7.1", "Was this result likely picked, for what it shows, from several measurements?", SHADED, "N"),
        Question("7.2", "Was this result likely picked, for what it shows, from several analyses?", SHADED, "N"),
        Question("7.3", "Was this result likely picked, for what it shows, from several subgroups?", SHADED, "N"),
    )),
)

ROBINS_I = Tool(
    "robins-i", "ROBINS-I (2016), non-randomised study of an intervention", "result", _DOMAINS,
    (Level("low", "low"), Level("moderate", "some"), Level("no information", "none"), Level("serious", "high"),
     Level("critical", "critical")),
    Source(
        "Sterne JAC, Hernán MA, Reeves BC, et al. ROBINS-I: a tool for assessing risk of bias in non-randomised "
        "studies of interventions. BMJ 2016;355:i4919",
        "10.1136/bmj.i4919", "https://www.riskofbias.info/",
        "The levels of the domains and 'the worst domain counts' in published reproductions "
        "(doi:10.1002/14651858.CD013253 and PMC4818448, table 4). How 'no information' weighs over all was read only "
        "in two transcriptions of the paper's table 2, which agree: nothing points to serious or critical risk, and "
        "information is lacking in a key domain.",
    ),
    unknown="no information", unchecked=(OVERALL,),
    remarks=(
        "The tool has no algorithm for its domains: the assessor decides each from the answers.",
        "'No information' over all is meant where a key domain lacks information: which domains are key, the assessor "
        "decides, and may judge otherwise with a reason.",
    ),
)
