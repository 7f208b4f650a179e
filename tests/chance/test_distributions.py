"""Each distribution against its stated mean and quantiles; scipy.stats is the witness."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from imgsim.chance.distributions import (
    DISTRIBUTIONS,
    Constant,
    Empirical,
    Exponential,
    Gamma,
    Lognormal,
    Uniform,
)
from imgsim.chance.streams import Chance, rounded

SIGMA = math.sqrt(math.log(1 + 0.6**2))
WITNESSES = [
    pytest.param(Uniform(2.0, 5.0), stats.uniform(2, 3), id="uniform"),
    pytest.param(Exponential(7.0), stats.expon(scale=7), id="exponential"),
    pytest.param(
        Lognormal(mean=6.0, cv=0.6),
        stats.lognorm(SIGMA, scale=6 / math.sqrt(1 + 0.6**2)),
        id="lognormal by mean and cv",
    ),
    pytest.param(
        Lognormal(median=4.0, sigma=1.1), stats.lognorm(1.1, scale=4), id="lognormal by median"
    ),
    pytest.param(Gamma(6.0, 0.5), stats.gamma(4, scale=1.5), id="gamma, smooth"),
    pytest.param(Gamma(6.0, 2.0), stats.gamma(0.25, scale=24), id="gamma, bursty"),
]
SHARES = np.concatenate([[1e-9, 1e-4], np.linspace(0.005, 0.995, 199), [0.9999, 1 - 1e-9]])


@pytest.mark.parametrize(("law", "witness"), WITNESSES)
def test_quantiles_are_those_of_the_witness(law, witness):
    np.testing.assert_allclose(law.quantile(SHARES), witness.ppf(SHARES), rtol=1e-9)


@pytest.mark.parametrize(("law", "witness"), WITNESSES)
def test_the_stated_mean_is_that_of_the_witness(law, witness):
    assert law.average == pytest.approx(witness.mean(), rel=1e-12)


@pytest.mark.parametrize(
    "law",
    [
        Uniform(2.0, 5.0),
        Exponential(7.0),
        Lognormal(mean=6.0, cv=0.6),
        Lognormal(median=4.0, sigma=1.1),
        Gamma(6.0, 0.5),
    ],
    ids=repr,
)
def test_the_stated_mean_is_the_integral_of_the_quantiles(law):
    # u = Phi(z) tames the tail: the integral over z of quantile(Phi(z)) phi(z).
    area, _ = integrate.quad(
        lambda z: float(law.quantile(np.array(stats.norm.cdf(z)))) * stats.norm.pdf(z), -8, 8
    )
    assert law.average == pytest.approx(area, rel=1e-6)


@pytest.mark.parametrize(("law", "witness"), WITNESSES)
def test_a_million_draws_have_the_stated_mean_within_four_standard_errors(law, witness):
    draws = law.quantile(Chance(3, 0).uniforms("x", 0, 1 << 20))
    assert abs(draws.mean() - law.average) < 4 * witness.std() / math.sqrt(len(draws))


@pytest.mark.parametrize(("law", "witness"), WITNESSES)
def test_draws_follow_the_witness_by_kolmogorov_and_smirnov(law, witness):
    draws = law.quantile(Chance(4, 0).uniforms("x", 0, 1 << 14))
    assert stats.kstest(draws, witness.cdf).pvalue > 1e-3


def test_a_constant_is_always_its_value():
    law = Constant(5)
    assert law.average == 5.0
    assert law.quantile(np.array([[0.1, 0.9]])).tolist() == [[5.0, 5.0]]


@given(
    st.lists(st.integers(0, 2**53), min_size=1, max_size=30),
    st.floats(0, 1, exclude_min=True, exclude_max=True),
)
def test_an_empirical_quantile_is_the_smallest_value_whose_share_exceeds(values, share):
    law = Empirical(tuple(values))
    values = sorted(values)
    place = min(int(share * len(values)), len(values) - 1)
    assert float(law.quantile(np.array(share))) == values[place]
    assert law.average == pytest.approx(sum(values) / len(values))


def test_an_empirical_distribution_gives_each_value_as_often_as_it_was_seen():
    draws = Empirical((1, 1, 1, 4)).quantile(Chance(5, 0).uniforms("x", 0, 1 << 16))
    assert set(draws) == {1.0, 4.0}
    assert abs((draws == 4).mean() - 0.25) < 4 * math.sqrt(0.25 * 0.75 / len(draws))


@pytest.mark.parametrize(
    "law",
    [
        Constant(0.0),
        Uniform(0.0, 0.0),
        Exponential(1e-9),
        Lognormal(median=1e-6, sigma=9.0),
        Gamma(1e-3, 30.0),
    ],
    ids=repr,
)
def test_durations_are_whole_microseconds_and_at_least_one(law):
    draws = Chance(1, 0).durations("x", law)
    drawn = [draws.at(i) for i in range(2000)]
    assert all(type(value) is int and value >= 1 for value in drawn)


def test_durations_are_rounded_when_drawn_halves_to_even():
    assert rounded(np.array([0.4, 1.5, 2.5, 2.500001, 1e300])) == [1, 2, 2, 3, 2**55]


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("constant", {"value": -1}),
        ("uniform", {"low": 2, "high": 1}),
        ("uniform", {"low": -1, "high": 1}),
        ("exponential", {"mean": 0}),
        ("lognormal", {"mean": 1}),
        ("lognormal", {"mean": 1, "sigma": 1}),
        ("lognormal", {"mean": 1, "cv": 1, "median": 1}),
        ("lognormal", {"mean": 0, "cv": 1}),
        ("lognormal", {"median": 1, "sigma": -1}),
        ("gamma", {"mean": 1, "cv": 0}),
        ("gamma", {"mean": -1, "cv": 1}),
        ("empirical", {"values": ()}),
        ("empirical", {"values": (1, -1)}),
    ],
)
def test_parameters_that_make_no_distribution_are_refused(kind, fields):
    with pytest.raises(ValueError, match=r"must|give"):
        DISTRIBUTIONS[kind](**fields)
