"""Longer locks, lower throttles and longer outages hurt more, with the same luck in both worlds."""

from __future__ import annotations

from itertools import pairwise

import pytest

import imgsim
from imgsim import Scenario

SEEDS = [1, 2, 3]
LOCKED = "rejection_rate.instance_is_locked_for_security"
CHANGING = "rejection_rate.instance_is_neither_running_nor_stopped"
SLOW = "time_to_available.mean"


def measured(seed, name, processes=None, limits=None, service=None):
    service = service or {"slots": 6, "duration": {"lognormal": {"mean": "6m", "cv": 0.6}}}
    disks = [{"kind": "system", "size": "40 GiB", "used": "20 GiB"}]
    scenario = {
        "imgsim": 1,
        "name": "disturbances",
        "run": {"horizon": "48h", "seed": seed},
        "regions": {"r": {"image_quota": 100_000, "snapshot_service": service}},
        "instances": [{"group": "g", "count": 30, "region": "r", "disks": disks}],
        "account": {"limits": limits or {}},
        "load": {
            "s": {
                "arrivals": {"poisson": {"rate": "36/h"}},
                "mix": [{"instances": {"group": "g"}}],
            }
        },
        "processes": {"p": processes} if processes else {},
    }
    return imgsim.run(Scenario.from_mapping(scenario)).measures[name]


def rises(values):
    return all(low < high for low, high in pairwise(values))


def drawn(mean):
    return {"exponential": {"mean": mean}}


def seeds(test):
    return pytest.mark.parametrize("seed", SEEDS)(test)


@seeds
@pytest.mark.parametrize("together", [False, True])
def test_longer_locks_deny_more(seed, together):
    locks = {"instances": {"group": "g"}, "when": {"renewal": {"gap": drawn("6h")}}}
    assert rises(
        measured(seed, LOCKED, {"locks": locks | {"lasts": drawn(mean), "together": together}})
        for mean in ("5m", "40m", "4h")
    )


@seeds
def test_more_frequent_locks_deny_more(seed):
    locks = {"instances": {"group": "g"}, "lasts": "20m"}
    assert rises(
        measured(seed, LOCKED, {"locks": locks | {"when": {"poisson": {"rate": rate}}}})
        for rate in ("2/d", "12/d", "3/h")
    )


@seeds
def test_slower_restarts_deny_more(seed):
    restart = {"instances": {"group": "g"}, "when": {"poisson": {"rate": "6/d"}}}
    assert rises(
        measured(seed, CHANGING, {"status": restart | {"action": "restart", "takes": takes}})
        for takes in ("1m", "10m", "40m")
    )


@seeds
def test_a_lower_throttle_throttles_more(seed):
    name = "rejection_rate.call_is_throttled"
    assert rises(measured(seed, name, limits={"calls_per_minute": n}) for n in (3, 2, 1, 0))


@seeds
def test_fewer_snapshots_in_progress_deny_more(seed):
    name = "rejection_rate.too_many_snapshots_are_in_progress"
    assert rises(measured(seed, name, limits={"snapshots_in_progress": n}) for n in (8, 5, 3, 0))


@seeds
def test_fewer_snapshots_of_a_disk_deny_more(seed):
    name = "rejection_rate.disk_has_too_many_snapshots"
    assert rises(measured(seed, name, limits={"snapshots_per_disk": n}) for n in (50, 30, 10, 0))


@seeds
@pytest.mark.parametrize(
    ("service", "effect"),
    [
        (None, {"slots": "0%"}),
        (None, {"slower": 3}),
        ({"bandwidth": "500 MiB/s", "incremental": False}, {"bandwidth": "10%"}),
    ],
)
def test_longer_outages_take_longer(seed, service, effect):
    faults = {"up": drawn("8h")} | effect
    assert rises(
        measured(seed, SLOW, {"service-faults": faults | {"lasts": lasts}}, service=service)
        for lasts in ("5m", "30m", "2h")
    )


@seeds
def test_bursts_of_failures_fail_more_the_longer_they_last(seed):
    faults = {"when": {"renewal": {"gap": drawn("8h")}}, "failure": "50%"}
    assert rises(
        measured(seed, "failure_rate", {"service-faults": faults | {"lasts": lasts}})
        for lasts in ("10m", "1h", "4h")
    )
