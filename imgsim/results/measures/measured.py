"""What a measure gives, and the arithmetic that several of them share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from imgsim.results.facts import Facts
from imgsim.units import SECOND

Array = np.ndarray[Any, Any]


class Measured(NamedTuple):
    """A measure's value, or None when there is none; ``at_least`` marks a lower bound."""

    value: float | None
    at_least: bool = False


Measure = Callable[[Facts], Measured]
"""A function of the facts of a run; the first line of its docstring says what it measures."""


def share(part: int, whole: int) -> Measured:
    """Return a share, or nothing when there is no whole."""
    return Measured(part / whole if whole else None)


def mean_seconds(durations: Array) -> Measured:
    """Return the mean of durations (microseconds) in seconds, or nothing when there are none."""
    if not len(durations):
        return Measured(None)
    return Measured(int(durations.sum()) / len(durations) / SECOND)
