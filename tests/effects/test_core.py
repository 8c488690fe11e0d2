"""What comes back: read-only numbers, dropped rows, intervals, plain values; and what importing costs."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from reviewkit.effects import effect_sizes

TWO = {"study": ["A", "B"], "yi": [0.5, None], "vi": [0.04, 0.09]}


def test_nobody_can_change_the_numbers():
    found = effect_sizes("GEN", TWO)
    with pytest.raises(ValueError, match="read-only"):
        found.yi[0] = 3
    with pytest.raises(AttributeError):
        found.measure = "OR"


def test_the_caller_s_columns_stay_as_they_were():
    columns = {"ai": np.array([0, 3]), "n1i": np.array([9, 9]), "ci": np.array([2, 2]), "n2i": np.array([9, 9])}
    before = {name: values.copy() for name, values in columns.items()}
    effect_sizes("OR", columns)
    assert all((columns[name] == before[name]).all() for name in columns)


def test_intervals_and_the_natural_scale():
    found = effect_sizes("OR", {"ai": [10], "bi": [90], "ci": [20], "di": [80]}, level=0.9)
    assert found.natural[0] == pytest.approx((10 / 90) / (20 / 80))
    assert found.ci_high[0] - found.yi[0] == pytest.approx(1.6448536269514722 * found.sei[0])
    assert found.ci_low[0] < found.yi[0]


def test_complete_leaves_out_the_dropped():
    found = effect_sizes("GEN", TWO)
    whole = found.complete()
    assert (len(found), found.k, len(whole), whole.studies) == (2, 1, 1, ("A",))
    assert "1 dropped" in str(found)


def test_plain_values():
    assert effect_sizes("GEN", TWO).as_dict() == {
        "measure": "GEN",
        "yi": [0.5, None],
        "vi": [0.04, None],
        "dropped": [{"study": "B", "reason": "yi is not reported"}],
    }


def test_names_must_match_the_rows():
    with pytest.raises(ValueError, match="2 rows"):
        effect_sizes("GEN", {"yi": [1, 2], "vi": [1, 2]}, studies=["only one"])


@pytest.mark.slow
def test_importing_effects_loads_nothing_heavy():
    code = "import reviewkit.effects, reviewkit.effects.conversions, sys; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    heavy = {"pandas", "statsmodels", "scipy.stats", "scipy.optimize", "matplotlib", "sklearn"}
    assert heavy.isdisjoint(loaded)
