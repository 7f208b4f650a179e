"""Differences, and the word beside a margin."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from imgsim.results.measures import Measured, Share
from imgsim.study.differences import Difference, difference, word
from imgsim.study.sample import samples


def plain(values):
    return samples([{"x": Measured(float(value))} for value in values])["x"]


def shares(parts, whole=100):
    return samples([{"x": Share(part, whole)} for part in parts])["x"]


def told(low, high, margin, *, higher=False):
    found = Difference(1.0, 1.0, (low + high) / 2, low, high, 1.0, 20, "")
    return word(found, margin, higher_is_better=higher)


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (1.1, 2, "worse"),
        (-2, -1.1, "better"),
        (-0.9, 0.9, "equivalent"),
        (-0.9, 1.1, "undecided"),
        (0.1, 1.1, "undecided"),
        (1.0, 2, "undecided"),
        (-1.0, 0.5, "undecided"),
        (-9, 9, "undecided"),
    ],
)
def test_the_word_is_of_the_interval_beside_the_margin(low, high, said):
    assert told(low, high, 1) == said
    swapped = {"better": "worse", "worse": "better"}
    assert told(low, high, 1, higher=True) == swapped.get(said, said)
    assert told(-high, -low, 1) == swapped.get(said, said)


def test_pairs_are_held_against_each_other():
    rng = np.random.default_rng(2)
    luck = rng.normal(size=30)
    one, two = 5 + luck, 5.5 + luck + 0.1 * rng.normal(size=30)
    found = difference(plain(one), plain(two), 0.05)
    known = stats.ttest_rel(two, one).confidence_interval(0.95)
    assert (found.low, found.high) == (pytest.approx(known.low), pytest.approx(known.high))
    assert found.difference == pytest.approx((two - one).mean())
    assert found.variance_ratio == pytest.approx(
        (one.var(ddof=1) + two.var(ddof=1)) / (two - one).var(ddof=1)
    )
    assert found.variance_ratio > 50


def test_shares_of_equal_wholes_are_paired_like_means():
    rng = np.random.default_rng(3)
    one, two = rng.binomial(100, 0.3, 40), rng.binomial(100, 0.4, 40)
    found = difference(shares(one), shares(two), 0.05)
    known = stats.ttest_rel(two / 100, one / 100).confidence_interval(0.95)
    assert (found.low, found.high) == (pytest.approx(known.low), pytest.approx(known.high))


def test_shares_that_never_had_an_event_are_known_by_the_number_of_replications_alone():
    found = difference(shares([0] * 30), shares([0] * 30), 0.05)
    assert (found.low, found.high) == (
        pytest.approx(-0.1157, abs=1e-4),
        pytest.approx(0.1157, abs=1e-4),
    )
    assert found.variance_ratio is None


def test_shares_that_never_differed_may_differ_by_the_size_of_their_events():
    parts = [4, 0] * 15
    found = difference(shares(parts), shares(parts), 0.05)
    assert found.high == pytest.approx(0.1157 * 0.04, abs=1e-5)
    assert found.variance_ratio == math.inf


def test_one_pair_that_differs_is_not_taken_for_a_known_rate():
    found = difference(shares([0] * 30), shares([20] + [0] * 29), 0.05)
    assert found.difference == pytest.approx(0.2 / 30)
    assert found.high > 5 * found.difference
    assert found.method == "1 of 30 pairs differ"


def test_means_that_never_differed_are_the_same():
    found = difference(plain([3, 4, 5]), plain([3, 4, 5]), 0.05)
    assert (found.low, found.high, found.method) == (0, 0, "0 of 3 pairs differ")


def test_bounds_and_missing_values_leave_no_difference():
    bound = samples([{"x": Measured(3.0, at_least=True)}, {"x": Measured(2.0)}])["x"]
    missing = samples([{"x": Measured(None)}, {"x": Measured(2.0)}])["x"]
    for one in (bound, missing):
        for pair in ((one, plain([1, 2])), (plain([1, 2]), one)):
            found = difference(*pair, 0.05)
            assert (found.difference, found.low, found.high) == (None, None, None)
            assert word(found, 1, higher_is_better=False) == "undecided"
