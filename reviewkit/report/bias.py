"""The section on risk of bias: a picture for each tool, every answer with its support, and what was not looked at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from reviewkit.appraisal import OVERALL, Tool, tool_for
from reviewkit.appraisal.answers import WORDS
from reviewkit.appraisal.assessment import Assessment
from reviewkit.appraisal.rows import Row as Given
from reviewkit.numbers import count, number, share
from reviewkit.render import Column, Row, Safe, badge, details, el, empty, figure, join, link, notice, table
from reviewkit.render.html import Child
from reviewkit.report.bias_figures import (
    anchor,
    by_tool,
    cases_by_tool,
    label_of,
    light,
    summary_figure,
    traffic_figure,
)
from reviewkit.report.bias_ledgers import contacts_table, missing_section, registered_table, unchecked
from reviewkit.report.words import count_words
from reviewkit.review import Review
from reviewkit.review.extraction.double_reading import extraction_agreement, judgement_agreement

COLUMNS = ("study", "outcome", "tool", "assessor", "domain", "judgement", "proposed", "reason", "path")
DEMONSTRATION = "These are demonstration judgements of the project itself, made from what abstracts and web pages show."


def bias_section(review: Review) -> Safe:
    """Risk of bias in the included studies, missing evidence, and the ledgers beside them."""
    found = review.appraisal
    groups = by_tool(review)
    return join(
        _lead(review),
        *[_tool(review, tool, items) for tool, items in groups],
        _not_appraised(review),
        _cases(review),
        _agreement(review),
        el("h3", "Missing evidence", id="missing-evidence"),
        missing_section(review),
        el("h3", "Registered against reported", id="registered"),
        registered_table(review),
        el("h3", "Questions to authors", id="author-contacts"),
        contacts_table(review),
    ) if found.planned or groups else empty(
        "Risk of bias was not appraised.", "The protocol names no assessor; [appraisal] in protocol.toml would.")


def _lead(review: Review) -> Safe:
    plan = review.protocol.appraisal
    who = list(plan.assessors) if plan else []
    how = (
        f"Appraised by one role ({who[0]}), so there is no agreement to report." if len(who) == 1 else
        f"Appraised by {' and '.join(who)} independently; what they differed on was settled in a consensus."
    )
    return join(
        el("p", how, " Each tool's own algorithm proposes; the assessor decides, and gives a reason where the two "
           "differ. A judgement opens the answers behind it."),
        notice(DEMONSTRATION, title="Demonstration judgements. ", kind="demonstration")
        if review.appraisal.demonstration else None,
    )


def _tool(review: Review, tool: Tool, items: Sequence[Assessment]) -> Safe:
    words = Counter(item.judgement(OVERALL) or "not judged" for item in items)
    order = [level.word for level in tool.levels_of(OVERALL)][::-1]
    told = [f"{word} in {words[word]}" for word in [*order, "not judged"] if words[word]]
    said = ", ".join(told) + ("," if len(told) > 1 else "")
    silent = sum(item.on_silence(domain.id) for item in items for domain in tool.domains)
    total = len(items) * len(tool.domains)
    what = "review" if tool.unit == "review" else "assessment"
    caption = f"{said[:1].upper()}{said[1:]} of {count_words(len(items), what)}. Traffic light: {tool.name}."
    notes = [f"{silent} of {total} judgements of a domain follow from silence alone: every answer is "
             "'no information', because the text that was visible does not say."] if silent else []
    source = tool.source
    return join(
        el("h3", tool.name, id=f"bias-{tool.id}"),
        el("p", link(source.citation, f"https://doi.org/{source.doi}" if source.doi else source.url), ". Questions "
           "worded by this project."),
        unchecked(tool),
        el("ul", *[el("li", remark) for remark in tool.remarks]) if tool.remarks else None,
        figure(traffic_figure(review, tool, items).in_page, caption, id_=f"traffic-{tool.id}", notes=notes),
        figure(Safe(summary_figure(review, tool, items).svg), f"{_by_domain(tool, items)} Share of assessments at each "
               "judgement.", id_=f"summary-{tool.id}") if len(items) > 1 else None,
        details(f"Answers and supports ({len(items)})", *[_answers(review, item) for item in items]),
        details("What the algorithm was compared with", el("p", source.read)) if not tool.not_checked else None,
    )




def _cases(review: Review) -> Safe | None:
    """Appraised studies that answer nothing by themselves (case reports, series, studies of harm), as a table."""
    groups = cases_by_tool(review)
    if not groups:
        return None
    controlled = any(not tool_for(study.design).startswith("jbi") for study in review.studies)
    head = "Case reports and series beside the answer" if controlled else \
        "No controlled study was found: case reports and series"
    return join(
        el("h3", head, id="bias-cases"),
        el("p", "They tell what happened to single people. Without a comparison none of them can show that a therapy "
           "caused a change, and none of them enters an analysis of benefit."),
        *[_case_table(review, tool, items) for tool, items in groups],
    )


def _case_table(review: Review, tool: Tool, items: Sequence[Assessment]) -> Safe:
    studies = {study.study_id: study for study in review.all_studies}
    rows: list[Sequence[Child]] = []
    for item in items:
        lights = [light(item, domain.id) for domain in tool.domains]
        weak = [d.name.lower() for d, found in zip(tool.domains, lights, strict=True) if found == "high"]
        row, study = item.decisions.get(OVERALL), studies[item.study_id]
        rows.append([
            link(study.label, f"#{anchor(item)}"), study.design, f"{lights.count('low')} of {len(lights)}",
            ", ".join(weak) or "none",
            join(badge(light(item, OVERALL), word=item.judgement(OVERALL) or "not judged"),
                 f" ({row.reason.rstrip('.')})" if row and row.reason else ""),
        ])
    source = tool.source
    return join(
        el("p", link(source.citation, f"https://doi.org/{source.doi}" if source.doi else source.url), ". Questions "
           "worded by this project."),
        unchecked(tool),
        table(["Study", "Design", Column("Items met", numeric=True), "Not met", Column("Over all", width="14rem")],
              rows, id_=f"cases-{tool.id}", caption=f"{tool.name}: {count_words(len(items), 'study', 'studies')} that "
              "the review describes and does not count."),
        details(f"Answers and supports ({len(items)})", *[_answers(review, item) for item in items]),
    )


def _by_domain(tool: Tool, items: Sequence[Assessment]) -> str:
    """The domain with most judgements at a high or critical light, in one sentence."""
    counts = {d.name: sum(light(item, d.id) in ("high", "critical") for item in items) for d in tool.domains}
    most = max(counts.values())
    if not most:
        return "No domain is judged at high risk in any assessment."
    names = "; ".join(name.lower() for name, found in counts.items() if found == most)
    words = {item.judgement(d.id) for item in items for d in tool.domains if light(item, d.id) in ("high", "critical")}
    worst = " or ".join(level.word for level in tool.levels_of(OVERALL) if level.word in words) or "high"
    return f"Most often {worst}: {names}, in {count(most)} of {count_words(len(items), 'assessment')}."


def _answers(review: Review, item: Assessment) -> Safe:
    rows: list[Row | Sequence[Child]] = []
    for domain in item.tool.domains:
        rows.append(Row([_judged(item, domain.id, domain.name)], heading=True))
        for question in domain.questions:
            given = item.answers.get(question.id)
            answer = WORDS[given.answer] if given and given.answer else "unanswered"
            rows.append([question.id, question.text, answer, _support(given), _where(given)])
    rows.append(Row([_judged(item, OVERALL, "Over all"), item.proposal.why], heading=True))
    return table(
        ["Item", Column("Question", width="14rem"), "Answer", Column("What the report shows", width="12rem"), "Where"],
        rows, caption=f"{label_of(review, item)}, assessed by {item.assessor}.", id_=anchor(item),
        row_anchors=False,
    )


def _judged(item: Assessment, domain: str, name: str) -> Safe:
    word, row = item.judgement(domain), item.decisions.get(domain)
    found = next((p for p in item.proposal.domains if p.domain == domain), None)
    remarks: list[str] = []
    if found and found.stars:
        earned, most, of = found.stars
        more = f", {most} at most if what is not reported were met" if most > earned else ""
        remarks.append(f"{earned} of {of} stars{more}")
    elif found and found.judgement and item.tool.domain(domain).steps:
        remarks.append(f"{', '.join(found.path)} → {found.judgement}")
    if item.overruled(domain):
        remarks.append(f"proposed: {item.proposal.of(domain)}")
    if row and row.reason:
        remarks.append(row.reason.rstrip("."))
    said = "; ".join(remarks)
    return join(f"{name}: ", badge(light(item, domain), word=word or "not judged"), f" ({said}). " if said else ". ")


def _support(given: Given | None) -> str:
    return "; ".join(part for part in (given.support, given.note) if part) if given else ""


def _where(given: Given | None) -> Safe:
    if given is None or not given.locator:
        return Safe("")
    return link(given.locator, given.url) if given.url else join(given.locator)


def _not_appraised(review: Review) -> Safe | None:
    started = {item.study_id for item in review.appraisal.assessments if item.started}
    left = [study.label for study in review.studies if study.study_id not in started]
    if not left:
        return None
    return empty(f"Not appraised: {', '.join(left)}.",
                 "They count as 'no information' until an assessor's file holds them.")


def _agreement(review: Review) -> Safe | None:
    """Agreement of two assessors and of two extractors, over all and in the pilot; nothing where one did both."""
    rows: list[Sequence[Child]] = []
    for pilot in (False, True):
        for item in judgement_agreement(review, pilot=pilot):
            figures = item.figures
            name = "over all" if item.domain == OVERALL else review.appraisal.tools[item.tool].domain(item.domain).name
            kappa = number(figures.kappa, 2) if figures.kappa is not None else "not defined"
            rows.append(["pilot" if pilot else "all", f"{item.tool}, {name}", figures.n,
                         share(figures.agreed, figures.n), kappa])
        found = extraction_agreement(review, pilot=pilot)
        if found is not None and found.cells:
            rows.append(["pilot" if pilot else "all", f"extraction, {found.paired} rows both have", found.cells,
                         share(found.agreed, found.cells), "–"])
    if not rows:
        return None
    return table(["Round", "What", Column("Compared", numeric=True), Column("Agreed", numeric=True),
                  Column("Cohen's κ", numeric=True)], rows, id_="bias-agreement", row_header=False,
                 caption="Agreement of two people before any consensus.")


def table_rows(review: Review) -> Iterator[dict[str, object]]:
    """Every judgement, for tables/risk-of-bias.csv."""
    for item in review.appraisal.assessments:
        if not item.started:
            continue
        paths = {found.domain: "; ".join(found.path) for found in item.proposal.domains}
        for domain in [*(d.id for d in item.tool.domains), OVERALL]:
            row = item.decisions.get(domain)
            yield {"study": item.study_id, "outcome": item.outcome, "tool": item.tool.id, "assessor": item.assessor,
                   "domain": domain, "judgement": item.judgement(domain), "proposed": item.proposal.of(domain),
                   "reason": row.reason if row else "", "path": paths.get(domain, "")}
