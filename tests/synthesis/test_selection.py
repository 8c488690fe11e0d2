"""Selection model: its likelihood against the definition, its gradient, recovery, bad input. Numbers: the oracle."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import check_grad
from scipy.stats import norm

from reviewkit.errors import InputError
from reviewkit.synthesis.selection import _Likelihood, selection_model


def selected(seed: int, n: int, chance: float, sign: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """Studies of mean 0.2 and tau2 0.02, those beyond p = 0.025 seen with ``chance``."""
    rng = np.random.default_rng(seed)
    v = rng.uniform(0.01, 0.1, n)
    y = rng.normal(0.2, np.sqrt(v + 0.02))
    seen = (norm.sf(y / np.sqrt(v)) <= 0.025) | (rng.uniform(size=n) < chance)
    return sign * y[seen], v[seen]


def by_definition(y, v, steps, two_sided, mean, tau2, delta) -> float:
    """Density of an effect given that it was seen, by numerical integration over all effects."""
    grid = np.linspace(-8, 8, 200_001)
    total = 0.0
    for effect, variance in zip(y, v, strict=True):
        s = np.sqrt(variance + tau2)
        z = np.append(grid, effect) / np.sqrt(variance)
        p = 2 * norm.sf(np.abs(z)) if two_sided else norm.sf(z)
        weight = np.asarray([1.0, *delta])[np.searchsorted(steps, p)]
        seen = np.sum(weight[:-1] * norm.pdf(grid, mean, s)) * (grid[1] - grid[0])
        total += np.log(weight[-1] * norm.pdf(effect, mean, s) / seen)
    return float(total)


@pytest.mark.parametrize(
    ("steps", "alternative"), [((0.025,), "greater"), ((0.05, 0.5), "greater"), ((0.05,), "two.sided")]
)
def test_likelihood_by_definition(steps, alternative) -> None:
    y, v = np.array([0.5, 0.1, -0.3, 0.8]), np.array([0.04, 0.02, 0.05, 0.1])
    delta = np.array([0.4, 0.2])[: len(steps)]
    value = _Likelihood(y, v, steps, alternative)(np.array([0.15, 0.03, *np.log(delta)]))[0]
    want = by_definition(y, v, steps, alternative == "two.sided", 0.15, 0.03, delta)
    assert -value == pytest.approx(want, rel=1e-4)


@pytest.mark.parametrize("alternative", ["greater", "less", "two.sided"])
def test_gradient(alternative) -> None:
    y, v = selected(3, 40, 0.5)
    likelihood = _Likelihood(y, v, (0.05, 0.5), alternative)
    for point in ([0.1, 0.02, -0.5, 0.3], [-0.2, 0.2, 1.0, -1.0]):
        error = check_grad(lambda x: likelihood(x)[0], lambda x: likelihood(x)[1], np.array(point))
        assert error < 1e-3 * np.linalg.norm(likelihood(np.array(point))[1])


def test_selection_is_found_and_undone() -> None:
    y, v = selected(1, 3000, 0.2)
    got = selection_model(y, v)
    assert got.delta[0] == pytest.approx(0.2, abs=0.06)
    assert abs(got.estimate - 0.2) < 3 * got.se < 0.1 and got.unadjusted > 0.27
    assert got.lrt_p < 1e-6 and got.ci[0] < 0.2 < got.ci[1]


def test_no_selection_changes_little() -> None:
    y, v = selected(2, 1500, 1.0)
    got = selection_model(y, v)
    assert got.delta[0] == pytest.approx(1.0, abs=0.35) and got.lrt_p > 0.01
    assert got.estimate == pytest.approx(got.unadjusted, abs=0.03)


def test_sides_mirror() -> None:
    y, v = selected(4, 60, 0.5)
    up, down = selection_model(y, v), selection_model(-y, v, alternative="less")
    assert down.estimate == pytest.approx(-up.estimate, rel=1e-5)
    assert (down.se, down.lrt, down.counts) == (
        pytest.approx(up.se, rel=1e-4),
        pytest.approx(up.lrt, rel=1e-5),
        up.counts,
    )


def test_never_worse_than_no_selection() -> None:
    for seed in range(3):
        y, v = selected(seed, 25, 0.6)
        assert selection_model(y, v).lrt >= 0


def test_thin_interval_is_said() -> None:
    got = selection_model([0.5, 0.6, 0.1, 0.05], [0.01, 0.02, 0.02, 0.03])
    assert "is a guess" in str(got) and got.counts == (2, 2)


def test_bad_input() -> None:
    with pytest.raises(InputError, match="each must hold at least one"):
        selection_model([0.5, 0.6, 0.7], [0.01, 0.01, 0.01])
    with pytest.raises(InputError, match="ascending p values"):
        selection_model([0.5, 0.6, 0.1], [0.01] * 3, steps=(0.5, 0.05))
    with pytest.raises(InputError, match="at least three"):
        selection_model([0.5, 0.1], [0.01, 0.1])
    with pytest.raises(InputError, match="Be: variance = 0"):
        selection_model([0.5, 0.1, 0.2], [0.01, 0, 0.1], studies=["Ay", "Be", "Ce"])
