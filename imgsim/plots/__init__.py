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
    from imgsim.plots.money import balance
    from imgsim.plots.service import predicted
    from imgsim.plots.snapshots import gantt
    from imgsim.plots.times import stages, time_to_available

_HOMES = {
    "balance": "money",
    "bandwidth": "levels",
    "gantt": "snapshots",
    "outcomes": "calls",
    "predicted": "service",
    "qq": "durations",
    "queue": "levels",
    "quota_use": "levels",
    "stages": "times",
    "time_to_available": "times",
}

__all__ = [
    "balance",
    "bandwidth",
    "gantt",
    "outcomes",
    "predicted",
    "qq",
    "queue",
    "quota_use",
    "stages",
    "time_to_available",
]


def __getattr__(name: str) -> Any:
    """Import what is asked for when it is asked for: fits need SciPy, runs do not."""
    if name not in _HOMES:
        raise AttributeError(f"module 'imgsim.plots' has no attribute {name!r}")
    return getattr(import_module(f"imgsim.plots.{_HOMES[name]}"), name)
