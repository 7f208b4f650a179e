"""The scenario that all benchmarks run, at any length, load and number of disks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from imgsim import Scenario
from imgsim.chance.distributions import Exponential
from imgsim.chance.streams import Chance, rounded
from imgsim.units import SECOND

STREAM = "ci"
REGION = "cn-hangzhou"
SEED = 1
CALLS_PER_HOUR = 160
DURATION_MINUTES = 6
INSTANCES = 60
QUOTA = 375
"""Denies about one call of a hundred at a load of 0.8 with `DELETED`."""
DELETED = {"after": {"exponential": {"mean": "2h"}}}


def instants(calls: int) -> list[int]:
    """Return the instants of the first Poisson arrivals, those that imgsim will draw."""
    rate = CALLS_PER_HOUR / 3600
    uniforms = Chance(SEED, 0).uniforms(f"{STREAM}/arrival", 0, calls + -calls % 4)
    gaps = rounded(Exponential(SECOND / rate).quantile(uniforms))[:calls]
    total, instants = 0, []
    for gap in gaps:
        total += gap
        instants.append(total)
    return instants


def described(
    calls: int,
    *,
    load: float = 0.8,
    disks: int = 3,
    quota: int | None = QUOTA,
    delete: Mapping[str, Any] | None = DELETED,
) -> dict[str, Any]:
    """Return a scenario of exactly so many calls; ``load`` is offered work over slots.

    Calls come at a fixed rate to instances of ``disks`` disks; the slots make the load. A quota
    of None never binds; without ``delete`` images are kept.
    """
    slots = round(CALLS_PER_HOUR * DURATION_MINUTES / 60 * disks / load)
    stream: dict[str, Any] = {
        "arrivals": {"poisson": {"rate": f"{CALLS_PER_HOUR}/h"}},
        "mix": [{"instances": {"group": "web"}, "name": "ci-{n}"}],
    }
    if delete is not None:
        stream["delete"] = dict(delete)
    data = [{"kind": "data", "size": "100 GiB"}] * (disks - 1)
    return {
        "imgsim": 1,
        "name": "bench",
        "run": {"horizon": f"{instants(calls)[-1] + 1}us", "seed": SEED, "drain": "3650d"},
        "regions": {
            REGION: {
                "image_quota": 10 * calls if quota is None else quota,
                "registration": {"lognormal": {"mean": "20s", "cv": 0.5}},
                "snapshot_service": {
                    "slots": slots,
                    "duration": {"lognormal": {"mean": f"{DURATION_MINUTES}m", "cv": 0.4}},
                },
            }
        },
        "instances": [
            {
                "group": "web",
                "count": INSTANCES,
                "region": REGION,
                "disks": [{"kind": "system", "size": "40 GiB"}, *data],
            }
        ],
        "load": {STREAM: stream},
    }


def scenario(calls: int, **what: Any) -> Scenario:
    """Return the scenario that `described` says."""
    return Scenario.from_mapping(described(calls, **what))
