"""Pictures: each function takes data and ``ax=``, draws on these axes and returns them.

Without ``ax`` a new figure of pyplot is made, as a notebook shows it. Nothing global is changed.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from imgsim.plots.calls import outcomes
    from imgsim.plots.durations import qq
    from imgsim.plots.levels import bandwidth, queue, quota_use
    from imgsim.plots.measurements import measured
    from imgsim.plots.money import balance
    from imgsim.plots.searches import solution
    from imgsim.plots.service import predicted
    from imgsim.plots.snapshots import gantt
    from imgsim.plots.studies import differences, replications
    from imgsim.plots.sweeps import heat_map, lines, load_quantiles, sensitivity
    from imgsim.plots.times import stages, time_to_available
    from imgsim.plots.warmups import welch

_HOMES = {
    "balance": "money",
    "bandwidth": "levels",
    "differences": "studies",
    "gantt": "snapshots",
    "heat_map": "sweeps",
    "lines": "sweeps",
    "load_quantiles": "sweeps",
    "measured": "measurements",
    "outcomes": "calls",
    "predicted": "service",
    "qq": "durations",
    "queue": "levels",
    "quota_use": "levels",
    "replications": "studies",
    "sensitivity": "sweeps",
    "solution": "searches",
    "stages": "times",
    "time_to_available": "times",
    "welch": "warmups",
}

__all__ = [
    "balance",
    "bandwidth",
    "differences",
    "gantt",
    "heat_map",
    "lines",
    "load_quantiles",
    "measured",
    "outcomes",
    "predicted",
    "qq",
    "queue",
    "quota_use",
    "replications",
    "sensitivity",
    "solution",
    "stages",
    "time_to_available",
    "welch",
]


def __getattr__(name: str) -> Any:
    """Import what is asked for when it is asked for: fits need SciPy, runs do not."""
    if name not in _HOMES:
        raise AttributeError(f"module 'imgsim.plots' has no attribute {name!r}")
    return getattr(import_module(f"imgsim.plots.{_HOMES[name]}"), name)
