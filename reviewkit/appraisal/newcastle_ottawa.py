"""The Newcastle–Ottawa scale for case–control studies: stars, and the words made of them.

Wells GA et al., Ottawa Hospital Research Institute. Nine stars in three domains. The scale gives no words for
its sums; good, fair and poor are a widely used conversion. In it the overall word is the worst domain.
"""

from __future__ import annotations

from reviewkit.appraisal.answers import PLAIN
from reviewkit.appraisal.tool import Domain, Level, Question, Source, Tool

NEWCASTLE_OTTAWA = Tool(
    "nos-case-control", "Newcastle–Ottawa scale, case–control study", "study",
    (
        Domain("selection", "Selection", (
            Question("S1", "Is it adequate how cases were defined, and was each confirmed independently?", PLAIN),
            Question("S2", "Are the cases consecutive, or plainly representative of all cases?", PLAIN),
            Question("S3", "Do the controls come from the same community as the cases?", PLAIN),
            Question("S4", "Is it stated that controls do not have, and did not have, the disease?", PLAIN),
        ), thresholds=((3, "good"), (2, "fair"), (0, "poor"))),
        Domain("comparability", "Comparability", (
            Question("C1", "Does design or analysis allow for the most important factor?", PLAIN),
            Question("C2", "Does design or analysis allow for any further factor?", PLAIN),
        ), thresholds=((1, "good"), (0, "poor"))),
        Domain("exposure", "Exposure", (
            Question("E1", "Was exposure taken from a secure record, or found without knowing who is a case?", PLAIN),
            Question("E2", "Was exposure found in the same way in cases and controls?", PLAIN),
            Question("E3", "Did as many cases as controls take part (same non-response)?", PLAIN),
        ), thresholds=((2, "good"), (0, "poor"))),
    ),
    (Level("good", "low"), Level("fair", "some"), Level("no information", "none"), Level("poor", "high")),
    Source(
        "Wells GA, Shea B, O'Connell D, et al. The Newcastle–Ottawa Scale (NOS) for assessing the quality of "
        "nonrandomised studies in meta-analyses. Ottawa Hospital Research Institute",
        "", "https://www.ohri.ca/programs/clinical_epidemiology/oxford.asp",
        "Items and stars as reproduced in doi:10.1111/liv.13428, table 1; conversion to good, fair and poor as "
        "printed in doi:10.1111/clr.13860, table 4.",
    ),
    unknown="no information",
    remarks=(
        "The scale gives no star where a report is silent. Here silence is kept apart: a domain whose level would "
        "change with what is not reported is called 'no information'.",
    ),
)
