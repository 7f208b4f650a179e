"""The end of a run: the horizon, the drain, and what a run has not seen the end of."""

from __future__ import annotations

import pandas as pd
import pytest

import imgsim
from imgsim import Scenario, ScenarioError, Simulation

DISK = {"kind": "system", "size": "40 GiB", "used": "20 GiB"}


def scenario(run, cron="0 * * * *", service=None, **more):
    load = {
        "arrivals": {"cron": {"schedule": cron}},
        "mix": [{"instances": {"group": "g"}}],
    }
    service = service or {"duration": "90m", "slots": 1}
    return Scenario.from_mapping(
        {
            "imgsim": 1,
            "name": "horizon",
            "run": run,
            "regions": {"r": {"registration": "10m", "snapshot_service": service}},
            "instances": [{"group": "g", "count": 9, "region": "r", "disks": [DISK]}],
            "load": {"s": load | more.pop("stream", {})},
        }
        | more
    )


def hours(run, table, column):
    instants = getattr(run, table)[column] - pd.Timestamp(run.scenario.start)
    return [None if pd.isna(i) else i.total_seconds() / 3600 for i in instants]


def test_an_arrival_at_the_horizons_instant_does_not_happen():
    assert hours(imgsim.run(scenario({"horizon": "3h"})), "calls", "arrived_at") == [0, 1, 2]
    longer = imgsim.run(scenario({"horizon": "3h0.000001s"}))
    assert hours(longer, "calls", "arrived_at") == [0, 1, 2, 3]


def test_a_closed_loop_asks_no_more_at_the_horizon():
    loop = {"clients": 1, "think": "50m"}
    stream = {"arrivals": {"closed-loop": loop}}
    service = {"duration": "60m"}
    sim = Simulation(scenario({"horizon": "4h"}, service=service, stream=stream))
    sim.run(until="3h30m")  # something is in progress at the horizon, so that the run goes on
    sim.create_image({"RegionId": "r", "InstanceId": "g-9"})
    sim.run()
    assert hours(sim.finish(), "calls", "arrived_at") == [0, 2, 3.5]


def test_a_run_drains_until_nothing_is_in_progress():
    run = imgsim.run(scenario({"horizon": "3h"}))
    assert run.intents["outcome"].tolist() == ["available"] * 3
    assert run.ended_at == (3 * 90 + 10) * 60 * 10**6


def test_deletions_that_have_begun_are_carried_out_in_the_drain():
    stream = {"delete": {"takes": "5h"}}
    run = imgsim.run(scenario({"horizon": "1h"}, stream=stream))
    assert hours(run, "images", "deleted_at") == [pytest.approx(100 / 60 + 5)]
    assert hours(run, "images", "ended_at") == [pytest.approx(100 / 60)]


def test_without_a_drain_what_is_in_progress_at_the_horizon_is_unfinished():
    run = imgsim.run(scenario({"horizon": "3h", "drain": "0s"}))
    assert run.ended_at == 3 * 3600 * 10**6
    assert run.calls["outcome"].tolist() == ["available", "unfinished", "unfinished"]
    assert run.intents["outcome"].tolist() == ["available", "unfinished", "unfinished"]
    assert hours(run, "calls", "ended_at")[1:] == [None, None]
    assert run.calls["total_s"].isna().tolist() == [False, True, True]
    assert run.images["status"].tolist() == ["Available", "Creating", "Creating"]
    assert run.snapshots["status"].tolist() == ["accomplished", "progressing", "progressing"]
    assert hours(run, "snapshots", "began_at") == [0, 1.5, None]
    assert hours(run, "snapshots", "ended_at") == [1.5, None, None]


def test_the_drain_is_limited_and_the_run_then_stands_at_its_limit():
    run = imgsim.run(scenario({"horizon": "3h", "drain": "15m"}))
    assert run.ended_at == (3 * 60 + 15) * 60 * 10**6
    assert run.calls["outcome"].tolist() == ["available", "available", "unfinished"]


def test_an_end_at_the_limit_of_the_drain_has_not_happened():
    assert imgsim.run(scenario({"horizon": "1h", "drain": "40m"})).measures["unfinished"] == 1
    longer = scenario({"horizon": "1h", "drain": "40m0.000001s"})
    assert hours(imgsim.run(longer), "calls", "ended_at") == [pytest.approx(100 / 60)]


def test_a_row_that_is_unfinished_in_registration_tells_the_stages_it_has_seen():
    run = imgsim.run(scenario({"horizon": "1h", "drain": "35m"}))
    (call,) = run.calls.itertuples()
    assert call.outcome == "unfinished"
    assert (call.turn_wait_s, call.slot_wait_s, call.snapshotting_s) == (0, 0, 5400)
    assert pd.isna(call.registering_s)


def test_a_run_ends_when_nothing_more_can_happen():
    service = {"bandwidth": "1 GiB/s", "schedule": [{"at": "10s", "bandwidth": "0 GiB/s"}]}
    run = imgsim.run(scenario({"horizon": "1h"}, service=service))
    assert run.calls["outcome"].tolist() == ["unfinished"]
    assert run.ended_at == 3600 * 10**6


def test_a_load_that_ends_by_itself_needs_no_horizon():
    stream = {"arrivals": {"closed-loop": {"clients": 1, "calls": 3}}}
    run = imgsim.run(scenario({}, stream=stream))
    assert hours(run, "calls", "ended_at") == [pytest.approx(n * 100 / 60) for n in (1, 2, 3)]
    assert run.ended_at == 300 * 60 * 10**6


def test_events_at_the_instant_of_run_until_have_not_happened():
    sim = Simulation(scenario({"horizon": "3h"}))
    sim.run(until="0s")
    assert len(sim.cloud.images) == 0
    sim.run(until="1h")
    assert len(sim.cloud.images) == 1
    sim.run(until="1h0.000001s")
    assert len(sim.cloud.images) == 2
    assert sim.now == 3600.000001
    assert sim.finish().ended_at == 3_600_000_001


def test_run_until_an_instant_that_has_passed_is_refused_and_its_own_is_fine():
    sim = Simulation(scenario({"horizon": "3h"}))
    sim.run(until="90m")
    sim.run(until="90m")
    with pytest.raises(ValueError, match="passed"):
        sim.run(until="89m")


def test_an_interrupted_run_keeps_what_is_there_and_its_laws_hold():
    sim = Simulation(scenario({"horizon": "1000h"}))
    told = []

    def progress(now, calls):
        told.append((now, calls))
        if calls >= 100:
            sim.request_stop()

    sim.run(progress=progress)
    run = sim.finish()
    assert run.interrupted
    assert 100 <= len(run.calls) < 200
    assert told == sorted(told)


def test_finishing_twice_gives_the_same_tables():
    sim = Simulation(scenario({"horizon": "3h", "drain": "0s"}))
    sim.run()
    first, second = sim.finish(), sim.finish()
    pd.testing.assert_frame_equal(first.calls, second.calls)
    pd.testing.assert_frame_equal(first.snapshots, second.snapshots)


def test_what_can_never_end_is_drained_although_a_process_goes_on_for_ever():
    nightly = {
        "instances": {"group": "g"},
        "when": {"cron": {"schedule": "0 2 * * *"}},
        "lasts": "1h",
    }
    data = {
        "imgsim": 1,
        "name": "stuck",
        "run": {"drain": "3d"},
        "regions": {"r": {"snapshot_service": {"duration": "60s", "slots": 0}}},
        "instances": [
            {
                "group": "g",
                "count": 1,
                "region": "r",
                "disks": [{"kind": "system", "size": "40 GiB"}],
            }
        ],
        "load": {
            "s": {
                "arrivals": {"burst": {"at": "1d", "calls": 1}},
                "mix": [{"instances": {"group": "g"}}],
            }
        },
        "processes": {"scan": {"locks": nightly}},
    }
    result = imgsim.run(Scenario.from_mapping(data))
    assert result.ended_at == 4 * 86_400 * 10**6
    assert result.calls["outcome"].tolist() == ["unfinished"]
    looping = {"load.s.arrivals": {"closed-loop": {"clients": 1, "calls": 2}}}
    with pytest.raises(
        ScenarioError, match="closed loop of s never ends by itself; give a horizon"
    ):
        Scenario.from_mapping(data, looping)
