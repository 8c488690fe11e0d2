"""The rating of one outcome: a start from the design, a step for each domain, and the level they lead to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from reviewkit.certainty import domains
from reviewkit.certainty.evidence import Evidence, Settings
from reviewkit.certainty.imprecision import imprecision
from reviewkit.certainty.sources import BY_DOMAIN, NARRATIVE, ROBINS_I, START, Source
from reviewkit.errors import InputError, Problem

DOWN = ("risk of bias", "inconsistency", "indirectness", "imprecision", "publication bias")
UP = ("large effect", "dose response", "residual confounding")
MOST_DOWN = 3
MOST_UP = {"large effect": 2, "dose response": 1, "residual confounding": 1}
LEVELS = ("very low", "low", "moderate", "high")
NO_EVIDENCE = "no evidence"
NOT_BY_RULE = "Not assessed by rule: a person decides."


@dataclass(frozen=True, slots=True)
class Judgement:
    """A person's judgement of one domain: levels down (or up) and why."""

    levels: int
    reason: str


@dataclass(frozen=True, slots=True)
class Step:
    """One domain of a rating.

    Attributes
    ----------
    proposed : int or None
        Levels the rule proposes (down, or up for the last three domains); None where no rule assesses it.
    judged : int or None
        Levels a person gave; None where nobody has judged.
    reason, judged_reason : str
        Why, by the rule and by the person.
    least : int
        Levels below which nobody may stay (the hard rule on 'no information').
    """

    domain: str
    proposed: int | None
    judged: int | None
    reason: str
    judged_reason: str
    source: Source
    least: int = 0

    @property
    def levels(self) -> int:
        """What counts: the judgement, else the proposal, else none."""
        return self.judged if self.judged is not None else self.proposed or 0

    @property
    def upwards(self) -> bool:
        """True for the three domains that raise a rating."""
        return self.domain in UP

    @property
    def differs(self) -> bool:
        """Whether the person decided otherwise than the rule proposes."""
        return self.judged is not None and self.proposed is not None and self.judged != self.proposed

    @property
    def why(self) -> str:
        """The reason that counts."""
        return self.judged_reason or self.reason

    def as_dict(self) -> dict[str, object]:
        """Plain JSON values."""
        return {**asdict(self), "levels": self.levels, "source": str(self.source),
                "direction": "up" if self.upwards else "down"}


@dataclass(frozen=True, slots=True)
class Rating:
    """The certainty of one outcome's evidence.

    Attributes
    ----------
    level : {'high', 'moderate', 'low', 'very low', 'no evidence'}
    start : str
        Level the design starts at; empty where there is no evidence.
    steps : tuple of Step
        Every domain, also those without a step; none where there is no evidence.
    narrative : bool
        True where nothing was pooled.
    """

    outcome: str
    level: str
    start: str
    start_reason: str
    steps: tuple[Step, ...]
    narrative: bool = False
    start_source: Source = START

    @property
    def counted(self) -> tuple[Step, ...]:
        """Steps that move the rating."""
        return tuple(step for step in self.steps if step.levels)

    @property
    def open(self) -> tuple[str, ...]:
        """Domains that lower a rating and that neither a rule nor a person has assessed."""
        return tuple(s.domain for s in self.steps if not s.upwards and s.proposed is None and s.judged is None)

    @property
    def judged(self) -> bool:
        """Whether a person judged any domain."""
        return any(step.judged is not None for step in self.steps)

    @property
    def proposed_level(self) -> str:
        """The level that the proposals alone lead to."""
        if self.level == NO_EVIDENCE:
            return NO_EVIDENCE
        return _level(LEVELS.index(self.start), [(s.upwards, s.proposed or 0) for s in self.steps])

    def as_dict(self) -> dict[str, object]:
        """Plain JSON values."""
        return {
            "outcome": self.outcome, "level": self.level, "proposed_level": self.proposed_level,
            "start": self.start or None, "start_reason": self.start_reason, "narrative": self.narrative,
            "judged_by_a_person": self.judged, "open": list(self.open),
            "steps": [step.as_dict() for step in self.steps],
        }

    def __str__(self) -> str:
        moved = "; ".join(f"{s.domain} {'+' if s.upwards else '−'}{s.levels}" for s in self.counted)
        start = f", from {self.start}" if self.start else ""
        return f"{self.outcome}: certainty {self.level}{start}{f' ({moved})' if moved else ''}"


def rate(
    evidence: Evidence,
    judgements: Mapping[str, Judgement] | None = None,
    settings: Settings | None = None,
) -> Rating:
    """Rate the certainty of one outcome's evidence.

    Parameters
    ----------
    evidence : Evidence
    judgements : mapping of str to Judgement
        By domain (`DOWN` and `UP`); a domain that is missing keeps the proposal.
    settings : Settings
        Parameters of the rules.

    Returns
    -------
    Rating
        'no evidence' where no study reports a result.

    Raises
    ------
    InputError
        With every judgement that the rules do not allow: an unknown domain, too many levels, better than the hard
        rule on 'no information' allows, an upgrade of randomised evidence or beside a downgrade, a judgement where
        there is no evidence.

    References
    ----------
    Balshem H et al. GRADE guidelines 3. doi:10.1016/j.jclinepi.2010.07.015; each domain's source stands in its step.
    Upgrades 'without any reason for rating down': GRADE guidelines 18, table 1. doi:10.1016/j.jclinepi.2018.01.012

    Examples
    --------
    >>> from reviewkit.certainty import Evidence, StudyEvidence
    >>> print(rate(Evidence("Pain", ())))
    Pain: certainty no evidence
    """
    given, chosen = judgements or {}, settings or Settings()
    problems = _misplaced(given)
    if not evidence.reporting:
        if given:
            problems.append(_refused("no study reports a result, so there is nothing to judge", "Remove the entry."))
        if problems:
            raise InputError(problems)
        return Rating(evidence.outcome, NO_EVIDENCE, "", "No study reports a result.", ())
    start, from_high, why = domains.starting_level(evidence, chosen)
    steps = _steps(evidence, given, chosen, from_high)
    problems += _against_the_rules(steps, start, from_high)
    if problems:
        raise InputError(problems)
    level = _level(start, [(step.upwards, step.levels) for step in steps])
    return Rating(evidence.outcome, level, LEVELS[start], why, steps, evidence.effect is None,
                  ROBINS_I if from_high else START)


def _steps(
    evidence: Evidence, given: Mapping[str, Judgement], settings: Settings, from_high: bool
) -> tuple[Step, ...]:
    narrative = evidence.effect is None
    proposals: dict[str, tuple[int | None, str]] = {
        "risk of bias": domains.risk_of_bias(evidence, from_high=from_high),
        "inconsistency": domains.inconsistency(evidence),
        "indirectness": (None, NOT_BY_RULE),
        "imprecision": imprecision(evidence, settings),
        "publication bias": domains.publication_bias(evidence),
    }
    lowered = any(levels for levels, _ in proposals.values())
    randomised = all(study.design == "randomised" for study in evidence.informing)
    if not randomised:
        large = domains.large_effect(evidence)
        proposals["large effect"] = (0, "Not raised: something lowers the rating.") if lowered else large
        proposals["dose response"] = proposals["residual confounding"] = (None, NOT_BY_RULE)
    else:
        # A judgement on these is kept as a step, so that it is refused with its reason instead of vanishing.
        proposals |= {name: (0, "Only non-randomised evidence is raised.") for name in UP if name in given}
    steps = []
    for domain, (proposed, reason) in proposals.items():
        judged = given.get(domain)
        source = NARRATIVE if narrative and domain in ("inconsistency", "imprecision") else BY_DOMAIN[domain]
        if domain == "risk of bias" and from_high:
            source = ROBINS_I
        steps.append(Step(
            domain, proposed, judged.levels if judged else None, reason, judged.reason if judged else "", source,
            domains.floor_for_bias(evidence, from_high=from_high) if domain == "risk of bias" else 0,
        ))
    return tuple(steps)


def _level(start: int, moves: list[tuple[bool, int]]) -> str:
    place = start + sum(levels if upwards else -levels for upwards, levels in moves)
    return LEVELS[min(max(place, 0), len(LEVELS) - 1)]


def _refused(message: str, remedy: str, code: str = "certainty-rule") -> Problem:
    return Problem(f"{message}.", code=code, remedy=remedy)


def _misplaced(given: Mapping[str, Judgement]) -> list[Problem]:
    """Judgements on unknown domains, with impossible levels, or without a reason."""
    found = []
    for domain, judgement in given.items():
        if domain not in (*DOWN, *UP):
            found.append(_refused(f"domain {domain!r} is unknown", f"Domains: {', '.join((*DOWN, *UP))}."))
            continue
        most = MOST_UP.get(domain, MOST_DOWN)
        if not 0 <= judgement.levels <= most:
            found.append(_refused(f"{domain}: {judgement.levels} levels", f"Allowed: 0 to {most}."))
        if not judgement.reason.strip():
            found.append(_refused(f"{domain}: a judgement without a reason", "Say why."))
    return found


def _against_the_rules(steps: tuple[Step, ...], start: int, from_high: bool) -> list[Problem]:
    found = [
        _refused(f"{step.domain}: judged {step.levels} levels down, but the risk of bias is 'no information' for most "
                 f"of the weight: at least {step.least}", "Lower it, or appraise the studies.", "certainty-hard-rule")
        for step in steps if not step.upwards and step.levels < step.least
    ]
    lowered = [step.domain for step in steps if not step.upwards and step.levels]
    for step in steps:
        if not (step.upwards and step.levels):
            continue
        if start == len(LEVELS) - 1:
            basis = "this evidence starts high" if from_high else "randomised evidence is never raised"
            found.append(_refused(f"{step.domain}: {basis}", "Set it to 0."))
        elif lowered:
            found.append(_refused(f"{step.domain}: raised although {', '.join(lowered)} lowers the rating",
                                  "Set it to 0, or settle the other domain first."))
    return found
