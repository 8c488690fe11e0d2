"""Tables beside risk of bias: missing evidence by outcome, registered against reported, questions to authors."""

from __future__ import annotations

from reviewkit.appraisal import OVERALL, Tool
from reviewkit.appraisal.answers import WORDS
from reviewkit.protocol import Outcome
from reviewkit.render import Safe, anchor_id, badge, details, el, empty, join, link, notice, table
from reviewkit.report.bias_figures import light
from reviewkit.review import Review


def unchecked(tool: Tool) -> Safe | None:
    """What of a tool was not compared with a published source; nothing where all was."""
    if not tool.not_checked:
        return None
    which = f"{', '.join(name.lower() for name in tool.not_checked)}. " if tool.checked_against_source else ""
    return notice(f"{which}{tool.source.read}", kind="warning",
                  title=f"Not checked against the source{':' if which else '.'} ")


def missing_section(review: Review) -> Safe:
    """Missing evidence, outcome by outcome; those that nobody assessed are named together."""
    marked = {m.outcome for m in review.appraisal.missing}
    left = [o for o in review.protocol.outcomes if o.id not in marked and review.appraisal.synthesis(o.id) is None]
    shown = [_missing_part(review, outcome) for outcome in review.protocol.outcomes if outcome not in left]
    if left:
        names = "; ".join(outcome.name for outcome in left)
        shown.append(empty(
            f"Missing evidence was not assessed for: {names}.", "An assessment by ROB-ME would: "
            f"reviewkit appraise {review.question} --template ROLE --tool rob-me --outcome OUTCOME"))
    used = {item.tool.id: item.tool for o in review.protocol.outcomes if (item := review.appraisal.synthesis(o.id))}
    return join(*[unchecked(tool) for tool in used.values()], *shown)


def _missing_part(review: Review, outcome: Outcome) -> Safe:
    """Risk of bias due to missing evidence in one outcome's synthesis, with the matrix behind it."""
    item = review.appraisal.synthesis(outcome.id)
    marks = [m for m in review.appraisal.missing if m.outcome == outcome.id]
    parts: list[Safe] = []
    if item is not None:
        word = item.judgement(OVERALL)
        parts.append(el("p", f"{outcome.name}: ", badge(light(item, OVERALL), word=word or "not judged"),
                        " risk of bias due to missing evidence (", link("ROB-ME", item.tool.source.url), ")."))
        rows = [[q.id, q.text, WORDS[given.answer], given.support]
                for _, q in item.tool.questions if (given := item.answers.get(q.id)) and given.answer]
        parts.append(details(f"Answers ({len(rows)})", table(
            ["", "Question", "Answer", "Why"], rows, id_=anchor_id("missing-answers", outcome.id),
            caption=f"{' → '.join(item.proposal.domains[0].path)} → {word or 'not judged'}.")))
    labels = {study.study_id: study.label for study in review.all_studies}
    parts.append(details(f"Results that are missing ({len(marks)})", table(
        ["Study", "Status", "People", "Why", "Where"],
        [[labels[m.study_id], m.status, m.n or "not seen", m.reason, link(m.locator, m.url) if m.url else m.locator]
         for m in marks],
        id_=anchor_id("missing-results", outcome.id), caption=f"{outcome.name}: studies whose result is not pooled.",
        empty_text="No study is marked.")))
    return join(*parts)


def registered_table(review: Review) -> Safe:
    """What was registered beside what was reported; which studies have a registration at all."""
    labels = {study.study_id: study.label for study in review.all_studies}
    with_one = [study.label for study in review.studies if study.registration]
    return table(
        ["Study", "Registration", "Item", "Registered", "Reported", "Verdict", "Where"],
        [[labels[r.study_id], r.registration, f"{r.item}{f': {r.outcome}' if r.outcome else ''}",
          r.registered or "nothing", r.reported or "nothing", r.verdict, link(r.locator, r.url) if r.url else r.locator]
         for r in review.appraisal.registered],
        id_="registered-table", caption="Outcomes and numbers of people as registered, and as reported.",
        empty_text="Nothing was compared.",
        empty_remedy=f"A registration was seen for: {', '.join(with_one)}." if with_one else
        "For no included study a registration was seen.",
    )


def contacts_table(review: Review) -> Safe:
    """What authors were asked, and what they answered."""
    labels = {study.study_id: study.label for study in review.all_studies}
    return table(
        ["Study", "Asked on", "What was asked", "Status", "Answered on", "Answer", "Used for"],
        [[labels[c.study_id], c.asked_on, c.asked, c.status, c.answered_on, c.answer, c.used_for]
         for c in review.appraisal.contacts],
        id_="contacts-table", caption="Questions put to authors.",
        empty_text="No author was asked.", empty_remedy="What a report does not say stays 'no information'.",
    )
