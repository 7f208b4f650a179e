"""How long images take: all of them, and in which stage."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from imgsim.explanation.parts import stages as parts
from imgsim.explanation.recorded import Recorded
from imgsim.finished.run import Run
from imgsim.plots.canvas import (
    BLUE,
    COLOURS,
    DASHES,
    MARKERS,
    ORANGE,
    axes,
    legend,
    nothing,
    unit_of,
)
from imgsim.plots.clock import Array, told
from imgsim.results.written import duration
from imgsim.units import SECOND

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MARKED = (0.5, 0.95)


def time_to_available(*runs: Run | Recorded, ax: Axes | None = None) -> Axes:
    """Draw the share of images that are Available within a time, a line for each run.

    Images still unfinished at a run's end rank above all others, so that its line ends below 1.
    Points mark the median and the 95% quantile. Raises `ValueError` without a run.
    """
    if not runs:
        raise ValueError("give a run")
    ax = axes(ax)
    each = [_times(told(run)) for run in runs]
    found = np.concatenate([times for times, _ in each])
    unit, size = unit_of(float(np.median(found)) if len(found) else 60)
    ax.set(xlabel=f"time from call to Available, {unit}", ylabel="share of images", ylim=(0, 1.03))
    if not len(found):
        return nothing(ax, "no image became Available")
    for number, (run, (times, unfinished)) in enumerate(zip(runs, each, strict=True)):
        whole = len(times) + unfinished
        colour = COLOURS[number % len(COLOURS)]
        ranks = {share: math.ceil(share * whole) for share in _MARKED}
        known = [(share, times[k - 1]) for share, k in ranks.items() if 0 < k <= len(times)]
        marks = "".join(f", p{share * 100:.0f} {duration(at)}" for share, at in known)
        still = f", {unfinished} unfinished" if unfinished else ""
        ax.step(
            np.concatenate([[0], times]) / size,
            np.arange(len(times) + 1) / max(whole, 1),
            where="post",
            color=colour,
            linestyle=DASHES[number % len(DASHES)],
            label=f"{_name(told(run), runs)}{marks}{still}",
        )
        for share, at in known:
            ax.plot(at / size, share, MARKERS[number % len(MARKERS)], color=colour)
    ax.set_xlim(left=0)
    legend(ax, 1)
    return ax


def _times(run: Recorded) -> tuple[Array, int]:
    """Return the seconds that images took, in order, and how many are unfinished."""
    calls = run.calls
    made = calls.loc[calls["outcome"] == "available", "total_s"]
    return np.sort(made.to_numpy(float)), int((calls["outcome"] == "unfinished").sum())


def _name(run: Recorded, runs: tuple[Run | Recorded, ...]) -> str:
    name = run.scenario.name
    return name if len(runs) == 1 else f"{name}, replication {run.replication}"


def stages(run: Run | Recorded, *, ax: Axes | None = None) -> Axes:
    """Draw a waterfall of the mean time of images, from the call to Available, by stage.

    Of images that became Available; waits and snapshots are those of an image's last snapshot.
    """
    ax, found = axes(ax), parts(told(run))
    if found.empty:
        return nothing(ax, "no image became Available")
    means = found.mean() / SECOND
    unit, size = unit_of(float(means["total"]))
    names = [*means.index[:-1], "call to Available"]
    widths = means.to_numpy() / size
    lefts = np.concatenate([[0], np.cumsum(widths[:-2]), [0]])
    ax.barh(names, widths, left=lefts, color=[BLUE] * (len(names) - 1) + [ORANGE], height=0.6)
    for name, left, width, mean in zip(names, lefts, widths, means, strict=True):
        ax.annotate(
            duration(mean), (left + width, name), (4, 0), textcoords="offset points", va="center"
        )
    ax.invert_yaxis()
    ax.set_xlim(0, 1.15 * widths[-1])
    ax.set(xlabel=f"mean time, {unit}", ylabel="stage")
    return ax
