"""An ECS instance with its disks and locks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgsim.cloud.lifecycle import INSTANCE_MOVES, IllegalMove, InstanceStatus

if TYPE_CHECKING:
    from imgsim.cloud.disk import Disk
    from imgsim.cloud.region import Region


class Instance:
    """An instance: its status, the reasons of its OperationLocks and its disks, system disk first.

    Reading: only the lock reason ``security`` denies; other locks (financial, ...) do not.
    """

    __slots__ = (
        "disks",
        "gib",
        "group",
        "id",
        "imaging_allowed",
        "locks",
        "moves",
        "number",
        "region",
        "status",
    )

    def __init__(
        self,
        number: int,
        id: str,
        region: Region,
        disks: tuple[Disk, ...],
        *,
        status: InstanceStatus = InstanceStatus.RUNNING,
        locks: frozenset[str] = frozenset(),
        imaging_allowed: bool = True,
        group: str | None = None,
    ) -> None:
        self.number = number
        self.id = id
        self.region = region
        self.disks = disks
        self.gib = sum(disk.size for disk in disks)
        """Size of the disks together."""
        self.status = status
        self.moves = 0
        """Changes of its status so far."""
        self.locks: dict[str, set[str]] = {reason: {""} for reason in locks}
        """By reason, who holds it locked: locked until nobody does."""
        self.imaging_allowed = imaging_allowed
        self.group = group

    def become(self, status: InstanceStatus) -> None:
        """Move along the table of legal moves; raise `IllegalMove` elsewhere."""
        if status not in INSTANCE_MOVES[self.status]:
            raise IllegalMove(f"instance {self.id}", self.status, status)
        self.status = status
        self.moves += 1
