"""Measures as axes show them: with their unit, and in one that suits."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from imgsim.plots.canvas import unit_of
from imgsim.results.measures import kind_of
from imgsim.scenario.naming import meant

if TYPE_CHECKING:
    from matplotlib.axis import Axis

_LABEL: Final = 34
"""So many letters stand above each other beside an axis, at half a page."""


class Scale(NamedTuple):
    """What a measure's values are divided by, and the label of their axis, in lines if long."""

    size: float
    label: str


def scale_of(measure: str, typical: float) -> Scale:
    """Return how an axis shows a measure whose values are about so large."""
    try:
        kind = kind_of(measure)
    except KeyError:  # of a case
        return Scale(1, wrapped(measure, _LABEL))
    if kind == "time":
        unit, size = unit_of(abs(typical) if np.isfinite(typical) else 1)
        return Scale(size, wrapped(f"{measure}, {unit}", _LABEL))
    unit = {"share": ", percent", "amount of money": ", CNY"}.get(kind, ", number")
    return Scale(0.01 if kind == "share" else 1, wrapped(f"{measure}{unit}", _LABEL))


def whole_numbers(axis: Axis) -> None:
    """Let an axis have ticks at whole numbers alone."""
    from matplotlib.ticker import MaxNLocator

    axis.set_major_locator(MaxNLocator(integer=True))


def demand_measure(measure: str, there: Iterable[str]) -> None:
    """Raise `ValueError`, with what was perhaps meant, when a measure is not there."""
    if measure not in (names := [*there]):
        raise ValueError(f"there is no measure {measure!r}; {meant('measures', names, measure)}")


def wrapped(text: str, width: int) -> str:
    """Return a text in lines of about a width, broken behind blanks, dots and signs of equality."""
    lines = [""]
    for part in re.split(r"(?<=[=\s])|(?<=\.)(?!\d)", text):
        if lines[-1] and len((lines[-1] + part).rstrip()) > width:
            lines.append("")
        lines[-1] += part
    return "\n".join(line.rstrip() for line in lines)
