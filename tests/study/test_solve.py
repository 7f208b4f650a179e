"""The smallest, or largest, value for which constraints hold."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from study.losses import breaks, curve, loss, rare, rare_and_slow, step, waits

import imgsim
from imgsim.scenario.grid import parse_grid
from imgsim.study.case import Case
from imgsim.study.constraints import Constraint, check, judge, together
from imgsim.study.estimates import estimate
from imgsim.study.looks import looks
from imgsim.study.runs import Runs
from imgsim.study.sample import Sample
from imgsim.study.search import between, next_place, spent
from imgsim.study.solve import solve
from imgsim.study.study import IncompleteError

QUICK = Path(__file__).parents[2] / "scenarios" / "quickstart.yaml"


def once(case, path="x", **asked):
    return solve(case, path, **({"ledger": None, "jobs": 1} | asked))


def table(noise=1.0, seed=1, **levels):
    return Case(curve, {"x": 0, "noise": noise, "seed": seed, "levels": levels})


def decided(solution):
    return {point.value: point.decision for point in solution.points}


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


def test_each_look_of_a_point_spends_an_equal_part_and_sides_are_one_sided():
    case = table(a=[9 - x for x in range(10)], b=[x - 50 for x in range(10)])
    constraints = {"a": "< 4.5", "b": {"below": 0}}
    found = once(case, low=0, high=9, constraints=constraints, n=100, confidence=0.9)
    assert [point.error for point in found.points] == [
        pytest.approx(spent(0.1, order)) for order in range(1, len(found.points) + 1)
    ]
    for point in found.points:
        level = point.error / len([*looks(100)])
        for name, told in point.checks.items():
            sample = point.study.samples[name]
            assert told.high == estimate(sample, 1 - 2 * level).high
            assert told.low == estimate(sample, 1 - 2 * level / 2).low
    assert found.answer == 5


def sample(values, at_least=False):
    column = np.array(values, float)
    return Sample("m", column, np.full(len(column), at_least), None, None)


@pytest.mark.parametrize(
    ("values", "at_least", "below", "decision"),
    [
        ([1.0, 1.1] * 10, False, True, "proved"),
        ([3.0, 3.1] * 10, False, True, "disproved"),
        ([3.0, 3.1] * 10, False, False, "proved"),
        ([1.0, 3.0] * 10, False, True, "undecided"),
        ([1.9, 2.1] * 10, False, True, "near"),
        ([1.0, 1.1] * 10, True, True, "undecided"),
        ([3.0, 3.1] * 10, True, True, "disproved"),
        ([1.0, 1.1] * 10, True, False, "undecided"),
        ([3.0, 3.1] * 10, True, False, "proved"),
        ([1.0, math.nan] * 10, False, True, "undecided"),
    ],
)
def test_what_is_only_a_bound_or_missing_is_decided_with_care(values, at_least, below, decision):
    one = Constraint("m", 2.0, below, zone=0.5)
    assert check(one, sample(values, at_least), 0.01, 1).decision == decision


def test_a_point_is_proved_when_all_are_and_disproved_when_any_is():
    good, bad, open_ = sample([1.0, 1.1] * 10), sample([3.0, 3.1] * 10), sample([0.0, 4.0] * 10)
    for samples, decision in (
        ((good, good), "proved"),
        ((good, bad), "disproved"),
        ((open_, bad), "disproved"),
        ((good, open_), "undecided"),
    ):
        constraints = [Constraint("a", 2.0, below=True), Constraint("b", 2.0, below=True)]
        named = dict(zip("ab", samples, strict=True))
        assert together(judge(constraints, named, 0.01)) == decision


def test_a_value_within_the_zone_ends_the_search_beside_it():
    case = table(a=[8, 6, 4, 2.02, 0.5, 0, 0])
    asked = {"low": 0, "high": 6, "constraints": {"a": "< 2"}, "n": 100}
    assert once(case, **asked).end == "bounded"
    found = once(case, **asked, indifference={"a": 1})
    assert (found.end, found.answer, decided(found)[3]) == ("solved", 4, "near")
    assert "3 lies inside the indifference zone" in found.sentence


def test_what_stays_undecided_bounds_the_answer_and_costs_no_more_than_its_budget():
    levels = [9, 8, 7, 6, 5, 4, 3, 2.01, 2, 1.99, 1, 0, -1, -2, -3]
    found = once(table(noise=3, a=levels), low=0, high=14, constraints={"a": "< 2"}, n=70)
    assert found.end == "bounded"
    assert (found.bounds[1], found.answer) == (found.answer, found.answer)
    low, high = found.bounds
    assert low <= 9 <= high
    assert max(point.n for point in found.points) == 70
    assert all(point.n == 70 for point in found.points if point.decision == "undecided")
    assert "undecided" in decided(found).values()
    assert f"lies between {low} and {high}, and {high} holds" in found.sentence
    assert "Undecided after 70 replications" in found.sentence


def test_everything_and_nothing_are_said():
    falling = table(a=[9, 8, 7, 6, 5])
    all_hold = once(falling, low=0, high=4, constraints={"a": "< 20"})
    assert (all_hold.end, all_hold.answer) == ("solved", 0)
    assert "it is the end of the range, smaller ones were not looked at" in all_hold.sentence
    none = once(falling, low=0, high=4, constraints={"a": "< 2"})
    assert (none.end, none.answer, none.bounds) == ("bounded", None, (None, None))
    assert "no x from 0 to 4 keeps a < 2" in none.sentence
    loud = table(noise=50, a=[9, 8, 7, 6, 5])
    unknown = once(loud, low=0, high=4, constraints={"a": "< 7"}, n=20)
    assert (unknown.end, unknown.answer) == ("bounded", None)
    assert "none was proved" in unknown.sentence


def test_what_turns_is_scanned():
    turning = table(a=[9, 1, 9, 9.5, 10, 8, 6, 4, 1, 0.5, 0.3, 0.2])
    found = once(turning, low=0, high=11, constraints={"a": "< 3"}, start=2)
    assert found.disorder is not None
    assert (found.end, found.answer) == ("solved", 1)
    assert "Beware: a is worse at" in found.sentence
    back = table(a=[0.2, 0.3, 0.5, 9, 9, 9, 8, 8, 1, 8, 6, 5])
    found = once(back, find="largest", low=0, high=11, constraints={"a": "< 3"}, start=11)
    assert found.disorder is not None
    assert (found.end, found.answer) == ("solved", 8)


def test_a_scan_that_skips_values_bounds_the_answer():
    levels = [9.0 + (x % 7) for x in range(200)] + [1.0] * 100
    found = once(table(0.01, a=levels), low=0, high=299, constraints={"a": "< 3"})
    assert found.disorder is not None
    assert found.end == "bounded"
    assert found.bounds[1] == found.answer == 200
    assert len(found.points) <= 64 + 20


def test_what_only_falls_is_not_scanned_whatever_the_noise():
    falling = [10 - 0.3 * x for x in range(40)]
    for seed in range(40):
        found = once(table(3, seed, a=falling), low=0, high=39, constraints={"a": "< 5"}, n=45)
        assert found.disorder is None


def test_two_constraints_that_go_against_each_other_leave_a_window():
    case = table(a=[9 - x for x in range(10)], b=list(range(10)))
    asked = {"low": 0, "high": 9}
    loose = once(case, **asked, constraints={"a": "< 4.5", "b": "< 20"})
    assert (loose.disorder, loose.end, loose.answer) == (None, "solved", 5)
    window = once(case, **asked, constraints={"a": "< 4.5", "b": "< 6.5"})
    assert (window.end, window.answer) == ("solved", 5)
    shut = once(case, **asked, constraints={"a": "< 4.5", "b": "< 3.5"})
    assert (shut.end, shut.answer) == ("bounded", None)


def test_a_value_with_a_unit_is_found_on_its_grid():
    found = once(
        Case(waits, {"pause": "1m"}),
        "pause",
        find="largest",
        low="1m",
        high="2h",
        step="1m",
        constraints={"wait": "< 30m30s"},
    )
    assert (found.end, found.answer) == ("solved", "30m")
    assert [type(value) for value in found.bounds] == [str, str]
    tenth = once(
        Case(step, {"x": 0, "threshold": 0.35}),
        low=0,
        high=1,
        step=0.1,
        constraints={"share": "< 0.5"},
    )
    assert tenth.answer == pytest.approx(0.4)


def test_without_events_a_value_is_proved_only_when_the_answer_rests_on_it():
    case = Case(rare, {"x": 0, "seed": 1})
    asked = {"low": 0, "high": 100, "constraints": {"share": "< 10%"}}
    found = once(case, **asked)
    assert (found.end, found.answer) == ("solved", 6)
    several = {point.value: point.n for point in found.points}
    assert several[8] == 20
    assert several[6] > 60
    assert decided(found)[8] == "no events"
    assert max(several) == 8
    assert [point.error for point in found.points] == [
        pytest.approx(spent(0.05, order)) for order in range(1, len(several) + 1)
    ]
    few = once(case, **asked, n=40)
    assert (few.end, few.answer, decided(few)[6]) == ("bounded", None, "no events")
    assert "At 6 no event was seen in 20 replications" in few.sentence
    needed = int(few.sentence.partition(" without any would be a proof")[0].rpartition(" ")[2])
    assert once(case, **asked, n=needed).end == "solved"
    assert once(case, **asked, n=needed - 1).end == "bounded"


def test_looks_go_on_while_another_constraint_may_be_disproved():
    """No event is seen, which 400 replications cannot prove; that the level is wrong they can."""
    case = Case(rare_and_slow, {"x": 0, "seed": 3})
    constraints = {"share": "< 0.001%", "level": "< 10"}
    found = once(case, low=0, high=20, n=400, constraints=constraints)
    below = [point for point in found.points if point.value < 6]
    assert below
    assert {point.decision for point in below} == {"disproved"}
    assert max(point.n for point in below) > 20


def test_replications_that_failed_are_no_answer_unless_a_partial_one_is_asked_for():
    case = Case(breaks, {"x": 0})
    asked = {"low": 0, "high": 8, "constraints": {"share": "< 0.5"}}
    with pytest.raises(IncompleteError, match="three at four"):
        once(case, **asked)
    assert once(case, **asked, partial=True).answer == 6


def test_a_second_search_makes_only_what_is_missing(tmp_path):
    case = Case(loss, {"load": 5.0, "servers": 1, "seed": 7}, key="loss")
    asked = {"low": 1, "high": 100, "ledger": tmp_path / "l.sqlite"}
    first = once(case, "servers", **asked, constraints={"refused": "< 5%"})
    assert first.made == first.runs > 0
    again = once(case, "servers", **asked, constraints={"refused": "< 5%"})
    assert (again.made, again.runs) == (0, first.runs)
    assert again.to_frame().drop(columns="made").equals(first.to_frame().drop(columns="made"))
    tighter = once(case, "servers", **asked, constraints={"refused": "< 1%"})
    assert 0 < tighter.made < tighter.runs
    common = {p.value for p in first.points} & {p.value for p in tighter.points}
    assert len(common) >= 3
    for point in tighter.points:
        before = next((p.n for p in first.points if p.value == point.value), 0)
        assert point.made == max(point.n - before, 0)


def test_the_frame_has_a_row_for_each_constraint_at_each_point():
    case = table(a=[9 - x for x in range(10)], b=[x - 50 for x in range(10)])
    frame = once(case, low=0, high=9, constraints={"a": "< 4.5", "b": "< 0"}).to_frame()
    assert frame["value"].is_monotonic_increasing
    assert sorted(frame["order"].unique()) == [*range(1, len(frame) // 2 + 1)]
    assert set(frame["measure"]) == {"a", "b"}
    assert ((frame["low"] <= frame["mean"]) & (frame["mean"] <= frame["high"])).all()


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({}, "nothing is sought"),
        ({"path": "x"}, "solve.low: is required"),
        ({"path": "y", "low": 0, "high": 9}, "the case has no parameter 'y'; there are x"),
        ({"path": "x", "low": 9, "high": 0}, "low must be below high"),
        ({"path": "x", "low": "1m", "high": "2h"}, "needs a step"),
        ({"path": "x", "low": 0, "high": 9, "step": 0}, "a step must be above 0"),
        ({"path": "x", "low": 0, "high": 9, "step": 20}, "there are 0 steps"),
        ({"path": "x", "low": 0, "high": 9, "start": 20}, "does not lie between 0 and 9"),
        ({"path": "x", "low": 0, "high": 9, "constraints": {}}, "must not be empty|at least 1"),
        ({"path": "x", "low": 0, "high": 9, "constraints": {"a": "1%"}}, "is no constraint"),
        ({"path": "x", "low": 0, "high": 9, "constraints": {"a": {}}}, "either below or above"),
        ({"path": "x", "low": 0, "high": 9, "constraints": {"c": "< 1"}}, "no measure 'c'"),
        ({"path": "x", "low": 0, "high": 9, "indifference": {"b": 1}}, "'b' is not constrained"),
        ({"path": "x", "low": 0, "high": 9, "confidence": 2}, "a confidence of 2 cannot be"),
        ({"path": "x", "low": 0, "high": 9, "n": 1}, "at_most must be 2 or more"),
        ({"path": "x", "low": True, "high": 9}, "must be a number, or a quantity"),
    ],
)
def test_what_cannot_be_solved_is_refused(asked, message):
    asked = {"path": None, "constraints": {"a": "< 1"}} | asked if asked else {"path": None}
    with pytest.raises(ValueError, match=message):
        once(table(a=[9.0] * 10), **asked)


def test_both_ends_are_valid_scenarios_before_anything_is_run(monkeypatch):
    monkeypatch.setattr(Runs, "upto", lambda *_: pytest.fail("something was run"))
    with pytest.raises(imgsim.ScenarioError, match=r"with 9d: .*horizon"):
        imgsim.solve(
            imgsim.load(QUICK, {"run.horizon": "8d"}),
            "run.warmup",
            low="0s",
            high="9d",
            step="1h",
            constraints={"calls": "> 1"},
        )


def test_a_scenario_is_solved_by_its_block_which_arguments_override(tmp_path):
    block = {
        "smallest": "regions.cn-hangzhou.image_quota",
        "low": 40,
        "high": 140,
        "step": 50,
        "constraints": {"rejection_rate.image_quota_is_exhausted": {"below": "50%"}},
        "confidence": "80%",
    }
    scenario = imgsim.load(QUICK, {"run.horizon": "6h", "solve": block})
    ledger = tmp_path / "l.sqlite"
    found = imgsim.solve(scenario, ledger=ledger, jobs=1)
    assert (found.answer, found.question.confidence) == (40, pytest.approx(0.8))
    other = imgsim.solve(
        scenario,
        find="largest",
        constraints={"rejection_rate.image_quota_is_exhausted": "> 50%"},
        ledger=ledger,
        jobs=1,
    )
    assert (other.end, other.answer) == ("bounded", None)
    assert other.made == 0 or other.made < other.runs
