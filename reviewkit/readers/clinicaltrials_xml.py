"""Registrations in ClinicalTrials.gov's older XML: ``<clinical_study>`` files, and lists (``<search_results>``)."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from reviewkit.model import ReadResult
from reviewkit.readers.collect import Collector, EntryError
from reviewkit.readers.printed import Printed, record
from reviewkit.readers.source import Source
from reviewkit.readers.xml_entries import check_prolog, count_entries, every, first, fragments, parse

_FULL = "clinical_study"
_LISTED = "study"


def read_clinicaltrials_xml(source: Source) -> ReadResult:
    """Read ClinicalTrials.gov XML; each study is a record of type ``registration``.

    Raises
    ------
    InputError
        When the file defines entities, or accepted and rejected entries do not add up.
    """
    check_prolog(source)
    names = _FULL if f"<{_FULL}" in source.head() else _LISTED
    collector = Collector(source, "clinicaltrials-xml")
    for fragment in fragments(source, names):
        origin = collector.origin(fragment.line, fragment.line_end)
        try:
            element = parse(fragment)
            printed = _full(element) if names == _FULL else _listed(element)
            collector.records.append(record(printed, origin, fragment.text))
        except EntryError as error:
            collector.reject(error.reason, origin, raw=fragment.text)
    return collector.result(count_entries(source, names))


def _kept(**values: str) -> dict[str, str]:
    return {name: text for name, text in values.items() if text}


def _full(element: Element) -> Printed:
    trial, other = first(element, "id_info/nct_id"), every(element, "id_info/org_study_id", "id_info/secondary_id")
    brief, official = first(element, "brief_title"), first(element, "official_title")
    start = first(element, "start_date")
    return Printed(
        title=brief or official,
        years=[start, first(element, "study_first_submitted", "firstreceived_date")],
        abstract=first(element, "brief_summary/textblock", "brief_summary"),
        keywords=every(element, "condition", "keyword"),
        url=first(element, "required_header/url"),
        types=["Trial registration"],
        registry=[trial, *every(element, "id_info/nct_alias"), *other],
        key=trial,
        extra=_kept(
            official_title=official if official != brief else "",
            acronym=first(element, "acronym"),
            sponsor=first(element, "sponsors/lead_sponsor/agency"),
            collaborators="; ".join(every(element, "sponsors/collaborator/agency")),
            status=first(element, "overall_status"),
            start_date=start,
            primary_completion_date=first(element, "primary_completion_date"),
            completion_date=first(element, "completion_date"),
            study_type=first(element, "study_type"),
            phase=first(element, "phase"),
            enrolment=first(element, "enrollment"),
            allocation=first(element, "study_design_info/allocation"),
            interventions="; ".join(every(element, "intervention/intervention_name")),
            secondary_ids="; ".join(other),
        ),
    )


def _listed(element: Element) -> Printed:
    trial, other = first(element, "nct_id"), every(element, "other_ids/other_id", "study_ids/study_id")
    start = first(element, "start_date")
    return Printed(
        title=first(element, "title"),
        years=[start, first(element, "study_first_posted", "first_received", "study_first_submitted")],
        keywords=every(element, "conditions/condition", "condition_summary"),
        url=first(element, "url"),
        types=["Trial registration"],
        registry=[trial, *other],
        key=trial,
        extra=_kept(
            acronym=first(element, "acronym"),
            sponsor=first(element, "sponsors/lead_sponsor"),
            collaborators="; ".join(every(element, "sponsors/collaborator")),
            status=first(element, "status"),
            start_date=start,
            primary_completion_date=first(element, "primary_completion_date"),
            completion_date=first(element, "completion_date"),
            study_type=first(element, "study_types", "study_type"),
            phase="; ".join(every(element, "phases/phase")),
            enrolment=first(element, "enrollment"),
            interventions="; ".join(every(element, "interventions/intervention")),
            secondary_ids="; ".join(other),
        ),
    )
