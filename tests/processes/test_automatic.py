"""Automatic snapshots: when they are made, what they compete for, and how long they are kept."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imgsim import Scenario, ScenarioError, Simulation

SYSTEM = {"kind": "system", "size": "40 GiB", "used": "20 GiB"}
DATA = {"kind": "data", "size": "100 GiB", "used": "60 GiB"}
SERVICE = {"duration": "60s"}


def at(*instants):
    return {"instants": {"at": list(instants)}}


def simulation(*policies, service=None, count=1, disks=(SYSTEM,), **more):
    region = {"registration": "10s", "snapshot_service": service or SERVICE}
    return Simulation(
        Scenario.from_mapping(
            {
                "imgsim": 1,
                "name": "automatic",
                "regions": {"r": region},
                "instances": [
                    {"group": "g", "count": count, "region": "r", "disks": list(disks)},
                    {"group": "none", "count": 0, "region": "r", "disks": [SYSTEM]},
                ],
                "processes": {
                    f"p{n}": {"automatic-snapshots": {"instances": {"group": "g"}} | one}
                    for n, one in enumerate(policies)
                },
            }
            | more
        )
    )


def ask(sim, at, source="g-1"):
    sim.run(until=at)
    return sim.create_image({"RegionId": "r", "InstanceId": source}).image_id


def snapshots(sim):
    """Return the snapshots with their instants in seconds since the start."""
    run = sim.finish()
    frame = run.snapshots.copy()
    for column in ("created_at", "turn_at", "began_at", "ended_at", "deleted_at"):
        frame[column] = (frame[column] - pd.Timestamp(run.scenario.start)).dt.total_seconds()
    return frame


def test_all_disks_of_the_instances_are_snapshotted_at_each_time():
    sim = simulation({"when": at("10s", "200s")}, count=2, disks=(SYSTEM, DATA))
    sim.run(until="1h")
    made = snapshots(sim)
    assert made["created_at"].tolist() == [10] * 4 + [200] * 4
    assert made["disk"].tolist() == ["g-1-disk-1", "g-1-disk-2", "g-2-disk-1", "g-2-disk-2"] * 2
    assert set(made["policy"]) == {"p0"}
    assert made["image_id"].isna().all()
    assert set(made["status"]) == {"accomplished"}
    assert len(sim.cloud.snapshots) == 8  # kept for ever


def test_an_image_waits_for_the_turn_that_a_policy_has_and_comes_behind_it_in_its_instant():
    sim = simulation(
        {"when": at("100s")},
        load={"s": {"arrivals": at("100s"), "mix": [{"instances": {"group": "g"}}]}},
    )
    sim.run()
    call = sim.finish().calls.iloc[0]
    assert (call["turn_wait_s"], call["total_s"]) == (60, 130)
    assert snapshots(sim)["policy"].isna().tolist() == [False, True]


@pytest.mark.parametrize(("busy", "began"), [("skip", [0]), ("wait", [0, 60])])
def test_a_disk_that_is_busy_when_due_is_skipped_or_waited_for(busy, began):
    sim = simulation({"when": at("30s"), "if_busy": busy})
    ask(sim, "0s")
    sim.run(until="1h")
    assert snapshots(sim)["began_at"].tolist() == began
    states = sim.finish().states
    if busy == "skip":
        assert states[["kind", "id", "attribute", "value"]].to_numpy().tolist() == [
            ["disk", "g-1-disk-1", "policy p0", "skipped: busy"]
        ]
    else:
        assert states.empty


def test_a_disk_is_free_again_in_the_instant_in_which_its_snapshot_ends():
    sim = simulation({"when": at("60s")})
    ask(sim, "0s")
    sim.run(until="1h")
    assert snapshots(sim)["began_at"].tolist() == [0, 60]


def test_they_take_slots_of_the_service():
    sim = simulation({"when": at("0s")}, service={"duration": "60s", "slots": 1}, count=3)
    sim.run(until="1h")
    assert snapshots(sim)["began_at"].tolist() == [0, 60, 120]


def test_they_make_later_snapshots_smaller_for_images_too():
    service = {"bandwidth": "1 GiB/s", "change_rate": "10%/d"}
    alone = simulation(service=service)
    beside = simulation({"when": at("1h", "23h")}, service=service)
    sizes = []
    for sim in (alone, beside):
        image = ask(sim, "24h")
        sim.run(until="25h")
        made = snapshots(sim).set_index("image_id")
        sizes.append(int(made.loc[image, "bytes"]))
    assert sizes[0] == 20 << 30
    assert 0 < sizes[1] < 0.01 * sizes[0]


def test_snapshots_go_at_an_age_to_the_microsecond_and_not_while_they_are_made():
    sim = simulation({"when": at("0s", "200s"), "keep": "100s"})
    sim.run(until="1h")
    assert snapshots(sim)["deleted_at"].tolist() == [100, 300]
    sim = simulation({"when": at("0s"), "keep": "20s"})
    sim.run(until="1h")
    made = snapshots(sim)
    assert made["deleted_at"].tolist() == made["ended_at"].tolist() == [60]


def test_the_last_accomplished_ones_of_each_disk_are_kept():
    sim = simulation({"when": at("0s", "100s", "200s"), "keep_last": 2}, disks=(SYSTEM, DATA))
    ask(sim, "300s")
    sim.run(until="1h")
    made = snapshots(sim).dropna(subset=["policy"])
    assert made["deleted_at"].dropna().tolist() == [260, 260]
    assert made.loc[made["deleted_at"].notna(), "created_at"].tolist() == [0, 0]


def test_what_an_image_stands_on_goes_at_the_first_occasion_at_which_none_does():
    sim = simulation({"when": at("0s", "10m", "20m", "30m"), "keep": "5m", "keep_last": 1})
    sim.run(until="2m")
    image = sim.create_image({"RegionId": "r", "SnapshotId": "s-000000001"}).image_id
    sim.run(until="15m")
    sim.delete_image(image)
    sim.run(until="16m")
    assert "s-000000001" in sim.cloud.snapshots
    sim.run(until="1h")
    assert snapshots(sim)["deleted_at"].tolist() == [1200, 900, 1500, 2100]


def test_a_failed_one_is_deleted_at_once():
    sim = simulation({"when": at("0s")}, service={"duration": "60s", "failure": "100%"})
    sim.run(until="1h")
    made = snapshots(sim)
    assert (made["status"].tolist(), made["deleted_at"].tolist()) == (["failed"], [60])


@pytest.mark.parametrize("verb", ["stop", "release"])
def test_a_change_of_the_instances_status_fails_those_in_the_making(verb):
    sim = simulation({"when": at("0s", "10s"), "if_busy": "wait"}, count=2)
    sim.run(until="20s")
    getattr(sim, verb)("g-1")
    sim.run(until="1h")
    made = snapshots(sim).set_index("snapshot_id")
    stopped = made[made["disk"] == "g-1-disk-1"]
    assert stopped["status"].tolist() == ["failed", "failed"]
    assert stopped["deleted_at"].tolist() == [20, 20]
    assert set(made.loc[made["disk"] == "g-2-disk-1", "status"]) == {"accomplished"}
    assert not sim.world.lone_tasks


def test_none_are_made_of_what_is_not_fit_nor_while_the_service_is_closed():
    unfit = [
        {"id": "starting", "status": "Starting"},
        {"id": "locked", "locks": ["security"]},
        {"id": "gone"},
        {"id": "stopped", "status": "Stopped"},
        {"id": "indebted", "locks": ["financial"]},
    ]
    instances = [one | {"region": "r", "disks": [SYSTEM]} for one in unfit]
    ids = [one["id"] for one in unfit]
    sim = simulation({"instances": {"ids": ids}, "when": at("10s", "1h")}, instances=instances)
    sim.release("gone")
    sim.run(until="30m")
    sim.close_snapshot_service()
    sim.run(until="2h")
    assert snapshots(sim)["disk"].tolist() == ["stopped-disk-1", "indebted-disk-1"]


def test_of_an_empty_group_none_are_made_and_a_policy_keeps_no_run_going():
    sim = simulation({"instances": {"group": "none"}, "when": at("0s")})
    sim.run(until="1h")
    assert snapshots(sim).empty
    sim = simulation({"when": at("0s", "30s")}, run={"horizon": "40s"})
    sim.run()
    made = snapshots(sim)
    assert sim.now == 40
    assert made["status"].tolist() == ["progressing"]
    assert made["ended_at"].isna().all()


def test_draws_are_of_the_occasion_and_the_instance_whatever_else_there_is():
    service = {"duration": {"exponential": {"mean": "60s"}}}
    policy = {"when": at("0s", "1h")}
    few = simulation(policy, service=service, count=2)
    many = simulation(
        policy,
        service=service,
        count=5,
        load={"p0": {"arrivals": at("30m"), "mix": [{"instances": {"ids": ["g-5"]}}]}},
    )
    lengths = []
    for sim in (few, many):
        sim.run(until="2h")
        made = snapshots(sim)
        took = (made["ended_at"] - made["began_at"]).round(6)
        lengths.append(took[made["disk"].isin(["g-1-disk-1", "g-2-disk-1"])].tolist())
    assert lengths[0] == lengths[1]
    assert len(set(lengths[0])) == 4
    assert set(took[made["policy"].isna()]).isdisjoint(lengths[0])  # a stream of the same name


@pytest.mark.parametrize(
    ("told", "what"),
    [
        ({"keep": "0s"}, "must be above 0"),
        ({"keep_last": 0}, "must be above 0"),
        ({"if_busy": "fail"}, "skip"),
        ({"instances": {"group": "x"}}, "unknown group 'x'"),
    ],
)
def test_a_policy_without_sense_is_refused(told, what):
    with pytest.raises(ScenarioError, match=what):
        simulation({"when": at("0s")} | told)


POLICIES = st.fixed_dictionaries(
    {"when": st.sampled_from([{"renewal": {"gap": "90s"}}, {"poisson": {"rate": "40/h"}}])},
    optional={
        "keep": st.sampled_from(["30s", "5m"]),
        "keep_last": st.integers(1, 3),
        "if_busy": st.sampled_from(["skip", "wait"]),
    },
)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(POLICIES, min_size=1, max_size=2),
    st.sampled_from([{"duration": "80s"}, {"bandwidth": "200 MiB/s"}]),
    st.lists(st.tuples(st.integers(0, 1500), st.sampled_from(["stop", "start", "release"]))),
)
def test_whatever_the_policies_one_snapshot_at_a_time_is_on_a_disk(policies, service, verbs):
    service |= {"slots": 2, "failure": "20%"}
    load = {
        "s": {
            "arrivals": {"poisson": {"rate": "60/h"}},
            "mix": [{"instances": {"group": "g"}}],
            "delete": {"after": "2m", "snapshots": True},
        }
    }
    sim = simulation(*policies, service=service, count=2, load=load, run={"horizon": "25m"})
    for instant, verb in sorted(verbs):
        sim.run(until=f"{instant}s")
        if "g-1" in sim.cloud.instances and verb + sim.cloud.instances["g-1"].status not in (
            "startRunning",
            "stopStopped",
        ):
            getattr(sim, verb)("g-1")
    sim.run()
    made = snapshots(sim)  # the laws hold
    begun = made.dropna(subset=["turn_at"]).sort_values(["turn_at", "snapshot_id"])
    for _, turns in begun.groupby("disk", observed=True):
        assert (turns["turn_at"].to_numpy()[1:] >= turns["ended_at"].to_numpy()[:-1]).all()
    for number, policy in enumerate(policies):
        mine = made[(made["policy"] == f"p{number}") & made["deleted_at"].isna()]
        assert (mine["status"] != "failed").all()
        done = mine[mine["status"] == "accomplished"]
        if "keep_last" in policy:
            assert (done.groupby("disk", observed=True).size() <= policy["keep_last"]).all()
        if "keep" in policy:
            keep = {"30s": 30, "5m": 300}[policy["keep"]]
            assert (sim.now - done["created_at"] <= keep).all()


def test_at_the_limit_of_a_disk_the_oldest_makes_room_where_keep_last_allows_it():
    limited = {"account": {"limits": {"snapshots_per_disk": 2}}}
    when = at("0s", "100s", "200s")
    sim = simulation({"when": when, "keep_last": 2}, **limited)
    sim.run(until="1h")
    made = snapshots(sim)
    assert made["created_at"].tolist() == [0, 100, 200]
    assert made["deleted_at"].dropna().tolist() == [200]
    assert sim.finish().states.empty


@pytest.mark.parametrize("rule", [{}, {"keep": "1h"}, {"keep_last": 3}])
def test_at_the_limit_of_a_disk_they_are_skipped_where_all_are_to_be_kept(rule):
    limited = {"account": {"limits": {"snapshots_per_disk": 2}}}
    sim = simulation({"when": at("0s", "100s", "200s")} | rule, **limited)
    sim.run(until="30m")
    assert snapshots(sim)["created_at"].tolist() == [0, 100]
    assert sim.finish().states["value"].tolist() == ["skipped: limit"]


def test_at_the_limit_of_snapshots_in_progress_they_are_skipped():
    limited = {"account": {"limits": {"snapshots_in_progress": 2}}}
    sim = simulation({"when": at("0s", "100s")}, count=3, **limited)
    sim.run(until="30m")
    made = snapshots(sim)
    assert made["disk"].tolist() == ["g-1-disk-1", "g-2-disk-1"] * 2
    assert sim.finish().states["id"].tolist() == ["g-3-disk-1"] * 2


def test_no_snapshot_is_deleted_to_make_room_for_one_that_another_limit_forbids():
    limited = {"account": {"limits": {"snapshots_per_disk": 2, "snapshots_in_progress": 1}}}
    load = {"l": {"arrivals": at("190s"), "mix": [{"instances": {"ids": ["g-2"]}}]}}
    policy = {"instances": {"ids": ["g-1"]}, "when": at("0s", "100s", "200s"), "keep_last": 2}
    sim = simulation(policy, count=2, load=load, **limited)
    sim.run(until="1h")
    made = snapshots(sim)
    backups = made[made["policy"].notna()]
    assert backups["created_at"].tolist() == [0, 100]
    assert backups["deleted_at"].isna().all()
    assert sim.finish().states["value"].tolist() == ["skipped: limit"]
