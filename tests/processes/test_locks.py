"""Security locks come and go: scheduled or drawn, by instance or all together."""

from __future__ import annotations

from itertools import pairwise

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import imgsim
from imgsim import Scenario, ScenarioError, Simulation

DISKS = [{"kind": "system", "size": "40 GiB"}]
CALL = {"RegionId": "r", "InstanceId": "g-1"}


def scenario(lock=None, *, count=3, **more):
    data = {
        "imgsim": 1,
        "name": "locks",
        "run": {"horizon": "24h"},
        "regions": {"r": {"registration": "1s", "snapshot_service": {"duration": "60s"}}},
        "instances": [{"group": "g", "count": count, "region": "r", "disks": DISKS}],
        "processes": {}
        if lock is None
        else {"scan": {"locks": {"instances": {"group": "g"}} | lock}},
    }
    return Scenario.from_mapping(data | more)


def changes(run, attribute="lock security", id="g-1"):
    """Return the seconds and values of what changed about an instance."""
    rows = run.states[(run.states["attribute"] == attribute) & (run.states["id"] == id)]
    since = (rows["changed_at"] - pd.Timestamp(run.scenario.start)).dt.total_seconds()
    return list(zip(since, rows["value"], strict=True))


def at(*instants):
    return {"instants": {"at": list(instants)}}


def test_calls_are_denied_from_the_lock_to_its_end_and_no_longer():
    sim = Simulation(scenario({"when": at("1h"), "lasts": "10m"}))
    answers = []
    for until in ("3600s", "3601s", "4199s", "4201s"):
        sim.run(until=until)
        answers.append(sim.create_image(CALL).row)
    assert answers == [None, 2, 2, None]
    assert changes(sim.finish()) == [(3600, "on"), (4200, "off")]


def test_an_occasion_during_a_lock_prolongs_it_at_most_to_its_own_end():
    run = imgsim.run(scenario({"when": at("10s", "40s", "50s", "150s"), "lasts": "60s"}))
    assert changes(run) == [(10, "on"), (110, "off"), (150, "on"), (210, "off")]


def test_an_occasion_at_the_very_end_of_a_lock_prolongs_it():
    run = imgsim.run(scenario({"when": at("10s", "70s", "131s"), "lasts": "60s"}))
    assert changes(run) == [(10, "on"), (130, "off"), (131, "on"), (191, "off")]


def test_a_lock_stands_before_a_call_of_its_microsecond_and_so_does_its_end():
    load = {
        "s": {"arrivals": at("10s", "70s"), "mix": [{"instances": {"ids": ["g-1"]}}]},
    }
    run = imgsim.run(scenario({"when": at("10s"), "lasts": "60s"}, load=load))
    assert run.calls["outcome"].tolist() == ["denied", "available"]


def test_together_all_are_locked_at_once_else_each_at_its_own_times():
    drawn = {"when": {"poisson": {"rate": "1/h"}}, "lasts": {"exponential": {"mean": "10m"}}}
    alone = imgsim.run(scenario(drawn))
    together = imgsim.run(scenario(drawn | {"together": True}))
    ids = ["g-1", "g-2", "g-3"]
    assert len({tuple(changes(alone, id=id)) for id in ids}) == 3
    assert len({tuple(changes(together, id=id)) for id in ids}) == 1
    assert len(changes(together)) > 20


def test_the_draws_of_an_instance_do_not_depend_on_the_others():
    drawn = {"when": {"poisson": {"rate": "1/h"}}, "lasts": {"exponential": {"mean": "10m"}}}
    few, many = (imgsim.run(scenario(drawn, count=count)) for count in (2, 5))
    assert changes(few, id="g-2") == changes(many, id="g-2") != []


def test_two_holders_keep_an_instance_locked_until_both_let_go():
    lock = {"instances": {"ids": ["g-1"]}, "lasts": "60s"}
    two = {"a": {"locks": lock | {"when": at("10s")}}, "b": {"locks": lock | {"when": at("40s")}}}
    assert changes(imgsim.run(scenario(processes=two))) == [(10, "on"), (100, "off")]


def test_what_is_unlocked_by_hand_stays_so_until_the_next_occasion():
    sim = Simulation(scenario({"when": at("10s", "40s"), "lasts": "60s"}))
    sim.run(until="20s")
    sim.unlock("g-1", "security")
    assert sim.create_image(CALL).status == "accepted"
    sim.run(until="200s")
    assert changes(sim.finish()) == [(10, "on"), (20, "off"), (40, "on"), (100, "off")]


def test_the_end_of_a_lock_that_was_undone_by_hand_is_nothing():
    sim = Simulation(scenario({"when": at("10s"), "lasts": "60s"}))
    sim.run(until="20s")
    sim.unlock("g-1", "security")
    sim.lock("g-1", "security")
    sim.unlock("g-2", "security")
    sim.run(until="200s")
    run = sim.finish()
    assert changes(run) == [(10, "on"), (20, "off"), (20, "on")]
    assert changes(run, id="g-2") == [(10, "on"), (20, "off")]


def test_a_lock_by_hand_outlasts_that_of_the_process():
    sim = Simulation(scenario({"when": at("10s"), "lasts": "60s"}))
    sim.run(until="20s")
    sim.lock("g-1", "security")
    sim.run(until="100s")
    assert sim.create_image(CALL).row == 2


def test_a_released_instance_is_passed_over():
    sim = Simulation(scenario({"when": at("10s", "100s"), "lasts": "60s", "together": True}))
    sim.release("g-3")
    sim.run(until="20s")
    sim.release("g-1")
    sim.run(until="300s")
    run = sim.finish()
    assert changes(run) == [(10, "on")]
    assert changes(run, id="g-3") == []
    assert changes(run, id="g-2") == [(10, "on"), (70, "off"), (100, "on"), (160, "off")]


def test_other_reasons_do_not_deny():
    sim = Simulation(scenario({"when": at("10s"), "lasts": "60s", "reason": "financial"}))
    sim.run(until="20s")
    assert sim.create_image(CALL).status == "accepted"
    assert changes(sim.finish(), "lock financial") == [(10, "on")]


@pytest.mark.parametrize(("stops", "outcome"), [(True, "failed"), (False, "available")])
def test_a_parameter_says_what_a_lock_does_to_an_image_being_made(stops, outcome):
    rules = {"lock_stops_imaging": stops}
    sim = Simulation(scenario({"when": at("10s"), "lasts": "60s"}, rules=rules))
    sim.create_image(CALL)
    sim.run(until="300s")
    assert sim.finish().calls["outcome"].tolist() == [outcome]


def test_locks_of_an_empty_group_are_nothing_and_no_lock_keeps_a_run_going():
    lock = {"when": {"poisson": {"rate": "1/s"}}, "lasts": "1d"}
    empty = imgsim.run(scenario(lock, count=0, run={}))
    assert (len(empty.states), empty.ended_at) == (0, 0)
    load = {"s": {"arrivals": at("10s"), "mix": [{"instances": {"ids": ["g-2"]}}]}}
    lock["instances"] = {"ids": ["g-1", "g-1"]}
    ended = imgsim.run(scenario(lock, run={}, load=load))
    assert ended.ended_at == 71_000_000
    assert len(changes(ended)) == 1  # prolonged again and again, for ever


def test_an_occasion_at_the_horizon_is_not_seen():
    run = imgsim.run(scenario({"when": at("23h", "24h"), "lasts": "1m"}))
    assert len(changes(run)) == 2


def test_what_is_wrong_with_locks_is_said():
    with pytest.raises(ScenarioError) as caught:
        scenario({"when": at("1h"), "lasts": "1m", "reason": ""})
    assert "reason must not be empty" in str(caught.value)
    with pytest.raises(ScenarioError) as caught:
        scenario({"when": {"closed-loop": {"clients": 1}}, "lasts": "1m"})
    assert "processes.scan.locks.when" in str(caught.value)
    with pytest.raises(ScenarioError) as caught:
        scenario({"when": at("1h"), "lasts": "1m", "instances": {"group": "h"}})
    assert "unknown group 'h'; groups: g" in str(caught.value)


spans = st.lists(st.tuples(st.integers(0, 300), st.integers(1, 60)), min_size=1, max_size=8)


@settings(max_examples=60, deadline=None)
@given(spans, st.lists(st.integers(1, 120), min_size=1, max_size=3))
def test_an_instance_is_locked_just_while_some_occasion_of_some_process_lasts(begins, lasts):
    """Held against the union of the spells, second by second."""
    instants = sorted(begin for begin, _ in begins)
    processes = {
        f"p{n}": {
            "locks": {
                "instances": {"ids": ["g-1"]},
                "when": at(*[f"{i}s" for i in instants[n::3]]),
                "lasts": f"{last}s",
            }
        }
        for n, last in enumerate(lasts)
    }
    run = imgsim.run(scenario(processes=processes))
    held = {
        second
        for n, last in enumerate(lasts)
        for i in instants[n::3]
        for second in range(i, i + last)
    }
    rows = changes(run)
    assert [value for _, value in rows] == ["on", "off"] * (len(rows) // 2)
    told = {
        second
        for (on, _), (off, _) in list(pairwise(rows))[::2]
        for second in range(int(on), int(off))
    }
    assert told == held
    assert run.measures["lock_share"] == pytest.approx(len(held) / 86_400 / 3)
