"""The flow adds up, or names the box that does not."""

from dataclasses import replace

import pytest

from reviewkit.errors import ReviewkitError
from reviewkit.flow import Flow

SOUND = Flow(True, "full-text", {"a": 6, "b": 4}, 10, 2, 8, 3, 4, 1, 0, 2, {"x": 2}, 2, 2)


def test_adds_up():
    assert SOUND.check() is None


@pytest.mark.parametrize(
    ("field", "box"),
    [("identified", "identified"), ("duplicates", "screened"), ("not_retrieved", "sought"), ("excluded", "excluded"),
     ("included_reports", "included")],
)
def test_names_the_box(field, box):
    with pytest.raises(ReviewkitError, match=f"(records|reports) {box}"):
        replace(SOUND, **{field: getattr(SOUND, field) + 1}).check()
