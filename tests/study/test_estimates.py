"""Numbers with their confidence: what each is of, and what it says when nothing can be said."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from imgsim.results.measures import Measured, Share
from imgsim.study.estimates import estimate, exact_binomial, share_of_calls, share_of_trials
from imgsim.study.sample import samples


def sample(name, *column):
    return samples([{name: value} for value in column])[name]


def shares(*pairs):
    parts, wholes = np.array(pairs, float).T
    return share_of_calls(parts, wholes, 0.95)


def test_a_mean_has_its_student_interval():
    column = [3.0, 5.0, 4.0, 8.0, 1.0]
    found = estimate(sample("x", *map(Measured, column)), 0.9)
    low, high = stats.ttest_1samp(column, 0).confidence_interval(0.9)
    assert (found.low, found.high) == (pytest.approx(low), pytest.approx(high))
    assert (found.mean, found.n, found.method) == (4.2, 5, "mean over replications")
    assert found.half_width == pytest.approx(high - 4.2)


def test_who_stops_when_it_is_narrow_gets_a_wider_interval():
    column = sample("x", *(Measured(float(k % 5)) for k in range(21)))
    plain, stopped = (estimate(column, 0.95, stopped=one) for one in (False, True))
    assert stopped.half_width == pytest.approx(plain.half_width * (1 + 0.5 / math.sqrt(40)))
    assert stopped.mean == plain.mean


@pytest.mark.parametrize(
    ("name", "method"),
    [
        ("time_to_available.p95", "mean of the replications' p95"),
        ("time_to_available.p95@cn-hangzhou", "mean of the replications' p95"),
        ("quota_use.peak", "mean of the replications' peak"),
        ("time_to_available.mean", "mean over replications"),
        ("p95_of_mine", "mean over replications"),
    ],
)
def test_a_quantile_says_that_it_is_a_mean_of_quantiles(name, method):
    assert estimate(sample(name, Measured(1.0), Measured(2.0)), 0.95).method == method


def test_a_bound_in_one_replication_makes_the_mean_a_bound_without_upper_end():
    found = estimate(sample("x.p95", Measured(4.0), Measured(6.0, at_least=True)), 0.95)
    plain = estimate(sample("x.p95", Measured(4.0), Measured(6.0)), 0.95)
    assert (found.mean, found.low, found.high) == (5, plain.low, None)
    assert found.at_least
    assert "at least: 1 of 2 runs ended before it was known" in found.method
    assert found.half_width == math.inf


def test_a_missing_value_leaves_no_mean():
    found = estimate(sample("x.mean", Measured(4.0), Measured(None), Measured(3.0)), 0.95)
    assert found[:3] == (None, None, None)
    assert found.method == "none: 1 of 3 replications have no value"


def test_one_replication_has_no_interval():
    found = estimate(sample("x", Measured(4.0)), 0.95)
    assert (found.mean, found.low, found.high) == (4, None, None)
    assert shares((1, 4))[:3] == (0.25, None, None)


@pytest.mark.parametrize(("events", "trials"), [(0, 30), (3, 30), (30, 30), (1, 1000)])
def test_shares_of_trials_are_exactly_binomial(events, trials):
    found = share_of_trials(events, trials, 0.95)
    known = stats.binomtest(events, trials).proportion_ci(0.95, "exact")
    assert (found.low, found.high) == (pytest.approx(known.low), pytest.approx(known.high))
    assert (found.mean, found.n) == (events / trials, trials)
    assert share_of_trials(0, 0, 0.95).mean is None


def test_a_share_of_calls_is_the_ratio_of_sums_and_not_the_mean_of_ratios():
    assert shares((1, 10), (9, 30), (0, 0)).mean == 0.25
    assert shares((0, 0), (0, 0))[:4] == (None, None, None, 2)


def test_calls_that_are_independent_get_nearly_the_binomial_interval():
    rng = np.random.default_rng(1)
    pairs = [(rng.binomial(500, 0.1), 500) for _ in range(200)]
    found = shares(*pairs)
    low, high = exact_binomial(sum(one for one, _ in pairs), 100_000, 0.95)
    assert found.high - found.low == pytest.approx(high - low, rel=0.15)
    assert found.high - found.low >= (high - low) * 0.99


def test_calls_that_cluster_get_a_wider_interval():
    alone = shares(*[(k % 2, 100) for k in range(40)])
    together = shares(*[(20 * (k % 40 == 0), 100) for k in range(40)])
    assert alone.mean == together.mean
    assert together.high - together.low > 5 * (alone.high - alone.low)


def test_a_few_single_events_are_no_proof_that_none_come_together():
    single = shares((1, 100), *[(0, 100)] * 19)
    _, plain = exact_binomial(1, 2000, 0.95)
    assert single.high > 1.5 * plain
    assert single.low < 1e-4


@pytest.mark.parametrize(("part", "ends"), [(0, (0, 0.1157)), (100, (0.8843, 1))])
def test_without_any_event_replications_are_what_is_counted(part, ends):
    found = shares(*[(part, 100)] * 30, (0, 0))
    assert (found.low, found.high) == pytest.approx(ends, abs=1e-4)
    assert "bound by 0 of 30 replications" in found.method


def test_a_share_that_is_missing_in_one_replication_is_a_plain_mean_of_none():
    found = estimate(sample("x", Share(1, 4), Measured(None)), 0.95)
    assert found.mean is None
