"""A load beyond the capacity of a snapshot service is a warning with the numbers."""

import pytest

from imgsim import Scenario, run
from imgsim.scenario.capacity import warnings


def scenario(service, arrivals, disks=2, choose="round-robin", count=10, **disk):
    disk = {"kind": "data", "size": "100 GiB", **disk}
    return Scenario.from_mapping(
        {
            "imgsim": 1,
            "name": "load",
            "run": {"horizon": "20d"},
            "regions": {"r": {"snapshot_service": service, "image_quota": 10**6}},
            "instances": [
                {
                    "group": "g",
                    "count": count,
                    "region": "r",
                    "disks": [disk | {"kind": "system"}, *[disk] * (disks - 1)],
                }
            ],
            "load": {
                "s": {
                    "arrivals": arrivals,
                    "mix": [{"instances": {"group": "g", "choose": choose}}],
                    "delete": {"after": "1h"},
                }
            },
        }
    )


def test_offered_load_is_rate_times_disks_times_duration():
    # 30/h x 2 disks x 6 min = 6 busy slots, within a few per cent of sampled arrivals
    poisson = {"poisson": {"rate": "30/h"}}
    assert not list(warnings(scenario({"slots": 7, "duration": "6m"}, poisson)))
    (told,) = warnings(scenario({"slots": 5, "duration": "6m"}, poisson))
    offered = float(told.split("capacity: ")[1].split()[0])
    assert offered == pytest.approx(6, rel=0.08)
    assert "busy slots offered, 5 there; the backlog passes one hour after" in told


def test_a_batch_counts_each_of_its_instances():
    cron = {"cron": {"schedule": "0 * * * *"}}
    (told,) = warnings(scenario({"slots": 1, "duration": "6m"}, cron, choose="each"))
    assert "2 busy slots offered, 1 there; the backlog passes one hour after 1h" in told


def test_the_backlog_passes_an_hour_when_it_says():
    cron = {"cron": {"schedule": "*/10 * * * *"}}
    heavy = scenario({"slots": 1, "duration": "12m"}, cron, disks=1)
    (told,) = warnings(heavy)
    assert "1.201 busy slots offered, 1 there; the backlog passes one hour after 4h59m" in told
    calls = run(heavy).calls
    late = calls[calls["slot_wait_s"] > 3600]["arrived_at"].iloc[0]
    assert (late - calls["arrived_at"].iloc[0]).total_seconds() == pytest.approx(5 * 3600, abs=700)


def test_bandwidth_is_held_against_bytes():
    service = {"bandwidth": "100 MiB/s", "incremental": False}
    cron = {"cron": {"schedule": "0 * * * *"}}
    assert not list(warnings(scenario(service, cron, used="100 GiB")))  # 58 MiB/s
    (told,) = warnings(scenario(service, cron, disks=4, used="100 GiB"))
    assert "113.8 MiB/s offered, 100 there" in told


def test_incremental_snapshots_count_what_changes():
    service = {"bandwidth": "10 MiB/s", "change_rate": "2%/d"}
    cron = {"cron": {"schedule": "0 * * * *"}}
    assert not list(warnings(scenario(service, cron, disks=4, used="100 GiB")))
    (told,) = warnings(scenario(service | {"change_rate": "50%/d"}, cron, disks=4, used="100 GiB"))
    # each instance every 10 hours: 4 x 100 GiB x (1 - exp(-0.5 x 10 / 24)) an hour
    assert "21.4 MiB/s offered, 10 there" in told


def test_a_service_that_is_closed_is_told_at_once():
    told = list(warnings(scenario({"slots": 0, "duration": "6m"}, {"poisson": {"rate": "1/h"}})))
    assert "0 there; the backlog passes one hour at once" in told[0]


def test_no_limit_no_warning():
    assert not list(warnings(scenario({"duration": "6m"}, {"poisson": {"rate": "9/s"}})))
