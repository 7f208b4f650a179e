"""Images that fail, are stopped or deleted while they are being made."""

from __future__ import annotations

import pandas as pd
import pytest

from imgsim import Scenario, Simulation

ASK = {"RegionId": "r", "InstanceId": "i-1"}


def simulation(service=None, *, disks=2, **more):
    kinds = ["system"] + ["data"] * (disks - 1)
    described = [{"kind": kind, "size": "40 GiB", "used": "20 GiB"} for kind in kinds]
    region = {"registration": "10s", "snapshot_service": service or {"duration": "60s"}}
    return Simulation(
        Scenario.from_mapping(
            {
                "imgsim": 1,
                "name": "imaging",
                "regions": {"r": region},
                "instances": [{"group": "i", "count": 3, "region": "r", "disks": described}],
            }
            | more
        )
    )


def seconds(run, table, column):
    instants = getattr(run, table)[column] - pd.Timestamp(run.scenario.start)
    return [None if pd.isna(i) else i.total_seconds() for i in instants]


def ended(simulation):
    simulation.run()
    return simulation.finish()


def statuses(run, table):
    return getattr(run, table)["status"].tolist()


def test_a_failed_snapshot_fails_its_image_at_once_and_the_other_snapshots_stay():
    lengths = {"empirical": {"values": ["60s", "100s"]}}
    for seed in range(40):
        service = {"duration": lengths, "failure": "50%"}
        sim = simulation(service, disks=4, run={"seed": seed})
        sim.create_image(ASK)
        run = ended(sim)
        ends = seconds(run, "snapshots", "ended_at")
        failures = [
            end for end, s in zip(ends, statuses(run, "snapshots"), strict=True) if s == "failed"
        ]
        # It fails with the first failure; every snapshot goes on to its own end.
        if failures:
            assert seconds(run, "images", "ended_at") == [min(failures)]
            assert statuses(run, "images") == ["CreateFailed"]
            assert run.calls["outcome"].tolist() == ["failed"]
        else:
            assert seconds(run, "images", "ended_at") == [max(ends) + 10]
            assert statuses(run, "images") == ["Available"]
        assert set(ends) <= {60.0, 100.0}
        assert run.snapshots["deleted_at"].isna().all()


def test_a_failed_image_keeps_its_name_and_its_place_in_the_quota():
    sim = simulation({"duration": "60s", "failure": "100%"})
    first = sim.create_image(ASK | {"ImageName": "golden"})
    sim.run(until="5m")
    again = sim.create_image(ASK | {"ImageName": "golden"})
    assert first.image.status == "CreateFailed"
    assert again.faults == ("image_name_is_taken",)
    assert sim.cloud.regions["r"].images == 1
    sim.delete_image(first.image_id)
    assert sim.create_image(ASK | {"ImageName": "golden"}).status == "accepted"


@pytest.mark.parametrize("verb", ["stop", "release"])
def test_an_image_fails_at_once_when_its_instance_goes(verb):
    sim = simulation({"duration": "60s", "slots": 1})
    sim.create_image(ASK)
    sim.create_image({"RegionId": "r", "InstanceId": "i-2"})
    sim.run(until="10s")
    getattr(sim, verb)("i-1")
    run = ended(sim)
    assert statuses(run, "images") == ["CreateFailed", "Available"]
    assert seconds(run, "images", "ended_at") == [10, 140]
    # In progress: fails and frees its slot; waiting: dropped without ever having begun.
    assert statuses(run, "snapshots") == ["failed", "failed", "accomplished", "accomplished"]
    assert seconds(run, "snapshots", "ended_at") == [10, 10, 70, 130]
    assert seconds(run, "snapshots", "began_at") == [0, None, 10, 70]
    assert seconds(run, "snapshots", "deleted_at") == [None, 10, None, None]


def test_starting_a_stopped_instance_fails_its_image():
    sim = simulation(
        instances=[
            {
                "id": "i-1",
                "region": "r",
                "status": "Stopped",
                "disks": [{"kind": "system", "size": "40 GiB"}],
            }
        ]
    )
    sim.create_image(ASK)
    sim.run(until="10s")
    sim.start("i-1")
    assert statuses(ended(sim), "images") == ["CreateFailed"]


def test_all_images_of_an_instance_fail_and_nothing_freed_is_handed_to_the_dropped():
    sim = simulation({"duration": "60s", "slots": 2})
    sim.create_image(ASK)
    sim.create_image(ASK)
    sim.create_image({"RegionId": "r", "InstanceId": "i-2"})
    sim.run(until="10s")
    sim.stop("i-1")
    run = ended(sim)
    assert statuses(run, "images") == ["CreateFailed", "CreateFailed", "Available"]
    assert seconds(run, "snapshots", "began_at") == [0, 0, None, None, 10, 10]
    assert seconds(run, "snapshots", "deleted_at") == [None, None, 10, 10, None, None]


def test_a_turn_that_is_freed_is_not_handed_to_another_image_of_the_stopped_instance():
    sim = simulation()
    sim.create_image(ASK)
    sim.create_image(ASK)
    sim.run(until="10s")
    sim.stop("i-1")
    run = ended(sim)
    assert seconds(run, "snapshots", "turn_at") == [0, 0, None, None]
    assert seconds(run, "snapshots", "deleted_at") == [None, None, 10, 10]


def test_an_image_fails_while_it_is_registered_and_its_snapshots_stay():
    sim = simulation()
    sim.create_image(ASK)
    sim.run(until="65s")
    sim.stop("i-1")
    run = ended(sim)
    assert seconds(run, "images", "ended_at") == [65]
    assert statuses(run, "images") == ["CreateFailed"]
    assert statuses(run, "snapshots") == ["accomplished", "accomplished"]


def test_an_image_that_is_available_does_not_care():
    sim = simulation()
    sim.create_image(ASK)
    sim.run(until="2m")
    sim.stop("i-1")
    assert statuses(ended(sim), "images") == ["Available"]


def test_stopping_frees_bandwidth_for_the_others():
    sim = simulation({"bandwidth": "2 GiB/s", "setup": "1s", "incremental": False}, disks=1)
    sim.create_image(ASK)
    sim.create_image({"RegionId": "r", "InstanceId": "i-2"})
    sim.run(until="11s")  # each has moved 10 of 20 GiB
    sim.stop("i-1")
    assert seconds(ended(sim), "snapshots", "ended_at") == [11, 16]


def test_stopping_in_set_up_leaves_the_bandwidth_alone():
    sim = simulation({"bandwidth": "2 GiB/s", "setup": "10s", "incremental": False}, disks=1)
    sim.create_image(ASK)
    sim.run(until="5s")
    sim.create_image({"RegionId": "r", "InstanceId": "i-2"})
    sim.run(until="8s")
    sim.stop("i-1")
    run = ended(sim)
    assert seconds(run, "snapshots", "transfer_at") == [None, 15]
    assert seconds(run, "snapshots", "ended_at") == [8, 25]


@pytest.mark.parametrize(
    ("stops", "reason", "status"),
    [
        (False, "security", "Available"),
        (True, "security", "CreateFailed"),
        (True, "financial", "Available"),
    ],
)
def test_a_lock_stops_an_image_only_when_it_is_for_security_and_the_rules_say_so(
    stops, reason, status
):
    sim = simulation(rules={"lock_stops_imaging": stops})
    sim.create_image(ASK)
    sim.run(until="10s")
    sim.lock("i-1", reason)
    assert statuses(ended(sim), "images") == [status]


def test_a_deleted_image_that_was_being_made_fails_and_its_snapshots_go_on():
    sim = simulation()
    made = sim.create_image(ASK)
    sim.run(until="10s")
    sim.delete_image(made.image_id)
    assert sim.cloud.regions["r"].images == 0
    run = ended(sim)
    assert statuses(run, "images") == ["CreateFailed"]
    assert seconds(run, "images", "deleted_at") == [10]
    assert run.calls["outcome"].tolist() == ["failed"]
    assert statuses(run, "snapshots") == ["accomplished", "accomplished"]
    assert seconds(run, "snapshots", "ended_at") == [60, 60]


def test_a_deleted_image_takes_its_snapshots_with_it_when_asked():
    sim = simulation({"duration": "60s", "slots": 1})
    made = sim.create_image(ASK)
    sim.run(until="70s")
    sim.delete_image(made.image_id, snapshots=True)
    assert not sim.cloud.snapshots
    run = ended(sim)
    assert statuses(run, "snapshots") == ["accomplished", "failed"]
    assert seconds(run, "snapshots", "ended_at") == [60, 70]
    assert seconds(run, "snapshots", "deleted_at") == [70, 70]


def test_an_image_from_a_snapshot_or_a_mapping_is_only_registered():
    old = {"id": "old", "region": "r", "kind": "system", "size": "40 GiB", "created": "2025-01-01"}
    sim = simulation(snapshots=[old])
    sim.create_image({"RegionId": "r", "SnapshotId": "old"})
    sim.create_image({"RegionId": "r", "DiskDeviceMapping.1.SnapshotId": "old"})
    run = ended(sim)
    assert seconds(run, "images", "ended_at") == [10, 10]
    assert run.calls["approach"].tolist() == ["snapshot", "mapping"]
    assert run.calls["turn_wait_s"].isna().all()
    assert run.calls["registering_s"].tolist() == [10, 10]
    assert run.snapshots["snapshot_id"].tolist() == ["old"]


def test_waits_and_stages_are_those_of_the_last_snapshot():
    lengths = {"empirical": {"values": ["30s", "60s", "90s"]}}
    sim = simulation({"duration": lengths, "slots": 1}, disks=3, run={"seed": 4})
    sim.create_image(ASK)
    run = ended(sim)
    last = run.snapshots.sort_values("ended_at").iloc[-1]
    (call,) = run.calls.itertuples()
    assert call.slot_wait_s == (last["began_at"] - last["created_at"]).total_seconds()
    assert call.snapshotting_s == (last["ended_at"] - last["began_at"]).total_seconds()
    assert (call.began_at, call.snapshotted_at) == (last["began_at"], last["ended_at"])
    assert call.turn_wait_s + call.slot_wait_s + call.snapshotting_s + call.registering_s == (
        call.total_s
    )
