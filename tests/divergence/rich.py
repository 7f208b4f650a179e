"""A scenario in which much happens, and all events of its run."""

from __future__ import annotations

from functools import cache

import imgsim
from imgsim.divergence.watching import watched

HOUR = 3_600_000_000
SYSTEM = {"kind": "system", "size": "40 GiB", "used": "20 GiB"}
DATA = {"kind": "data", "size": "100 GiB", "used": "33 GiB"}
HOURLY = {"cron": {"schedule": "0 * * * *"}}
SCENARIO = {
    "imgsim": 1,
    "name": "rich",
    "run": {"horizon": "12h", "seed": 5},
    "account": {"balance": "500 CNY"},
    "regions": {
        "east": {
            "image_quota": 14,
            "registration": {"gamma": {"mean": "20s", "cv": 0.5}},
            "snapshot_service": {
                "slots": 3,
                "duration": {"lognormal": {"mean": "6m", "cv": 0.4}},
                "failure": "5%",
            },
        },
        "west": {
            "image_quota": 30,
            "registration": {"uniform": {"low": "10s", "high": "30s"}},
            "snapshot_service": {
                "slots": 5,
                "bandwidth": "300 MiB/s",
                "setup": {"exponential": {"mean": "30s"}},
                "noise": {"gamma": {"mean": 1.0, "cv": 0.3}},
            },
        },
    },
    "instances": [
        {"group": "a", "count": 6, "region": "east", "disks": [SYSTEM, DATA]},
        {"group": "b", "count": 6, "region": "west", "disks": [SYSTEM, DATA]},
        {"id": "sealed", "region": "east", "imaging_allowed": False, "disks": [SYSTEM]},
    ],
    "snapshots": [
        {"id": "s-2012", "region": "east", "kind": "system", "size": "20 GiB",
         "created": "2012-06-01"},
    ],
    "images": [{"region": "east", "count": 3, "age": {"exponential": {"mean": "3d"}}}],
    "load": {
        "ci": {
            "arrivals": {"poisson": {"rate": "15/h"}},
            "mix": [
                {"instances": {"group": "a", "choose": "random"}, "name": "ci-{n}"},
                {"instances": {"group": "b"}, "weight": 2},
            ],
            "mistakes": {
                "image_name_is_taken": "3%", "instance_may_not_be_imaged": "3%",
                "snapshot_is_too_old": "3%", "instance_is_unknown": "3%",
                "image_name_is_malformed": "3%", "region_is_unknown": "2%",
            },
            "client": {
                "poll": "20s", "timeout": "30m", "at_timeout": "delete-image",
                "retry": {"wait": "1m", "jitter": "50%", "attempts": 3},
            },
            "delete": {"after": {"exponential": {"mean": "40m"}}, "takes": "5s"},
            "use": {"after": {"exponential": {"mean": "10m"}}, "retry_every": "2m", "tries": 5},
        },
        "hourly": {"arrivals": HOURLY, "mix": [{"instances": {"group": "a", "choose": "each"}}],
                   "delete": {"after": "30m"}},
        "also-hourly": {"arrivals": HOURLY, "mix": [{"instances": {"group": "b"}}],
                        "delete": {"after": {"uniform": {"low": "30m", "high": "50m"}}}},
    },
    "processes": {
        "scan": {"locks": {"instances": {"group": "a"}, "when": {"cron": {"schedule": "0 */3 * * *"}},
                           "lasts": {"exponential": {"mean": "10m"}}}},
        "backup": {"automatic-snapshots": {"instances": {"group": "b"}, "keep_last": 2,
                                           "when": {"cron": {"schedule": "0 */4 * * *"}}}},
        "bill": {"storage-charges": {"price": "0.12 CNY/GiB/month"}},
        "pay": {"top-ups": {"when": HOURLY, "amount": "1 CNY"}},
        "try": {"uses": {"newest_of": {"group": "b", "choose": "random"}, "when": HOURLY}},
    },
}  # fmt: skip


def scenario(changed=None):
    return imgsim.Scenario.from_mapping(SCENARIO, changed)


def simulation(changed=None):
    return imgsim.Simulation(scenario(changed))


@cache
def probe():
    """Return all events of the run as it is, and the run."""
    record, run = watched(simulation())
    return tuple(record), run
