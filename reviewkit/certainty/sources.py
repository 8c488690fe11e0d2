"""Where each rule of the rating comes from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Source:
    """A published source: short name and DOI, and the one that carries it further."""

    short: str
    doi: str
    also: Source | None = None

    @property
    def every(self) -> tuple[Source, ...]:
        """This source and the one that carries it further."""
        return (self, *(self.also.every if self.also else ()))

    def __str__(self) -> str:
        return "; ".join(f"{source.short}, doi:{source.doi}" for source in self.every)


START = Source("GRADE guidelines 3 (Balshem 2011)", "10.1016/j.jclinepi.2010.07.015")
ROBINS_I = Source("GRADE guidelines 18 (Schünemann 2019)", "10.1016/j.jclinepi.2018.01.012")
NARRATIVE = Source("Murad 2017", "10.1136/ebmed-2017-110668")
BY_DOMAIN = {
    "risk of bias": Source("GRADE guidelines 4 (Guyatt 2011)", "10.1016/j.jclinepi.2010.07.017"),
    "inconsistency": Source("GRADE guidelines 7 (Guyatt 2011)", "10.1016/j.jclinepi.2011.03.017"),
    "indirectness": Source("GRADE guidelines 8 (Guyatt 2011)", "10.1016/j.jclinepi.2011.04.014"),
    "imprecision": Source(
        "GRADE guidelines 6 (Guyatt 2011)", "10.1016/j.jclinepi.2011.01.012",
        Source("GRADE guidance 34 (Zeng 2022)", "10.1016/j.jclinepi.2022.07.014"),
    ),
    "publication bias": Source("GRADE guidelines 5 (Guyatt 2011)", "10.1016/j.jclinepi.2011.01.011"),
    "large effect": Source("GRADE guidelines 9 (Guyatt 2011)", "10.1016/j.jclinepi.2011.06.004"),
    "dose response": Source("GRADE guidelines 9 (Guyatt 2011)", "10.1016/j.jclinepi.2011.06.004"),
    "residual confounding": Source("GRADE guidelines 9 (Guyatt 2011)", "10.1016/j.jclinepi.2011.06.004"),
}
"""The GRADE article on each domain. Thresholds that these leave to the rater are our own and stand in the rules."""
