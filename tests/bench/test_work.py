from __future__ import annotations

import sys

import pytest
from bench.bandwidth import MIB, agree
from bench.compare import run_imgsim, run_textbook
from bench.loads import scenario
from bench.work import work

import imgsim

BOTH_LOADS = pytest.mark.parametrize("load", [0.8, 1.25])


def grows_by(few: int, many: int, load: float) -> tuple[float, float]:
    less, more = work(few, load), work(many, load)
    return more.events / less.events, more.functions / less.functions


@BOTH_LOADS
def test_a_call_costs_the_same_work_however_many_there_are(load):
    assert grows_by(3_000, 9_000, load) == pytest.approx((1, 1), abs=0.02)


@pytest.mark.slow
@BOTH_LOADS
def test_a_call_costs_the_same_work_among_a_hundred_thousand(load):
    assert grows_by(10_000, 100_000, load) == pytest.approx((1, 1), abs=0.02)


@pytest.mark.long
@BOTH_LOADS
def test_a_call_costs_the_same_work_among_a_million(load):
    assert grows_by(100_000, 1_000_000, load) == pytest.approx((1, 1), abs=0.02)


AT_WORK = {
    "processes": {
        "customers", "imaging", "keeping", "luck", "order", "pool", "service", "snapshotting",
        "streams", "transfer", "wishes", "world",
    },
    "api": {"call", "create_image", "request", "rule", "verdict"},
    "api.rules": {
        "account", "image", "instance", "mapping", "request", "region", "snapshot", "token",
    },
}  # fmt: skip
"""What a run needs without any process around its calls."""


STREAM = 3
"""Events that a load stream costs as such: its process begins, looks for a last arrival and ends."""


def test_what_is_off_is_not_even_looked_at():
    told = scenario(2_000, load=1.25, quota=40, delete={"after": "10m"})
    simulation = imgsim.Simulation(told)
    world, seen = simulation.world, set()
    begun = next(world.env._eid)

    def look(frame, event, _):
        if event == "call":
            seen.add(frame.f_globals["__name__"])

    sys.setprofile(look)
    try:
        simulation.run()
    finally:
        sys.setprofile(None)
    run = next(world.env._eid) - begun - 1
    for room, files in AT_WORK.items():
        here = {name for name in seen if name.rpartition(".")[0] == f"imgsim.{room}"}
        assert here <= {f"imgsim.{room}.{file}" for file in files}
    # A call is an arrival; an image three snapshots, a registration and a deletion.
    outcomes = simulation.finish().calls["outcome"].value_counts()
    assert outcomes["denied"] > 100
    assert run == 2_000 + 5 * outcomes["available"] + STREAM


def test_the_textbook_gives_the_same_outcomes_and_latencies():
    ours, theirs = run_imgsim(3_000, quota=320), run_textbook(3_000, quota=320)
    assert ours["outcome"] == theirs["outcome"]
    denied = ours["outcome"][1]
    assert denied > 0


@pytest.mark.parametrize(("inside", "cap"), [(1, None), (8, None), (30, 8 * MIB)])
def test_shared_bandwidth_ends_transfers_as_interrupting_everyone_does(inside, cap):
    assert agree(inside, 200, cap)


def functions_of(scenario: imgsim.Scenario) -> int:
    simulation, count = imgsim.Simulation(scenario), 0

    def look(_, event, __):
        nonlocal count
        count += event == "call"

    sys.setprofile(look)
    try:
        simulation.run()
    finally:
        sys.setprofile(None)
    return count


def kept_of_one_source(keep_last: int) -> imgsim.Scenario:
    old = {"id": "old", "region": "r", "kind": "system", "size": "9 GiB", "created": "2025-01-01"}
    return imgsim.Scenario.from_mapping(
        {
            "imgsim": 1,
            "name": "kept",
            "run": {"horizon": "1d"},
            "regions": {"r": {"image_quota": 9_999, "snapshot_service": {"duration": "3h"}}},
            "snapshots": [old],
            "load": {
                "s": {
                    "arrivals": {"burst": {"at": "0s", "calls": 2_000, "over": "20h"}},
                    "mix": [{"snapshots": {"ids": ["old"]}}],
                }
            },
            "processes": {"p": {"retention": {"keep_last": keep_last}}},
        }
    )


def test_keeping_many_images_of_a_source_costs_no_more_for_each_than_keeping_few():
    few, many = (functions_of(kept_of_one_source(kept)) for kept in (10, 1_000))
    assert many < 1.1 * few
