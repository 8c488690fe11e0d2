from __future__ import annotations

import pytest

from reviewkit.trust.grim import possible_sums, sd_fits_whole_scores
from reviewkit.trust.printed import read_number
from reviewkit.trust.spread import largest_sd, smallest_sd
from tests.trust.build import codes, only, psqi, vas


def test_grim_example_of_brown_and_heathers() -> None:
    """Brown & Heathers 2017: a mean of 5.19 cannot come from 28 whole numbers; 5.18 and 5.21 can."""
    assert not len(possible_sums(read_number("5.19"), 28, 1))
    assert len(possible_sums(read_number("5.18"), 28, 1))
    assert len(possible_sums(read_number("5.21"), 28, 1))


def test_grimmer_by_brute_force() -> None:
    """Every mean and SD of three scores from 0 to 4 is possible, and few others are."""
    from itertools import combinations_with_replacement
    from statistics import mean, pstdev, stdev

    seen = {
        (f"{mean(s):.2f}", f"{sd(s):.2f}") for s in combinations_with_replacement(range(5), 3) for sd in (stdev, pstdev)
    }
    for m, s in seen:
        assert sd_fits_whole_scores(read_number(m), read_number(s), 3, 1)
    assert not sd_fits_whole_scores(read_number("2.00"), read_number("1.10"), 3, 1)


def test_largest_sd_is_reached_by_the_extremes() -> None:
    """Half at each end of 0-10: mean 5, SD (n - 1) = 5 sqrt(10/9)."""
    assert largest_sd(read_number("5.0"), 0, 10, 10) == pytest.approx(5 * (10 / 9) ** 0.5)


def test_smallest_sd_of_a_half() -> None:
    assert smallest_sd(read_number("3.50"), 10, 1) == pytest.approx(0.5)


def test_an_impossible_mean_is_found_and_its_neighbours_named() -> None:
    finding = only(psqi("yoga", 8, 34, "8.13", "3.40"))
    assert finding.code == "grim_fail"
    assert finding.right_reading.startswith("8.12")
    assert finding.certainty == "sure"


@pytest.mark.parametrize(
    "values",
    [
        {"mean": "8.12"},
        {"note": "least-squares mean"},
        {"note": "multiple imputation"},
        {"instrument": "VAS", "scale_max": "100"},
        {"n": 340, "mean": "8.13"},
    ],
)
def test_innocent_means(values: dict[str, object]) -> None:
    row = {"n": 34, "mean": "8.13", "sd": "3.40", **values}
    n, mean, sd = int(str(row.pop("n"))), str(row.pop("mean")), str(row.pop("sd"))
    assert "grim_fail" not in codes(psqi("yoga", 8, n, mean, sd, **row))


def test_an_sd_above_what_the_mean_allows() -> None:
    finding = only(
        psqi("yoga", 0, 20, "8.10", "3.10"), psqi("control", 0, 20, "8.00", "2.90"),
        psqi("yoga", 8, 20, "1.50", "7.20"), psqi("control", 8, 20, "7.50", "3.10"),
    )  # fmt: skip
    assert finding.code == "sd_impossible"
    assert "about 3.1" in finding.right_reading


def test_an_sd_below_what_a_fraction_needs() -> None:
    assert "sd_impossible" in codes(psqi("yoga", 8, 20, "8.50", "0.11"))


def test_a_wide_sd_that_is_possible() -> None:
    assert codes(vas("yoga", 8, 20, "50.0", "48.0")) == []


def test_no_variation_at_all_is_possible() -> None:
    assert codes(psqi("yoga", 8, 12, "0.00", "0.00")) == []
