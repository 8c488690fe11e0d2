"""The section on harms: who reports what, who is silent, case reports; in every report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from reviewkit.certainty.rating import NO_EVIDENCE
from reviewkit.certainty.wording import in_sentence
from reviewkit.extraction import ArmRow
from reviewkit.numbers import share
from reviewkit.render import Column, Safe, anchor_id, details, el, empty, figure, join, link, table
from reviewkit.render.html import Child
from reviewkit.report.harm_forests import harm_forest
from reviewkit.report.lineage import lineage_details
from reviewkit.report.statements import certainty_line, plain_html
from reviewkit.report.words import pool_words, remark, studies
from reviewkit.review import Review
from reviewkit.review.certainty.rating import Certainty
from reviewkit.review.extraction.harms import HarmReport, Harms

COLUMNS = ("outcome", "study", "included", "case_report", "pooled", "analysis_set", "arm", "events", "total",
           "as_printed", "locator", "url", "row_id")
SILENCE = "Silence about harm is not absence of harm."


def harms_section(review: Review, certainties: Sequence[Certainty]) -> Safe:
    """Every harm outcome of the protocol, or that it names none."""
    found = [c for c in certainties if c.harms is not None]
    if not found:
        return empty("The protocol names no harm outcome, so no study was searched for adverse events.",
                     "Add an outcome with importance = \"harm\".")
    return join(*[_outcome(review, certainty) for certainty in found])


def _outcome(review: Review, certainty: Certainty) -> Safe:
    harms = certainty.harms
    assert harms is not None
    head = el("h3", certainty.outcome.name, id=anchor_id("outcome", certainty.outcome.id))
    said = el("p", reported(harms, review), class_="harms-line")
    if not harms.reports:
        return join(head, said, el("p", plain_html(review, certainty)), _silent(harms))
    rated = certainty_line(review, certainty) if certainty.rating.level != NO_EVIDENCE else el(
        "p", plain_html(review, certainty))
    numbers = lineage_details(review, certainty.analysis, harms) if certainty.analysis.main.results else None
    return join(head, said, _pool(review, certainty, harms), rated, _sensitivity(certainty), _table(harms),
                _cases(harms), _silent(harms), numbers)


def reported(harms: Harms, review: Review) -> str:
    """How many of the included studies report the harm, and how many say nothing; never that silence is zero."""
    abstracts = review.protocol.question.eligibility_basis == "abstract"
    seen = "in what could be seen (abstracts and web pages)" if abstracts else "in its reports"
    n, silent = harms.included, len(harms.silent)
    what = in_sentence(harms.outcome.name.removesuffix(f" of {review.protocol.question.therapy}"))
    if not n:
        lead = f"No study is included, so none could report {what}."
    elif n == 1 and silent:
        lead = f"The only included study says nothing on {what} {seen}."
    elif not harms.reporting:
        lead = f"None of the {n} included studies reports {what} {seen}: all {n} say nothing on it."
    else:
        rest = f"; {silent} say{'s' if silent == 1 else ''} nothing" if silent else ""
        verb = "reports" if harms.reporting == 1 else "report"
        lead = f"{harms.reporting} of the {n} included studies {verb} {what}{rest}."
    if harms.silent_without_treatment:
        given = harms.silent_without_treatment
        lead += f" {given} of the silent {'gives' if given == 1 else 'give'} no treatment to anyone."
    outside = sum(not report.included for report in harms.reports)
    if outside:
        lead += f" {studies(outside).capitalize()} outside the review's answer {'says' if outside == 1 else 'say'} " \
                "something on it (below)."
    return f"{lead} {SILENCE}" if harms.silent or not n else lead


def _pool(review: Review, certainty: Certainty, harms: Harms) -> Safe:
    if harms.pool is None:
        return el("p", f"Not pooled: {harms.why}.") if harms.why and harms.results else Safe("")
    measure = harms.outcome.plan.measure
    said = join(pool_words(harms.pool, measure), *[f" {remark(warning)}" for warning in harms.pool.warnings])
    picture = harm_forest(certainty.analysis, harms, review)
    assert picture is not None
    return figure(picture.in_page, join(said, " Forest plot."), id_=anchor_id("forest", certainty.outcome.id))


def _sensitivity(certainty: Certainty) -> Safe:
    """The same harm under the protocol's other choices, each in one sentence."""
    items = [
        el("li", f"{found.label}: ",
           pool_words(found.pooled, found.measure) if found.pooled else f"not pooled ({found.why}).")
        for found in certainty.analysis.sensitivity
    ]
    if not items:
        return Safe("")
    return join(el("p", "Under other choices, all named in the protocol:"),
                el("ul", *items, id=anchor_id("sensitivity", certainty.outcome.id)))


def _table(harms: Harms) -> Safe:
    rows = [_row(report, row) for report in harms.reports if not report.case_report for row in report.rows]
    if not rows:
        return Safe("")
    return table(
        [Column("Study", width="6rem"), Column("Design", width="7rem"), "Group",
         Column("People with the event", numeric=True), Column("As reported", width="18rem"),
         Column("Place in the review", width="8rem")],
        rows, caption="Adverse events as reported. No number stands for a report that gives none.",
        id_=anchor_id("harms", harms.outcome.id),
    )


def _row(report: HarmReport, row: ArmRow) -> list[Child]:
    counted = share(row.events, row.total) if row.events is not None and row.total else "no count"
    place = "pooled" if report.pooled else "included, not pooled" if report.included else \
        f"outside the answer ({row.analysis_set})"
    return [report.study.label, report.study.design, row.arm, counted, _printed(row), place]


def _printed(row: ArmRow) -> Safe:
    words = {"no_difference": "no event, or no difference, in words", "favours_comparator": "more with treatment",
             "favours_intervention": "fewer with treatment"}
    what = row.as_printed or words.get(row.reported_direction, row.reported_direction.replace("_", " "))
    where = link(row.locator, row.url) if row.url else row.locator
    return join(f"{what or 'no number'} (", where, f"; {row.row_id}).", f" {row.note}" if row.note else "")


def _cases(harms: Harms) -> Safe:
    if not harms.cases:
        return Safe("")
    items = [el("li", f"{case.study.label}: ", join(*[_printed(row) for row in case.rows], sep="; "))
             for case in harms.cases]
    return join(el("p", f"Case reports ({len(harms.cases)}): harms that happened, to how many people treated is not "
                        "known."), el("ul", *items))


def _silent(harms: Harms) -> Safe:
    if not harms.silent:
        return Safe("")
    return details(f"Included studies that say nothing on it ({len(harms.silent)})",
                   el("ul", *[el("li", f"{study.label} ({study.design})") for study in harms.silent]))


def harm_rows(certainties: Iterable[Certainty]) -> Iterable[Mapping[str, object]]:
    """Every row on harms and every silent study, by `COLUMNS`."""
    for certainty in certainties:
        harms = certainty.harms
        if harms is None:
            continue
        for report in harms.reports:
            for row in report.rows:
                yield {
                    "outcome": harms.outcome.id, "study": report.study.study_id, "included": report.included,
                    "case_report": report.case_report, "pooled": report.pooled, "analysis_set": row.analysis_set,
                    "arm": row.arm, "events": row.events, "total": row.total, "as_printed": row.as_printed,
                    "locator": row.locator, "url": row.url, "row_id": row.row_id,
                }
        for study in harms.silent:
            yield {"outcome": harms.outcome.id, "study": study.study_id, "included": True, "as_printed": "says nothing"}
