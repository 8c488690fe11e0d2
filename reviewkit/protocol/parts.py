"""What every part of a protocol is made of: names, words with a fixed meaning, errors with their place."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from reviewkit.identifiers import check_identifier

Identifier = Annotated[str, AfterValidator(check_identifier)]
"""A name used in file names and logs: lower-case letters, digits and hyphens, at most 64."""

Text = Annotated[str, Field(min_length=1)]
Version = Annotated[str, Field(pattern=r"^\d+(\.\d+){0,2}$")]
Measure = Literal["MD", "SMD", "ROM", "RR", "OR", "RD", "IRR", "HR"]
MEANS = ("MD", "SMD", "ROM")
RATIOS = ("RR", "OR", "ROM", "IRR", "HR")
"""Measures that are analysed as logarithms."""
ConversionKind = Literal["se", "ci", "sizes", "t", "f", "p", "median", "percent"]
Conversions = tuple[ConversionKind, ...]
DEFAULT_CONVERSIONS: Conversions = ("se", "ci", "sizes", "t")
"""Conversions that lose nothing: a standard error or interval to an SD, a t to an effect, a variance from sizes."""
MultiArm = Literal["one", "split"]
Interval = Literal["normal", "t", "hk", "hk-adhoc"]
Tau2 = Literal["REML", "DL", "PM", "ML", "SJ", "HE", "HS", "EB"]
Model = Literal["random", "common"]
Status = Literal["demonstration", "draft", "final"]
Kind = Literal["intervention", "association", "harms"]
Stage = Literal["title-abstract", "full-text"]


class PlacedErrors(ValueError):
    """Several contradictions of one file, each with the key it stands at."""

    def __init__(self, errors: list[tuple[tuple[str | int, ...], str]]) -> None:
        super().__init__("; ".join(text for _, text in errors))
        self.errors = errors


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)
