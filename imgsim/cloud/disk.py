"""A disk of an instance: what snapshots are taken of."""

from __future__ import annotations

from typing import Literal

DiskKind = Literal["system", "data"]


class Disk:
    """A disk: ``size`` in GiB, ``used`` in bytes."""

    __slots__ = ("id", "kind", "last_began", "size", "snapshots", "used")

    def __init__(self, id: str, kind: DiskKind, size: int, used: int) -> None:
        self.id = id
        self.kind: DiskKind = kind
        self.size = size
        self.used = used
        self.last_began: int | None = None
        """When the last accomplished snapshot of the disk began (microseconds), if any."""
        self.snapshots = 0
        """Its snapshots that are progressing, or accomplished and kept."""
