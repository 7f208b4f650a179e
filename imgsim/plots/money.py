"""Money over time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from imgsim.explanation.recorded import Recorded
from imgsim.finished.run import Run
from imgsim.plots.canvas import BLUE, GREEN, GREY, axes, calendar, legend
from imgsim.plots.clock import calendar_of, since_start, told
from imgsim.units import CNY

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def balance(run: Run | Recorded, *, ax: Axes | None = None) -> Axes:
    """Draw the account's balance, top-ups and the least balance; it falls by what is charged.

    Below the least balance calls are denied.
    """
    run, ax = told(run), axes(ax)
    ledger = run.tables["ledger"]
    instants = np.append(since_start(run, ledger["booked_at"]), run.ended_at)
    times = calendar_of(run, instants)
    amounts = ledger["amount_cny"].to_numpy(float)
    held = ledger["balance_cny"].to_numpy(float)
    charged = -amounts[amounts < 0].sum()
    ax.plot(
        times, np.append(held, held[-1]), drawstyle="steps-post", color=BLUE,
        label=f"balance, CNY {charged:.2f} charged in all",
    )  # fmt: skip
    added = (ledger["cause"] == "top-up").to_numpy()
    if added.any():
        what = f"top-ups, CNY {amounts[added].sum():.2f} in all"
        ax.plot(times[:-1][added], held[added], "^", color=GREEN, markersize=7, label=what)
    least = run.scenario.account.minimum_balance / CNY
    ax.axhline(least, color=GREY, linestyle=":", label=f"least balance, CNY {least:g}")
    ax.set_ylabel("CNY")
    calendar(ax)
    legend(ax)
    return ax
