"""A snapshot of one disk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgsim.cloud.lifecycle import SNAPSHOT_MOVES, IllegalMove, SnapshotStatus

if TYPE_CHECKING:
    from imgsim.cloud.disk import Disk, DiskKind
    from imgsim.cloud.region import Region


class Snapshot:
    """A snapshot: ``size`` in GiB, ``created`` in microseconds since the scenario's start."""

    __slots__ = (
        "created",
        "disk",
        "images",
        "imaging_allowed",
        "increment",
        "kind",
        "number",
        "region",
        "size",
        "status",
        "text",
    )

    def __init__(
        self,
        number: int,
        region: Region,
        kind: DiskKind,
        size: int,
        created: int,
        *,
        disk: Disk | None = None,
        status: SnapshotStatus = SnapshotStatus.PROGRESSING,
        imaging_allowed: bool = True,
        text: str | None = None,
    ) -> None:
        self.number = number
        self.region = region
        self.kind: DiskKind = kind
        self.size = size
        self.created = created
        self.disk = disk
        self.status = status
        self.imaging_allowed = imaging_allowed
        self.text = text
        self.images = 0
        """Images that stand on it; while there are any it cannot be deleted."""
        self.increment: int | None = None
        """Bytes it adds to the kept ones of its disk; known where storage is charged."""

    @property
    def id(self) -> str:
        """The id: the scenario's own, else one issued from the number."""
        return self.text or f"s-{self.number:09d}"

    def become(self, status: SnapshotStatus) -> None:
        """Move along the table of legal moves; raise `IllegalMove` elsewhere."""
        if status not in SNAPSHOT_MOVES[self.status]:
            raise IllegalMove(f"snapshot {self.id}", self.status, status)
        self.status = status
        self.region.snapshots_in_progress -= 1
        if status is SnapshotStatus.FAILED and self.disk is not None:
            self.disk.snapshots -= 1
