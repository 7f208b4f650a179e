"""How long images take: all of them, and in which stage."""

from __future__ import annotations

from collections.abc import Sequence
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
from imgsim.plots.clock import Array, since_start, told
from imgsim.results.measures.measured import quantile_seconds
from imgsim.results.written import duration
from imgsim.units import SECOND

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MARKED = (0.5, 0.95)


def time_to_available(
    *runs: Run | Recorded, labels: Sequence[str] = (), ax: Axes | None = None
) -> Axes:
    """Draw the share of images that are Available within a time, a line for each run.

    Images still unfinished at a run's end rank above all others, so that its line ends below 1.
    Points mark the median and the 95% quantile. Runs are told by ``labels``, one each, else by
    scenario and replication. Raises `ValueError` without a run, or with another number of labels.
    """
    if not runs:
        raise ValueError("give a run")
    if labels and len(labels) != len(runs):
        raise ValueError(f"give a label for each of {len(runs)} runs, not {len(labels)}")
    ax = axes(ax)
    each = [told(run) for run in runs]
    names = labels or [_name(run, len(runs)) for run in each]
    seen = [_times(run) for run in each]
    found = np.concatenate([times for times, _ in seen]) / SECOND
    unit, size = unit_of(float(np.median(found)) if len(found) else 60)
    ax.set(xlabel=f"time from call to Available, {unit}", ylabel="share of images", ylim=(0, 1.03))
    if not len(found):
        return nothing(ax, "no image became Available")
    for number, (name, (times, waited)) in enumerate(zip(names, seen, strict=True)):
        whole = len(times) + len(waited)
        colour = COLOURS[number % len(COLOURS)]
        marked = {share: quantile_seconds(share, times, waited) for share in _MARKED}
        marks = "".join(
            f", p{share * 100:.0f} {'at least ' * one.at_least}{duration(one.value)}"
            for share, one in marked.items()
        )
        still = f", {len(waited)} unfinished" if len(waited) else ""
        ax.step(
            np.concatenate([[0], np.sort(times)]) / SECOND / size,
            np.arange(len(times) + 1) / max(whole, 1),
            where="post",
            color=colour,
            linestyle=DASHES[number % len(DASHES)],
            label=f"{name}{marks}{still}",
        )
        for share, one in marked.items():
            if one.value is not None and not one.at_least:
                ax.plot(one.value / size, share, MARKERS[number % len(MARKERS)], color=colour)
    ax.set_xlim(left=0)
    legend(ax, 1)
    return ax


def _times(run: Recorded) -> tuple[Array, Array]:
    """Return the microseconds that images took, and those for which others wait at the end."""
    calls = run.calls
    made, waiting = (calls[calls["outcome"] == what] for what in ("available", "unfinished"))
    took = since_start(run, made["ended_at"]) - since_start(run, made["arrived_at"])
    return took, run.ended_at - since_start(run, waiting["arrived_at"])


def _name(run: Recorded, runs: int) -> str:
    name = run.scenario.name
    return name if runs == 1 else f"{name}, replication {run.replication}"


def stages(run: Run | Recorded, *, ax: Axes | None = None) -> Axes:
    """Draw a waterfall of the mean time of images, from the call to Available, by stage.

    Of images that became Available, and it is said how many did not yet; waits and snapshots are
    those of an image's last snapshot.
    """
    run, ax = told(run), axes(ax)
    found = parts(run)
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
    unfinished = int((run.calls["outcome"] == "unfinished").sum())
    still = f", without {unfinished} unfinished" if unfinished else ""
    ax.set(xlabel=f"mean time of {len(found)} images{still}, {unit}", ylabel="stage")
    return ax
