"""What queueing theory says must lie inside the interval that replications give.

The interval is the two-sided 99.9 % Student interval of 20 replications' means, warm-up cut, and
it must be narrow: its half-width at most a few per cent of its middle, so that the test can fail.
"""

from __future__ import annotations

from math import factorial

import numpy as np
import pytest
from scipy import stats

import imgsim
from imgsim import Scenario

REPLICATIONS = 20
SECOND = 1_000_000


def runs(regions, load, *, horizon, warmup, instances=(), snapshots=(), seed=1):
    scenario = Scenario.from_mapping(
        {
            "imgsim": 1,
            "name": "theory",
            "run": {"horizon": horizon, "warmup": warmup, "seed": seed},
            "regions": {"r": {"image_quota": 10**9, "registration": "1us", **regions}},
            "instances": list(instances),
            "snapshots": list(snapshots),
            "load": {"s": load},
        }
    )
    return [imgsim.run(scenario, replication) for replication in range(REPLICATIONS)]


def lies_inside(theory, values, at_most):
    """Say whether theory lies in the 99.9 % Student interval of independent means."""
    values = np.asarray(values)
    half = stats.t.ppf(0.9995, len(values) - 1) * values.std(ddof=1) / np.sqrt(len(values))
    assert half <= at_most * values.mean(), f"too wide to fail: {half / values.mean():.1%}"
    return abs(values.mean() - theory) <= half


def erlang_b(offered, servers):
    terms = [offered**k / factorial(k) for k in range(servers + 1)]
    return terms[-1] / sum(terms)


def erlang_c(offered, servers):
    blocked = erlang_b(offered, servers)
    return blocked / (1 - offered / servers * (1 - blocked))


def fleet(count, disks=1, used="10 GiB"):
    kinds = ["system"] + ["data"] * (disks - 1)
    described = [{"kind": kind, "size": "10 GiB", "used": used} for kind in kinds]
    return [{"group": "g", "count": count, "region": "r", "disks": described}]


def nobody_waited_for_a_disk(results):
    return all((result.calls["turn_wait_s"].dropna() == 0).all() for result in results)


@pytest.mark.parametrize(
    ("registration", "after"),
    [
        pytest.param("1us", {"exponential": {"mean": "1h"}}, id="exponential"),
        pytest.param("15m", "45m", id="constant", marks=pytest.mark.slow),
        pytest.param("10m", {"lognormal": {"mean": "50m", "cv": 1.5}}, id="lognormal"),
    ],
)
def test_calls_are_refused_by_a_quota_as_erlang_b_says_whatever_the_holding_time(
    registration, after
):
    quota, offered = 3, 3
    results = runs(
        {
            "image_quota": quota,
            "registration": registration,
            "snapshot_service": {"duration": "1s"},
        },
        {
            "arrivals": {"poisson": {"rate": f"{offered}/h"}},
            "mix": [{"snapshots": {"ids": ["golden"]}}],
            "delete": {"after": after},
        },
        horizon="1010h",
        warmup="10h",
        snapshots=[
            {
                "id": "golden",
                "region": "r",
                "kind": "system",
                "size": "40 GiB",
                "created": "2025-01-01",
            }
        ],
    )
    refused = [run.measures["rejection_rate.image_quota_is_exhausted"] for run in results]
    assert lies_inside(erlang_b(offered, quota), refused, at_most=0.03)


@pytest.mark.slow
def test_snapshots_wait_for_slots_as_erlang_c_says():
    slots, rate, mean = 2, 72 / 3600, 60.0
    offered = rate * mean
    results = runs(
        {"snapshot_service": {"slots": slots, "duration": {"exponential": {"mean": "60s"}}}},
        {
            "arrivals": {"poisson": {"rate": "72/h"}},
            "mix": [{"instances": {"group": "g"}}],
        },
        horizon="175h",
        warmup="1h",
        instances=fleet(200),
    )
    assert nobody_waited_for_a_disk(results)
    waits = [result.measures["slot_wait.mean"] for result in results]
    theory = erlang_c(offered, slots) / (slots / mean - rate)
    assert lies_inside(theory, waits, at_most=0.06)
    waiting = [(run.calls["slot_wait_s"].iloc[100:] > 0).mean() for run in results]
    assert lies_inside(erlang_c(offered, slots), waiting, at_most=0.03)


@pytest.mark.parametrize(
    ("duration", "second_moment"),
    [
        pytest.param("60s", 60.0**2, id="constant"),
        pytest.param(
            {"uniform": {"low": "0s", "high": "120s"}},
            120.0**2 / 3,
            id="uniform",
            marks=pytest.mark.slow,
        ),
        pytest.param(
            {"gamma": {"mean": "60s", "cv": 0.7}},
            60.0**2 * 1.49,
            id="gamma",
            marks=pytest.mark.slow,
        ),
    ],
)
def test_snapshots_wait_for_one_slot_as_pollaczek_and_khinchine_say(duration, second_moment):
    rate, mean = 30 / 3600, 60.0
    results = runs(
        {"snapshot_service": {"slots": 1, "duration": duration}},
        {
            "arrivals": {"poisson": {"rate": "30/h"}},
            "mix": [{"instances": {"group": "g"}}],
        },
        horizon="252h",
        warmup="2h",
        instances=fleet(200),
    )
    assert nobody_waited_for_a_disk(results)
    waits = [result.measures["slot_wait.mean"] for result in results]
    theory = rate * second_moment / (2 * (1 - rate * mean))
    assert lies_inside(theory, waits, at_most=0.05)


@pytest.mark.parametrize(
    "noise",
    [
        pytest.param(None, id="constant", marks=pytest.mark.slow),
        pytest.param({"exponential": {"mean": 1.0}}, id="exponential", marks=pytest.mark.slow),
        pytest.param(
            {"lognormal": {"mean": 1.0, "cv": 1.2}}, id="lognormal", marks=pytest.mark.slow
        ),
    ],
)
def test_shared_bandwidth_is_processor_sharing_insensitive_to_the_law_of_sizes(noise):
    rate, mean = 18 / 3600, 100.0  # 10000 MiB at 100 MiB/s
    service = {"bandwidth": "100 MiB/s", "incremental": False}
    results = runs(
        {"snapshot_service": service | ({"noise": noise} if noise else {})},
        {
            "arrivals": {"poisson": {"rate": "18/h"}},
            "mix": [{"instances": {"group": "g"}}],
        },
        horizon="405h",
        warmup="5h",
        instances=fleet(300, used="10000 MiB"),
    )
    assert nobody_waited_for_a_disk(results)
    sojourns = [result.measures["snapshotting.mean"] for result in results]
    assert lies_inside(mean / (1 - rate * mean), sojourns, at_most=0.05)


def test_several_disks_take_as_long_as_the_last_of_independent_exponentials():
    disks, mean = 5, 60.0
    results = runs(
        {"snapshot_service": {"duration": {"exponential": {"mean": "60s"}}}},
        {
            "arrivals": {"poisson": {"rate": "60/h"}},
            "mix": [{"instances": {"group": "g"}}],
        },
        horizon="10h",
        warmup="0s",
        instances=fleet(100, disks=disks),
    )
    assert nobody_waited_for_a_disk(results)
    spans = [result.measures["snapshotting.mean"] for result in results]
    assert lies_inside(mean * sum(1 / k for k in range(1, disks + 1)), spans, at_most=0.03)
