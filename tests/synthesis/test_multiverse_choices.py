"""Ready-made choices: what stays and what goes, by name and by rule."""

from __future__ import annotations

import numpy as np
import pytest

from reviewkit.errors import InputError
from reviewkit.synthesis.diagnostics import outliers
from reviewkit.synthesis.multiverse import StudyData, run_multiverse
from reviewkit.synthesis.multiverse_choices import (
    outliers_in_or_out,
    readings,
    standard_settings,
    studies_in_or_out,
)
from reviewkit.synthesis.multiverse_result import Conclusion
from reviewkit.synthesis.pooling import pool

Y, V = np.array([0.1, 0.2, 0.15, 0.12, 3.0]), np.array([0.01, 0.02, 0.015, 0.02, 0.01])
NAMES = ("Ay", "Be", "Ce", "De", "Ef")
DATA = StudyData.of(Y, V, studies=NAMES)


def test_studies_go_by_name_whatever_the_data_hold() -> None:
    choice = studies_in_or_out("high risk", ["Be", "Zed"])
    assert choice.options["out"](DATA).tolist() == [True, False, True, True, True]
    assert choice.options["out"](DATA.keep(Y < 0.2)).all()
    assert choice.options["in"](DATA).all()
    with pytest.raises(InputError, match="names no study"):
        studies_in_or_out("high risk", [])


@pytest.mark.parametrize("rule", ["studentised", "interval"])
def test_outliers_are_those_of_the_pool(rule) -> None:
    gone = ~outliers_in_or_out(rule=rule).options["out"](DATA)
    assert tuple(np.array(NAMES)[gone]) == outliers(pool(Y, V, studies=NAMES), rule=rule)
    assert outliers_in_or_out().options["out"](DATA.keep([True, True, False, False, False])).all()


def test_readings_replace_one_study() -> None:
    choice = readings("Ce", {"SD": (0.15, 0.015), "SE": (0.05, 0.002)})
    other = choice.options["SE"](DATA)
    assert (other.yi[2], other.vi[2]) == (0.05, 0.002) and np.array_equal(np.delete(other.yi, 2), np.delete(Y, 2))
    assert DATA.yi[2] == 0.15


def test_all_together() -> None:
    choices = [
        readings("Ce", {"SD": (0.15, 0.015), "SE": (0.05, 0.002)}),
        studies_in_or_out("high risk", ["Be"]),
        outliers_in_or_out(),
        *standard_settings(),
    ]
    result = run_multiverse(DATA, choices, conclusion=Conclusion("above"))
    assert result.n == 2 * 2 * 2 * 2 * 4 * 2 and result.n_failed == 0
    row = result.rows[-1]
    kept = choices[0].options["SE"](DATA).keep([True, False, True, True, True])
    mask = outliers_in_or_out().options["out"](choices[0].options["SE"](DATA)) & np.array([1, 0, 1, 1, 1], dtype=bool)
    want = choices[0].options["SE"](DATA).keep(mask)
    assert row.k == want.yi.size <= kept.yi.size
    assert row.estimate == pytest.approx(pool(want.yi, want.vi, model="common", ci="hk").estimate)
