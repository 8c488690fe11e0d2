"""Labels as other programs print them."""

from __future__ import annotations

import pytest

from reviewkit.model import Record
from reviewkit.screening.labels import label_of, plain_note, rayyan_note

RAYYAN = 'RAYYAN-INCLUSION: {"Ann Vane"=>"Included", "Bo"=>"Excluded"} | RAYYAN-LABELS: old,new'


@pytest.mark.parametrize(
    ("extra", "decisions", "reasons", "source"),
    [
        ({"asreview_label": "1"}, {"": "include"}, (), "asreview"),
        ({"asreview_label": "0", "included": "1"}, {"": "exclude"}, (), "asreview"),
        ({"included": ""}, {}, (), "asreview"),
        ({"included": "-1"}, {}, (), "asreview"),
        ({"label_included": "1.0"}, {"": "include"}, (), "asreview"),
        ({"N1": "ASReview_relevant"}, {"": "include"}, (), "asreview"),
        ({"N1": "ASReview_irrelevant\nother"}, {"": "exclude"}, (), "asreview"),
        ({"N1": "ASReview_not_seen"}, {}, (), "asreview"),
        ({"notes": RAYYAN}, {"Ann Vane": "include", "Bo": "exclude"}, (), "rayyan"),
        ({"N1": 'x RAYYAN-INCLUSION: {"Bo"=>"Maybe"} | RAYYAN-EXCLUSION-REASONS: too old,no data'}, {"Bo": "maybe"},
         ("too old", "no data"), "rayyan"),
        ({"notes": "Exclusion reason: Wrong outcomes; "}, {"": "exclude"}, ("Wrong outcomes",), "covidence"),
        ({"note": "Screening: exclude; reason: wrong-outcome"}, {"": "exclude"}, ("wrong-outcome",), "reviewkit"),
        ({"screening_decision": "not-retrieved"}, {"": "not-retrieved"}, (), "reviewkit"),
        ({"notes": "an ordinary note, included in the issue"}, {}, (), ""),
    ],
)
def test_what_a_file_says(
    extra: dict[str, str], decisions: dict[str, str], reasons: tuple[str, ...], source: str
) -> None:
    found = label_of(Record(title="x", extra=extra))
    assert (dict(found.decisions), found.reasons, found.source, found.unread) == (decisions, reasons, source, "")


@pytest.mark.parametrize("extra", [{"included": "perhaps"}, {"screening_decision": "yes"},
                                   {"notes": 'RAYYAN-INCLUSION: {"Bo"=>"Vielleicht"}'}])
def test_a_label_without_meaning_is_told(extra: dict[str, str]) -> None:
    found = label_of(Record(title="x", extra=extra))
    assert not found.decisions and found.unread


@pytest.mark.parametrize("word", ["include", "exclude", "maybe"])
def test_what_is_printed_is_read_back(word: str) -> None:
    reason = "wrong-outcome" if word == "exclude" else ""
    for text, who in ((rayyan_note("ada", word, reason), "ada"), (plain_note(word, reason), "")):
        found = label_of(Record(title="x", extra={"notes": text}))
        assert dict(found.decisions) == {who: word} and found.reasons == ((reason,) if reason else ())
