"""The snapshot service: slots, disk turns, bandwidth, capacity changes."""

from __future__ import annotations

import pandas as pd

from imgsim import Scenario, Simulation

GIB = 2**30


def simulation(service, *, instances=4, disks=1):
    kinds = ["system"] + ["data"] * (disks - 1)
    described = [{"kind": kind, "size": "40 GiB", "used": "20 GiB"} for kind in kinds]
    return Simulation(
        Scenario.from_mapping(
            {
                "imgsim": 1,
                "name": "service",
                "regions": {"r": {"registration": "1s", "snapshot_service": service}},
                "instances": [
                    {"group": "i", "count": instances, "region": "r", "disks": described}
                ],
            }
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


def test_snapshots_of_one_disk_take_turns():
    sim = simulation({"duration": "60s"})
    image(sim)
    sim.run(until="10s")
    image(sim)
    run = ended(sim)
    assert seconds(run, "snapshots", "turn_at") == [0, 60]
    assert seconds(run, "snapshots", "ended_at") == [60, 120]
    assert run.calls["turn_wait_s"].tolist() == [0, 50]
    assert seconds(run, "images", "ended_at") == [61, 121]


def test_all_disks_of_an_instance_are_snapshotted_together():
    sim = simulation({"duration": "60s"}, disks=3)
    image(sim)
    run = ended(sim)
    assert seconds(run, "snapshots", "began_at") == [0, 0, 0]
    assert seconds(run, "images", "ended_at") == [61]
    assert run.calls[["disks", "gib"]].iloc[0].tolist() == [3, 120]


def test_who_waits_for_its_disk_takes_no_slot():
    sim = simulation({"duration": "60s", "slots": 2})
    for instance in (1, 1, 2):
        image(sim, instance)
    run = ended(sim)
    assert seconds(run, "snapshots", "began_at") == [0, 60, 0]


def test_slots_are_handed_on_in_the_order_of_coming():
    sim = simulation({"duration": "60s", "slots": 1})
    for second, instance in enumerate((3, 1, 4, 2)):
        sim.run(until=f"{second}s")
        image(sim, instance)
    run = ended(sim)
    assert seconds(run, "snapshots", "began_at") == [0, 60, 120, 180]
    assert run.calls["slot_wait_s"].tolist() == [0, 59, 118, 177]


def test_a_freed_slot_goes_to_who_waits_before_the_disks_next_snapshot():
    sim = simulation({"duration": "60s", "slots": 1})
    for instance in (1, 1, 2):
        image(sim, instance)
    assert seconds(ended(sim), "snapshots", "began_at") == [0, 120, 60]


def test_fewer_slots_never_stop_a_running_snapshot():
    change = [{"at": "10s", "slots": 1}]
    sim = simulation({"duration": "60s", "slots": 3, "schedule": change})
    for instance in (1, 2, 3, 4):
        image(sim, instance)
    run = ended(sim)
    assert seconds(run, "snapshots", "ended_at") == [60, 60, 60, 120]
    assert run.states[["kind", "id", "attribute", "value"]].to_numpy().tolist() == [
        ["region", "r", "slots", "1"]
    ]
    assert seconds(run, "states", "changed_at") == [10]


def test_more_slots_let_several_begin_at_once():
    change = [{"at": "10s", "slots": 3}]
    sim = simulation({"duration": "60s", "slots": 1, "schedule": change})
    for instance in (1, 2, 3, 4):
        image(sim, instance)
    assert seconds(ended(sim), "snapshots", "began_at") == [0, 10, 10, 60]


def test_with_drawn_durations_an_outage_only_keeps_new_ones_from_starting():
    outage = [{"at": "30s", "slots": 0}, {"at": "5m", "slots": 1}]
    sim = simulation({"duration": "60s", "slots": 1, "schedule": outage})
    image(sim, 1)
    image(sim, 2)
    run = ended(sim)
    assert seconds(run, "snapshots", "began_at") == [0, 300]
    assert seconds(run, "snapshots", "ended_at") == [60, 360]


def test_a_change_of_capacity_stands_before_the_end_of_a_snapshot_at_the_same_instant():
    sim = simulation({"duration": "60s", "slots": 1, "schedule": [{"at": "60s", "slots": 2}]})
    for instance in (1, 2, 3):
        image(sim, instance)
    assert seconds(ended(sim), "snapshots", "began_at") == [0, 60, 60]


def test_bandwidth_is_shared_equally_and_set_up_uses_none():
    service = {"bandwidth": "1 GiB/s", "setup": "5s", "incremental": False}
    sim = simulation(service)
    image(sim, 1)
    sim.run(until="5s")
    image(sim, 2)
    run = ended(sim)
    assert seconds(run, "snapshots", "transfer_at") == [5, 10]
    # 5 s alone, then 15 GiB at half the rate: 35 s; the other has moved 15 of 20 by then.
    assert seconds(run, "snapshots", "ended_at") == [40, 45]
    assert run.snapshots["bytes"].tolist() == [20 * GIB, 20 * GIB]


def test_set_up_holds_a_slot():
    service = {"bandwidth": "1 GiB/s", "setup": "5s", "slots": 1, "incremental": False}
    sim = simulation(service)
    image(sim, 1)
    image(sim, 2)
    run = ended(sim)
    assert seconds(run, "snapshots", "began_at") == [0, 25]
    assert seconds(run, "snapshots", "transfer_at") == [5, 30]


def test_each_snapshot_gets_at_most_its_own_rate():
    service = {"bandwidth": "10 GiB/s", "per_snapshot_rate": "2 GiB/s", "incremental": False}
    sim = simulation(service)
    image(sim, 1)
    image(sim, 2)
    assert seconds(ended(sim), "snapshots", "ended_at") == [10, 10]


def test_no_bandwidth_stops_all_transfers_until_there_is_some_again():
    outage = [{"at": "10s", "bandwidth": "0 GiB/s"}, {"at": "100s", "bandwidth": "2 GiB/s"}]
    service = {"bandwidth": "1 GiB/s", "incremental": False, "schedule": outage}
    sim = simulation(service)
    image(sim)
    run = ended(sim)
    assert seconds(run, "snapshots", "ended_at") == [105]
    assert run.states["value"].tolist() == ["0", str(2 * GIB)]
