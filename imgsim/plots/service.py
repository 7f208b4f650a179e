"""Measured against predicted quantiles of series."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgsim.fitting.service_fit import ServiceFit
from imgsim.plots.canvas import COLOURS, DASHES, GREY, axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def predicted(fit: ServiceFit, *, ax: Axes | None = None) -> Axes:
    """Draw quantiles predicted against those measured, a line a series.

    A band holds 9 of 10 simulated series; a fit that explains a series has the dashed line in it.
    """
    ax = axes(ax)
    fitted = fit.table.groupby("series")["fitted"].first()
    for number, (name, rows) in enumerate(fit.quantiles.groupby("series", sort=False)):
        colour = COLOURS[number % len(COLOURS)]
        what = "fitted" if fitted[name] else "predicted"
        ax.fill_between(
            rows["measured_s"], rows["low_s"], rows["high_s"], color=colour, alpha=0.2, linewidth=0
        )
        ax.plot(
            rows["measured_s"],
            rows["predicted_s"],
            color=colour,
            linestyle=DASHES[number % len(DASHES)],
            label=f"{name}, {what}",
        )
    top = 1.05 * float(fit.quantiles[["measured_s", "high_s"]].to_numpy().max())
    ax.plot((0, top), (0, top), color=GREY, linestyle="--", linewidth=1, zorder=0)
    ax.set(xlim=(0, top), ylim=(0, top), aspect="equal")
    ax.set(xlabel="measured, seconds", ylabel="simulated, seconds")
    ax.legend(loc="upper left", frameon=False)
    return ax
