"""How much a snapshot carries: all used bytes, or what has changed since the last one."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from imgsim import Scenario, Simulation

GIB = 2**30


def simulation(service, **more):
    disks = [{"kind": "system", "size": "40 GiB", "used": "20 GiB"}]
    return Simulation(
        Scenario.from_mapping(
            {
                "imgsim": 1,
                "name": "service",
                "regions": {"r": {"registration": "1s", "snapshot_service": service}},
                "instances": [{"group": "i", "count": 2, "region": "r", "disks": disks}],
            }
            | more
        )
    )


def image(simulation, instance=1):
    verdict = simulation.create_image({"RegionId": "r", "InstanceId": f"i-{instance}"})
    assert verdict.status == "accepted"
    return verdict.image_id


def seconds(run, table, column):
    instants = getattr(run, table)[column] - pd.Timestamp(run.scenario.start)
    return [None if pd.isna(i) else i.total_seconds() for i in instants]


def ended(simulation):
    simulation.run()
    return simulation.finish()


def test_the_first_snapshot_of_a_disk_carries_its_used_bytes_a_later_one_what_has_changed():
    service = {"bandwidth": "1 GiB/s", "change_rate": "10%/h"}
    sim = simulation(service)
    image(sim)
    sim.run(until="2h")
    image(sim)
    sim.run(until="3h")
    image(sim)
    first, second, third = ended(sim).snapshots["bytes"]
    assert first == 20 * GIB
    assert second == round(20 * GIB * (1 - math.exp(-0.2)))
    assert third == round(20 * GIB * (1 - math.exp(-0.1)))


def test_the_age_counts_from_begin_to_begin_and_is_measured_when_the_later_one_begins():
    service = {"bandwidth": "1 GiB/s", "setup": "100s", "slots": 1, "change_rate": "10%/h"}
    sim = simulation(service)
    image(sim, 2)
    image(sim, 1)
    image(sim, 1)
    run = ended(sim)
    began = seconds(run, "snapshots", "began_at")
    assert began == [0, 120, 240]
    age = (began[2] - began[1]) / 3600
    assert run.snapshots["bytes"].iloc[2] == pytest.approx(
        20 * GIB * (1 - math.exp(-0.1 * age)), abs=1
    )


def test_the_age_counts_from_the_last_accomplished_snapshot_not_from_a_failed_one():
    service = {"bandwidth": "1 GiB/s", "change_rate": "10%/h"}
    sim = simulation(service)
    image(sim)
    sim.run(until="1h")
    image(sim)
    sim.run(until="3600.1s")
    sim.stop("i-1")
    sim.run(until="2h")
    image(sim)
    run = ended(sim)
    assert run.snapshots["status"].tolist() == ["accomplished", "failed", "accomplished"]
    assert run.snapshots["bytes"].iloc[2] == pytest.approx(20 * GIB * (1 - math.exp(-0.2)), abs=1)


def test_a_snapshot_that_fails_at_its_end_leaves_the_next_one_whole():
    sim = simulation({"bandwidth": "1 GiB/s", "failure": "100%"})
    image(sim)
    sim.run(until="1h")
    image(sim)
    assert ended(sim).snapshots["bytes"].tolist() == [20 * GIB, 20 * GIB]


def test_every_snapshot_is_whole_when_they_are_not_incremental():
    sim = simulation({"bandwidth": "1 GiB/s", "incremental": False})
    image(sim)
    sim.run(until="1h")
    image(sim)
    assert ended(sim).snapshots["bytes"].tolist() == [20 * GIB, 20 * GIB]


@pytest.mark.parametrize("status", ["accomplished", "failed"])
def test_only_an_accomplished_initial_snapshot_makes_the_next_one_smaller(status):
    snapshot = {"id": "old", "disk": "i-1-disk-1", "created": "2026-01-04T14:00:00Z"}
    sim = simulation(
        {"bandwidth": "1 GiB/s", "change_rate": "10%/h"}, snapshots=[snapshot | {"status": status}]
    )
    image(sim)
    share = 1 - math.exp(-1.0) if status == "accomplished" else 1
    assert ended(sim).snapshots["bytes"].iloc[1] == pytest.approx(20 * GIB * share, abs=1)


def test_a_snapshot_finished_by_hand_makes_the_next_one_smaller():
    snapshot = {"id": "old", "disk": "i-1-disk-1", "created": "2026-01-04T14:00:00Z"}
    sim = simulation(
        {"bandwidth": "1 GiB/s", "change_rate": "10%/h"},
        snapshots=[snapshot | {"status": "progressing"}],
    )
    sim.finish_snapshot("old")
    image(sim)
    carried = ended(sim).snapshots["bytes"].iloc[1]
    assert carried == pytest.approx(20 * GIB * (1 - math.exp(-1.0)), abs=1)
