"""Faults of the snapshot service: outages, slow-downs, bursts of failures, and how they compose."""

from __future__ import annotations

import math
from fractions import Fraction

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import imgsim
from imgsim import Scenario, ScenarioError, Simulation
from imgsim.processes.effects import left_of
from imgsim.records.rows import TABLES

DISKS = [{"kind": "system", "size": "40 GiB", "used": "20 GiB"}]
SHARED = {"bandwidth": "1 GiB/s", "incremental": False}
"""A snapshot alone takes 20 s."""


def scenario(service, *faults, regions=("r",), **more):
    data = {
        "imgsim": 1,
        "name": "faults",
        "regions": {
            id: {"registration": "1s", "snapshot_service": service, "image_quota": 10_000}
            for id in regions
        },
        "instances": [{"group": id, "count": 9, "region": id, "disks": DISKS} for id in regions],
        "processes": {f"fault-{n}": {"service-faults": fault} for n, fault in enumerate(faults, 1)},
    }
    return Scenario.from_mapping(data | more)


def at(*instants):
    return {"instants": {"at": list(instants)}}


def asked(sim, *begins, region="r"):
    """Ask for images of several instances at these seconds; return when their snapshots end."""
    for number, begin in enumerate(begins, 1):
        if sim.now < begin:
            sim.run(until=f"{begin}s")
        sim.create_image({"RegionId": region, "InstanceId": f"{region}-{number}"})
    sim.run()
    rows = sim.finish().snapshots
    since = rows["ended_at"] - pd.Timestamp(sim.scenario.start)
    return since.dt.total_seconds().tolist()


def told(run, attribute, id="r"):
    rows = run.states[(run.states["attribute"] == attribute) & (run.states["id"] == id)]
    since = (rows["changed_at"] - pd.Timestamp(run.scenario.start)).dt.total_seconds()
    return list(zip(since, rows["value"], strict=True))


def test_an_outage_of_slots_keeps_new_snapshots_from_beginning_and_stops_none():
    fault = {"when": at("10s"), "lasts": "100s", "slots": "0%"}
    sim = Simulation(scenario({"slots": 4, "duration": "60s"}, fault))
    assert asked(sim, 0, 20) == [60, 170]


def test_a_share_of_the_slots_is_rounded_down():
    fault = {"when": at("10s"), "lasts": "1000s", "slots": "50%"}
    sim = Simulation(scenario({"slots": 3, "duration": "60s"}, fault))
    assert asked(sim, 20, 20, 20) == [80, 140, 200]
    assert told(sim.finish(), "slots") == [(10, "1")]


def test_unlimited_slots_stay_so_unless_none_is_left():
    half = {"when": at("10s"), "lasts": "100s", "slots": "50%"}
    none = half | {"slots": "0%"}
    ends = [
        asked(Simulation(scenario({"duration": "60s"}, fault)), 20, 20) for fault in (half, none)
    ]
    assert ends == [[80, 80], [170, 170]]


def test_an_outage_of_bandwidth_stops_all_transfers():
    fault = {"when": at("10s"), "lasts": "100s", "bandwidth": "0%"}
    sim = Simulation(scenario(SHARED, fault))
    assert asked(sim, 0, 50) == [130, 140]
    assert told(sim.finish(), "bandwidth") == [(10, "0"), (110, str(2**30))]


def test_half_the_bandwidth_takes_twice_the_time():
    fault = {"when": at("10s"), "lasts": "1h", "bandwidth": "50%"}
    assert asked(Simulation(scenario(SHARED, fault)), 0) == [30]


def test_only_snapshots_that_begin_meanwhile_are_slower():
    fault = {"when": at("10s"), "lasts": "100s", "slower": 2.5}
    sim = Simulation(scenario({"duration": "60s"}, fault))
    assert asked(sim, 0, 11, 109, 111) == [60, 161, 259, 171]
    assert told(sim.finish(), "slower") == [(10, "2.5"), (110, "1")]


def test_snapshots_fail_that_end_meanwhile():
    fault = {"when": at("100s"), "lasts": "100s", "failure": "100%"}
    sim = Simulation(scenario({"duration": "60s"}, fault))
    asked(sim, 39, 40, 139, 140)  # a fault begins and ends before the snapshots of its instant
    run = sim.finish()
    assert run.snapshots["status"].tolist() == ["accomplished", "failed", "failed", "accomplished"]
    assert run.calls["outcome"].value_counts()["failed"] == 2
    assert told(run, "failure") == [(100, "1"), (200, "0")]


def test_the_larger_of_two_failure_probabilities_counts():
    service = {"duration": "60s", "failure": "30%"}
    mild = {"when": at("0s"), "lasts": "1d", "failure": "10%"}
    hard = mild | {"failure": "60%"}
    load = {"s": {"arrivals": {"poisson": {"rate": "1/s"}}, "mix": [{"instances": {"group": "r"}}]}}
    rates = [
        imgsim.run(scenario(service, *faults, load=load, run={"horizon": "20m"})).measures[
            "failure_rate"
        ]
        for faults in ((), (mild,), (hard,), (mild, hard))
    ]
    assert rates[0] == rates[1] == pytest.approx(0.3, abs=0.05)
    assert rates[2] == rates[3] == pytest.approx(0.6, abs=0.05)


def test_the_same_snapshots_fail_and_more_of_them():
    """Common random numbers: who fails by 30% fails by 60% too."""
    load = {"s": {"arrivals": {"poisson": {"rate": "6/m"}}, "mix": [{"instances": {"group": "r"}}]}}
    failed = []
    for failure in ("30%", "60%"):
        fault = {"when": at("0s"), "lasts": "1d", "failure": failure}
        run = imgsim.run(scenario({"duration": "1s"}, fault, load=load, run={"horizon": "30m"}))
        failed.append(set(run.calls.loc[run.calls["outcome"] == "failed", "intent"]))
    assert failed[0] < failed[1]


def test_a_service_that_fails_by_a_fault_alone_fails_as_its_own_failure_would():
    load = {"s": {"arrivals": {"poisson": {"rate": "6/m"}}, "mix": [{"instances": {"group": "r"}}]}}
    fault = {"when": at("0s"), "lasts": "10d", "failure": "30%"}
    run = {"horizon": "30m"}
    by_fault = imgsim.run(scenario({"duration": "1s"}, fault, load=load, run=run))
    own = imgsim.run(scenario({"duration": "1s", "failure": "30%"}, load=load, run=run))
    assert by_fault.calls.equals(own.calls)


def test_faults_and_the_schedule_compose():
    service = {"slots": 10, "duration": "1s", "schedule": [{"at": "30s", "slots": 7}]}
    half = {"when": at("10s"), "lasts": "40s", "slots": "50%"}
    third = {"when": at("20s"), "lasts": "20s", "slots": "30%"}
    sim = Simulation(scenario(service, half, third))
    sim.run(until="100s")
    assert told(sim.finish(), "slots") == [
        *((10, "5"), (20, "1")),  # 10 x 0.5, 10 x 0.5 x 0.3
        *((40, "3"), (50, "7")),  # 7 x 0.5 x 0.3 is 1 too
    ]


def test_slow_downs_multiply():
    slow = {"when": at("0s"), "lasts": "1h", "slower": 2}
    sim = Simulation(scenario({"duration": "60s"}, slow, slow | {"slower": 1.5}))
    assert asked(sim, 10) == [190]


def test_an_occasion_during_a_fault_prolongs_it():
    fault = {"when": at("10s", "40s", "200s"), "lasts": "60s", "slots": "0%"}
    sim = Simulation(scenario({"slots": 1, "duration": "1s"}, fault))
    sim.run(until="300s")
    ons = [(10, "on"), (100, "off"), (200, "on"), (260, "off")]
    assert told(sim.finish(), "fault fault-1") == ons


def test_up_is_the_time_between_the_end_of_a_fault_and_the_next():
    fault = {"up": "60s", "lasts": "10s", "slots": "0%"}
    sim = Simulation(scenario({"slots": 1, "duration": "1s"}, fault))
    sim.run(until="200s")
    ons = [(60, "on"), (70, "off"), (130, "on"), (140, "off")]
    assert told(sim.finish(), "fault fault-1") == ons


def test_drawn_up_and_down_times_give_the_share_they_should():
    fault = {
        "up": {"exponential": {"mean": "30m"}},
        "lasts": {"exponential": {"mean": "10m"}},
        "slots": "0%",
    }
    run = imgsim.run(scenario({"duration": "1s"}, fault, run={"horizon": "60d"}))
    assert run.measures["disturbed_share"] == pytest.approx(0.25, abs=0.02)


def test_each_region_has_draws_of_its_own_and_faults_may_be_of_some_regions():
    fault = {
        "up": {"exponential": {"mean": "30m"}},
        "lasts": {"exponential": {"mean": "10m"}},
        "slots": "0%",
    }
    sim = Simulation(scenario({"slots": 4, "duration": "1s"}, fault, regions=("r", "q")))
    sim.run(until="1d")
    run = sim.finish()
    assert told(run, "slots") != told(run, "slots", "q") != []
    here = fault | {"regions": ["r", "r"]}
    sim = Simulation(scenario({"slots": 4, "duration": "1s"}, here, regions=("r", "q")))
    sim.run(until="1d")
    assert told(sim.finish(), "slots") == told(run, "slots")
    assert told(sim.finish(), "slots", "q") == []


def test_an_outage_at_the_start_and_one_that_never_ends():
    fault = {"when": at("0s"), "lasts": "1000d", "slots": "0%"}
    run = {"horizon": "1h", "drain": "1h"}
    load = {"s": {"arrivals": at("10m"), "mix": [{"instances": {"group": "r"}}]}}
    ended = imgsim.run(scenario({"duration": "1s"}, fault, load=load, run=run))
    assert ended.calls["outcome"].tolist() == ["unfinished"]
    assert ended.measures["disturbed_share"] == 1


def test_what_is_wrong_with_faults_is_said():
    outage = {"when": at("1h"), "lasts": "1m", "slots": "0%"}
    drawn, shared = {"duration": "1s"}, SHARED
    for service, change, words in (
        (drawn, {"up": "1h"}, "give either when or up"),
        (drawn, {"when": None, "up": None}, "give either when or up"),
        (drawn, {"slots": None}, "give an effect: slots, bandwidth, slower or failure"),
        (drawn, {"slower": 0.5}, "slower must be 1 or more"),
        (drawn, {"bandwidth": "50%"}, "service-faults.bandwidth: no service meant shares"),
        (shared, {"slower": 2}, "service-faults.slower: no service meant has a drawn"),
        (drawn, {"regions": ["s"]}, "unknown region 's'"),
        (drawn, {"slots": "200%"}, "'200%' is not a share"),
    ):
        fault = {key: value for key, value in (outage | change).items() if value is not None}
        with pytest.raises(ScenarioError) as caught:
            scenario(service, fault)
        assert words in str(caught.value)


@given(
    st.none() | st.integers(0, 1000),
    st.lists(st.none() | st.fractions(0, 1, max_denominator=100), max_size=4),
)
def test_what_is_left_of_a_limit_is_rounded_once(limit, factors):
    left = left_of(limit, factors)
    product = Fraction(1)
    for factor in factors:
        product *= 1 if factor is None else factor
    if limit is None:
        assert left == (None if product else 0)
    else:
        assert left == math.floor(limit * product) <= limit


@settings(max_examples=25, deadline=None)
@given(
    st.sampled_from([{"slots": 2, "duration": "40s"}, SHARED | {"slots": 2}]),
    st.lists(st.tuples(st.integers(0, 600), st.integers(1, 300)), min_size=1, max_size=4),
    st.integers(0, 100),
    st.integers(0, 100),
)
def test_with_any_faults_all_is_made_in_the_end_and_the_capacity_is_as_before(
    service, occasions, slots, failure
):
    faults = [
        {"when": at(f"{i}s"), "lasts": f"{n}s", "slots": f"{slots}%", "failure": f"{failure}%"}
        for i, n in occasions
    ]
    load = {"s": {"arrivals": {"poisson": {"rate": "1/m"}}, "mix": [{"instances": {"group": "r"}}]}}
    sim = Simulation(scenario(service, *faults, load=load, run={"horizon": "15m"}))
    sim.run()
    sim.run(until="2h")
    run = sim.finish()  # the laws are checked
    assert set(run.calls["outcome"]) <= {"available", "failed"}
    at_work = sim.world.services["r"]
    assert (at_work.slots.capacity, at_work.failure) == (2, 0)


def test_without_a_failing_fault_no_failure_is_drawn_and_nothing_is_disturbed():
    """Faults that never come leave every byte as it is."""
    load = {"s": {"arrivals": {"poisson": {"rate": "6/m"}}, "mix": [{"instances": {"group": "r"}}]}}
    service = {"slots": 1, "duration": {"exponential": {"mean": "8s"}}, "failure": "5%"}
    later = {"when": at("9d"), "lasts": "1m", "slots": "0%", "slower": 3, "failure": "100%"}
    run = {"horizon": "1h"}
    with_, without = (
        imgsim.run(scenario(service, *faults, load=load, run=run)) for faults in ((later,), ())
    )
    for table in TABLES:
        mine, other = (getattr(each.tables.journal, table.name).data for each in (with_, without))
        assert bytes(mine) == bytes(other)
