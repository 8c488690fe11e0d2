"""Authors: ORCID iDs with their check digit, and who may be named when."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewkit.authorship import check_orcid


@pytest.mark.parametrize("known", ["0000-0002-1825-0097", "0000-0001-5109-3700", "0000-0002-1694-233X"])
def test_ids_that_orcid_documents_pass(known: str) -> None:
    assert check_orcid(known) == check_orcid(known.replace("-", "")) == known


@given(st.integers(0, 14), st.integers(1, 9))
def test_any_one_wrong_digit_is_seen(place: int, shift: int) -> None:
    digits = "0000000218250097"
    wrong = digits[:place] + str((int(digits[place]) + shift) % 10) + digits[place + 1:]
    with pytest.raises(ValueError, match="check digit"):
        check_orcid(wrong)


@pytest.mark.parametrize("text", ["https://orcid.org/0000-0002-1825-0097", "0000-0002-1825-009", "ann"])
def test_what_is_none_says_so(text: str) -> None:
    with pytest.raises(ValueError, match="must be an ORCID iD"):
        check_orcid(text)
