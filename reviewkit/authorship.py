"""Who answers for a review: the persons its citation names."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

PROJECT = "The reviewkit project"
"""Author of a demonstration: the project as an organisation."""


def check_orcid(text: str) -> str:
    """An ORCID iD as sixteen characters in four groups, its check digit right; empty for none.

    Raises
    ------
    ValueError
        Saying what is wrong.

    References
    ----------
    ISO/IEC 7064, MOD 11-2, as ORCID documents it.
    """
    if not text:
        return text
    digits = text.replace("-", "")
    if len(digits) != 16 or not digits[:15].isdigit() or not (digits[15].isdigit() or digits[15] == "X"):
        raise ValueError("must be an ORCID iD such as 0000-0002-1825-0097, without the address before it")
    total = 0
    for digit in digits[:15]:
        total = (total + int(digit)) * 2
    if "0123456789X"[(12 - total % 11) % 11] != digits[15]:
        raise ValueError(f"{text} is no ORCID iD: its check digit does not fit")
    return "-".join(digits[place:place + 4] for place in range(0, 16, 4))


class Person(BaseModel):
    """An author of the review."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    family: Annotated[str, Field(min_length=1)]
    given: str = ""
    orcid: Annotated[str, AfterValidator(check_orcid)] = ""
    affiliation: str = ""
    email: str = ""
