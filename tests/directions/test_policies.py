"""Policies change what they are for in the right direction, with the same luck in both worlds."""

from __future__ import annotations

from itertools import pairwise

import pytest

import imgsim
from imgsim import Scenario

SEEDS = [1, 2, 3]
DISKS = [{"kind": "system", "size": "40 GiB", "used": "20 GiB"}]
REFUSED = "rejection_rate.image_quota_is_exhausted"


def run(seed, *, quota=40, service=None, stream=None, **processes):
    service = service or {"slots": 4, "duration": {"lognormal": {"mean": "6m", "cv": 0.6}}}
    region = {"image_quota": quota, "registration": "20s", "snapshot_service": service}
    load = {
        "arrivals": {"poisson": {"rate": "30/h"}},
        "mix": [{"instances": {"group": "g"}}],
    }
    return imgsim.run(
        Scenario.from_mapping(
            {
                "imgsim": 1,
                "name": "directions",
                "run": {"horizon": "48h", "seed": seed},
                "regions": {"r": region},
                "instances": [{"group": "g", "count": 10, "region": "r", "disks": DISKS}],
                "load": {"s": load | (stream or {})},
                "processes": processes,
            }
        )
    )


def rises(values):
    return all(later > earlier for earlier, later in pairwise(values))


def retained(seed, **rules):
    return run(seed, quota=60, cleaning={"retention": rules}).measures


@pytest.mark.parametrize("seed", SEEDS)
def test_keeping_fewer_of_each_source_takes_less_quota_and_refuses_no_more(seed):
    kept = [retained(seed, keep_last=last) for last in (1, 2, 4, 7)]
    assert rises([one["quota_use.mean"] for one in kept])
    refused = [one[REFUSED] for one in kept]
    assert refused == sorted(refused)
    assert refused[0] < refused[-1]


@pytest.mark.parametrize("seed", SEEDS)
def test_keeping_images_for_longer_fills_the_quota_sooner_and_for_more_of_the_time(seed):
    kept = [retained(seed, older_than=age) for age in ("1h30m", "2h", "4h", "24h")]
    assert rises([one["quota_use.mean"] for one in kept])
    full = [one["quota_use.share_full"] for one in kept]
    assert full == sorted(full)
    assert full[0] < full[-1]
    assert kept[-1]["quota_use.first_full_s"] <= kept[-2]["quota_use.first_full_s"]
    assert rises([-one["deleted"] for one in kept])


@pytest.mark.parametrize("seed", SEEDS)
def test_sweeping_less_often_takes_more_quota(seed):
    nightly = [
        retained(seed, older_than="1h", when={"renewal": {"gap": gap}})
        for gap in ("30m", "2h", "6h")
    ]
    assert rises([one["quota_use.mean"] for one in nightly])


@pytest.mark.parametrize("seed", SEEDS)
def test_using_images_later_is_refused_less_and_takes_longer_at_least_for_the_fast_ones(seed):
    early, late = (
        run(seed, quota=10**6, stream={"use": {"after": after, "retry_every": "1m", "tries": 999}})
        for after in ("1m", "10m")
    )
    assert early.measures["uses.denied_share"] > late.measures["uses.denied_share"]
    assert early.measures["uses"] > late.measures["uses"]
    assert early.measures["time_to_first_use.mean"] < late.measures["time_to_first_use.mean"]


@pytest.mark.parametrize("seed", SEEDS)
def test_trying_less_often_finds_out_later(seed):
    times = [
        run(
            seed,
            quota=10**6,
            stream={"use": {"after": "1m", "retry_every": every, "tries": 9999}},
        ).measures["time_to_first_use.mean"]
        for every in ("30s", "2m", "8m")
    ]
    assert rises(times)


@pytest.mark.parametrize("seed", SEEDS)
def test_more_frequent_automatic_snapshots_leave_smaller_increments_to_images(seed):
    service = {"bandwidth": "400 MiB/s", "change_rate": "50%/d"}
    moved = []
    for gap in ("15m", "1h", "6h"):
        backup = {"instances": {"group": "g"}, "when": {"renewal": {"gap": gap}}}
        snapshots = run(
            seed,
            quota=10**6,
            service=service,
            stream={"arrivals": {"poisson": {"rate": "1/h"}}},
            backup={"automatic-snapshots": backup},
        ).snapshots
        later = snapshots[snapshots["image_id"].notna()].iloc[10:]
        moved.append(later["bytes"].astype(float).mean())
    assert rises(moved)


@pytest.mark.parametrize("seed", SEEDS)
def test_more_frequent_automatic_snapshots_make_images_wait_for_their_disk(seed):
    waits = []
    for gap in ("12h", "2h", "20m"):
        backup = {"instances": {"group": "g"}, "when": {"renewal": {"gap": gap}}}
        waits.append(
            run(
                seed,
                quota=10**6,
                service={"duration": {"lognormal": {"mean": "6m", "cv": 0.6}}},
                backup={"automatic-snapshots": backup},
            ).measures["turn_wait.mean"]
        )
    assert rises(waits)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_policy_that_waits_makes_more_snapshots_than_one_that_skips(seed):
    made = []
    for busy in ("skip", "wait"):
        backup = {"instances": {"group": "g"}, "when": {"renewal": {"gap": "1h"}}, "if_busy": busy}
        snapshots = run(seed, quota=10**6, backup={"automatic-snapshots": backup}).snapshots
        made.append(int(snapshots["policy"].notna().sum()))
    assert rises(made)
