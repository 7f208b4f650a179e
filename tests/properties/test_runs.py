"""Whatever the scenario: it runs, the laws hold, and it may be run in pieces."""

from __future__ import annotations

import copy

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from properties.pieces import demand_the_same_in_pieces

import imgsim
from imgsim import Scenario, Simulation
from imgsim.results.conservation import LawBroken
from imgsim.units import SECOND

OLD = {"kind": "system", "size": "20 GiB", "created": "2026-01-01T00:00:00Z"}


@st.composite
def durations(draw, longest=600):
    mean = draw(st.integers(1, longest))
    return draw(
        st.sampled_from(
            [
                f"{mean}s",
                {"exponential": {"mean": f"{mean}s"}},
                {"lognormal": {"mean": f"{mean}s", "cv": 1.0}},
                {"uniform": {"low": "0s", "high": f"{2 * mean}s"}},
                {"empirical": {"values": [f"{mean}s", f"{mean}s", f"{3 * mean}s"]}},
            ]
        )
    )


@st.composite
def services(draw):
    by_bandwidth = draw(st.booleans())
    service = {"slots": draw(st.sampled_from([1, 2, 5, "unlimited"]))}
    service["failure"] = draw(st.sampled_from(["0%", "0%", "20%"]))
    changes = draw(st.lists(st.integers(0, 5000), max_size=3, unique=True))
    service["schedule"] = [{"at": f"{at}s", "slots": draw(st.integers(0, 4))} for at in changes]
    if by_bandwidth:
        service |= {"bandwidth": draw(st.sampled_from(["50 MiB/s", "1 GiB/s"]))}
        service["incremental"] = draw(st.booleans())
        if draw(st.booleans()):
            service["setup"] = draw(durations(60))
        if draw(st.booleans()):
            service["noise"] = {"gamma": {"mean": 1.0, "cv": 0.8}}
        if draw(st.booleans()):
            service["per_snapshot_rate"] = "40 MiB/s"
        for change in service["schedule"]:
            change["bandwidth"] = draw(st.sampled_from(["0 GiB/s", "80 MiB/s"]))
    else:
        service["duration"] = draw(durations())
    return service


@st.composite
def streams(draw):
    pattern = draw(st.sampled_from(["poisson", "cron", "closed-loop"]))
    choose = ["round-robin", "random", "own" if pattern == "closed-loop" else "each"]
    mix = [{"instances": {"group": "g", "choose": draw(st.sampled_from(choose))}}]
    if draw(st.booleans()):
        mix.append({"snapshots": {"ids": ["old", "unready"]}, "weight": 0.5})
    if draw(st.booleans()):
        mapping = {"DiskDeviceMapping.1.SnapshotId": "old", "DiskDeviceMapping.2.Size": "7"}
        mix.append({"region": "r", "weight": 0.5, "parameters": mapping})
    for ask in mix:
        if draw(st.booleans()):
            ask["name"] = draw(st.sampled_from(["{stream}-{n}", "a{client}", "夜間_{time}"]))
    arrivals = {
        "poisson": {"rate": f"{draw(st.integers(1, 120))}/h"},
        "cron": {"schedule": draw(st.sampled_from(["*/10 * * * *", "0,1 * * * *"]))},
        "closed-loop": {"clients": draw(st.integers(1, 3)), "think": draw(durations())},
    }[pattern]
    token = draw(st.sampled_from(["none", "per-intent"]))
    stream = {"arrivals": {pattern: arrivals}, "mix": mix, "client": {"token": token}}
    if draw(st.booleans()):
        stream["delete"] = {"snapshots": draw(st.booleans())}
        if draw(st.booleans()):
            stream["delete"]["after"] = draw(durations(2000))
        if draw(st.booleans()):
            stream["delete"]["takes"] = draw(durations(300))
    return stream


@st.composite
def scenarios(draw):
    quota = draw(st.integers(0, 12))
    disks = [{"kind": "system", "size": "20 GiB", "used": "5 GiB"}]
    disks += [{"kind": "data", "size": "30 GiB"}] * draw(st.integers(0, 2))
    region = {"snapshot_service": draw(services()), "registration": draw(durations(60))}
    other = {"snapshot_service": draw(services()), "image_quota": draw(st.integers(0, 12))}
    names = draw(st.lists(st.sampled_from(["ci", "a-b", "Zz"]), unique=True, max_size=3))
    return {
        "imgsim": 1,
        "name": "drawn",
        "run": {
            "horizon": f"{draw(st.integers(1, 7200))}s",
            "drain": f"{draw(st.sampled_from([0, 60, 100_000]))}s",
            "seed": draw(st.integers(0, 5)),
        },
        "regions": {"r": region | {"image_quota": quota}, "q": other},
        "instances": [
            {"group": "g", "count": 3, "region": "r", "disks": disks},
            {"id": "lone", "region": "q", "disks": disks},
        ],
        "snapshots": [
            OLD | {"id": "old", "region": "r"},
            OLD | {"id": "unready", "region": "r", "status": "progressing"},
        ],
        "images": [{"region": "r", "count": draw(st.integers(0, quota))}],
        "load": {name: draw(streams()) for name in names},
    }


def check(run):
    calls, images, snapshots = run.calls, run.images, run.snapshots
    assert len(calls) == len(run.intents)
    assert set(calls["outcome"].cat.categories) == {
        *("available", "failed", "denied", "replayed", "unfinished")
    }
    assert calls["outcome"].notna().all()
    assert (calls["rule"].notna() == (calls["outcome"] == "denied")).all()
    made = calls[calls["outcome"].isin(["available", "failed", "unfinished"])]
    assert sorted(made["image_id"]) == sorted(images.loc[images["intent"].notna(), "image_id"])
    by_outcome = {"available": "Available", "failed": "CreateFailed", "unfinished": "Creating"}
    status = images.set_index("image_id")["status"].astype(str)
    assert (status[made["image_id"]].to_numpy() == made["outcome"].map(by_outcome)).all()
    stages = ["turn_wait_s", "slot_wait_s", "snapshotting_s", "registering_s"]
    done = calls[calls["outcome"] == "available"]
    np.testing.assert_allclose(
        done[stages].fillna(0).sum(axis=1).to_numpy(float), done["total_s"].to_numpy(float)
    )
    assert (done["turn_wait_s"].notna() == (done["approach"] == "instance")).all()
    assert (calls[stages].fillna(0).to_numpy(float) >= 0).all()
    held_at_most_the_quota(run)
    finished = snapshots["ended_at"].notna()
    taken_here = snapshots["image_id"].notna()
    assert (snapshots.loc[taken_here & finished, "status"] != "progressing").all()
    assert (snapshots.loc[taken_here & ~finished, "status"] == "progressing").all()
    for earlier, later in (("created_at", "turn_at"), ("turn_at", "began_at")):
        both = snapshots[[earlier, later]].dropna()
        assert (both[earlier] <= both[later]).all()
    one_at_a_time_on_each_disk(snapshots)


def held_at_most_the_quota(run):
    for name, region in run.scenario.regions.items():
        images = run.images[run.images["region"] == name]
        steps = [(at, 1) for at in images["created_at"]]
        steps += [(at, -1) for at in images["deleted_at"].dropna()]
        held = np.cumsum([step for _, step in sorted(steps)])
        assert max(held, default=0) <= region.image_quota


def one_at_a_time_on_each_disk(snapshots):
    begun = snapshots.dropna(subset=["turn_at"]).sort_values(["turn_at", "snapshot_id"])
    for _, turns in begun.groupby("disk", observed=True):
        ends = turns["ended_at"].to_numpy()[:-1]
        assert (turns["turn_at"].to_numpy()[1:] >= ends).all()


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(scenarios(), st.lists(st.floats(0, 1), max_size=8))
def test_a_drawn_scenario_runs_keeps_the_laws_and_may_be_run_in_pieces(data, pieces):
    run = imgsim.run(Scenario.from_mapping(data))
    check(run)
    demand_the_same_in_pieces(run, pieces)


VERBS = st.one_of(
    st.tuples(st.sampled_from(["stop", "start", "release"]), st.sampled_from(["g-1", "g-2"])),
    st.tuples(st.just("lock"), st.sampled_from(["g-1", "g-2"]), st.just("security")),
    st.tuples(st.just("unlock"), st.sampled_from(["g-1", "g-2"]), st.just("security")),
    st.tuples(st.just("delete_image"), st.sampled_from([f"m-{n:09d}" for n in range(1, 9)])),
    st.tuples(st.sampled_from(["close_snapshot_service", "open_snapshot_service"])),
    st.tuples(st.just("finish_snapshot"), st.just("unready")),
    st.tuples(st.just("create_image"), st.just({"RegionId": "r", "InstanceId": "g-1"})),
    st.tuples(st.just("create_image"), st.just({"RegionId": "r", "SnapshotId": "unready"})),
)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(scenarios(), st.lists(st.tuples(st.integers(0, 7200), VERBS, st.booleans()), max_size=8))
def test_the_laws_hold_whatever_verbs_come_between(data, verbs):
    data = copy.deepcopy(data) | {"rules": {"lock_stops_imaging": True}}
    sim = Simulation(Scenario.from_mapping(data))
    for at, (verb, *arguments), flag in sorted(verbs, key=lambda verb: verb[0]):
        sim.run(until=f"{at}s")
        options = {"snapshots": flag} if verb == "delete_image" else {}
        try:
            getattr(sim, verb)(*arguments, **options)
        except (KeyError, ValueError):
            continue  # the verb may not act: it says so, and nothing has happened
    sim.run()
    check(sim.finish())


def spoilt(spoil):
    disks = [{"kind": "system", "size": "20 GiB"}]
    data = {
        "imgsim": 1,
        "name": "spoilt",
        "regions": {"r": {"snapshot_service": {"duration": "60s"}}},
        "instances": [{"id": "i", "region": "r", "disks": disks}],
    }
    sim = Simulation(Scenario.from_mapping(data))
    sim.create_image({"RegionId": "r", "InstanceId": "i"})
    sim.run(until="30s")
    spoil(sim.world)
    return sim


def lose_a_call(world):
    world.calls += 1


def lose_a_slot(world):
    world.services["r"].slots.inside -= 1


def hide_a_snapshot(world):
    world.services["r"].slots.inside += 1
    world.services["r"].slots.taken += 1


def lose_money(world):
    world.cloud.account.balance -= 1


def lose_a_place_in_the_quota(world):
    world.cloud.regions["r"].images -= 1


def move_an_image_in_time(world):
    next(iter(world.imagings.values())).image.created += SECOND


@pytest.mark.parametrize(
    ("spoil", "law"),
    [
        (lose_a_call, "calls in"),
        (lose_a_slot, "slots taken"),
        (hide_a_snapshot, "snapshots in progress"),
        (lose_money, "sum of the ledger"),
        (lose_a_place_in_the_quota, "quota slots"),
        (move_an_image_in_time, "Little's law"),
    ],
)
def test_a_law_that_is_broken_on_purpose_is_noticed(spoil, law):
    spoilt(str).finish()  # nothing is broken
    with pytest.raises(LawBroken, match=law):
        spoilt(spoil).finish()
