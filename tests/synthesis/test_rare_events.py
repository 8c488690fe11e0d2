"""Mixed models of counts against logistic regression, brute-force integration and symmetry."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import integrate, stats

from reviewkit.errors import InputError
from reviewkit.synthesis import beta_binomial, glmm, glmm_proportions, glmm_rates
from reviewkit.synthesis.count_likelihood import Binomial, Hypergeometric, OneArm, TwoArms
from reviewkit.synthesis.random_effect import RandomEffectModel

A, B = np.array([5.0, 0, 12, 3, 7]), np.array([95.0, 40, 188, 57, 43])
C, D = np.array([9.0, 3, 14, 11, 6]), np.array([91.0, 37, 186, 49, 44])
LIKE = (np.array([10.0, 20, 30]), np.array([90.0, 180, 270]), np.array([20.0, 40, 60]), np.array([80.0, 160, 240]))


@pytest.mark.parametrize("tau", [0.2, 0.9])
def test_integrated_likelihood_equals_brute_force(tau):
    theta, events, n = -0.4, A, A + C
    only = OneArm(Binomial(events[:, None], n[:, None], np.zeros((5, 1))))
    ours = RandomEffectModel(only, 5, np.zeros(5))._moments(tau, theta, np.zeros(5)).value

    def integrand(u: float, i: int) -> float:
        eta = theta + u
        return math.exp(events[i] * eta - n[i] * math.log1p(math.exp(eta))) * stats.norm.pdf(u, scale=tau)

    brute = [math.log(integrate.quad(integrand, -8, 8, args=(i,), epsabs=0, limit=200)[0]) for i in range(5)]
    assert ours == pytest.approx(brute, rel=1e-8)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Perfect separation")
def test_without_heterogeneity_the_model_is_logistic_regression():
    api = pytest.importorskip("statsmodels.api")
    a, b, c, d = LIKE
    found = glmm(a, b, c, d, model="UM.FS")
    assert found.tau2 == 0.0
    k = a.size
    design = np.column_stack([np.r_[np.ones(k), np.zeros(k)], np.tile(np.eye(k), (2, 1))])
    counts = np.column_stack([np.r_[a, c], np.r_[b, d]])
    logistic = api.GLM(counts, design, family=api.families.Binomial()).fit(tol=1e-12)
    assert found.estimate == pytest.approx(float(logistic.params[0]), abs=1e-7)
    assert found.se == pytest.approx(float(logistic.bse[0]), rel=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize("model", ["UM.FS", "UM.RS", "CM.AL", "CM.EL"])
def test_swapping_the_groups_turns_the_sign(model):
    one, other = glmm(A, B, C, D, model=model), glmm(C, D, A, B, model=model)
    # The binomial approximation conditions on events and is not symmetric in groups of different size.
    close = 2e-4 if model == "UM.RS" else 1e-6
    assert other.estimate == pytest.approx(-one.estimate, abs=close)
    assert other.tau2 == pytest.approx(one.tau2, abs=10 * close)


def test_order_of_studies_is_nothing():
    one, other = glmm(A, B, C, D), glmm(A[::-1], B[::-1], C[::-1], D[::-1])
    assert (other.estimate, other.se, other.tau2) == pytest.approx((one.estimate, one.se, one.tau2), abs=1e-6)


def test_exact_conditional_likelihood_is_that_of_fisher():
    like = Hypergeometric.of(A, A + B, C, C + D)
    value, slope, _ = like.terms(np.full((5, 1), 0.7))
    for i in range(5):
        m = stats.nchypergeom_fisher(int((A + B + C + D)[i]), int((A + B)[i]), int((A + C)[i]), math.exp(0.7))
        null = stats.hypergeom(int((A + B + C + D)[i]), int((A + B)[i]), int((A + C)[i]))
        # Constants differ; the mean and the ratio to the central distribution do not.
        assert A[i] - slope[i, 0] == pytest.approx(m.mean(), rel=1e-9)
        at_zero = like.terms(np.zeros((5, 1)))[0][i, 0]
        expected = m.logpmf(A[i]) - null.logpmf(A[i])
        assert value[i, 0] - at_zero == pytest.approx(expected, abs=1e-8)


def test_gradient_of_both_arms_is_the_derivative():
    both = TwoArms(
        Binomial(A[:, None], (A + B)[:, None], np.zeros((5, 1))),
        Binomial(C[:, None], (C + D)[:, None], np.zeros((5, 1))),
    )
    alpha, delta, h = np.full((5, 1), -2.0), np.full((5, 1), 0.3), 1e-6
    _, ga, gd, haa, had, hdd = both.terms(alpha, delta)
    for step, gradient in (((h, 0), ga), ((0, h), gd)):
        up = both.terms(alpha + step[0], delta + step[1])[0]
        down = both.terms(alpha - step[0], delta - step[1])[0]
        assert (up - down) / (2 * h) == pytest.approx(gradient, rel=1e-6, abs=1e-6)
    up, down = both.terms(alpha, delta + h), both.terms(alpha, delta - h)
    assert (up[1] - down[1]) / (2 * h) == pytest.approx(had, rel=1e-5, abs=1e-6)
    assert (up[2] - down[2]) / (2 * h) == pytest.approx(hdd, rel=1e-5, abs=1e-6)
    assert (haa < 0).all()


def test_proportions_and_rates_of_like_studies():
    found = glmm_proportions([10, 20, 30], [100, 200, 300])
    assert found.tau2 == 0.0
    assert found.estimate == pytest.approx(math.log(0.1 / 0.9), abs=1e-7)
    rates = glmm_rates([10, 20], [1000, 2000], [20, 40], [1000, 2000])
    assert rates.estimate == pytest.approx(math.log(0.5), abs=1e-7)
    assert glmm_rates([10, 20], [1000, 2000], [20, 40], [1000, 2000], model="CM.EL").se == pytest.approx(
        rates.se, rel=1e-4
    )


def test_beta_binomial_of_like_studies_is_binomial_and_keeps_empty_ones():
    a, b, c, d = LIKE
    crude = math.log(a.sum() * d.sum() / (b.sum() * c.sum()))
    found = beta_binomial(a, b, c, d)
    assert found.estimate == pytest.approx(crude, abs=1e-3)
    assert beta_binomial(np.r_[a, 0], np.r_[b, 30], np.r_[c, 0], np.r_[d, 30]).k == 4


def test_beta_binomial_turns_its_sign_with_the_groups():
    one, other = beta_binomial(A, B, C, D), beta_binomial(C, D, A, B)
    assert other.estimate == pytest.approx(-one.estimate, abs=1e-4)
    assert other.se == pytest.approx(one.se, rel=1e-3)
    assert one.tau2 is None and 0 <= (one.correlation or 0.0) < 1


def test_empty_studies_are_left_out_and_named():
    found = glmm(np.r_[A, 0], np.r_[B, 30], np.r_[C, 0], np.r_[D, 30], studies=[*"abcde", "Silent 1999"])
    assert found.k == 5 and found.excluded[0][0] == "Silent 1999"
    assert found.as_dict()["excluded"] == [{"study": "Silent 1999", "reason": found.excluded[0][1]}]


@pytest.mark.parametrize("model", [glmm, beta_binomial])
def test_no_events_in_one_group_is_refused(model):
    with pytest.raises(InputError, match="undefined"):
        model([0, 0], [20, 30], [3, 4], [20, 30])


def test_one_study_is_its_own_result():
    found = glmm([10], [90], [20], [80])
    assert found.estimate == pytest.approx(math.log(10 * 80 / (90 * 20)), abs=1e-7)
    assert found.se == pytest.approx(math.sqrt(1 / 10 + 1 / 90 + 1 / 20 + 1 / 80), rel=1e-6)
    assert found.tau2 == 0.0 and "One study" in found.warnings[0]
    with pytest.raises(InputError, match="at least three"):
        glmm([10], [90], [20], [80], model="UM.RS")


def test_exact_likelihood_refuses_what_it_cannot_do():
    with pytest.raises(InputError, match="whole numbers"):
        glmm([1.5, 2], [20, 30], [3, 4], [20, 30], model="CM.EL")


@pytest.mark.slow
def test_stopping_as_lme4_does_changes_the_error_a_little():
    one, other = glmm(A, B, C, D, model="UM.RS"), glmm(A, B, C, D, model="UM.RS", laplace="lme4")
    assert other.estimate == pytest.approx(one.estimate, abs=5e-3)
    assert other.se == pytest.approx(one.se, rel=0.05)
    rates = [
        glmm_rates([10, 20, 6], [90, 200, 80], [20, 38, 15], [100, 190, 90], model="UM.RS", laplace=how)
        for how in ("lme4", "converged")
    ]
    assert rates[0].estimate == pytest.approx(rates[1].estimate, abs=5e-3)
