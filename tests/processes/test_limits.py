"""Limits that are not from the page: calls a minute, snapshots in progress, snapshots of a disk."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import imgsim
from imgsim import Scenario, ScenarioError, Simulation
from imgsim.cloud.lifecycle import SnapshotStatus
from imgsim.records.rows import TABLES

DISKS = [{"kind": "system", "size": "40 GiB"}, {"kind": "data", "size": "40 GiB"}]


def scenario(limits=None, **more):
    service = {"registration": "1s", "image_quota": 1000, "snapshot_service": {"duration": "10m"}}
    data = {
        "imgsim": 1,
        "name": "limits",
        "start": "2026-01-05T00:00:40Z",
        "regions": {"r": service, "q": service},
        "instances": [{"group": id, "count": 9, "region": id, "disks": DISKS} for id in ("r", "q")],
        "account": {} if limits is None else {"limits": limits},
    }
    return Scenario.from_mapping(data | more)


def ask(sim, number=1, region="r", **more):
    """Return the code of the answer, or the status when it is no denial."""
    request = {"RegionId": region, "InstanceId": f"{region}-{number}"} | more
    verdict = sim.create_image(request)
    return verdict.code or verdict.status


def test_so_many_calls_in_a_calendar_minute_and_no_more():
    sim = Simulation(scenario({"calls_per_minute": 2}))
    answers = []
    for until in ("1s", "10s", "19s", "20s", "21s", "79s", "80s"):  # minutes end at 20 s, 80 s
        sim.run(until=until)
        answers.append(ask(sim))
    throttled, fine = "Throttling.User", "accepted"
    assert answers == [fine, fine, throttled, fine, fine, throttled, fine]


def test_every_call_counts_also_the_denied_but_not_those_of_other_regions():
    sim = Simulation(scenario({"calls_per_minute": 2}))
    assert ask(sim, InstanceId="x") == "InvalidInstanceId.NotFound"
    assert ask(sim, RegionId="nowhere") == "InvalidRegionId.NotFound"
    assert ask(sim, region="q") == ask(sim) == "accepted"
    assert ask(sim) == ask(sim) == "Throttling.User"
    assert ask(sim, region="q") == "accepted"


def test_throttling_is_asked_before_all_else_and_before_a_replay():
    sim = Simulation(scenario({"calls_per_minute": 2}))
    assert [ask(sim, ClientToken="t") for _ in range(3)] == [
        *("accepted", "replayed", "Throttling.User"),
    ]
    verdict = sim.create_image({"RegionId": "r", "Action": "x", "ImageName": "1"})
    assert verdict.faults[:2] == ("call_is_throttled", "action_is_not_create_image")
    assert verdict.rule.waiting_cures
    assert verdict.row is None


def test_snapshots_in_progress_are_those_of_the_account_in_all_regions():
    sim = Simulation(scenario({"snapshots_in_progress": 5}))
    assert [ask(sim), ask(sim, region="q"), ask(sim, 2)] == [
        *("accepted", "accepted", "TooManySnapshot.Unfinished"),
    ]
    sim.run(until="11m")
    assert ask(sim, 2) == "accepted"


def test_an_image_of_a_snapshot_is_not_held_back_by_limits_of_snapshots():
    old = {"id": "s", "region": "r", "kind": "system", "size": "40 GiB", "created": "2025-01-01"}
    none = {"snapshots_in_progress": 0, "snapshots_per_disk": 0}
    sim = Simulation(scenario(none, snapshots=[old]))
    assert sim.create_image({"RegionId": "r", "SnapshotId": "s"}).status == "accepted"
    verdict = sim.create_image({"RegionId": "r", "InstanceId": "r-1"})
    assert verdict.faults == ("too_many_snapshots_are_in_progress", "disk_has_too_many_snapshots")


def test_kept_snapshots_of_a_disk_count_and_deleting_one_makes_room():
    sim = Simulation(scenario({"snapshots_per_disk": 2}))
    first = sim.create_image({"RegionId": "r", "InstanceId": "r-1"}).image_id
    sim.run(until="11m")
    assert [ask(sim), ask(sim), ask(sim, 2)] == ["accepted", "QuotaExceed.Snapshot", "accepted"]
    sim.delete_image(first)
    assert ask(sim) == "QuotaExceed.Snapshot"  # its snapshots stay
    second = next(image for image in sim.cloud.images)
    sim.delete_image(second, snapshots=True)
    assert ask(sim) == "accepted"


def test_failed_snapshots_of_a_disk_do_not_count():
    sim = Simulation(scenario({"snapshots_per_disk": 1}))
    assert ask(sim) == "accepted"
    assert ask(sim) == "QuotaExceed.Snapshot"
    sim.stop("r-1")
    assert ask(sim) == "accepted"


def test_initial_snapshots_count():
    old = {"disk": "r-1-disk-2", "created": "2025-01-01"}
    several = [
        old | {"id": "a"},
        old | {"id": "b", "status": "failed"},
        old | {"id": "c", "status": "progressing"},
    ]
    for per_disk, answer in ((2, "QuotaExceed.Snapshot"), (3, "accepted")):
        sim = Simulation(scenario({"snapshots_per_disk": per_disk}, snapshots=several))
        assert ask(sim) == answer
    for in_progress, answer in ((2, "TooManySnapshot.Unfinished"), (3, "accepted")):
        sim = Simulation(scenario({"snapshots_in_progress": in_progress}, snapshots=several))
        assert ask(sim) == answer
    sim = Simulation(scenario({"snapshots_in_progress": 2}, snapshots=several))
    sim.finish_snapshot("c")
    assert ask(sim) == "accepted"


def test_a_snapshot_that_is_deleted_in_progress_is_in_progress_no_more():
    young = {"id": "c", "disk": "r-1-disk-1", "created": "2025-01-01", "status": "progressing"}
    image = {"id": "m", "region": "r", "status": "Creating", "snapshots": ["c"]}
    limits = {"snapshots_in_progress": 2, "snapshots_per_disk": 1}
    sim = Simulation(scenario(limits, snapshots=[young], images=[image]))
    assert ask(sim) == "TooManySnapshot.Unfinished"
    sim.delete_image("m", snapshots=True)
    assert ask(sim) == "accepted"


def test_a_snapshot_of_no_disk_counts_in_progress_alone():
    young = {"region": "r", "kind": "system", "size": "40 GiB", "created": "2025-01-01"}
    young |= {"id": "c", "status": "progressing"}
    image = {"id": "m", "region": "r", "status": "Creating", "snapshots": ["c"]}
    sim = Simulation(scenario({"snapshots_in_progress": 2}, snapshots=[young], images=[image]))
    assert ask(sim) == "TooManySnapshot.Unfinished"
    sim.delete_image("m", snapshots=True)
    assert ask(sim) == "accepted"


def test_who_makes_snapshots_otherwise_can_ask_for_room():
    disk = "r-1-disk-1"
    sim = Simulation(scenario())
    assert ask(sim) == "accepted"
    assert sim.cloud.allows_snapshot(sim.cloud.disks[disk])
    for limit, there in (("snapshots_per_disk", 1), ("snapshots_in_progress", 2)):
        for more, allows in ((0, False), (1, True)):
            sim = Simulation(scenario({limit: there + more}))
            assert ask(sim) == "accepted"
            assert sim.cloud.allows_snapshot(sim.cloud.disks[disk]) is allows


def test_a_limit_is_a_count():
    with pytest.raises(ScenarioError, match=r"account\.limits\.calls_per_minute"):
        scenario({"calls_per_minute": -1})
    with pytest.raises(ScenarioError, match="did you mean calls_per_minute"):
        scenario({"calls_per_minutes": 1})


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(["ask", "stop", "delete", "drop", "wait", "fail"]), max_size=25))
def test_what_is_counted_is_what_there_is(steps):
    """The counters against the shelf of snapshots, whatever becomes of them."""
    service = {"slots": 3, "duration": "10m"}
    sim = Simulation(
        scenario(
            {"snapshots_per_disk": 4},
            regions={"r": {"snapshot_service": service}},
            instances=[{"group": "r", "count": 2, "region": "r", "disks": DISKS}],
        )
    )
    for number, step in enumerate(steps):
        images = list(sim.cloud.images)
        if step == "ask":
            ask(sim, number % 2 + 1)
        elif step == "stop" and sim.cloud.instances["r-1"].status == "Running":
            sim.stop("r-1")
            sim.start("r-1")
        elif step == "delete" and images:
            sim.delete_image(images[0])
        elif step == "drop" and images:
            sim.delete_image(images[-1], snapshots=True)
        elif step == "fail":
            sim.world.services["r"].failure = 1.0 - sim.world.services["r"].failure
        else:
            sim.run(until=f"{sim.now + 200}s")
        there = list(sim.cloud.snapshots.things())
        progressing = sum(s.status is SnapshotStatus.PROGRESSING for s in there)
        assert sim.cloud.regions["r"].snapshots_in_progress == progressing
        for disk in sim.cloud.disks.values():
            held = [s for s in there if s.disk is disk and s.status is not SnapshotStatus.FAILED]
            assert disk.snapshots == len(held) <= 4


def test_limits_that_are_never_met_leave_every_byte_as_it_is():
    load = {
        "s": {
            "arrivals": {"poisson": {"rate": "2/m"}},
            "mix": [{"instances": {"group": "r"}, "name": "n-{n}"}],
            "mistakes": {"image_name_is_malformed": "10%", "image_name_is_taken": "10%"},
        }
    }
    high = dict.fromkeys(
        ("calls_per_minute", "snapshots_in_progress", "snapshots_per_disk"), 10_000
    )
    runs = [
        imgsim.run(scenario(limits, load=load, run={"horizon": "1h"})) for limits in (high, None)
    ]
    assert runs[0].measures["rejection_rate"] > 0.1
    for table in TABLES:
        mine, other = (getattr(run.tables.journal, table.name).data for run in runs)
        assert bytes(mine) == bytes(other)
