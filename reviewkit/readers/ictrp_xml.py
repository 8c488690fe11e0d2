"""Registrations from the WHO International Clinical Trials Registry Platform (XML download)."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from reviewkit.model import ReadResult
from reviewkit.readers.collect import Collector, EntryError
from reviewkit.readers.printed import Printed, record
from reviewkit.readers.source import Source
from reviewkit.readers.xml_entries import check_prolog, count_entries, every, first, fragments, parse, text_of

_ENTRIES = "Trial"
_MAPPED = frozenset(
    ["TrialID", "Public_title", "Scientific_title", "web_address", "Date_registration", "Secondary_ID", "Condition"]
)


def read_ictrp_xml(source: Source) -> ReadResult:
    """Read an ICTRP download; each trial is a record of type ``registration``.

    Raises
    ------
    InputError
        When the file defines entities, or accepted and rejected entries do not add up.
    """
    check_prolog(source)
    collector = Collector(source, "ictrp-xml")
    for fragment in fragments(source, _ENTRIES):
        origin = collector.origin(fragment.line, fragment.line_end)
        try:
            collector.records.append(record(_printed(parse(fragment)), origin, fragment.text))
        except EntryError as error:
            collector.reject(error.reason, origin, raw=fragment.text)
    return collector.result(count_entries(source, _ENTRIES))


def _printed(element: Element) -> Printed:
    trial = first(element, "TrialID", "Main_ID", "main_id")
    extra = {child.tag: text for child in element if child.tag not in _MAPPED and (text := text_of(child))}
    public, scientific = (
        first(element, "Public_title", "public_title"),
        first(element, "Scientific_title", "scientific_title"),
    )
    if scientific and scientific != public:
        extra["Scientific_title"] = scientific
    return Printed(
        title=public or scientific,
        years=[first(element, "Date_registration", "date_registration"), first(element, "Date_enrollement")],
        journal=first(element, "Source_Register", "reg_name"),
        keywords=every(element, "Condition"),
        url=first(element, "web_address", "url"),
        types=["Trial registration"],
        registry=[trial, *every(element, "Secondary_ID")],
        key=trial,
        extra=extra,
    )
