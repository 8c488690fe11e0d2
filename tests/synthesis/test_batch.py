"""pool_many() gives what pool() gives, for any shape of batch."""

from __future__ import annotations

import numpy as np
import pytest

from reviewkit.errors import InputError
from reviewkit.synthesis import pool, pool_many

FIELDS = [
    "estimate",
    "se",
    "ci_low",
    "ci_high",
    "statistic",
    "p",
    "tau2",
    "i2_tau2",
    "i2_q",
    "h2",
    "q",
    "q_p",
    "wald_se",
    "hk_scale",
]


def _ragged(seed, n, heavy):
    rng = np.random.default_rng(seed)
    sizes = rng.integers(0, 20, n)
    v = [np.exp(rng.normal(-1, 1.5 if heavy else 0.4, k)) for k in sizes]
    y = [rng.standard_t(1.3 if heavy else 6, k) for k in sizes]
    return y, v


@pytest.mark.parametrize("heavy", [False, True])
@pytest.mark.parametrize("method", ["REML", "ML", "DL", "PM"])
@pytest.mark.parametrize("ci", ["normal", "t", "hk", "hk-adhoc"])
def test_equals_one_by_one(heavy, method, ci):
    y, v = _ragged(3, 60, heavy)
    many = pool_many(y, v, tau2=method, ci=ci)
    assert many.converged.all()
    for i in range(len(many)):
        assert many.k[i] == len(y[i])
        if not len(y[i]):
            assert all(np.isnan(getattr(many, name)[i]) for name in FIELDS)
            continue
        one = pool(y[i], v[i], tau2=method, ci=ci)
        for name in FIELDS:
            assert getattr(many, name)[i] == pytest.approx(getattr(one, name), rel=1e-7, abs=1e-10), (i, name)


def test_several_peaks_go_to_the_full_search():
    y = [-0.03, 0.98, 0.12, 5.8, 1.06, 0.38]
    v = [0.204, 0.331, 0.116, 1.792, 1.051, 0.033]
    many = pool_many([y, [0.1] * 6], [v, v])
    assert many.full_scans == 1
    assert many.tau2.tolist() == pytest.approx([pool(y, v).tau2, 0.0])


def test_common_effect():
    y, v = _ragged(4, 40, heavy=False)
    many = pool_many(y, v, model="common", ci="normal")
    for i, (effects, variances) in enumerate(zip(y, v, strict=True)):
        if len(effects):
            one = pool(effects, variances, model="common")
            assert many.estimate[i] == pytest.approx(one.estimate)
            assert many.h2[i] == pytest.approx(one.h2)
            assert many.tau2[i] == 0.0


def test_three_ways_of_handing_in_give_the_same():
    rng = np.random.default_rng(1)
    y, v = rng.normal(size=(30, 7)), rng.uniform(0.1, 1, (30, 7))
    matrix = pool_many(y, v)
    lists = pool_many(list(y), list(v))
    flat = pool_many(y.ravel(), v.ravel(), offsets=np.arange(31) * 7)
    for name in FIELDS:
        np.testing.assert_array_equal(getattr(matrix, name), getattr(lists, name))
        np.testing.assert_array_equal(getattr(matrix, name), getattr(flat, name))


def test_blocks_do_not_show():
    rng = np.random.default_rng(2)
    y, v = rng.normal(size=(9000, 5)), rng.uniform(0.1, 1, (9000, 5))
    whole, part = pool_many(y, v), pool_many(y[8990:], v[8990:])
    np.testing.assert_allclose(whole.ci_low[8990:], part.ci_low, rtol=1e-9)


def test_nothing_at_all():
    assert len(pool_many([], [])) == 0


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: pool_many([[0.1, 0.2]], [[0.1, 0.0]]), "analysis 1, study 2: effect = 0.2, variance = 0"),
        (lambda: pool_many([[0.1], [0.2, np.nan]], [[0.1], [0.1, 0.2]]), "analysis 2, study 2"),
        (lambda: pool_many([[0.1], [0.2]], [[0.1]]), "yi has 2 analyses and vi has 1"),
        (lambda: pool_many([[0.1, 0.2]], [[0.1]]), "analysis 1: 2 effects, 1 variances"),
        (lambda: pool_many([0.1, 0.2], [0.1, 0.2], offsets=[0, 1]), "offsets must start at 0"),
        (lambda: pool_many([0.1, 0.2], [0.1], offsets=[0, 2]), "2 effects and 1 variances"),
        (lambda: pool_many([[0.1]], [[0.1]], tau2="?"), "tau2 = '?'"),
    ],
)
def test_bad_input(call, words):
    with pytest.raises(InputError, match=words):
        call()
