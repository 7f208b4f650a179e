"""What the kept snapshots of a region hold.

Readings:

- The oldest kept snapshot of a disk holds the used bytes of the disk, each later one its increment:
  used x (1 - exp(-change_rate x age)), without noise, in every kind of service. The age is that of
  the service: since the last accomplished snapshot of the disk began, until this one began.
- Who deletes the oldest hands its blocks to the next: that one holds the used bytes from then on.
- A snapshot is kept from when it is accomplished until it is deleted, whatever becomes of its
  instance; a failed one holds nothing. Initial snapshots of a disk began when they were created;
  one without a disk stands alone and holds its size.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from imgsim.cloud.disk import Disk
    from imgsim.cloud.snapshot import Snapshot


class Storage:
    """The bytes that are stored in each region, known at any time: O(1) a snapshot."""

    def __init__(self, regions: list[str]) -> None:
        self.stored = dict.fromkeys(regions, 0)
        """Bytes by region."""
        self._chains: dict[Disk | Snapshot, OrderedDict[int, int]] = {}
        """Increments of the kept snapshots of each disk by number, the oldest first."""

    def keep(self, snapshot: Snapshot, increment: int) -> None:
        """Store a snapshot as the newest of its disk."""
        snapshot.increment = increment
        chain = self._chains.setdefault(snapshot.disk or snapshot, OrderedDict())
        self.stored[snapshot.region.id] += increment if chain else _whole(snapshot, increment)
        chain[snapshot.number] = increment

    def drop(self, snapshot: Snapshot) -> None:
        """Let a snapshot go."""
        chain = self._chains[snapshot.disk or snapshot]
        oldest = next(iter(chain))
        freed = chain.pop(snapshot.number)
        if not chain:
            freed = _whole(snapshot, freed)
            del self._chains[snapshot.disk or snapshot]
        elif snapshot.number == oldest:
            freed = chain[next(iter(chain))]
        self.stored[snapshot.region.id] -= freed


def _whole(snapshot: Snapshot, increment: int) -> int:
    """Return what a snapshot holds that has none before it."""
    return snapshot.disk.used if snapshot.disk is not None else increment
