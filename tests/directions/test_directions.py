"""More of what is short helps, with the same luck in both worlds, at every seed tried."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

import imgsim
from imgsim import Scenario

SEEDS = [1, 2, 3]


def run(seed, **changes):
    region = {
        "image_quota": 40,
        "registration": "20s",
        "snapshot_service": {"slots": 4, "duration": {"lognormal": {"mean": "6m", "cv": 0.6}}},
    }
    data = {
        "imgsim": 1,
        "name": "directions",
        "run": {"horizon": "48h", "seed": seed},
        "regions": {"r": region},
        "instances": [
            {
                "group": "g",
                "count": 30,
                "region": "r",
                "disks": [{"kind": "system", "size": "40 GiB", "used": "20 GiB"}],
            }
        ],
        "load": {
            "s": {
                "arrivals": {"poisson": {"rate": "36/h"}},
                "mix": [{"instances": {"group": "g"}}],
                "delete": {"after": {"exponential": {"mean": "1h"}}},
            }
        },
    }
    return imgsim.run(
        Scenario.from_mapping(
            data, {path.replace("__", "."): value for path, value in changes.items()}
        )
    )


SLOTS = "regions__r__snapshot_service__slots"
QUOTA = "regions__r__image_quota"
SERVICE = "regions__r__snapshot_service"
REFUSED = "rejection_rate.image_quota_is_exhausted"


def measured(seed, name, knob, values, **more):
    return [run(seed, **{knob: value}, **more).measures[name] for value in values]


def falls(values):
    return all(later < earlier for earlier, later in pairwise(values))


@pytest.mark.parametrize("seed", SEEDS)
def test_more_slots_make_waits_shorter(seed):
    ample = {QUOTA: 10**6}
    assert falls(measured(seed, "slot_wait.mean", SLOTS, [4, 5, 7, 12], **ample))
    assert falls(measured(seed, "time_to_available.p95", SLOTS, [4, 5, 7], **ample))


@pytest.mark.parametrize("seed", SEEDS)
def test_no_call_is_served_later_for_more_slots_when_none_is_refused(seed):
    few, many = (run(seed, **{SLOTS: slots, QUOTA: 10**6}) for slots in (4, 6))
    assert (many.snapshots["began_at"] <= few.snapshots["began_at"]).all()
    assert (many.calls["ended_at"] <= few.calls["ended_at"]).all()


@pytest.mark.parametrize("seed", SEEDS)
def test_a_larger_quota_refuses_fewer_calls(seed):
    assert falls(measured(seed, REFUSED, QUOTA, [20, 30, 40, 50]))


@pytest.mark.parametrize("seed", SEEDS)
def test_images_that_are_deleted_sooner_leave_more_room(seed):
    after = "load__s__delete__after"
    assert falls(measured(seed, REFUSED, after, ["2h", "1h", "20m"]))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_longer_registration_makes_every_image_available_later_by_that_much(seed):
    short, long = (
        run(seed, regions__r__registration=length, **{QUOTA: 10**6}) for length in ("20s", "80s")
    )
    later = (long.calls["ended_at"] - short.calls["ended_at"]).dt.total_seconds()
    assert (later == 60).all()


@pytest.mark.parametrize("seed", SEEDS)
def test_more_bandwidth_makes_images_faster(seed):
    times = [
        run(
            seed,
            **{SERVICE: {"bandwidth": rate, "incremental": False}, QUOTA: 10**6},
        ).measures["time_to_available.mean"]
        for rate in ("220 MiB/s", "300 MiB/s", "1 GiB/s")
    ]
    assert falls(times)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_lower_rate_per_snapshot_makes_images_slower(seed):
    times = [
        run(
            seed,
            **{
                SERVICE: {
                    "bandwidth": "1 GiB/s",
                    "per_snapshot_rate": rate,
                    "incremental": False,
                },
                QUOTA: 10**6,
            },
        ).measures["time_to_available.mean"]
        for rate in ("50 MiB/s", "100 MiB/s", "500 MiB/s")
    ]
    assert falls(times)


@pytest.mark.parametrize("seed", SEEDS)
def test_increments_move_less_than_whole_snapshots(seed):
    def moved(incremental):
        service = {"bandwidth": "1 GiB/s", "incremental": incremental}
        return run(seed, **{SERVICE: service, QUOTA: 10**6}).snapshots["bytes"].astype(float).sum()

    assert moved(incremental=True) < moved(incremental=False)


@pytest.mark.parametrize("seed", SEEDS)
def test_more_failures_leave_fewer_images(seed):
    share = "regions__r__snapshot_service__failure"
    assert falls(measured(seed, "available", share, ["0%", "5%", "20%"], **{QUOTA: 10**6}))


@pytest.mark.parametrize("seed", SEEDS)
def test_more_load_makes_waits_longer(seed):
    rate = "load__s__arrivals__poisson__rate"
    waits = measured(seed, "slot_wait.mean", rate, ["36/h", "30/h", "20/h"], **{QUOTA: 10**6})
    assert falls(waits)


@pytest.mark.parametrize("seed", SEEDS)
def test_fewer_instances_make_images_wait_for_their_disk(seed):
    def waits(count):
        return run(seed, instances__0__count=count, **{SLOTS: "unlimited"}).measures[
            "turn_wait.mean"
        ]

    assert falls([waits(3), waits(5), waits(30)])


def test_clients_that_leave_failed_images_behind_are_refused_more_often():
    path = Path(__file__).parents[2] / "scenarios" / "quickstart.yaml"
    month = {"run.horizon": "30d"}
    tidy = imgsim.run(imgsim.load(path, month)).measures["rejection_rate"]
    left_behind = imgsim.load(path, month | {"load.builds.delete.failed": False})
    left = imgsim.run(left_behind).measures["rejection_rate"]
    assert left > tidy + 0.2
