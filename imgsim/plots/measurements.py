"""Measured times against those of runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from imgsim.explanation.recorded import Recorded
from imgsim.finished.run import Run
from imgsim.plots.canvas import BLUE, GREY, SKY, axes, legend, unit_of
from imgsim.plots.clock import told

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def measured(
    seconds: Sequence[float] | pd.Series[Any], *runs: Run | Recorded, ax: Axes | None = None
) -> Axes:
    """Draw quantiles of measured times against those of the images of runs (seconds).

    Times that are missing are left out. Points on the dashed line are equal. Of several runs the
    band holds 90% of their quantiles. Raises `ValueError` without times or runs, or when no image
    of a run became Available.
    """
    there = np.asarray(seconds, float)
    there = np.sort(there[~np.isnan(there)])
    if not len(there) or not runs:
        raise ValueError("give measured times and one run or more")
    shares = (np.arange(len(there)) + 0.5) / len(there)
    each = []
    for run in map(told, runs):
        calls = run.calls
        times = calls.loc[calls["outcome"] == "available", "total_s"].to_numpy(float)
        if not len(times):
            raise ValueError(f"{run.scenario.name}: no image became Available")
        each.append(np.quantile(times, shares, method="hazen"))
    ax = axes(ax)
    unit, size = unit_of(float(np.median(there)))
    middle = np.mean(each, axis=0)
    if len(each) > 1:
        low, high = np.quantile(each, [0.05, 0.95], axis=0)
        ax.fill_between(
            there / size, low / size, high / size, color=SKY, alpha=0.5, linewidth=0,
            label=f"90% of {len(each)} runs",
        )  # fmt: skip
    ax.plot(there / size, middle / size, "o", color=BLUE, markersize=3, label="simulated")
    ends = np.array([min(there[0], middle[0]), max(there[-1], middle[-1])]) / size
    ax.plot(ends, ends, color=GREY, linestyle="--", linewidth=1, label="equal")
    ax.set(xlabel=f"measured, {unit}", ylabel=f"simulated, {unit}")
    legend(ax, 3)
    return ax
