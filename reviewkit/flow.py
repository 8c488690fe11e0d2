"""PRISMA 2020 flow: counts derived from records, decisions and studies, that must add up.

Page MJ et al. The PRISMA 2020 statement. BMJ 2021;372:n71. doi:10.1136/bmj.n71 (items 16a, 16b).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from reviewkit.errors import ReviewkitError


@dataclass(frozen=True, slots=True)
class Flow:
    """The numbers of a flow diagram for a new review.

    Attributes
    ----------
    searched : bool
        Whether databases or registers were searched. If not, their boxes read 'not searched' and all
        records stand under other methods.
    eligibility_basis : {'abstract', 'full-text'}
        With ``'abstract'`` nothing was sought as full text and ``assessed`` counts abstracts and web pages.
    by_source : mapping of str to int
        Records of each source (accepted and settled entries).
    unsettled_entries : int
        Entries that could not be read and that nobody has settled yet.
    stopped : int
        Reports that nobody read because screening was stopped by rule.
    """

    searched: bool
    eligibility_basis: str
    by_source: Mapping[str, int]
    identified: int
    duplicates: int
    screened: int
    excluded_title_abstract: int
    assessed: int
    not_retrieved: int
    awaiting: int
    excluded: int
    excluded_by_reason: Mapping[str, int]
    included_reports: int
    included_studies: int
    unscreened: int = 0
    undecided: int = 0
    unsettled_entries: int = 0
    screened_by_reason: Mapping[str, int] = field(default_factory=dict)
    stopped: int = 0

    def check(self) -> None:
        """Check that the boxes add up.

        Raises
        ------
        ReviewkitError
            Naming the first box that does not.
        """
        sums = (
            ("records identified", self.identified, sum(self.by_source.values())),
            ("records screened", self.screened + self.unscreened + self.stopped, self.identified - self.duplicates),
            ("reports sought", self.assessed + self.not_retrieved, self.screened - self.excluded_title_abstract),
            ("reports excluded", self.excluded, sum(self.excluded_by_reason.values())),
            (
                "reports included",
                self.included_reports,
                self.assessed - self.excluded - self.awaiting - self.undecided,
            ),
        )
        for name, number in asdict(self).items():
            if isinstance(number, int) and number < 0:
                raise ReviewkitError(f"the flow has {name} = {number}; a count is 0 or more.", code="flow")
        for name, stated, counted in sums:
            if stated != counted:
                raise ReviewkitError(
                    f"the flow does not add up: {name} is {stated}, but the boxes before it leave {counted}.",
                    code="flow", remedy="Run `reviewkit check`; if it finds nothing, report a fault.",
                )

    def as_dict(self) -> dict[str, object]:
        """The numbers as plain JSON values."""
        return asdict(self)
