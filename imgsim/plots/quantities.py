"""Measures as axes show them: with their unit, and in one that suits."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from imgsim.plots.canvas import unit_of
from imgsim.results.measures import kind_of

if TYPE_CHECKING:
    from matplotlib.axis import Axis


class Scale(NamedTuple):
    """What a measure's values are divided by, and the label of their axis."""

    size: float
    label: str


def scale_of(measure: str, typical: float) -> Scale:
    """Return how an axis shows a measure whose values are about so large."""
    try:
        kind = kind_of(measure)
    except KeyError:  # of a case
        return Scale(1, measure)
    if kind == "time":
        unit, size = unit_of(abs(typical) if np.isfinite(typical) else 1)
        return Scale(size, f"{measure}, {unit}")
    unit = {"share": ", percent", "amount of money": ", CNY"}.get(kind, ", number")
    return Scale(0.01 if kind == "share" else 1, f"{measure}{unit}")


def whole_numbers(axis: Axis) -> None:
    """Let an axis have ticks at whole numbers alone."""
    from matplotlib.ticker import MaxNLocator

    axis.set_major_locator(MaxNLocator(integer=True))
