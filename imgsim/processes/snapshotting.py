"""The making of one snapshot: its turn on the disk, then the region's snapshot service.

Readings:

- A snapshot already running on a disk makes the next one wait its turn on that disk.
- One of several snapshots of an image fails: the image fails, the other snapshots stay.
- When the making of an image is stopped, its snapshots in progress fail and free their slot, and
  those still waiting are dropped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from imgsim.cloud.lifecycle import SnapshotStatus
from imgsim.records.rows import MISSING, MISSING_4, SNAPSHOTS

if TYPE_CHECKING:
    from simpy import Event

    from imgsim.cloud.disk import Disk
    from imgsim.cloud.snapshot import Snapshot
    from imgsim.processes.pool import Pool
    from imgsim.processes.service import SnapshotService
    from imgsim.processes.world import World

_STATUSES = SNAPSHOTS.codes("status")
_KINDS = SNAPSHOTS.codes("kind")


class Maker(Protocol):
    """What has a snapshot made: an image in the making, or an automatic policy."""

    image_number: int
    """Number of the image that the snapshot is made for, else the missing one."""
    policy: int
    """Word for the automatic policy that has it made, else the missing one."""

    def snapshot_ended(self, task: SnapshotTask, now: int) -> None:
        """Learn that a snapshot has ended, accomplished or failed."""


class SnapshotTask:
    """A snapshot in the making: waits its turn, then for a slot, is made, and ends."""

    duration: int | None = None
    """Drawn duration in microseconds, where the service has one."""
    setup = 0
    """Drawn time before its bytes move, in microseconds."""
    noise = 1.0
    """Drawn factor of its bytes."""
    luck = 1.0
    """Drawn, uniform on (0, 1): it fails when this is below the probability at its end."""
    bytes = 0
    """Bytes it moves, known when it begins."""
    gone = False
    """Whether it was stopped, so that whoever hands out turns and slots passes it over."""
    turn_at: int | None = None
    began_at: int | None = None
    transfer_at: int | None = None

    def __init__(
        self,
        world: World,
        snapshot: Snapshot,
        disk: Disk,
        maker: Maker,
        service: SnapshotService,
    ) -> None:
        self.world = world
        self.snapshot = snapshot
        self.number = snapshot.number
        self.disk = disk
        self.maker = maker
        self.service = service
        self.turns: Pool[SnapshotTask] = world.turns_of(disk)

    def start(self, now: int) -> None:
        """Take the disk's turn and go on to the service, or wait for the turn."""
        if self.turns.enter(self):
            self.take_turn(now)

    def take_turn(self, now: int) -> None:
        """Have the disk's turn now, and go on to the service."""
        self.turn_at = now
        self.service.enter(self, now)

    def on_set_up(self, _: Event) -> None:
        """The set-up is over: the bytes begin to move."""
        if not self.gone:
            self.service.transfer(self, self.world.env.now)

    def on_end(self, _: Event) -> None:
        """The drawn duration is over."""
        if not self.gone:
            self.end(self.world.env.now)

    def end(self, now: int) -> None:
        """End: the slot is handed on, then the disk's turn, then the image learns of it."""
        if self.luck < self.service.failure:
            self.snapshot.become(SnapshotStatus.FAILED)
        else:
            self.snapshot.become(SnapshotStatus.ACCOMPLISHED)
            for tell in self.world.on.stored:
                tell(self)
            self.disk.last_began = self.began_at
        self.write(now)
        self.service.leave(now)
        self._pass_turn(now)
        self.maker.snapshot_ended(self, now)

    def _pass_turn(self, now: int) -> None:
        if (following := self.turns.leave()) is not None:
            following.take_turn(now)

    def stop(self) -> None:
        """Fail at once and free slot and turn; a snapshot that has not begun is dropped.

        ``gone`` is set before, so that nothing freed on the way is handed to it.
        """
        now = self.world.env.now
        self.snapshot.become(SnapshotStatus.FAILED)
        self.write(now)
        if self.began_at is None:
            self.world.drop_snapshot(self.snapshot)
        self.service.give_up(self, now)
        if self.turn_at is not None:
            self._pass_turn(now)

    def write(self, ended_at: int = MISSING) -> None:
        """Write the snapshot's row; without ``ended_at`` it is unfinished."""
        snapshot, journal = self.snapshot, self.world.journal
        journal.snapshots.append(
            journal.snapshots.row(
                self.number,
                journal.words[snapshot.region.id],
                journal.words[self.disk.id],
                _KINDS[snapshot.kind],
                snapshot.size,
                self.maker.image_number,
                self.maker.policy,
                _STATUSES[snapshot.status],
                snapshot.created,
                MISSING if self.turn_at is None else self.turn_at,
                MISSING if self.began_at is None else self.began_at,
                MISSING if self.transfer_at is None else self.transfer_at,
                ended_at,
                MISSING if self.transfer_at is None else self.bytes,
                MISSING if snapshot.increment is None else snapshot.increment,
            )
        )


def write_initial(world: World, snapshot: Snapshot, ended_at: int = MISSING) -> None:
    """Write the row of a snapshot that no task has made; ``ended_at`` if it was finished."""
    journal = world.journal
    disk = snapshot.disk
    journal.snapshots.append(
        journal.snapshots.row(
            snapshot.number,
            journal.words[snapshot.region.id],
            journal.words[disk.id if disk is not None else None],
            _KINDS[snapshot.kind],
            snapshot.size,
            MISSING_4,
            MISSING_4,
            _STATUSES[snapshot.status],
            snapshot.created,
            MISSING,
            MISSING,
            MISSING,
            ended_at,
            MISSING,
            MISSING if snapshot.increment is None else snapshot.increment,
        )
    )
