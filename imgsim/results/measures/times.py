"""How long images take, and in which stage."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from imgsim.records.rows import MISSING
from imgsim.results.facts import Facts
from imgsim.results.measures.measured import (
    Array,
    Measure,
    Measured,
    mean_seconds,
    measures_of_times,
)


def _to_available(facts: Facts) -> tuple[Array, Array]:
    done, waiting = facts.outcome("available"), facts.outcome("unfinished")["arrived_at"]
    return done["ended_at"] - done["arrived_at"], facts.end - waiting


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
    **measures_of_times(
        "time_to_available", "from call to Available", _to_available, 0.5, 0.9, 0.95, 0.99
    ),
    "turn_wait.mean": _stage("turn_wait", "waiting for the disk's turn"),
    "slot_wait.mean": _stage("slot_wait", "waiting for a slot of the service"),
    "snapshotting.mean": _stage("snapshotting", "set-up and transfer of the last snapshot"),
    "registering.mean": _stage("registering", "registration"),
}
