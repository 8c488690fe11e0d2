"""The included studies with their reports, those not finished, and reports that belong together."""

from __future__ import annotations

from reviewkit.extraction import Study
from reviewkit.numbers import count
from reviewkit.render import Column, Row, Safe, anchor_id, el, join, link, table
from reviewkit.report.methods import citation
from reviewkit.report.origins import origin_anchor, origins, report_anchor
from reviewkit.report.words import studies
from reviewkit.review import Review

_UNFINISHED = {"ongoing": "ongoing", "awaiting-classification": "awaiting classification"}


def included_section(review: Review) -> Safe:
    """Characteristics of the included studies, each with its reports; then what is ongoing, and what is linked."""
    rows = []
    for study in review.studies:
        size = count(study.n_randomised) if study.n_randomised is not None else "not seen"
        rows.append(
            Row([study.label, study.design, study.country or "not stated",
                 link(size, f"#{origin_anchor(study.study_id)}"), study.arms, study.comparator,
                 study.registration or "none seen", _note(study), _reports(review, study)],
                id=anchor_id("study", study.study_id))
        )
    main = table(
        ["Study", "Design", "Country", Column("People", numeric=True), "Groups", "Comparator", "Registration", "Note",
         "Reports"],
        rows, id_="included",
        caption=f"{studies(len(rows)).capitalize()} included. People: randomised, or compared where it is no trial.",
        empty_text="No study met the eligibility criteria.",
        empty_remedy="None among the records looked at; this was not a complete search.",
    )
    return join(main, origins(review), _unfinished(review), _related(review))


def _reports(review: Review, study: Study) -> Safe:
    """Each report with its reference, and the way to its records and votes."""
    shown = [el("span", citation(review.reports[r]), " (", link("votes", f"#{report_anchor(r)}"), ")")
             if r in review.screening.stages["title-abstract"] else el("span", citation(review.reports[r]))
             for r in study.reports]
    return join(*shown, sep="; ")


def _note(study: Study) -> str:
    """What the optional columns say, and the note."""
    said = (
        ("analysed", count(study.n_analysed) if study.n_analysed else ""), ("setting", study.setting),
        ("dates", study.dates), ("funding", study.funding), ("conflicts of interest", study.conflicts),
        ("shares people with", study.companion_of),
        ("report shared with another study", "; ".join(study.shared_reports)),
    )
    return "; ".join([*(f"{name}: {value}" for name, value in said if value), *([study.note] if study.note else [])])


def _unfinished(review: Review) -> Safe:
    """Studies that are listed, not included: ongoing, or awaiting classification (PRISMA 2020, items 16b and 17)."""
    rows = [
        [study.label, _UNFINISHED[study.status], study.design, study.dates or "not stated",
         study.registration or "none seen", study.note, _reports(review, study)]
        for study in review.unfinished
    ]
    if not rows:
        return Safe("")
    return table(["Study", "Status", "Design", "Dates", "Registration", "Note", "Reports"], rows, id_="unfinished",
                 caption=f"{studies(len(rows)).capitalize()} ongoing or awaiting classification: listed, not included.")


def _related(review: Review) -> Safe:
    """Links between reports of which at least one belongs to a study: how reports were gathered."""
    owners: dict[str, list[str]] = {}
    for study in review.all_studies:
        for report in study.reports:
            owners.setdefault(report, []).append(study.label)
    rows = []
    for one, other, kind in review.related:
        first, second = (review.report_now.get(name, name) for name in (one, other))
        if first in owners or second in owners:
            rows.append([_cited(review, first, owners), kind, _cited(review, second, owners)])
    if not rows:
        return Safe("")
    return table(["Report", "Link", "Other report"], rows, id_="related",
                 caption="Reports that belong together, each with the study it stands in.")


def _cited(review: Review, report: str, owners: dict[str, list[str]]) -> Safe:
    where = ", ".join(owners.get(report, ())) or "in no study"
    return join(citation(review.reports[report]) if report in review.reports else report, f" ({where})")
