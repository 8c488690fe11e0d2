"""Sections on how records were found: searches, flow, lists of reports."""

from __future__ import annotations

from collections.abc import Iterable

from reviewkit.figures import Figure, FlowBox, FlowColumn, FlowCount, FlowDiagram, FlowStage, flow_diagram
from reviewkit.model import Record
from reviewkit.numbers import count
from reviewkit.render import Column, Row, Safe, details, el, figure, join, link, table, text
from reviewkit.render.html import Child
from reviewkit.report.origins import places, report_anchor, said
from reviewkit.report.retractions import retraction_notices, retraction_status
from reviewkit.report.screening import STAGE_NAMES, judged
from reviewkit.report.words import count_words
from reviewkit.review import Review
from reviewkit.review.records.searches import SearchFile
from reviewkit.review.screening.stopping import describe_stop
from reviewkit.screening import ReportStatus

DEDUPLICATION = (
    "Records of one report were found by this program's rules: identifiers first, then title, authors, journal, year "
    "and pages. What no rule can decide waits for a person, and what a person decided stands."
)
OTHER_METHOD = ", citation searching"
"""Marks what PRISMA 2020 counts under other methods."""


def searches_section(review: Review) -> Safe:
    """Where the records came from, file by file, with what became of each entry."""
    sources = review.sources
    searches = sources.searches
    settled = [r.origin.file for r, _ in sources.settled]
    by_name = {item.name: item for item in searches.file}
    rows: list[list[Child]] = []
    for result in sources.results:
        item = by_name[result.file]
        done = settled.count(result.file)
        rows.append([
            result.file, *_searched(item), result.format, result.encoding, result.entries, len(result.records), done,
            len(result.rejected) - done,
        ])
    rows += [["none", *_searched(item), "none", "none", 0, 0, 0, 0] for item in searches.file if not item.name]
    repairs = [(r.file, str(repair.line), repair.message) for r in sources.results for repair in r.repairs]
    rejected = [(r.origin.file, str(r.origin.line), r.key, r.reason, "settled: " + why) for r, why in sources.settled]
    rejected += [(r.origin.file, str(r.origin.line), r.key, r.reason, "waits for a person") for r in sources.unsettled]
    queries = [details(f"Query: {item.source}{OTHER_METHOD if item.method != 'database' else ''}", _query(item))
               for item in searches.file if item.query or item.parameters]
    warned = [(item.label, warning, item.settled or "waits for a person")
              for item in searches.file for warning in item.warnings]
    return join(
        el("p", "No database or register was searched." if searches.kind == "not-a-database-search"
           else "Databases and registers were searched as follows."),
        el("p", searches.note) if searches.note else None,
        table(
            ["File", "Source", "Date of search", Column("Hits", numeric=True), "Format", "Encoding",
             *[Column(head, numeric=True) for head in ("Entries", "Accepted", "Settled", "Rejected")]],
            rows, caption="Every entry is accounted for: accepted + settled + rejected = entries.", id_="files",
        ),
        *queries,
        table(["Search", "Warning", "Settled"], warned, id_="search-warnings",
              caption="What a service warned of, and counts that do not agree.") if warned else None,
        el("p", retraction_status(review), id="retractions"),
        retraction_notices(review),
        table(["File", "Line", "Entry", "What is wrong", "What was done"], rejected, id_="rejected",
              caption="Entries that could not be read.", empty_text="Every entry could be read."),
        table(["File", "Line", "Repair"], repairs, caption="Damage mended while reading.", id_="repairs",
              empty_text="Nothing had to be mended."),
    )


def _searched(item: SearchFile) -> list[Child]:
    """Source with platform and method, day and hits of a search, as far as there was one."""
    source = f"{item.source} ({item.platform})" if item.platform and item.platform != item.source else item.source
    return [
        f"{source or 'none'}{OTHER_METHOD if item.method != 'database' else ''}",
        item.date.isoformat() if item.date else "none",
        item.hits if item.hits is not None else "not stated" if item.source else "none",
    ]


def _query(item: SearchFile) -> Safe:
    """The exact query, the parameters beside it, and how the database understood it."""
    further = "\n".join(f"{name} = {value}" for name, value in item.parameters.items())
    return join(
        el("pre", "\n".join(part for part in (item.query, further) if part)),
        el("p", f"The database understood it as: {item.translation}") if item.translation else None,
    )


def flow_figure(review: Review) -> Figure:
    """The PRISMA 2020 flow: of a new review, or of an update where the protocol names an earlier version."""
    flow = review.flow
    on_abstract = flow.eligibility_basis == "abstract"
    other = {item.name for item in review.sources.searches.file if item.method != "database"}
    found = FlowStage(
        "identified",
        FlowBox("Records identified", flow.identified, "#files",
                [FlowCount(f"{name}{OTHER_METHOD if name in other else ''}", n, "#files")
                 for name, n in flow.by_source.items()]),
        [FlowBox("Duplicate records removed", flow.duplicates, "#duplicates"),
         *([FlowBox("Records not screened: stopped by rule", flow.stopped, "#reports")] if flow.stopped else []),
         *([FlowBox("Not decided yet on title and abstract", flow.unscreened, "#reports")] if flow.unscreened else [])],
    )
    later = [
        FlowStage(
            "screened", FlowBox("Records screened", flow.screened, "#reports"),
            [FlowBox("Records excluded", flow.excluded_title_abstract, "#excluded-title-abstract")],
        )
    ]
    leaving = [FlowBox("Reports excluded", flow.excluded, "#excluded",
                       [FlowCount(label, n, "#excluded") for label, n in flow.excluded_by_reason.items()])]
    if flow.awaiting or flow.undecided:
        leaving.append(FlowBox("Awaiting classification", flow.awaiting + flow.undecided, "#assessed"))
    if on_abstract:
        later.append(FlowStage("sought", FlowBox("Reports sought for full text", 0, in_sum=False)))
        later.append(FlowStage("assessed", FlowBox("Reports assessed on abstract or web page", flow.assessed,
                                                   "#assessed"), leaving))
    else:
        later.append(FlowStage(
            "sought", FlowBox("Reports sought for retrieval", flow.assessed + flow.not_retrieved, "#assessed"),
            [FlowBox("Reports not retrieved", flow.not_retrieved, "#assessed")]))
        later.append(FlowStage("assessed", FlowBox("Reports assessed for eligibility", flow.assessed, "#assessed"),
                               leaving))
    databases, others = "Databases and registers", "Other methods"
    if flow.searched:
        columns = [FlowColumn(databases, [found, *later])]
    else:
        columns = [
            FlowColumn(databases, [FlowStage("identified", FlowBox("Records identified", state="not searched"))]),
            FlowColumn(others, [found, *later]),
        ]
    before = review.protocol.question.previous
    if before is None:
        included = FlowBox("Studies included", flow.included_studies, "#included")
        return flow_diagram(FlowDiagram(columns, included, flow.included_reports))
    return flow_diagram(FlowDiagram(
        columns, FlowBox("New studies included", flow.included_studies, "#included"), flow.included_reports,
        FlowBox(f"Studies of the earlier version ({count_words(before.reports, 'report')})", before.studies,
                "#earlier-version"),
        FlowBox("Studies in all", before.studies + flow.included_studies)))


def flow_section(review: Review) -> Safe:
    """The flow diagram, and the lists behind its numbers."""
    flow = review.flow
    records = count_words(flow.identified, "record")
    kept = "none of them is included. " if not flow.included_reports else (
        f"{flow.included_reports} of them, on {count_words(flow.included_studies, 'study', 'studies')}, are included. "
    )
    caption = (
        f"{records} describe {count_words(flow.screened + flow.unscreened + flow.stopped, 'report')}; "
        f"{kept}"
        "PRISMA 2020 flow diagram; each number leads to the list behind it."
    )
    notes = []
    if flow.eligibility_basis == "abstract":
        notes.append(f"Sought for full text: 0. Assessed on abstract or web page: {flow.assessed}.")
    notes += [describe_stop(mark) for mark in review.stops]
    if flow.unsettled_entries:
        notes.append(f"{count_words(flow.unsettled_entries, 'entry', 'entries')} could not be read and nobody has "
                     "settled them: they stand in no box.")
    return join(
        figure(Safe(flow_figure(review).svg), caption, id_="flow", notes=notes),
        _earlier(review),
        judged(review),
        el("p", DEDUPLICATION),
        _duplicates(review),
        details(f"Reports screened ({count(len(review.reports))})", _screened(review)),
        details(
            f"Excluded on title and abstract ({flow.excluded_title_abstract})",
            _report_table(review, review.screening.at("title-abstract", "exclude"), "excluded-title-abstract",
                          "Reports excluded on title and abstract."),
        ),
        details(
            f"Reports that went on from title and abstract ({count(len(review.screening.at('full-text')))})",
            _report_table(review, review.screening.at("full-text"), "assessed",
                          "Reports that went on from title and abstract, and what became of each."),
        ),
    )


def _earlier(review: Review) -> Safe | None:
    before = review.protocol.question.previous
    if before is None:
        return None
    return el("p", f"This updates an earlier version with {count_words(before.studies, 'study', 'studies')} in "
                   f"{count_words(before.reports, 'report')}: {before.reference}", id="earlier-version")


def _duplicates(review: Review) -> Safe:
    members: dict[str, list[str]] = {}
    for record_id, report in review.report_of.items():
        members.setdefault(report, []).append(record_id)
    rows = []
    for report, ids in members.items():
        if len(ids) > 1:
            origins = [(i, review.records[i].origin) for i in ids]
            places = "; ".join(f"{i} ({origin.file}, line {origin.line})" for i, origin in origins)
            rows.append([title_of(review.reports[report]), report, places])
    return details(
        f"Duplicate records ({review.flow.duplicates})",
        table(["Report", "Id", "Records that describe it"], rows, id_="duplicates",
              caption="Records found to describe the same report; nothing was deleted.",
              empty_text="No two records describe the same report."),
    )


def _screened(review: Review) -> Safe:
    """Every report with its votes and the records that describe it: what the numbers of the flow are made of."""
    rows = []
    for status in review.screening.at("title-abstract"):
        record = review.reports[status.report]
        later = review.screening.stages["full-text"].get(status.report)
        votes = [f"{STAGE_NAMES[s.stage].capitalize()}. {said(review, s)}." for s in (status, later)
                 if s and (s.votes or s.consensus)]
        told = join(*votes, sep=el("br")) if votes else "no vote is known"
        rows.append(Row([citation(record), record.year or "–", status.outcome, told, places(review, status.report)],
                        id=report_anchor(status.report)))
    return table([Column("Report", width="16rem"), "Year", "Decision on title and abstract",
                  Column("Votes, at each stage", width="14rem"), Column("Records", width="15rem")], rows,
                 id_="reports", caption="Every report screened, with each vote on it and the records that describe it.",
                 empty_text="None.")


def _report_table(review: Review, statuses: Iterable[ReportStatus], id_: str, caption: str) -> Safe:
    rows = []
    for status in statuses:
        record = review.reports[status.report]
        reason = review.protocol.reasons.get(status.reason, status.reason)
        title = link(title_of(record), f"#{report_anchor(status.report)}")
        rows.append([title, status.outcome, reason])
    return table(["Report", "Decision", "Reason"], rows, id_=id_, caption=caption,
                 empty_text="None.")


def excluded_section(review: Review) -> Safe:
    """Reports judged beyond title and abstract and excluded, each with its reason."""
    statuses = [s for s in review.screening.at("full-text") if s.outcome != "include"]
    rows = [
        [citation(review.reports[s.report]), review.protocol.reasons.get(s.reason, s.reason) or s.outcome, s.note]
        for s in statuses
    ]
    near = [study for study in review.all_studies if study.tier == "near-miss"]
    return join(
        table(["Report", "Reason", "Note"], rows, id_="excluded",
              caption=f"{count_words(len(rows), 'report')} excluded after a closer look, each with its reason.",
              empty_text="No report was excluded at this stage."),
        table(["Study", "Design", "Why a reader might expect it"],
              [[s.label, s.design, s.note] for s in near], id_="near-misses",
              caption="Near misses: studies that a reader may expect here and that the rule excludes.",
              empty_text="None."),
    )


def title_of(record: Record) -> str:
    """The title without its full stop, or what stands in its place."""
    return record.title.rstrip(" .") or "(no title)"


def citation(record: Record) -> Safe:
    """Authors, title, journal and year of a report, with a link where one is known."""
    names = [a.family for a in record.authors]
    who = f"{', '.join(names[:3])}{' et al' if len(names) > 3 else ''}. " if names else ""
    where = " ".join(part for part in (record.journal, str(record.year or "")) if part)
    url = f"https://doi.org/{record.doi}" if record.doi else record.url
    title = link(title_of(record), url) if url else text(title_of(record))
    return join(who, title, f". {where}" if where else "")
