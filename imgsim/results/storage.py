"""What snapshots held in each hour, from the rows: readings as in `imgsim.processes.storage`."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np

from imgsim.records.rows import MISSING, MISSING_4, SNAPSHOTS
from imgsim.units import HOUR

Array = np.ndarray[Any, Any]
_ACCOMPLISHED: Final = SNAPSHOTS.codes("status")["accomplished"]
NEVER: Final = np.iinfo(np.int64).max
"""The instant of what does not happen."""


class Clock(NamedTuple):
    """The calendar hours of a run: how far into the first it starts, and how many end in it."""

    into: int
    hours: int

    def holding(self, instants: Array) -> Array:
        """Return the hour in which each instant lies, or the number of hours where none does."""
        hours: Array = (np.minimum(instants, NEVER - self.into) + self.into) // HOUR
        return hours.clip(0, self.hours)

    def begun_from(self, instants: Array) -> Array:
        """Return the first hour that begins at or after each instant, likewise."""
        return self.holding(np.minimum(instants, NEVER - HOUR) + (HOUR - 1))


class First:
    """When the first of some events happens to each thing, by number; `NEVER` where none does."""

    def __init__(self, *events: tuple[Array, tuple[str, str]]) -> None:
        most = max(int(rows[number].max(initial=0)) for rows, (number, _) in events)
        self._instants = np.full(most + 2, NEVER)
        for rows, (number, instant) in events:
            np.minimum.at(self._instants, rows[number], rows[instant])

    def of(self, numbers: Array) -> Array:
        """Return the instants of things; a missing number is none that anything happens to."""
        last = len(self._instants) - 1
        instants: Array = self._instants[
            np.where(numbers == MISSING_4, last, np.minimum(numbers, last))
        ]
        return instants


class Storage(NamedTuple):
    """Bytes in each hour: what was stored, and what of it orphaned snapshots held."""

    stored: Array
    orphaned: Array


def storage(snapshots: Array, deleted: First, lost: First, clock: Clock) -> Storage | None:
    """Return what the snapshots held in each hour; None where storage is not charged.

    ``deleted`` is by number of the snapshot, ``lost`` by number of the image it was made for.
    Reading: an hour counts a snapshot as orphaned when the image that it was made for had failed,
    been deleted or been left behind by the begin of the hour.
    """
    rows = snapshots[snapshots["status"] == _ACCOMPLISHED]
    if (rows["increment_bytes"] == MISSING).any():
        return None
    numbers, from_start = rows["snapshot_id"], rows["ended_at"] == MISSING
    disks = np.where(rows["disk"] == MISSING_4, -numbers.astype(np.int64), rows["disk"])
    place = np.where(from_start, numbers, np.arange(len(rows)))
    order = np.lexsort([place, ~from_start, disks])
    rows, disks, from_start = rows[order], disks[order], from_start[order]
    first = np.ones(len(rows), bool)
    first[1:] = disks[1:] != disks[:-1]

    held, whole = rows["increment_bytes"], rows["increment_bytes"][first][np.cumsum(first) - 1]
    begin = np.where(from_start, 0, clock.holding(rows["ended_at"]))
    end = clock.begun_from(deleted.of(rows["snapshot_id"]))
    oldest = np.clip(_gone_before(end, first), begin, end)
    orphaned = np.clip(clock.begun_from(lost.of(rows["image_id"])), begin, end)
    return Storage(
        _level(begin, oldest, end, held, whole, clock.hours),
        _level(orphaned, np.maximum(oldest, orphaned), end, held, whole, clock.hours),
    )


def _gone_before(end: Array, first: Array) -> Array:
    """Return the hour from which all earlier ones of the same disk are gone."""
    if not len(end):
        return end
    lift = np.cumsum(first) * (int(end.max()) + 1)
    gone = np.maximum.accumulate(end + lift) - lift
    return np.where(first, 0, np.roll(gone, 1))


def _level(begin: Array, oldest: Array, end: Array, held: Array, whole: Array, hours: int) -> Array:
    """Return the bytes in each hour: ``held`` from begin, ``whole`` from oldest, none from end."""
    steps = np.zeros(hours + 1, np.int64)
    np.add.at(steps, begin, held)
    np.add.at(steps, oldest, whole - held)
    np.add.at(steps, end, -whole)
    return np.cumsum(steps)[:hours]
