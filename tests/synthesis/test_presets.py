"""The table of presets, pinned: a change of a default is a change of numbers and must be meant."""

from __future__ import annotations

from typing import get_args

import pytest

from reviewkit.errors import InputError
from reviewkit.synthesis import PRESETS, pool, preset_table
from reviewkit.synthesis.intervals import CI_NAMES, PREDICTION_NAMES, CiMethod, PredictionMethod
from reviewkit.synthesis.presets import PresetName, find_preset
from reviewkit.synthesis.tau2 import TAU2_NAMES, Tau2Method

PINNED = {
    # preset: tau2, interval, two studies, narrower than normal, prediction, I2, zero cells (value, source read)
    "cochrane": (
        ("REML", True),
        ("hk", True),
        ("normal", False),
        ("wider", False),
        ("k-2", False),
        ("both", True),
        ("mh-uncorrected", False),
    ),
    "revman": (
        ("REML", True),
        ("normal", False),
        ("same", False),
        ("keep", False),
        ("metafor", False),
        ("tau2", True),
        ("only0", True),
    ),
    "metafor": (
        ("REML", True),
        ("normal", True),
        ("same", True),
        ("keep", True),
        ("metafor", True),
        ("tau2", True),
        ("only0", True),
    ),
    "handbook-classic": (
        ("DL", True),
        ("normal", True),
        ("same", False),
        ("keep", False),
        ("k-2-wald", True),
        ("q", True),
        ("only0", True),
    ),
}


def test_the_table_is_pinned():
    found = {name: tuple((c.value, c.read) for c in preset.choices().values()) for name, preset in PRESETS.items()}
    assert found == PINNED


def test_every_choice_has_a_rule_and_a_dated_or_cited_source():
    for row in preset_table():
        assert row["rule"], row
        source = str(row["source"])
        assert any(mark in source for mark in ("version", "202", "doi:", "metafor 5.1")), row


def test_an_unread_source_says_so():
    for row in preset_table():
        if not row["read"]:
            assert "not read" in str(row["source"]), row


def test_names_of_options_are_complete():
    assert set(get_args(PresetName)) == set(PRESETS)
    assert set(get_args(Tau2Method)) == set(TAU2_NAMES)
    assert set(get_args(CiMethod)) == set(CI_NAMES)
    assert set(get_args(PredictionMethod)) == set(PREDICTION_NAMES)


def test_cochrane_is_the_default():
    assert pool([0.1, 0.2, 0.3], [0.1, 0.2, 0.1]).preset == "cochrane"


def test_unknown_preset():
    with pytest.raises(InputError, match="must be one of cochrane, revman, metafor, handbook-classic"):
        find_preset("stata")
