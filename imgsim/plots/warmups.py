"""Where the start of a steady-state run stops to matter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from imgsim.plots.canvas import BLACK, RED, SKY, axes, legend, unit_of
from imgsim.study.sample import Floats
from imgsim.study.warmup import Warmup

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_WINDOW: Final = 25


def welch(warmup: Warmup, level: str | None = None, *, ax: Axes | None = None) -> Axes:
    """Draw the average of a level over pilot runs, its moving average, and the cut of MSER-5.

    The plot of Welch ("The statistical analysis of simulation results", in "The computer
    performance modeling handbook", 1983), with a moving average of 51 of the 500 parts of a run,
    fewer near its ends. The level is by default the one that is cut most. Raises `ValueError` for
    another one than there are.
    """
    there = [*warmup.averages]
    if level is None:
        cuts = {name: np.inf if cut is None else cut for name, cut in warmup.cuts.items()}
        level = max(there, key=cuts.__getitem__)
    if level not in there:
        raise ValueError(f"there is no level {level!r}; there are {', '.join(there)}")
    ax, series = axes(ax), warmup.series
    rows = series[series["level"] == level]
    seconds, mean = rows["at_s"].to_numpy(float), rows["mean"].to_numpy(float)
    unit, size = unit_of(float(seconds[-1]) / 4)
    ax.plot(seconds / size, mean, color=SKY, linewidth=0.8, label="mean of 20 pilot runs")
    ax.plot(seconds / size, _moving(mean), color=BLACK, linewidth=1.4, label="moving average")
    cut = warmup.cut_s(level)
    if cut is None:
        ax.plot([], [], " ", label="no cut in the first half")
    else:
        ax.axvline(cut / size, color=RED, linestyle="--", label=f"cut, {cut / size:.3g} {unit}")
    ax.set_xlim(0, seconds[-1] / size)
    ax.set_ylim(bottom=0)
    ax.set(xlabel=f"time since the start, {unit}", ylabel=f"{level}, number")
    legend(ax, 3)
    return ax


def _moving(values: Floats) -> Floats:
    """Return the mean of each value and as many on both sides, fewer near the ends."""
    sums = np.concatenate([[0.0], np.cumsum(values)])
    place = np.arange(len(values))
    reach = np.minimum(np.minimum(place, len(values) - 1 - place), _WINDOW)
    means: Floats = (sums[place + reach + 1] - sums[place - reach]) / (2 * reach + 1)
    return means
