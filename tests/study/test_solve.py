"""The smallest, or largest, value for which constraints hold."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from study.losses import step

from imgsim.scenario.grid import parse_grid
from imgsim.study.case import Case
from imgsim.study.search import between, next_place, spent
from imgsim.study.solve import solve


def once(case, path="x", **asked):
    return solve(case, path, **({"ledger": None, "jobs": 1} | asked))


def walk(find, last, first, holds):
    """Return all decisions of a search in which ``holds(place)`` is told without noise."""
    grid = parse_grid(0, last, start=first)
    decisions = {}
    while (place := next_place(decisions, find, grid)) is not None:
        assert place not in decisions
        assert 0 <= place <= last
        decisions[place] = holds(place)
    return decisions


@st.composite
def ranges(draw):
    last = draw(st.integers(1, 3000))
    return last, draw(st.integers(0, last)), draw(st.integers(0, last + 1))


@given(ranges(), st.sampled_from(["smallest", "largest"]))
def test_without_noise_the_walk_ends_at_every_threshold(case, find):
    last, first, threshold = case

    def holds(place):
        return "proved" if (place >= threshold) == (find == "smallest") else "disproved"

    decisions = walk(find, last, first, holds)
    assert between(decisions, find, last) == (threshold - 1, threshold)
    assert len(decisions) <= 2 * math.log2(last + 1) + 3


@given(ranges(), st.integers(1, 5), st.sampled_from(["smallest", "largest"]))
def test_places_that_stay_undecided_are_enclosed_as_tightly_as_can_be(case, width, find):
    last, first, threshold = case

    def holds(place):
        if threshold <= place < threshold + width:
            return "undecided"
        return "proved" if (place >= threshold) == (find == "smallest") else "disproved"

    decisions = walk(find, last, first, holds)
    below, above = between(decisions, find, last)
    assert below == threshold - 1
    assert above == min(threshold + width, last + 1)
    assert len(decisions) <= 3 * math.log2(last + 1) + 5 + width


@pytest.mark.parametrize("find", ["smallest", "largest"])
@pytest.mark.parametrize("threshold", [1, 2, 3, 17, 64, 99, 100, 101])
@pytest.mark.parametrize("start", [None, 50])
def test_a_step_is_found_exactly(find, threshold, start):
    limit = "< 0.5" if find == "smallest" else "> 0.5"
    case = Case(step, {"x": 0, "threshold": threshold})
    found = once(case, find=find, low=1, high=100, start=start, constraints={"share": limit})
    wanted = threshold if find == "smallest" else threshold - 1
    if 1 <= wanted <= 100:
        assert (found.end, found.answer, found.bounds) == ("solved", wanted, (wanted, wanted))
    else:
        assert (found.end, found.answer) == ("bounded", None)


def test_the_decisions_share_the_error_as_the_series_of_basel():
    levels = [spent(0.05, i) for i in range(1, 20_000)]
    assert levels[0] == pytest.approx(6 * 0.05 / math.pi**2)
    assert levels[0] / levels[9] == pytest.approx(100)
    assert 0.0499 < sum(levels) < 0.05
