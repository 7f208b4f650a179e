"""What became of calls over time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from imgsim.explanation.recorded import Recorded
from imgsim.finished.run import Run
from imgsim.plots.canvas import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    RED,
    SKY,
    axes,
    calendar,
    legend,
    nothing,
)
from imgsim.plots.clock import calendar_of, since_start, told
from imgsim.units import DAY, HOUR, MINUTE, SECOND, format_duration

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_WIDTHS: Final = (
    *(SECOND, 10 * SECOND, MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR),
    *(DAY, 7 * DAY, 28 * DAY),
)
_MOST_BARS: Final = 60
_OUTCOMES: Final = {
    "available": (BLUE, ""),
    "failed": (RED, "xx"),
    "unfinished": (GREY, ""),
    "replayed": (SKY, "--"),
}
"""The same colour in every picture, whatever else there is."""
_RULES: Final = ((ORANGE, "//"), (BLACK, ".."), (GREEN, "\\\\"))


def outcomes(run: Run | Recorded, *, ax: Axes | None = None) -> Axes:
    """Draw the number of calls over time, stacked by outcome and, of denied ones, by rule.

    Of the rules the most frequent three have a colour of their own. Calls of the warm-up are there.
    """
    run, ax = told(run), axes(ax)
    calls = run.tables["calls"]
    ax.set_ylabel("calls")
    calendar(ax)
    if calls.empty:
        return nothing(ax, "no calls")
    arrived = since_start(run, calls["arrived_at"])
    width = _width(int(arrived.max() - arrived.min()))
    place = arrived // width
    bins = np.arange(place.min(), place.max() + 1)
    below = np.zeros(len(bins))
    lefts = calendar_of(run, bins * width)
    for name, (is_one, (colour, hatch)) in _kinds(calls).items():
        counts = np.bincount(place[is_one] - bins[0], minlength=len(bins))
        ax.bar(
            lefts,
            counts,
            np.timedelta64(width, "us"),
            below,
            align="edge",
            color=colour,
            hatch=hatch,
            edgecolor="white",
            linewidth=0.3,
            label=f"{name}, {counts.sum()}",
        )
        below += counts
    ax.set_ylabel(f"calls in each {format_duration(width)}")
    legend(ax)
    return ax


def _width(span: int) -> int:
    return next((width for width in _WIDTHS if span <= _MOST_BARS * width), _WIDTHS[-1])


def _kinds(calls: pd.DataFrame) -> dict[str, tuple[Any, tuple[str, str]]]:
    """Return which calls came to which end, and its colour and hatch, by its name.

    Ends are outcomes, and rules for denied calls.
    """
    outcome, rule = calls["outcome"].astype(str), calls["rule"]
    kinds = {name: ((outcome == name).to_numpy(), look) for name, look in _OUTCOMES.items()}
    denied = (outcome == "denied").to_numpy()
    rules = rule[denied].astype(str).value_counts().index
    shown = rules if len(rules) <= len(_RULES) else rules[: len(_RULES) - 1]
    for name, look in zip(shown, _RULES, strict=False):
        kinds[name] = denied & (rule == name).fillna(value=False).to_numpy(), look
    if len(rules) > len(shown):
        others = f"{len(rules) - len(shown)} other rules"
        kinds[others] = denied & ~rule.isin(shown).to_numpy(), _RULES[-1]
    return {name: kind for name, kind in kinds.items() if kind[0].any()}
