"""Levels integrated from instants, against counting second by second."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from imgsim.records.rows import MISSING
from imgsim.results.levels import integral, level_steps, peak

SPANS = st.lists(
    st.tuples(st.none() | st.integers(-20, 60), st.none() | st.integers(0, 30)), max_size=12
)


def arrays(spans):
    begins = [MISSING if begin is None else begin for begin, _ in spans]
    ends = [
        MISSING if begin is None or length is None else begin + length for begin, length in spans
    ]
    return np.array(begins, np.int64), np.array(ends, np.int64)


def level(spans, instant):
    """Count who is inside in the unit of time that follows the instant."""
    return sum(
        begin is not None and begin <= instant and (length is None or instant < begin + length)
        for begin, length in spans
    )


@given(SPANS, st.integers(0, 40), st.integers(0, 40))
def test_the_integral_is_the_sum_of_the_level_over_each_unit_of_time(spans, begin, length):
    area = integral(*level_steps(*arrays(spans)), begin, begin + length)
    assert area == sum(level(spans, instant) for instant in range(begin, begin + length))
    assert isinstance(area, int)


@given(SPANS, st.integers(0, 40))
def test_the_peak_is_the_highest_level_at_or_after_the_beginning(spans, begin):
    highest = max(level(spans, instant) for instant in range(begin, 100))
    assert peak(*level_steps(*arrays(spans)), begin) == highest


def test_who_leaves_and_who_follows_at_once_are_never_counted_together():
    begins, ends = np.array([0, 5, 10]), np.array([5, 10, 15])
    assert peak(*level_steps(begins, ends), 0) == 1


def test_a_level_of_nothing_is_nought():
    none = np.array([], np.int64)
    assert integral(*level_steps(none, none), 0, 10) == 0
    assert peak(*level_steps(none, none), 0) == 0
