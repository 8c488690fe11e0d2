"""Published meta-analyses beside ours: figure against figure, where they differ and why, and what can be rebuilt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from reviewkit.numbers import count, estimate, number, percent
from reviewkit.protocol import RATIOS, Outcome
from reviewkit.render import Column, Row, Safe, anchor_id, el, empty, join, link, table
from reviewkit.render.html import Child
from reviewkit.report.words import MODELS, count_words, natural
from reviewkit.review import Review
from reviewkit.review.certainty.rating import Certainty
from reviewkit.review.claims.file import none_found
from reviewkit.review.claims.published import ASKS, NOT_POOLED, REPRODUCED, Published

COLUMNS = ("id", "outcome", "review", "asks", "k", "measure", "effect", "ci_low", "ci_high", "certainty",
           "beside_ours", "why", "reproduced", "reproduced_why")
"""Columns of the table that stands beside the page."""
_WHERE = "Looked for among the records of this question; no database was searched for reviews."


def published_section(review: Review, certainties: Sequence[Certainty]) -> Safe:
    """What published reviews found: a table for each outcome with ours in the first row, then what has no outcome."""
    rows = review.published
    if not rows:
        searched = review.sources.searches.kind == "database-search"
        return empty("No published meta-analysis was found where we looked.",
                     "Looked for among the records that the search gave." if searched else _WHERE)
    tables = []
    for certainty in certainties:
        mine = [row for row in rows if row.outcome == certainty.outcome.id]
        if mine:
            tables.append(_outcome(mine, certainty, none_found(review)))
    others = [row for row in rows if not row.outcome]
    return join(el("p", overview(rows)), *tables, _others(others) if others else None)


def overview(rows: Sequence[Published]) -> str:
    """How many reviews and figures, how many of them ask what ours asks, and how many could be reproduced."""
    figures = [row for row in rows if row.effect is not None]
    told = Counter(row.reproduced for row in figures)
    asks = Counter(row.asks for row in rows)
    reviews = count_words(len({row.review for row in rows}), "published review")
    parts = ", ".join(f"{asks[word]} {phrase}" for word, phrase in zip(
        ASKS, ("on the same question", "on an overlapping question", "on another question"), strict=True) if asks[word])
    rebuilt = [f"{told['yes'] or 'none'} could be reproduced from what is visible"]
    rebuilt += [f"{told['partly']} in part"] if told["partly"] else []
    pooled = f"Of {count_words(len(figures), 'pooled figure')}, {', '.join(rebuilt)}." if figures else \
        "None of them gives a pooled figure that could be seen."
    return (f"{reviews} with {count_words(len(rows), 'result')}: {parts}. {pooled} Figures are as printed; only the "
            "sign of a difference is turned where a review counts the other way, and then the print stands below.")


def _outcome(rows: Sequence[Published], certainty: Certainty, none: str) -> Safe:
    body: list[Row] = [_ours(certainty)]
    body += [Row([_source(row), _figure(row), _size(row), row.certainty or "not visible",
                  beside(row, certainty, none), row.reproduced]) for row in _ordered(rows)]
    return table(
        [Column("Source and what it looked at", width="11rem"), Column("Effect [95% CI]", width="10rem"),
         "Studies and people", "Certainty as printed", Column("Beside ours", width="14rem"), "Reproduced"],
        body, caption=f"{certainty.outcome.name}: what published reviews found, with ours in the first row.",
        notes=_notes(rows), id_=anchor_id("published", certainty.outcome.id),
    )


def _ordered(rows: Sequence[Published]) -> list[Published]:
    """The same question first; within that as the file has them."""
    return sorted(rows, key=lambda row: ASKS.index(row.asks))


def _ours(certainty: Certainty) -> Row:
    evidence, main = certainty.evidence, certainty.analysis.main
    effect = evidence.effect
    if effect is None:
        figure, how = "not pooled", ""
    else:
        values = [natural(v, effect.measure) for v in (effect.estimate, effect.ci_low, effect.ci_high)]
        figure = f"{effect.measure} {estimate(values[0], values[1], values[2])}"
        how = MODELS[main.pooled.model] if main.pooled else "a single study" if effect.k == 1 else "see harms"
        how += f"; I² {percent(effect.i2, 0)}" if effect.i2 is not None and effect.k > 1 else ""
    people = f"; {count(evidence.participants)} people" if evidence.participants is not None else ""
    studies = f"k = {effect.k}" if effect else f"{len(evidence.reporting)} with a result, none pooled"
    name = join(el("strong", "This review"), el("span", certainty.outcome.timepoint, class_="unit"))
    return Row([name, f"{figure}; {how}" if how else figure, f"{studies}{people}", certainty.rating.level, "–",
                "–"], class_="ours")


def _source(row: Published) -> Child:
    return join(link(row.review, row.url), ": ", row.about, el("span", f"Read in: {row.locator}.", class_="unit"))


def _figure(row: Published) -> str:
    if row.effect is None:
        return f"no figure; printed: {row.as_printed}" if row.as_printed else "no figure that could be seen"
    text = "" if row.measure == "not stated" else f"{row.measure} "
    text += number(row.effect) if row.ci_low is None else estimate(row.effect, row.ci_low, row.ci_high)
    return f"{text}; {_model(row)}"


def _size(row: Published) -> str:
    parts = [f"k = {row.k}"] if row.k is not None else ["k not visible"] if row.effect is not None else []
    parts += [f"{count(row.studies)} in the review"] if row.studies is not None else []
    parts += [f"{count(row.n)} people"] if row.n is not None else []
    return "; ".join(parts) or "not visible"


def _model(row: Published) -> str:
    parts = [row.model or "model not visible"]
    parts += [f"I² {percent(row.i2, 0)}"] if row.i2 is not None else []
    return "; ".join(parts)


def _notes(rows: Sequence[Published]) -> list[Child]:
    """Why ours differs, why figures could not be rebuilt, and what is printed; the same reason stands once."""
    notes = _grouped("Why ours differs", [(row, row.why) for row in rows])
    for word in REPRODUCED:
        lead = {"yes": "Reproduced", "partly": "Reproduced in part", "no": "Not reproduced"}[word]
        notes += _grouped(lead, [(row, row.reproduced_why) for row in rows if row.reproduced == word])
    printed = [row for row in rows if row.as_printed and row.effect is not None]
    notes += _grouped("As printed", [(row, row.as_printed) for row in printed])
    return notes + _grouped("Note", [(row, row.note) for row in rows if row.note])


def _grouped(lead: str, told: Sequence[tuple[Published, str]]) -> list[Child]:
    """One note for each text, headed by the reviews it holds for; by what they looked at, where one says several."""
    several = {row.review for row, text in told for other, said in told if row.review == other.review and text != said}
    names: dict[str, dict[str, None]] = {}
    for row, text in told:
        name = f"{row.review} ({row.about})" if row.review in several else row.review
        names.setdefault(text.rstrip("."), {})[name] = None
    return [join(el("b", lead), f". {'; '.join(found)}: {text}.") for text, found in names.items()]


def beside(row: Published, certainty: Certainty, none_found: str) -> str:
    """The sentence that holds a published figure against ours: direction, overlap of the intervals, studies.

    Parameters
    ----------
    none_found : str
        What is said where no eligible study reports the outcome (`reviewkit.review.claims.file.none_found`).
    """
    if row.asks == "another":
        return "It answers another question, so the figures are not held against each other."
    if row.effect is None:
        return "It pooled nothing." if row.model == NOT_POOLED else "It gives no figure that could be seen."
    ours, outcome = certainty.evidence.effect, certainty.outcome
    theirs = _side(row.measure, (row.effect, row.ci_low, row.ci_high), outcome)
    if ours is None:
        return f"It points {theirs.words}{_held(theirs, 'its')}. {_unpooled(certainty, theirs.way, none_found)}"
    values = [natural(v, ours.measure) for v in (ours.estimate, ours.ci_low, ours.ci_high)]
    mine = _side(ours.measure, (values[0], values[1], values[2]), outcome)
    parts = [f"both point {mine.words}" if mine.way == theirs.way else
             f"ours points {mine.words}, it points {theirs.words}"]
    if mine.open and theirs.open:
        parts[0] += ", and both intervals hold no difference"
    elif mine.open or theirs.open:
        parts[0] += _held(mine, "our") + _held(theirs, "its")
    if row.measure != ours.measure:
        parts.append(f"sizes cannot be compared ({ours.measure} here, {row.measure} there)")
    elif row.ci_low is not None and row.ci_high is not None:
        parts.append("the intervals overlap" if values[1] <= row.ci_high and row.ci_low <= values[2] else
                     "the intervals do not overlap")
    parts.append(f"k = {ours.k} here, {f'k = {row.k}' if row.k is not None else 'k not visible'} there")
    text = "; ".join(parts)
    return f"{text[0].upper()}{text[1:]}."


def _held(side: _Side, whose: str) -> str:
    return f", and {whose} interval holds no difference" if side.open else ""


def _unpooled(certainty: Certainty, way: str, none_found: str) -> str:
    """What can be said where ours pools nothing: how many of our studies point the same way."""
    reporting = certainty.evidence.reporting
    if not reporting:
        return f"No eligible study reports this outcome here. {none_found}"
    up, down = ("higher", "lower") if certainty.outcome.better == "neither" else ("intervention", "comparator")
    wanted = {"up": up, "down": down}.get(way, "no difference")
    same = sum(study.direction == wanted for study in reporting)
    if len(reporting) == 1:
        return f"Nothing is pooled here; the one study with a result {'points' if same else 'does not point'} that way."
    return (f"Nothing is pooled here; of {len(reporting)} studies with a result, "
            f"{same or 'none'} {'points' if same in (0, 1) else 'point'} that way.")


@dataclass(frozen=True, slots=True)
class _Side:
    """Where a figure lies: 'up' on the outcome's better side (or higher), 'down', or 'even'; and the words for it."""

    way: str
    words: str
    open: bool


def _null(measure: str) -> float:
    return 1.0 if measure in RATIOS else 0.0


def _side(measure: str, values: tuple[float, float | None, float | None], outcome: Outcome) -> _Side:
    effect, low, high = values
    null = _null(measure)
    holds = low is not None and high is not None and low <= null <= high
    if effect == null:
        return _Side("even", "neither way", holds)
    higher = effect > null
    if outcome.better == "neither":
        return _Side("up", "to higher values", holds) if higher else _Side("down", "to lower values", holds)
    good = higher == (outcome.better == "higher")
    if outcome.importance == "harm":
        return _Side("up", "to fewer harms", holds) if good else _Side("down", "to more harms", holds)
    return _Side("up", "in favour", holds) if good else _Side("down", "against", holds)


def _others(rows: Sequence[Published]) -> Safe:
    body = [[_source(row), _figure(row), _size(row), row.certainty or "not visible", row.reproduced]
            for row in _ordered(rows)]
    return table(
        [Column("Source and what it looked at", width="14rem"), Column("Effect [95% CI]", width="10rem"),
         "Studies and people", "Certainty as printed", "Reproduced"],
        body, caption="Published reviews of something that is no outcome of this review: shown, not compared.",
        notes=_notes(rows), id_="published-others",
    )


def published_rows(review: Review, certainties: Sequence[Certainty]) -> list[dict[str, object]]:
    """Every row of the file with the sentence that holds it against ours, for results.json and the table."""
    by_id = {certainty.outcome.id: certainty for certainty in certainties}
    none = none_found(review)
    return [{**row.as_dict(), "beside_ours": beside(row, by_id[row.outcome], none) if row.outcome in by_id else ""}
            for row in review.published]
