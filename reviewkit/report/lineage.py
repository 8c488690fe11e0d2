"""How each number of the report came about: as printed, who read it, each step with its formula, weight, and pool.

Nothing here needs a script: each block is a ``details`` whose content is the target of the links that lead to it, which
a browser opens by itself (HTML, ancestor details revealing algorithm).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from reviewkit.extraction import ArmRow, StudyResult
from reviewkit.extraction.compare import compare_rows, key_of
from reviewkit.numbers import count, estimate, heterogeneity, interval, named, number, percent, tidy, working
from reviewkit.render import Column, Safe, anchor_id, details, el, isolated, join, link, table
from reviewkit.render.html import Child
from reviewkit.report.origins import origin_anchor
from reviewkit.report.words import INTERVALS, MEASURES, MODELS, directions, natural, pool_words
from reviewkit.review import Review
from reviewkit.review.analysis import Analysis, OutcomeAnalysis
from reviewkit.review.extraction.extracting import table_of
from reviewkit.review.extraction.harms import Harms
from reviewkit.review.extraction.lineage import Lineage, trace
from reviewkit.store.files import show

KINDS = {"printed": "As printed", "read": "Read", "converted": "Converted", "combined": "Combined",
         "contrast": "Effect", "aligned": "Turned", "weight": "Weight"}
FORMULAS = {
    "MD": ("m₁ − m₂", "SD₁²/n₁ + SD₂²/n₂", "Cochrane Handbook 10.5"),
    "SMD": ("Hedges' g = J × (m₁ − m₂) / pooled SD", "1/n₁ + 1/n₂ + g²/(2(n₁ + n₂))",
            "Hedges 1981, doi:10.3102/10769986006002107; J exact"),
    "ROM": ("ln(m₁/m₂)", "SD₁²/(n₁m₁²) + SD₂²/(n₂m₂²)", "Hedges 1999"),
    "RR": ("ln((a/n₁) / (c/n₂))", "1/a − 1/n₁ + 1/c − 1/n₂", "Cochrane Handbook 10.4"),
    "OR": ("ln(ad / bc)", "1/a + 1/b + 1/c + 1/d", "Cochrane Handbook 10.4"),
    "RD": ("a/n₁ − c/n₂", "ab/n₁³ + cd/n₂³", "Cochrane Handbook 10.4"),
    "IRR": ("ln((a/t₁) / (c/t₂))", "1/a + 1/c", "Cochrane Handbook 10.4"),
    "HR": ("ln of the printed ratio", "from its interval or p", "Cochrane Handbook 10.6"),
}  # fmt: skip
"""Effect and variance of one study, by measure; what a study prints as an effect enters as it is."""
ABSOLUTE = {
    "RR": "risk with = RR × risk without", "OR": "risk with = OR × r / (1 − r + OR × r), r the risk without",
    "HR": "risk with = 1 − (1 − risk without) to the power of HR", "RD": "risk with = risk without + RD",
}  # fmt: skip
"""The risk with the intervention from the baseline risk, by measure."""


def numbers_anchor(outcome: str) -> str:
    """Where an outcome's result says how it came about."""
    return anchor_id("numbers", outcome)


def study_anchor(outcome: str, study: str, where: str = "") -> str:
    """Where one study's number in one outcome says how it came about; ``where`` is the id of another analysis."""
    return anchor_id(outcome, study, *([where] if where else []))


def lineage_details(review: Review, found: OutcomeAnalysis, harms: Harms | None = None) -> Safe:
    """The outcome's own numbers, then every study's; each sensitivity analysis adds what is new.

    Parameters
    ----------
    harms : Harms, optional
        Of a harm: its pool, by a method for rare events, stands in place of the main analysis's.
    """
    blocks = list(_blocks(review, found, harms))
    head = el("p", f"How each number came about ({len(blocks)}):", class_="lineage-head") if blocks else None
    return el("div", _result(found, harms), head, *blocks, class_="lineages")


def _blocks(review: Review, found: OutcomeAnalysis, harms: Harms | None) -> Iterator[Safe]:
    shown: set[tuple[str, tuple[str, ...]]] = set()
    for analysis in (found.main, *found.sensitivity):
        for result in analysis.results:
            key = (result.study_id, tuple(row.row_id for row in result.rows))
            if key not in shown:
                shown.add(key)
                told = trace(review, found.outcome.id, analysis, result)
                if analysis is found.main and harms is not None:
                    told = replace(told, weight=harm_weights(harms).get(found.labels.get(result.study_id, "")))
                yield _block(found, analysis, told, [_readings(review, row) for row in result.rows])


def opened(summary: Child, *content: Child, id_: str) -> Safe:
    """A block that opens when it is followed to: the anchor is inside."""
    return details(summary, el("div", *content, id=id_, class_="lineage"))


def _result(found: OutcomeAnalysis, harms: Harms | None) -> Safe:
    """How the outcome's result came about: the pool's table and method, or the count of directions."""
    name, anchor = found.outcome.name, numbers_anchor(found.outcome.id)
    if harms is not None and harms.pool is not None and harms.pool is not found.main.pooled:
        return opened(f"{name}: how the pooled value came about", _harm_pool(found, harms), id_=anchor)
    if found.main.pooled is None or (harms is not None and harms.pool is None):
        return opened(f"{name}: how the count of directions came about",
                      _counted(found, found.main.why or (harms.why if harms else "")), id_=anchor)
    return opened(f"{name}: how the pooled value came about", _pool(found), id_=anchor)


def _counted(found: OutcomeAnalysis, why: str) -> Safe:
    main = found.main
    rows: list[list[Child]] = [
        [_to_study(found, r), r.direction if found.outcome.better == "neither" else _side(r.favours),
         "from the effect" if r.usable else "from the report's words", r.n, r.reason or "–"]
        for r in main.results
    ]
    return join(
        el("p", f"Not pooled: {why}. " if why else None, directions(found)),
        table(["Study", "Direction", "Known", Column("People", numeric=True), "Why no effect"], rows,
              caption="Each study's direction; the sign test is the exact binomial test of the two sides "
                      "(Cochrane Handbook 12.2.1.3).", empty_text="No study reports it."),
    )


def harm_weights(harms: Harms) -> dict[str, float]:
    """Each pooled study's share in the pool of a harm, in percent; none where its method has no weights."""
    weights = getattr(harms.pool, "weights", None)
    if harms.pool is None or weights is None:
        return {}
    return dict(zip(harms.pool.studies, map(float, weights), strict=True))


def _harm_pool(found: OutcomeAnalysis, harms: Harms) -> Safe:
    """A pool of counts by a method for rare events: the counts of each study, the method, the result."""
    assert harms.pool is not None
    weights, rows = harm_weights(harms), []
    for result in found.main.results:
        label = found.labels.get(result.study_id, result.study_id)
        if label in harms.pool.studies:
            counts = [f"{row.events}/{row.total}" for role in ("intervention", "comparator") for row in result.rows
                      if row.arm_role == role]
            rows.append([_to_study(found, result), *(counts if len(counts) == 2 else ["–", "–"]),
                         percent(weights.get(label), 1)])
    return join(
        table(["Study", Column("Intervention", numeric=True), Column("Comparator", numeric=True),
               Column("Weight", numeric=True)], rows, caption="People with the event, of all people, in each group."),
        el("p", "The method follows from how rare the events are (Cochrane Handbook 10.4.4). Result: ",
           pool_words(harms.pool, found.main.measure)),
    )


def _side(favours: str) -> str:
    return {"intervention": "in favour", "comparator": "against"}.get(favours, favours)


def _pool(found: OutcomeAnalysis) -> Safe:
    main, pooled = found.main, found.main.pooled
    assert pooled is not None
    rows: list[list[Child]] = []
    for result, weight in zip(main.usable, pooled.weights.tolist(), strict=True):
        rows.append([_to_study(found, result), shown_effect(main, result), working(result.vi), percent(weight, 1),
                     result.n])
    effect, variance, source = FORMULAS[main.measure]
    weights = ("w = 1/(v + τ²)" if pooled.model == "random" else "w = 1/v") + ", divided by their sum"
    between = f"; {named('τ²', pooled.tau2)} by {pooled.tau2_method}" if pooled.model == "random" else ""
    people = [result.n for result in main.usable]
    total = f" People: {count(sum(n for n in people if n is not None))} in all." if None not in people else ""
    return join(
        table(["Study", Column(f"{main.measure} [95% CI]", numeric=True), Column("Variance", numeric=True),
               Column("Weight", numeric=True), Column("People", numeric=True)], rows,
              caption=f"{pooled.k} studies, {MEASURES[main.measure]}.{total}"),
        el("p", f"Effect of a study: {effect}; variance: {variance} ({source})."
                + (" Both are on the log scale." if pooled.scale == "log" else "")),
        el("p", f"Pool: {MODELS[pooled.model]}, the mean of the effects by the weights {weights}{between}; "
                f"{INTERVALS[pooled.ci_method]}. "
                + heterogeneity(i2=pooled.i2_tau2, q=pooled.q, df=pooled.q_df, p=pooled.q_p) + "."),
        el("p", "Result: ", _pooled_effect(main), "."),
        el("p", f"For 1000 people: {ABSOLUTE[main.measure]} (Cochrane Handbook 14.1.5).")
        if found.outcome.baseline_risks and main.measure in ABSOLUTE else None,
    )


def _pooled_effect(main: Analysis) -> str:
    pooled = main.pooled
    assert pooled is not None
    values = [natural(v, main.measure) for v in (pooled.estimate, pooled.ci_low, pooled.ci_high)]
    return f"{main.measure} {estimate(values[0], values[1], values[2])}"


def shown_effect(run: Analysis, result: StudyResult) -> str:
    """A study's effect with its 95% interval, on the scale that readers know."""
    from reviewkit.synthesis.distributions import critical

    assert result.yi is not None and result.vi is not None
    half = critical(0.95) * float(result.vi) ** 0.5
    values = [natural(result.yi + sign * half, run.measure) for sign in (0, -1, 1)]
    return estimate(values[0], values[1], values[2])


def _to_study(found: OutcomeAnalysis, result: StudyResult) -> Safe:
    label = found.labels.get(result.study_id, result.study_id)
    return link(f"{label} ({result.part})" if result.part else label,
                f"#{study_anchor(found.outcome.id, result.study_id)}")


def _block(found: OutcomeAnalysis, run: Analysis, told: Lineage, readings: Sequence[Sequence[Child]]) -> Safe:
    result = told.result
    label = found.labels.get(result.study_id, result.study_id)
    where = "" if run is found.main else run.id
    head = f", in “{run.label}”" if where else ""
    if result.usable:
        head += f": {run.measure} {shown_effect(run, result)}"
        head += f", weight {percent(told.weight, 1)}" if told.weight is not None else ""
    else:
        head += f": no effect ({result.reason})"
    return opened(
        join(isolated(label), head),
        el("ul", *[el("li", printed(row), *read) for row, read in zip(result.rows, readings, strict=True)]),
        _steps(told, result),
        el("p", "Not used: ", "; ".join(result.unused)) if result.unused else None,
        el("p", link("Its records and votes", f"#{origin_anchor(result.study_id)}")),
        id_=study_anchor(found.outcome.id, result.study_id, where),
    )


def _steps(told: Lineage, result: StudyResult) -> Safe:
    if not result.usable:
        return el("p", el("b", "No effect: "), tidy(result.reason), ".")
    steps = [step for step in told.steps if step.kind != "printed"]
    return el("ol", *[el("li", el("b", f"{KINDS[step.kind]}: "), tidy(str(step)),
                         f" [{step.source}]" if step.source and step.source not in str(step) else "")
                      for step in steps])


def printed(row: ArmRow) -> Safe:
    """A row as printed, with its locator, extractor and status."""
    seen = link(row.locator, row.url) if row.url else row.locator
    what = row.as_printed or row.p_value_printed
    said = join("as printed ", el("q", what, class_="as-printed")) if what else (
        f"in words: {row.reported_direction.replace('_', ' ')}" if row.reported_direction else "no number")
    # What is seen goes without saying; what is derived, assumed or missing never does.
    status = "".join(f"; {word}" if word == "no number" else f"; {name} {word}" for name, word in (
        ("number", row.number_status), ("n", row.n_status)) if word not in ("", "seen"))
    note = f"; {tidy(row.note)}" if row.note else ""
    size = f", n = {number(row.n, 0)}" if row.n else ""
    return join(el("code", row.row_id), f", {row.arm}{size}: ", said, " (", seen, f"; extracted by {row.extractor}",
                f"{status})", note)


def _readings(review: Review, row: ArmRow) -> tuple[Child, ...]:
    """What each of two extractors read of a row, and what was agreed; nothing where one person extracted."""
    extractors = review.protocol.extraction.extractors
    if len(extractors) < 2:
        return ()
    agreed = dict(review.row_cells).get(row.line, {})
    items: list[Child] = []
    for who in extractors:
        path = table_of(review, who)
        own = next((pair for pair in review.cells_of(path) if key_of(pair[1]) == key_of(agreed)), None)
        if own is None:
            items.append(el("li", f"{who}: no such row."))
            continue
        place = f"{show(path, review.root)}, line {own[0]}"
        apart = compare_rows([own[1]], [agreed]).differences
        said = "; ".join(f"{d.column.replace('_', ' ')}: {d.one or 'empty'}, agreed: {d.other or 'empty'}"
                         for d in apart)
        items.append(el("li", f"{who} ({place}): ", el("q", said, class_="as-printed") if said else "as agreed", "."))
    place = f"{show(review.extraction_file, review.root)}, line {row.line}"
    return (el("ul", *items, el("li", f"Agreed on: {place}.")),)


def linked(text: str, part: str, outcome: str) -> Safe:
    """A sentence whose figures lead to how they came about."""
    before, found, after = text.partition(part)
    return join(before, link(found, f"#{numbers_anchor(outcome)}"), after) if part and found else join(text)


def finding_linked(found: OutcomeAnalysis, sentence: str) -> Safe:
    """The sentence on an outcome's analysis with its figures linked."""
    main = found.main
    if main.pooled is not None:
        pooled = main.pooled
        low, high = (natural(v, main.measure) for v in (pooled.ci_low, pooled.ci_high))
        middle = number(natural(pooled.estimate, main.measure))
        start = sentence.find(f"{middle} (")
        end = sentence.find(")", start) + 1
        part = sentence[start:end] if start >= 0 and end > start else interval(low, high, words=True)
    else:
        part = directions(found).partition(": ")[2].partition(";")[0].rstrip(".")
    return linked(sentence, part, found.outcome.id) if main.results else join(sentence)
