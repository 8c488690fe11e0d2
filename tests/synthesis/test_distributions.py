"""Our distributions against scipy.stats, which the package itself never loads."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from reviewkit.synthesis import distributions as d

X = np.array([-8.0, -1.3, 0.0, 0.4, 2.5, 9.0])
P = np.array([1e-10, 0.025, 0.4, 0.975, 1 - 1e-9])
DF = [1, 2, 4.5, 30, 1000]


def test_normal():
    np.testing.assert_allclose(d.normal_cdf(X), stats.norm.cdf(X), rtol=1e-12)
    np.testing.assert_allclose(d.normal_sf(X), stats.norm.sf(X), rtol=1e-12)
    np.testing.assert_allclose(d.normal_ppf(P), stats.norm.ppf(P), rtol=1e-9)


@pytest.mark.parametrize("df", DF)
def test_t(df):
    np.testing.assert_allclose(d.t_cdf(X, df), stats.t.cdf(X, df), rtol=1e-10)
    np.testing.assert_allclose(d.t_sf(X, df), stats.t.sf(X, df), rtol=1e-10)
    np.testing.assert_allclose(d.t_ppf(P, df), stats.t.ppf(P, df), rtol=1e-9)


@pytest.mark.parametrize("df", DF)
def test_chi2(df):
    x = np.abs(X) * df
    np.testing.assert_allclose(d.chi2_cdf(x, df), stats.chi2.cdf(x, df), rtol=1e-10)
    np.testing.assert_allclose(d.chi2_sf(x, df), stats.chi2.sf(x, df), rtol=1e-9, atol=1e-300)
    np.testing.assert_allclose(d.chi2_ppf(P, df), stats.chi2.ppf(P, df), rtol=1e-9)


@pytest.mark.parametrize("df", [(1, 5), (3, 12), (2, 400)])
def test_f(df):
    x = np.abs(X)
    np.testing.assert_allclose(d.f_cdf(x, *df), stats.f.cdf(x, *df), rtol=1e-10)
    np.testing.assert_allclose(d.f_sf(x, *df), stats.f.sf(x, *df), rtol=1e-10)
    np.testing.assert_allclose(d.f_ppf(P[1:4], *df), stats.f.ppf(P[1:4], *df), rtol=1e-8)


def test_infinite_degrees_of_freedom_are_the_normal():
    assert d.critical(0.95) == pytest.approx(stats.norm.ppf(0.975), rel=1e-12)
    assert d.two_sided_p(-3.0, math.inf) == pytest.approx(2 * stats.norm.sf(3.0), rel=1e-12)
    np.testing.assert_allclose(d.t_cdf(X, np.inf), stats.norm.cdf(X), rtol=1e-12)
