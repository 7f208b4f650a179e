"""A run as its plots look at it: its tables, its regions, and instants as calendar time."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from imgsim.explanation.recorded import Recorded, of_run
from imgsim.finished.run import Run
from imgsim.records.rows import MISSING
from imgsim.results.levels import level_steps

Array = np.ndarray[Any, Any]


def told(run: Run | Recorded) -> Recorded:
    """Return a run as its tables tell it."""
    return of_run(run) if isinstance(run, Run) else run


def region_of(run: Recorded, region: str | None) -> str:
    """Return the region, by default the only one; raise `ValueError` when there is no such one."""
    there = [*run.scenario.regions]
    if region is None and len(there) == 1:
        return there[0]
    if region not in there:
        said = "name a region" if region is None else f"there is no region {region!r}"
        raise ValueError(f"{said}; there are {', '.join(there)}")
    return region


def calendar_of(run: Recorded, instants: Array) -> Array:
    """Return microseconds since the start as calendar instants (UTC, without a zone)."""
    start = np.datetime64(run.scenario.start.replace(tzinfo=None), "us")
    found: Array = start + instants.astype("timedelta64[us]")
    return found


def since_start(run: Recorded, column: pd.Series[Any]) -> Array:
    """Return a column of instants as microseconds since the start; `MISSING` where it is."""
    found = run.instants(column).to_numpy(np.int64, copy=True)
    found[column.isna().to_numpy()] = MISSING
    return found


def value_at(instants: Array, values: Array, at: Array) -> Array:
    """Return the values that hold at some instants; each value holds from its own instant on."""
    found: Array = values[np.searchsorted(instants, at, side="right") - 1]
    return found


def level(run: Recorded, begins: pd.Series[Any], ends: pd.Series[Any]) -> tuple[Array, Array]:
    """Return the instants (microseconds) at which a level changes and its value from each on.

    They reach from the start to the end of the run; what began before counts from the start on.
    """
    steps, instants = level_steps(since_start(run, begins), since_start(run, ends))
    values = np.cumsum(steps)
    inside = (instants > 0) & (instants < run.ended_at)
    before = values[instants <= 0]
    first = before[-1] if len(before) else 0
    last = values[instants < run.ended_at][-1] if (instants < run.ended_at).any() else first
    whole = np.concatenate([[0], instants[inside], [run.ended_at]])
    return whole, np.concatenate([[first], values[inside], [last]])


def setting_of(run: Recorded, region: str, attribute: str, first: Any) -> tuple[Array, Array]:
    """Return when a setting of a region changes (microseconds) and its value from each on.

    ``first`` is its value at the start; unlimited is infinity. Ends at the end of the run.
    """
    states = run.tables["states"]
    mine = states[
        (states["kind"] == "region") & (states["id"] == region) & (states["attribute"] == attribute)
    ]
    said = [first, *mine["value"].astype(object)]
    values = [np.inf if one in (None, "unlimited") else float(one) for one in said]
    instants = [0, *since_start(run, mine["changed_at"]).tolist(), run.ended_at]
    return np.array(instants, np.int64), np.array([*values, values[-1]])
