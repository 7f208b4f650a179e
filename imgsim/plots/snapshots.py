"""Snapshots one by one: on which disk or slot, and when."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
import pandas as pd

from imgsim.explanation.recorded import Recorded
from imgsim.finished.run import Run
from imgsim.plots.canvas import BLUE, ORANGE, SKY, axes, calendar, legend, nothing
from imgsim.plots.clock import Array, calendar_of, region_of, since_start, told
from imgsim.records.rows import MISSING
from imgsim.units import parse_duration

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_SHOWN: Final = 120
"""Most snapshots in a window that nobody has named."""
_MEDIANS: Final = 60
"""Most snapshots of median length, one behind the other, in such a window: shorter bars vanish."""
_STRETCHES: Final[tuple[tuple[str, str, str, dict[str, Any]], ...]] = (
    (
        "waits for its turn on the disk",
        "created_at",
        "turn_at",
        {"color": ORANGE, "hatch": "....", "height": 0.25, "zorder": 2},
    ),
    ("waits for a slot", "turn_at", "began_at", {"color": SKY, "hatch": "////", "height": 0.8}),
    ("in progress", "began_at", "ended_at", {"color": BLUE, "height": 0.8}),
)
"""Who waits for a turn does so while another has the disk, so that it is drawn before that one."""


def gantt(
    run: Run | Recorded,
    *,
    by: Literal["disk", "slot"] = "disk",
    region: str | None = None,
    since: str | None = None,
    until: str | None = None,
    rows: int = 24,
    ax: Axes | None = None,
) -> Axes:
    """Draw each snapshot of a region as a bar, in a row for its disk or for its slot.

    The service's slots are alike; a snapshot is drawn in the lowest one that is free. The window
    from ``since`` to ``until``, times such as ``"2h"`` after the start, is by default as long as
    the first 120 snapshots take, or 60 of median length one behind the other. Of more than ``rows``
    rows the first are drawn, and it is said. Raises `ValueError` for a row, region or time that
    cannot be.
    """
    if by not in ("disk", "slot"):
        raise ValueError(f"rows are by disk or by slot, not by {by!r}")
    run, ax = told(run), axes(ax)
    region = region_of(run, region)
    snapshots = run.tables["snapshots"]
    mine = snapshots[(snapshots["region"] == region) & snapshots["disk"].notna()]
    mine = mine[mine["turn_at"].notna() | mine["image_id"].notna()]
    instants = _instants(run, mine)
    ax.set_ylabel("disk" if by == "disk" else "slot of the service")
    calendar(ax)
    if mine.empty:
        return nothing(ax, "no snapshots")
    begin, end = _window(instants, since, until)
    if by == "slot":
        instants["row"] = slots_of(instants["began_at"].to_numpy(), instants["ended_at"].to_numpy())
        instants = instants[instants["row"] >= 0]
    else:
        instants["row"] = mine["disk"].astype(str).to_numpy()
    first = "began_at" if by == "slot" else "created_at"
    inside = instants[(instants[first] < end) & (instants["ended_at"] > begin)]
    if inside.empty:
        return nothing(ax, "no snapshots in this time")
    names = [*inside["row"].drop_duplicates()]
    names = names if by == "disk" else sorted(names)
    places = {name: place for place, name in enumerate(names[:rows])}
    drawn = inside[inside["row"].isin([*places])]
    for what, first, last, style in _STRETCHES[2 if by == "slot" else 0 :]:
        _bars(ax, run, drawn, places, (begin, end), (first, last), label=what, **style)
    shown = [name if by == "disk" else str(name + 1) for name in places]
    ax.set_yticks([*places.values()], shown, fontsize="x-small" if len(places) > 12 else "small")
    ax.set_ylim(len(places) - 0.4, -0.6)
    ax.set_xlim(*calendar_of(run, np.array([begin, end])))
    if len(names) > rows:
        ax.set_ylabel(f"{ax.get_ylabel()} ({rows} of {len(names)})")
    legend(ax, 3)
    return ax


def _instants(run: Recorded, snapshots: pd.DataFrame) -> pd.DataFrame:
    """Return the instants of snapshots in microseconds; what has not come is the run's end."""
    columns = {
        name: since_start(run, snapshots[name])
        for name in ("created_at", "turn_at", "began_at", "ended_at")
    }
    frame = pd.DataFrame(columns)
    ended = frame["ended_at"].where(frame["ended_at"] != MISSING, run.ended_at)
    never_began = frame["began_at"] == MISSING
    frame["ended_at"] = ended
    frame["began_at"] = frame["began_at"].where(~never_began, ended)
    frame["turn_at"] = frame["turn_at"].where(frame["turn_at"] != MISSING, frame["began_at"])
    return frame


def _window(instants: pd.DataFrame, since: str | None, until: str | None) -> tuple[int, int]:
    begin = int(instants["created_at"].min()) if since is None else parse_duration(since)
    if until is not None:
        end = parse_duration(until)
    else:
        took = instants["ended_at"] - instants["began_at"]
        took = took[took > 0]
        last = int(instants["ended_at"].max())
        if len(took):
            last = begin + max(int(_MEDIANS * took.median()), 1)
        some = instants[(instants["created_at"] >= begin) & (instants["created_at"] < last)]
        some = some.sort_values("created_at").head(_SHOWN)
        end = min(last, int(some["ended_at"].max())) if len(some) else last
    if end <= begin:
        raise ValueError("the window ends before it begins; give until after since")
    return begin, end


def slots_of(begins: Array, ends: Array) -> Array:
    """Return the number of the lowest slot that is free when each begins; -1 for those that do not.

    An end frees its slot for a begin of the same instant.
    """
    places = np.full(len(begins), -1)
    busy: list[tuple[int, int]] = []
    free: list[int] = []
    used = 0
    for number in np.lexsort([ends, begins]):
        begin, end = int(begins[number]), int(ends[number])
        if begin >= end:
            continue
        while busy and busy[0][0] <= begin:
            heapq.heappush(free, heapq.heappop(busy)[1])
        if free:
            place = heapq.heappop(free)
        else:
            place, used = used, used + 1
        places[number] = place
        heapq.heappush(busy, (end, place))
    return places


def _bars(
    ax: Axes,
    run: Recorded,
    drawn: pd.DataFrame,
    places: dict[Any, int],
    window: tuple[int, int],
    ends: tuple[str, str],
    **style: Any,
) -> None:
    begins = drawn[ends[0]].clip(*window)
    widths = drawn[ends[1]].clip(*window) - begins
    some = (widths > 0).to_numpy()
    if not some.any():
        return
    ax.barh(
        drawn["row"].map(places).to_numpy()[some],
        widths.to_numpy()[some].astype("timedelta64[us]"),
        left=calendar_of(run, begins.to_numpy()[some]),
        edgecolor="white",
        linewidth=0.4,
        **style,
    )


__all__ = ["gantt", "slots_of"]
