"""Retention: which images go, when, and in which order."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imgsim import Scenario, ScenarioError, Simulation
from imgsim.cloud.lifecycle import IllegalMove

OLD = {"region": "r", "kind": "system", "size": "40 GiB", "created": "2025-01-01"}
DISKS = [{"kind": "system", "size": "40 GiB"}]


def simulation(*policies, **more):
    """Return a simulation of images that take 70 s from an instance and 10 s from a snapshot."""
    region = {"registration": "10s", "snapshot_service": {"duration": "60s"}}
    return Simulation(
        Scenario.from_mapping(
            {
                "imgsim": 1,
                "name": "retention",
                "regions": {"r": region},
                "instances": [{"group": "g", "count": 3, "region": "r", "disks": DISKS}],
                "snapshots": [OLD | {"id": "old"}],
                "processes": {f"p{n}": {"retention": one} for n, one in enumerate(policies)},
            }
            | more
        )
    )


def make(sim, at, source="g-1", **more):
    sim.run(until=at)
    by = "SnapshotId" if source == "old" else "InstanceId"
    return sim.create_image({"RegionId": "r", by: source} | more).image_id


def deletions(sim):
    """Return (image, seconds) of the deletions in order."""
    run = sim.finish()
    gone = run.images.dropna(subset=["deleted_at"]).sort_values("deleted_at", kind="stable")
    since = (gone["deleted_at"] - pd.Timestamp(run.scenario.start)).dt.total_seconds()
    return list(zip(gone["image_id"], since, strict=True))


def test_images_go_at_an_age_counted_from_acceptance_to_the_microsecond():
    sim = simulation({"older_than": "1h"})
    first, second = make(sim, "10s"), make(sim, "20s", "g-2")
    sim.run(until="2h")
    assert deletions(sim) == [(first, 3610), (second, 3620)]


def test_an_image_still_being_made_at_that_age_fails_and_goes():
    sim = simulation({"older_than": "30s"})
    image = make(sim, "0s")
    sim.run(until="10m")
    assert deletions(sim) == [(image, 30)]
    run = sim.finish()
    assert run.calls["outcome"].tolist() == ["failed"]
    assert run.snapshots.set_index("snapshot_id").loc["s-000000002", "status"] == "accomplished"


def test_the_last_images_of_each_source_are_kept_as_soon_as_there_is_one_more():
    sim = simulation({"keep_last": 1})
    first, other = make(sim, "0s"), make(sim, "1s", "g-2")
    second, third = make(sim, "100s"), make(sim, "200s")
    sim.run(until="1h")
    assert deletions(sim) == [(first, 170), (second, 270)]
    assert set(sim.cloud.images) == {other, third}


def test_the_newest_is_the_one_accepted_last_even_if_another_was_available_later():
    registration = {"uniform": {"low": "10s", "high": "1000s"}}
    regions = {"r": {"registration": registration, "snapshot_service": {"duration": "60s"}}}
    sim = simulation({"keep_last": 1}, regions=regions)
    made = [make(sim, f"{at}s", "old") for at in range(8)]
    sim.run(until="1h")
    ends = sim.finish().images.set_index("image_id")["ended_at"]
    assert ends.idxmax() != made[-1]
    assert list(sim.cloud.images) == [made[-1]]


def test_failed_images_are_neither_counted_among_the_last_nor_deleted_for_it():
    sim = simulation({"keep_last": 1})
    good = make(sim, "0s")
    broken = make(sim, "100s")
    sim.run(until="110s")
    sim.stop("g-1")
    sim.run(until="1h")
    assert deletions(sim) == []
    assert set(sim.cloud.images) == {good, broken}


def test_images_of_mappings_count_together_as_one_source():
    mapping = {"RegionId": "r", "DiskDeviceMapping.1.SnapshotId": "old"}
    sim = simulation({"keep_last": 2})
    made = [sim.create_image(mapping).image_id for _ in range(3)]
    from_snapshot = make(sim, "0s", "old")
    sim.run(until="1h")
    assert deletions(sim) == [(made[0], 10)]
    assert from_snapshot in sim.cloud.images


def test_failed_images_go_at_once():
    sim = simulation({"failed": True})
    broken, good = make(sim, "0s"), make(sim, "0s", "g-2")
    sim.run(until="30s")
    sim.stop("g-1")
    sim.run(until="1h")
    assert deletions(sim) == [(broken, 30)]
    assert good in sim.cloud.images


def test_images_go_when_they_have_been_used_so_many_times_refusals_not_counted():
    sim = simulation({"used": 2})
    image = make(sim, "0s")
    sim.use_image("RunInstances", image)  # too early
    for at in ("100s", "200s", "300s"):
        sim.run(until=at)
        sim.use_image("RunInstances", image)
    assert deletions(sim) == [(image, 200)]
    assert sim.finish().uses["outcome"].tolist() == ["denied", "granted", "granted", "denied"]


@pytest.mark.parametrize(("snapshots", "left"), [(False, ["old", "s-000000002"]), (True, ["old"])])
def test_the_snapshots_made_for_an_image_go_with_it_or_stay(snapshots, left):
    sim = simulation({"older_than": "1h", "snapshots": snapshots})
    make(sim, "0s")
    make(sim, "0s", "old")
    sim.run(until="2h")
    assert len(sim.cloud.images) == 0
    assert list(sim.cloud.snapshots) == left


def test_a_snapshot_on_which_another_image_stands_stays():
    sim = simulation({"sources": {"ids": ["g-1"]}, "older_than": "1h", "snapshots": True})
    make(sim, "0s")
    sim.run(until="10m")
    sim.create_image({"RegionId": "r", "SnapshotId": "s-000000002"})
    sim.run(until="2h")
    assert len(sim.cloud.images) == 1
    assert "s-000000002" in sim.cloud.snapshots


def test_a_sweep_looks_at_its_times_alone():
    when = {"instants": {"at": ["1h", "2h"]}}
    sim = simulation({"older_than": "30m", "keep_last": 5, "failed": True, "when": when})
    old = make(sim, "0s")
    broken = make(sim, "50m", "g-2")
    sim.run(until="50m1s")
    sim.stop("g-2")
    young = make(sim, "59m")
    sim.run(until="3h")
    assert deletions(sim) == [(old, 3600), (broken, 3600), (young, 7200)]


def test_a_sweep_keeps_the_last_of_each_source_by_acceptance():
    when = {"instants": {"at": ["1h"]}}
    sim = simulation({"keep_last": 1, "when": when})
    made = [make(sim, f"{at}s", source) for at, source in ((0, "g-1"), (0, "g-2"), (9, "g-1"))]
    making = make(sim, "3599s")
    sim.run(until="2h")
    assert deletions(sim) == [(made[0], 3600)]
    assert set(sim.cloud.images) == {made[1], made[2], making}


def test_initial_images_count_and_those_too_old_go_at_the_start():
    images = [
        {"id": "a", "region": "r", "created": "2026-01-04T23:30:00Z"},
        {"id": "b", "region": "r", "created": "2026-01-01"},
        {"id": "c", "region": "r", "created": "2026-01-01", "status": "CreateFailed"},
    ]
    sim = simulation({"older_than": "1h"}, images=images)
    sim.run(until="2h")
    assert deletions(sim) == [("b", 0), ("c", 0), ("a", 1800)]
    sim = simulation({"failed": True}, {"keep_last": 1}, images=images)
    sim.run(until="2h")
    assert deletions(sim) == [("b", 0), ("c", 0)]


@pytest.mark.parametrize(
    ("rule", "gone"),
    [
        ({"streams": ["s"]}, ["m-000000002"]),
        ({"regions": ["q"]}, ["m-000000003"]),
        ({"sources": {"ids": ["g-2"]}}, ["m-000000002"]),
        ({"sources": {"group": "nobody"}}, []),
        ({}, ["m-000000001", "m-000000002", "m-000000003"]),
    ],
)
@pytest.mark.parametrize("when", [{}, {"when": {"instants": {"at": ["1h"]}}}])
def test_a_policy_is_for_some_images_or_all(rule, gone, when):
    region = {"registration": "10s", "snapshot_service": {"duration": "60s"}}
    sim = simulation(
        {"older_than": "1h"} | rule | when,
        regions={"r": region, "q": region},
        instances=[
            {"group": "g", "count": 3, "region": "r", "disks": DISKS},
            {"id": "other", "region": "q", "disks": DISKS},
            {"group": "nobody", "count": 0, "region": "r", "disks": DISKS},
        ],
        load={
            "s": {
                "arrivals": {"instants": {"at": ["0s"]}},
                "mix": [{"instances": {"ids": ["g-2"]}}],
            }
        },
    )
    make(sim, "0s")
    sim.run(until="1us")
    sim.create_image({"RegionId": "q", "InstanceId": "other"})
    sim.run(until="61m")
    if when:  # the last image is not old enough at the sweep
        gone = [image for image in gone if image != "m-000000003"]
    assert [image for image, _ in deletions(sim)] == gone


def test_in_one_instant_a_policy_deletes_by_number_and_before_calls_arrive():
    load = {
        "s": {
            "arrivals": {"instants": {"at": ["0s", "1h"]}},
            "mix": [{"instances": {"group": "g", "choose": "each"}, "name": "{source}"}],
        }
    }
    regions = {
        "r": {"image_quota": 3, "registration": "10s", "snapshot_service": {"duration": "60s"}}
    }
    sim = simulation({"older_than": "1h"}, load=load, regions=regions)
    told = []
    sim.world.on.deleted.append(lambda image: told.append(image.number))
    sim.run()
    assert told == [1, 2, 3]
    assert sim.finish().calls["outcome"].tolist() == ["available"] * 6


def test_a_client_may_delete_first_and_in_the_same_instant():
    load = {
        "s": {
            "arrivals": {"instants": {"at": ["0s"]}},
            "mix": [{"instances": {"group": "g", "choose": "each"}}],
            "delete": {"after": "50s"},
        }
    }
    sim = simulation(
        {"older_than": "2m"},
        {"keep_last": 0},
        {"older_than": "2m"},
        load=load,
        instances=[{"group": "g", "count": 2, "region": "r", "disks": DISKS}],
    )
    sim.run(until="10m")
    assert [at for _, at in deletions(sim)] == [70, 70]
    sim = simulation({"older_than": "2m"}, load=load)
    sim.run(until="10m")
    assert [at for _, at in deletions(sim)] == [120, 120, 120]


@pytest.mark.parametrize("snapshots", [False, True])
def test_an_image_whose_client_deletes_it_as_it_fails_may_be_deleted_in_the_making(snapshots):
    load = {
        "s": {
            "arrivals": {"instants": {"at": ["0s"]}},
            "mix": [{"instances": {"ids": ["g-1"]}}],
            "delete": {},
        }
    }
    sim = simulation({"older_than": "30s", "snapshots": snapshots}, load=load)
    sim.run(until="10m")
    assert deletions(sim) == [("m-000000001", 30)]
    assert ("s-000000002" in sim.cloud.snapshots) is not snapshots


def test_of_an_image_that_is_gone_already_the_policy_leaves_the_snapshots_alone():
    sim = simulation({"older_than": "1h", "snapshots": True})
    image = make(sim, "0s")
    sim.run(until="10m")
    sim.delete_image(image)
    sim.run(until="2h")
    assert "s-000000002" in sim.cloud.snapshots


def test_a_policy_keeps_no_run_going():
    sim = simulation({"older_than": "1h"}, {"failed": True, "when": {"poisson": {"rate": "1/h"}}})
    make(sim, "0s")
    sim.run()
    assert sim.now == 70
    assert len(sim.cloud.images) == 1


@pytest.mark.parametrize(
    ("rule", "what"),
    [
        ({}, "give a rule"),
        ({"failed": False}, "give a rule"),
        ({"older_than": "0s"}, "older_than and used must be above 0"),
        ({"used": 0}, "older_than and used must be above 0"),
        ({"failed": True, "streams": ["x"]}, "unknown stream 'x'"),
        ({"failed": True, "sources": {"group": "x"}}, "unknown group 'x'"),
    ],
)
def test_a_policy_without_sense_is_refused(rule, what):
    with pytest.raises(ScenarioError, match=what):
        simulation(rule)


POLICIES = st.fixed_dictionaries(
    {},
    optional={
        "keep_last": st.integers(0, 2),
        "older_than": st.sampled_from(["20s", "70s", "5m"]),
        "failed": st.just(True),
        "used": st.integers(1, 2),
        "snapshots": st.booleans(),
        "when": st.just({"renewal": {"gap": "70s"}}),
        "sources": st.sampled_from([{"group": "g"}, {"ids": ["g-1"]}]),
    },
).filter(lambda one: {"keep_last", "older_than", "failed", "used"} & one.keys())


@settings(max_examples=60, deadline=None)
@given(st.lists(POLICIES, min_size=1, max_size=3), st.sampled_from([None, "0s", "10s", "50s"]))
def test_whatever_the_policies_what_a_sweep_would_find_is_gone(policies, after):
    stream = {
        "arrivals": {"renewal": {"gap": "35s"}},
        "mix": [{"instances": {"group": "g"}}],
        "use": {"after": "60s", "retry_every": "30s", "tries": 4},
    }
    if after is not None:
        stream["delete"] = {"after": after} if after != "0s" else {}
    region = {
        "image_quota": 6,
        "registration": "10s",
        "snapshot_service": {"slots": 2, "duration": "60s", "failure": "20%"},
    }
    sim = simulation(*policies, load={"s": stream}, run={"horizon": "15m"}, regions={"r": region})
    sim.run()
    run = sim.finish()  # the laws hold
    there = run.images[run.images["deleted_at"].isna()]
    end = pd.Timestamp(run.scenario.start) + pd.Timedelta(run.ended_at, "us")
    for policy in (one for one in policies if "when" not in one):
        mine = there
        if policy.get("sources", {}).get("ids"):
            mine = there[there["source"] == "g-1"]
        ended = mine[mine["ended_at"] < end]
        if "keep_last" in policy:
            available = ended[ended["status"] == "Available"]
            assert (available.groupby("source", observed=True).size() <= policy["keep_last"]).all()
        if "older_than" in policy:
            assert (end - mine["created_at"] <= pd.Timedelta(policy["older_than"])).all()
        if "failed" in policy:
            assert not (ended["status"] == "CreateFailed").any()
        if "used" in policy:
            uses = run.uses[(run.uses["outcome"] == "granted") & (run.uses["used_at"] < end)]
            counts = uses.groupby("image_id", observed=True).size()
            assert not set(counts[counts >= policy["used"]].index) & set(mine["image_id"])


def test_a_snapshot_is_deleted_by_hand_unless_an_image_stands_on_it_or_it_is_in_the_making():
    sim = simulation()
    image = make(sim, "0s")
    with pytest.raises(KeyError):
        sim.delete_snapshot("s-x")
    with pytest.raises(ValueError, match="SnapshotCreatedImage, 403"):
        sim.delete_snapshot("s-000000002")
    sim.delete_image(image)  # fails in the making; its snapshot goes on
    with pytest.raises(IllegalMove):
        sim.delete_snapshot("s-000000002")
    sim.run(until="1h")
    sim.delete_snapshot("s-000000002")
    sim.delete_snapshot("old")
    assert len(sim.cloud.snapshots) == 0
    run = sim.finish()
    assert run.snapshots["deleted_at"].notna().all()
    assert run.states["id"].tolist() == [image, "s-000000002", "old"]
    assert run.states["value"].tolist() == ["Deleted"] * 3
