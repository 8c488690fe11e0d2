"""Risk of bias: tools as data, what their algorithms propose, what assessors decide and how they agree."""

from __future__ import annotations

from reviewkit.appraisal.amstar2 import AMSTAR2
from reviewkit.appraisal.choose import tool_for
from reviewkit.appraisal.jbi import JBI_CASE_REPORT, JBI_CASE_SERIES
from reviewkit.appraisal.newcastle_ottawa import NEWCASTLE_OTTAWA
from reviewkit.appraisal.proposal import DomainProposal, Proposal, propose
from reviewkit.appraisal.rob2 import ROB2, ROB2_ADHERING
from reviewkit.appraisal.rob2_variants import ROB2_CLUSTER, ROB2_CROSSOVER
from reviewkit.appraisal.rob_me import ROB_ME
from reviewkit.appraisal.robins_i import ROBINS_I
from reviewkit.appraisal.tool import OVERALL, Domain, Level, Question, Source, Step, Tool

TOOLS: dict[str, Tool] = {
    tool.id: tool
    for tool in (ROB2, ROB2_ADHERING, ROB2_CLUSTER, ROB2_CROSSOVER, ROBINS_I, NEWCASTLE_OTTAWA, JBI_CASE_SERIES,
                 JBI_CASE_REPORT, AMSTAR2, ROB_ME)
}
"""The tools that come with the project, by id."""

__all__ = [
    "OVERALL", "TOOLS", "Domain", "DomainProposal", "Level", "Proposal", "Question", "Source", "Step", "Tool",
    "propose", "tool_for",
]  # fmt: skip
