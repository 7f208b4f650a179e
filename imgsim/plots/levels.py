"""What is in use over time: the image quota, the slots and the bandwidth of the service."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from imgsim.explanation.recorded import Recorded
from imgsim.finished.run import Run
from imgsim.plots.canvas import BLACK, BLUE, RED, SKY, axes, calendar, legend, nothing
from imgsim.plots.clock import Array, calendar_of, level, region_of, setting_of, told, value_at
from imgsim.plots.quantities import whole_numbers
from imgsim.units import MIB

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def quota_use(run: Run | Recorded, *, region: str | None = None, ax: Axes | None = None) -> Axes:
    """Draw how many images hold a slot of a region's quota, the quota, and when it is full.

    The region may be left out where there is one. Raises `ValueError` when there is no such region.
    """
    run, ax = told(run), axes(ax)
    region = region_of(run, region)
    images = run.tables["images"]
    mine = images[images["region"] == region]
    instants, held = level(run, mine["created_at"], mine["deleted_at"])
    quota = run.scenario.regions[region].image_quota
    times = calendar_of(run, instants)
    ax.fill_between(times, held, step="post", color=SKY, linewidth=0)
    ax.plot(times, held, drawstyle="steps-post", color=BLUE, linewidth=1.2, label="images held")
    ax.axhline(quota, color=BLACK, linestyle="--", label=f"quota of {region}, {quota}")
    if (full := held >= quota).any():
        ax.fill_between(
            times, full.astype(float), step="post", transform=ax.get_xaxis_transform(),
            color=RED, linewidth=0.8, zorder=0, label="full",
        )  # fmt: skip
    ax.set_ylim(0, 1.12 * max(quota, held.max(), 1))
    ax.set_ylabel("images")
    whole_numbers(ax.yaxis)
    calendar(ax)
    legend(ax, 3)
    return ax


def queue(run: Run | Recorded, *, region: str | None = None, ax: Axes | None = None) -> Axes:
    """Draw the snapshots in progress, on top of them those that wait for a slot, and the slots.

    The region may be left out where there is one. Raises `ValueError` when there is no such region.
    """
    run, ax = told(run), axes(ax)
    region = region_of(run, region)
    snapshots = run.tables["snapshots"]
    mine = snapshots[(snapshots["region"] == region) & snapshots["turn_at"].notna()]
    ax.set_ylabel("snapshots")
    whole_numbers(ax.yaxis)
    calendar(ax)
    if mine.empty:
        return nothing(ax, "no snapshots")
    begun = mine[mine["began_at"].notna()]
    changes, number = level(run, begun["began_at"], begun["ended_at"])
    out = mine["began_at"].fillna(mine["ended_at"])
    steps, waiting = level(run, mine["turn_at"], out)
    instants = np.union1d(changes, steps)
    busy = value_at(changes, number, instants)
    if waiting.any():
        there = busy + value_at(steps, waiting, instants)
        _area(ax, run, instants, there, SKY, label="waiting for a slot")
    _area(ax, run, instants, busy, BLUE, label="in progress")
    slots = run.scenario.regions[region].snapshot_service.slots
    instants, limit = setting_of(run, region, "slots", slots)
    if np.isfinite(limit).any():
        _limit(ax, run, instants, limit, "slots")
    ax.set_ylim(bottom=0)
    legend(ax, 3)
    return ax


def bandwidth(run: Run | Recorded, *, region: str | None = None, ax: Axes | None = None) -> Axes:
    """Draw the data rate of a region's snapshot service beside the bandwidth that there is.

    The region may be left out where there is one. Raises `ValueError` when there is no such region,
    or when its snapshots take a drawn time and move no bytes.
    """
    run, ax = told(run), axes(ax)
    region = region_of(run, region)
    instants, rate, limit = data_rate(run, region)
    _area(ax, run, instants, rate / MIB, BLUE, label="in use")
    _limit(ax, run, instants, limit / MIB, "bandwidth")
    ax.set_ylim(bottom=0)
    ax.set_ylabel("data rate, MiB/s")
    calendar(ax)
    legend(ax, 2)
    return ax


def data_rate(run: Recorded, region: str) -> tuple[Array, Array, Array]:
    """Return instants (microseconds), and the data rate and the bandwidth from each on, in bytes/s.

    Each of n in transfer has ``min(per_snapshot_rate, bandwidth // n)``. Raises `ValueError` when
    snapshots of the region take a drawn time.
    """
    service = run.scenario.regions[region].snapshot_service
    if service.bandwidth is None:
        raise ValueError(f"snapshots of {region} take a drawn time; they have no bandwidth")
    snapshots = run.tables["snapshots"]
    mine = snapshots[(snapshots["region"] == region) & snapshots["transfer_at"].notna()]
    changes, there = setting_of(run, region, "bandwidth", service.bandwidth)
    steps, number = level(run, mine["transfer_at"], mine["ended_at"])
    instants = np.union1d(changes, steps)
    limit, count = value_at(changes, there, instants), value_at(steps, number, instants)
    each = np.minimum(service.per_snapshot_rate or np.inf, limit // np.maximum(count, 1))
    return instants, count * each, limit


def _area(
    ax: Axes,
    run: Recorded,
    instants: Array,
    values: Array,
    colour: str,
    label: str,
) -> None:
    """Fill what lies below a level, and draw it as a line, so that the shortest peak is seen."""
    times = calendar_of(run, instants)
    ax.fill_between(times, values, step="post", color=colour, linewidth=0, label=label)
    ax.plot(times, values, drawstyle="steps-post", color=colour, linewidth=0.6)


def _limit(ax: Axes, run: Recorded, instants: Array, limit: Array, what: str) -> None:
    shown = np.where(np.isfinite(limit), limit, np.nan)
    most = f", {np.nanmax(shown):g}" if np.nanmin(shown) == np.nanmax(shown) else ""
    ax.plot(
        calendar_of(run, instants), shown, drawstyle="steps-post", color=BLACK, linestyle="--",
        label=f"{what}{most}",
    )  # fmt: skip


__all__ = ["bandwidth", "data_rate", "queue", "quota_use"]
