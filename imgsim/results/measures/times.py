"""How long images take, and in which stage."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from imgsim.records.rows import MISSING
from imgsim.results.facts import Facts
from imgsim.results.measures.measured import Measure, Measured, mean_seconds, quantile_seconds


def _time_to_available_mean(facts: Facts) -> Measured:
    """Mean seconds from call to Available; none when a call is unfinished."""
    if len(facts.outcome("unfinished")):
        return Measured(None)
    done = facts.outcome("available")
    return mean_seconds(done["ended_at"] - done["arrived_at"])


def _time_to_available(share: float) -> Measure:
    def quantile(facts: Facts) -> Measured:
        done, waiting = facts.outcome("available"), facts.outcome("unfinished")["arrived_at"]
        return quantile_seconds(share, done["ended_at"] - done["arrived_at"], facts.end - waiting)

    what = "Longest" if share == 1 else f"{share:.0%} quantile of"
    quantile.__doc__ = f"{what} seconds from call to Available (inverse of the empirical function)."
    return quantile


def _stage(column: str, what: str) -> Measure:
    def mean(facts: Facts) -> Measured:
        if len(facts.outcome("unfinished")):
            return Measured(None)
        times = facts.outcome("available")[column]
        return mean_seconds(np.where(times == MISSING, 0, times))

    mean.__doc__ = (
        f"Mean seconds of {what}, of images that became Available; 0 where there is none."
    )
    return mean


MEASURES: Final[Mapping[str, Measure]] = {
    "time_to_available.mean": _time_to_available_mean,
    "time_to_available.p50": _time_to_available(0.5),
    "time_to_available.p90": _time_to_available(0.9),
    "time_to_available.p95": _time_to_available(0.95),
    "time_to_available.p99": _time_to_available(0.99),
    "time_to_available.max": _time_to_available(1),
    "turn_wait.mean": _stage("turn_wait", "waiting for the disk's turn"),
    "slot_wait.mean": _stage("slot_wait", "waiting for a slot of the service"),
    "snapshotting.mean": _stage("snapshotting", "set-up and transfer of the last snapshot"),
    "registering.mean": _stage("registering", "registration"),
}
