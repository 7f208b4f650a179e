"""Measured against predicted quantiles of series."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from imgsim.fitting.service_fit import ServiceFit

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_COLOURS: Final = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
_GREY: Final = "#999999"


def predicted(fit: ServiceFit, *, ax: Axes) -> Axes:
    """Draw quantiles predicted against those measured, a line a series.

    A band holds 9 of 10 simulated series; a fit that explains a series has the dashed line in it.
    """
    fitted = fit.table.groupby("series")["fitted"].first()
    for number, (name, rows) in enumerate(fit.quantiles.groupby("series", sort=False)):
        colour = _COLOURS[number % len(_COLOURS)]
        what = "fitted" if fitted[name] else "predicted"
        ax.fill_between(
            rows["measured_s"], rows["low_s"], rows["high_s"], color=colour, alpha=0.2, linewidth=0
        )
        ax.plot(rows["measured_s"], rows["predicted_s"], color=colour, label=f"{name}, {what}")
    top = 1.05 * float(fit.quantiles[["measured_s", "high_s"]].to_numpy().max())
    ax.plot((0, top), (0, top), color=_GREY, linestyle="--", linewidth=1, zorder=0)
    ax.set(xlim=(0, top), ylim=(0, top), aspect="equal")
    ax.set(xlabel="measured, seconds", ylabel="simulated, seconds")
    ax.spines[["top", "right"]].set_visible(False)
    ax.legend(loc="upper left", frameon=False)
    return ax
