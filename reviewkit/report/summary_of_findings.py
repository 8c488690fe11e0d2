"""Summary of findings: at most seven outcomes, each with effect, people, certainty and what may be said.

After GRADE guidelines 12 (Guyatt 2013, doi:10.1016/j.jclinepi.2012.01.012) and the Cochrane Handbook, chapter 14.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from reviewkit.certainty.evidence import RISKS
from reviewkit.certainty.rating import NO_EVIDENCE, Step
from reviewkit.certainty.wording import CITED
from reviewkit.numbers import count, estimate
from reviewkit.render import Column, Row, Safe, anchor_id, certainty_badge, el, join, link, table
from reviewkit.render.html import Child
from reviewkit.report.lineage import numbers_anchor, opened
from reviewkit.report.statements import plain, plain_html, who_judged
from reviewkit.report.words import MEASURES, absolute_words, directions, natural
from reviewkit.review import Review
from reviewkit.review.certainty.rating import Certainty

MOST_OUTCOMES = 7
"""GRADE and the Cochrane Handbook (14.1.3) allow no more in one table."""
COLUMNS = (
    "outcome", "timepoint", "studies", "studies_beside", "participants", "effect", "absolute_effects", "certainty",
    "judged_by", "statement", "footnotes",
)
STEP_COLUMNS = ("outcome", "level", "start", "domain", "direction", "proposed", "judged", "counted", "reason",
                "judged_reason", "source")
_RANK = {"critical": 0, "important": 1, "harm": 2}


@dataclass(frozen=True)
class SummaryRow:
    """One outcome of the table, in words and numbers.

    Attributes
    ----------
    studies, beside : int
        Studies that inform the rating; studies that report and could not be used.
    participants : int or None
        None where a study does not say.
    absolute : tuple of str
        One for each baseline risk, or why there is none.
    notes : tuple of str
        One for each step that moves the rating.
    """

    certainty: Certainty
    studies: int
    beside: int
    participants: int | None
    effect: str
    absolute: tuple[str, ...]
    statement: str
    notes: tuple[str, ...]

    def as_dict(self) -> dict[str, object]:
        """Plain JSON values, by `COLUMNS`."""
        outcome = self.certainty.outcome
        return {
            "outcome": outcome.id, "timepoint": outcome.timepoint, "studies": self.studies,
            "studies_beside": self.beside, "participants": self.participants, "effect": self.effect,
            "absolute_effects": list(self.absolute), "certainty": self.certainty.rating.level,
            "judged_by": list(self.certainty.assessors), "statement": self.statement, "footnotes": list(self.notes),
        }


def chosen(certainties: Sequence[Certainty]) -> tuple[tuple[Certainty, ...], tuple[Certainty, ...]]:
    """Outcomes of the table (critical first, one place kept for a harm) and those left out of it."""
    ordered = sorted(certainties, key=lambda c: _RANK[c.outcome.importance])
    harms = [c for c in ordered if c.outcome.importance == "harm"]
    others = [c for c in ordered if c.outcome.importance != "harm"]
    kept = others[: MOST_OUTCOMES - min(1, len(harms))]
    kept += harms[: MOST_OUTCOMES - len(kept)]
    return tuple(kept), tuple(c for c in ordered if c not in kept)


def summary_rows(review: Review, certainties: Sequence[Certainty]) -> tuple[SummaryRow, ...]:
    """The rows of the table."""
    return tuple(_row(review, certainty) for certainty in chosen(certainties)[0])


def _row(review: Review, certainty: Certainty) -> SummaryRow:
    evidence = certainty.evidence
    return SummaryRow(
        certainty, len(evidence.informing), len(evidence.studies) - len(evidence.informing), evidence.participants,
        _effect(certainty), _absolute(certainty), plain(review, certainty),
        tuple(note(step) for step in certainty.rating.counted),
    )


def note(step: Step) -> str:
    """A footnote: domain, levels, reason, and the proposal where a person decided otherwise."""
    sign, many = ("+" if step.upwards else "−"), step.levels
    text = f"{step.domain.capitalize()} {sign}{many}: {step.why}"
    return f"{text} (The rule proposed {_moved(step.proposed, step)}: {step.reason})" if step.differs else text


def _moved(levels: int | None, step: Step) -> str:
    if levels is None:
        return "–"
    return f"{'+' if step.upwards else '−'}{levels}" if levels else "0"


def _effect(certainty: Certainty) -> str:
    effect = certainty.evidence.effect
    if certainty.rating.level == NO_EVIDENCE:
        alone = [f"{certainty.analysis.labels.get(r.study_id, r.study_id)}: {r.one_group}"
                 for r in certainty.analysis.main.results if r.one_group]
        return f"No comparison. {'; '.join(alone)}, one group only." if alone else "No study reports it."
    if effect is None:
        return f"Not pooled. {directions(certainty.analysis)}"
    values = [natural(v, effect.measure) for v in (effect.estimate, effect.ci_low, effect.ci_high)]
    single = " (a single study)" if effect.k == 1 else ""
    return f"{effect.measure} {estimate(values[0], values[1], values[2])}{single}"


def _absolute(certainty: Certainty) -> tuple[str, ...]:
    """What the effect means for 1000 people, for each baseline risk, or why that is not said."""
    from reviewkit.synthesis import absolute_effects

    outcome, effect = certainty.outcome, certainty.evidence.effect
    if effect is None or effect.measure not in RISKS:
        return ("No risk: " + ("nothing is pooled." if effect is None else "the outcome is a mean."),)
    if outcome.better == "neither":
        return ("An association: no risk with and without a treatment.",)
    if not outcome.baseline_risks:
        return ("The protocol sets no baseline risk, so no absolute effect is given.",)
    middle, low, high = (natural(v, effect.measure) for v in (effect.estimate, effect.ci_low, effect.ci_high))
    found = absolute_effects(
        effect.measure, middle, (low, high),  # type: ignore[arg-type]
        [risk.per_1000 / 1000 for risk in outcome.baseline_risks],
        event="bad" if outcome.better == "lower" else "good", level=outcome.plan.level)
    return tuple(f"{absolute_words(item)} Baseline: {risk.source}." for item, risk in
                 zip(found, outcome.baseline_risks, strict=True))


def summary_section(review: Review, certainties: Sequence[Certainty]) -> Safe:
    """The table with its footnotes, and below it how each rating came about."""
    rows = summary_rows(review, certainties)
    left = chosen(certainties)[1]
    letters = _footnotes(rows)
    body = [Row(_cells(review, row, letters), id=anchor_id("finding", row.certainty.outcome.id)) for row in rows]
    used = [row.certainty.analysis.main.measure for row in rows if row.certainty.evidence.effect is not None]
    names = "; ".join(f"{measure}: {MEASURES[measure]}" for measure in dict.fromkeys(used))
    below: list[Child] = [join(el("b", letter), f"  {text}") for text, letter in letters.items()]
    below += [f"{names}."] if names else []
    below.append(f"Wording by size and certainty after {CITED}.")
    if left:
        below.append(f"Rated and not in this table, which holds {MOST_OUTCOMES} outcomes: "
                     f"{', '.join(c.outcome.name for c in left)}.")
    return join(
        table(
            # Certainty stands first, so that a narrow screen shows it beside the outcome.
            [Column("Outcome", width="7rem"), Column("Certainty (GRADE)", width="7rem"),
             Column("What may be said", width="12rem"), Column("Effect [95% CI]", width="11rem"),
             Column("For 1000 people", width="7rem"), Column("Studies and people", width="7rem")],
            body, caption=_caption(rows), notes=below, id_="findings", empty_text="The protocol names no outcome.",
        ),
        *[_steps(certainty) for certainty in certainties if certainty.rating.steps],
    )


def _caption(rows: Iterable[SummaryRow]) -> str:
    levels = [row.certainty.rating.level for row in rows]
    told = ", ".join(f"{levels.count(level)} {level}" for level in dict.fromkeys(levels))
    return f"Summary of findings. Certainty of the evidence by outcome: {told}."


def _footnotes(rows: Iterable[SummaryRow]) -> dict[str, str]:
    """The letter of each footnote's text, in the order of the table; equal texts share one."""
    texts = dict.fromkeys(text for row in rows for text in row.notes)
    return {text: _letter(place) for place, text in enumerate(texts)}


def _letter(place: int) -> str:
    """a, b, … z, aa, ab, …"""
    first, last = divmod(place, 26)
    return (_letter(first - 1) if first else "") + chr(ord("a") + last)


def _cells(review: Review, row: SummaryRow, letters: Mapping[str, str]) -> list[Child]:
    outcome = row.certainty.outcome
    marks = ", ".join(letters[text] for text in row.notes)
    people = f"{count(row.participants)} people" if row.participants is not None else "people: not all studies say"
    beside = f"; {row.beside} more without usable numbers" if row.beside else ""
    level = row.certainty.rating.level
    none = level == NO_EVIDENCE
    how = numbers_anchor(outcome.id) if row.certainty.analysis.main.results else ""
    return [
        join(link(outcome.name, f"#{anchor_id('outcome', outcome.id)}"), el("span", outcome.timepoint, class_="unit")),
        join(_leads(certainty_badge(level), "" if none else anchor_id("certainty", outcome.id)),
             el("sup", f" {marks}") if marks else None),
        plain_html(review, row.certainty),
        _leads(row.effect, how) if row.certainty.evidence.effect else join(
            row.effect, " ", _leads("Each study.", how) if how else None),
        "–" if none else " ".join(row.absolute),
        _leads("none" if none else f"{row.studies} ({people}){beside}", how),
    ]


def _leads(figures: Child, anchor: str) -> Safe:
    """Figures that open to how they came about; as they are where there is nothing to open."""
    return link(figures, f"#{anchor}") if anchor else join(figures)


def _steps(certainty: Certainty) -> Safe:
    rating = certainty.rating
    rows: list[list[Child]] = []
    for step in rating.steps:
        judged = _moved(step.judged, step) if step.judged is not None else "not judged"
        why: Child = step.reason
        if step.judged_reason:
            why = join("Rule: ", step.reason, el("br"), "Judgement: ", step.judged_reason)
        source = join(*[link(item.short, f"https://doi.org/{item.doi}") for item in step.source.every], sep="; ")
        rows.append([step.domain.capitalize(), _moved(step.proposed, step) if step.proposed is not None else "no rule",
                     judged, why, source])
    start = f"Starts at {rating.start}: {rating.start_reason}"
    # A rating that rests on proposals where a person must decide says which.
    open_ = f" Not assessed by anyone: {', '.join(rating.open)}." if rating.open else ""
    return opened(
        f"{certainty.outcome.name}: how the certainty ({rating.level}) came about",
        table(
            ["Domain", "Proposed", "Judged", "Why", "Rule from"], rows,
            caption=f"{start} {who_judged(certainty)}{open_}",
        ),
        id_=anchor_id("certainty", certainty.outcome.id),
    )


def step_rows(certainties: Iterable[Certainty]) -> Iterable[Mapping[str, object]]:
    """Every step of every rating, by `STEP_COLUMNS`."""
    for certainty in certainties:
        rating = certainty.rating
        yield from ({
            "outcome": certainty.outcome.id, "level": rating.level, "start": rating.start, "domain": step.domain,
            "direction": "up" if step.upwards else "down", "proposed": step.proposed, "judged": step.judged,
            "counted": step.levels, "reason": step.reason, "judged_reason": step.judged_reason,
            "source": str(step.source),
        } for step in rating.steps)
        if not rating.steps:
            yield {"outcome": certainty.outcome.id, "level": rating.level, "reason": rating.start_reason}


def table_rows(rows: Iterable[SummaryRow]) -> Iterable[Mapping[str, object]]:
    """The summary as CSV rows, by `COLUMNS`."""
    for row in rows:
        values = row.as_dict()
        yield {name: "; ".join(map(str, value)) if isinstance(value, list) else value
               for name, value in values.items()}

