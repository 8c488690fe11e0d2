"""Every registered measure: it computes, says what it needs, refuses what it does not know, and can be undone."""

from __future__ import annotations

import inspect

import numpy as np
import pytest

from reviewkit.effects import MEASURES, back_transform, effect_sizes
from reviewkit.effects import conversions as cv
from reviewkit.errors import InputError

SAMPLE = {
    "ai": [12.0, 30.0],
    "bi": [40.0, 66.0],
    "ci": [20.0, 41.0],
    "di": [35.0, 50.0],
    "x1i": [12, 30],
    "t1i": [200, 500.5],
    "x2i": [20, 41],
    "t2i": [210, 490],
    "m1i": [12, 15],
    "m2i": [10, 16],
    "sd1i": [4, 5],
    "sd2i": [3, 6],
    "n1i": [52, 96],
    "n2i": [55, 91],
    "ni": [60, 90],
    "ri": [0.4, 0.7],
    "r2i": [0.5, 0.6],
    "xi": [12, 30],
    "ti": [200, 500],
    "sdi": [4, 5],
    "oe": [-3, 4],
    "v": [10, 12],
    "yi": [0.2, 0.3],
    "sei": [0.1, 0.2],
}


def sample(measure: str) -> dict[str, object]:
    """Columns for a measure; mi is a mean, a number of items or of predictors, and ai may be an alpha."""
    if measure in ("ARAW", "AHW", "ABT"):
        return {"ai": [0.8, 0.9], "mi": [10, 12], "ni": [60, 90]}
    own = {"MN": [12, 15], "SMN": [12, 15], "MNLN": [12, 15], "CVLN": [12, 15]}
    partial = {"PCOR", "ZPCOR", "SPCOR", "ZSPCOR"}
    mi = own.get(measure) or ([3, 4] if measure in partial else None)
    return SAMPLE | ({"mi": mi} if mi else {})


@pytest.mark.parametrize("name", MEASURES)
def test_every_measure_computes_under_each_of_its_conventions(name):
    measure = MEASURES[name]
    for variance in measure.variances:
        for correction in measure.corrections:
            found = effect_sizes(name, sample(name), variance=variance, correction=correction)
            assert found.k == 2
            assert (found.vi > 0).all()
            assert found.scale == measure.scale


@pytest.mark.parametrize("name", MEASURES)
def test_every_measure_says_which_columns_it_misses(name):
    with pytest.raises(InputError, match="column"):
        effect_sizes(name, {"study": ["A"]})


@pytest.mark.parametrize("name", MEASURES)
def test_every_measure_has_a_way_back_that_keeps_the_order(name):
    values = np.linspace(0.2, 0.9, 8)
    back = back_transform(name, values, size=50)
    assert (np.diff(back) > 0).all()


@pytest.mark.parametrize("name", MEASURES)
def test_every_measure_drops_a_study_with_a_missing_number(name):
    columns = {column: [values[0], None] for column, values in sample(name).items()}
    found = effect_sizes(name, columns)
    assert [one.index for one in found.dropped] == [1]
    assert "reported" in found.dropped[0].reason


@pytest.mark.parametrize("name", cv.__all__)
def test_every_conversion_is_documented(name):
    assert len(inspect.getdoc(getattr(cv, name)) or "") > 30
