"""From an accepted call to an image: snapshots of all disks, registration, Available.

::

    accepted ─┬─ snapshot of disk 1 ─┬─ last one accomplished ──> registration ──> Available
              └─ snapshot of disk n ─┘        any one failed, or stopped ────────> CreateFailed

Readings:

- From an instance: one new snapshot per disk, all started together. From a snapshot or a mapping:
  no new snapshots, registration only.
- A snapshot fails: the image fails at once; the other snapshots go on, stay, and are paid for.
- The instance is stopped, started, restarted or released while its image is being made: that image
  fails at once. A lock alone does not stop it (a parameter).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from simpy import Event

from imgsim.cloud.lifecycle import ImageStatus, SnapshotStatus
from imgsim.processes.order import At, Happening, rank
from imgsim.processes.snapshotting import SnapshotTask
from imgsim.records.rows import IMAGES, MISSING, MISSING_4

if TYPE_CHECKING:
    from imgsim.cloud.image import Image
    from imgsim.cloud.instance import Instance
    from imgsim.processes.luck import ImageLuck
    from imgsim.processes.wishes import Attempt
    from imgsim.processes.world import World

_STATUSES = IMAGES.codes("status")
_REGISTRATION = rank(Happening.REGISTRATION)


class Imaging:
    """The making of one image, and of the snapshots that are taken for it."""

    policy = MISSING_4
    __slots__ = (
        "_registration",
        "_remaining",
        "image",
        "image_number",
        "instance",
        "last",
        "snapshots_ended_at",
        "tasks",
        "wish",
        "world",
    )

    def __init__(
        self,
        world: World,
        image: Image,
        wish: Attempt,
        instance: Instance | None,
        luck: ImageLuck,
    ) -> None:
        self.world = world
        self.image = image
        self.image_number = image.number
        self.wish = wish
        self.instance = instance
        self.last: SnapshotTask | None = None
        """The last snapshot that ended."""
        self.snapshots_ended_at: int | None = None
        self._registration = luck.registration(wish.ordinal)
        self.tasks = () if instance is None else self._snapshots(instance, luck)
        self._remaining = len(self.tasks)
        world.imagings[image.number] = self
        if instance is None:
            self._register(image.created)
        else:
            world.imagings_of.setdefault(instance, {})[image.number] = self
        for task in self.tasks:
            task.start(image.created)

    def _snapshots(self, instance: Instance, luck: ImageLuck) -> tuple[SnapshotTask, ...]:
        world, image, wish = self.world, self.image, self.wish
        service = world.services[image.region.id]
        tasks: list[SnapshotTask] = []
        for number, disk in enumerate(instance.disks):
            snapshot = world.cloud.new_snapshot(disk, image.region, image.created)
            task = SnapshotTask(world, snapshot, disk, self, service)
            luck.decide(task, wish.ordinal, wish.attempt, number)
            tasks.append(task)
        image.made_snapshots = True
        image.stand_on(tuple([task.snapshot for task in tasks]))
        return tuple(tasks)

    def snapshot_ended(self, task: SnapshotTask, now: int) -> None:
        """Count a snapshot that has ended; a failed one fails the image."""
        self._remaining -= 1
        if self.image.status is not ImageStatus.CREATING:
            self._forget()
            return
        self.last = task
        if task.snapshot.status is SnapshotStatus.FAILED:
            self.fail(now)
        elif not self._remaining:
            self._register(now)

    def _register(self, now: int) -> None:
        self.snapshots_ended_at = now
        place = _REGISTRATION + self.image.number
        At(self.world.env, now + self._registration, place, self._registered)

    def _registered(self, _: Event) -> None:
        if self.image.status is ImageStatus.CREATING:
            self._end(ImageStatus.AVAILABLE, self.world.env.now)

    def fail(self, now: int) -> None:
        """Fail the image at once; its snapshots go on."""
        self._end(ImageStatus.CREATE_FAILED, now)

    def leave_queues(self) -> None:
        """Have its snapshots passed over by whoever hands out turns and slots."""
        for task in self.tasks:
            task.gone = True

    def stop(self) -> None:
        """Fail the image at once; its snapshots in progress fail, those waiting are dropped."""
        self.leave_queues()
        if self.image.status is ImageStatus.CREATING:
            self.fail(self.world.env.now)
        for task in self.tasks:
            if task.snapshot.status is SnapshotStatus.PROGRESSING:
                self._remaining -= 1
                task.stop()
        self._forget()

    def _end(self, status: ImageStatus, now: int) -> None:
        self.image.become(status)
        self.image.ended = now
        write_image(self.world, self.image)
        self.wish.ended(self, status, now)
        for tell in self.world.on.ended:
            tell(self.image)
        self._forget()

    def _forget(self) -> None:
        """Let go of it all when nothing is in progress: no cycle may stay, no one collects it."""
        if not self._remaining:
            self.world.imagings.pop(self.image.number, None)
            if self.instance is not None:
                self.world.imagings_of[self.instance].pop(self.image.number, None)
            self.tasks = ()
            self.last = None


def write_image(world: World, image: Image) -> None:
    """Write the image's row."""
    journal = world.journal
    journal.images.append(
        journal.images.row(
            image.number,
            journal.words[image.region.id],
            journal.text(image.name),
            journal.words[image.source],
            MISSING_4 if image.intent is None else image.intent,
            _STATUSES[image.status],
            image.created,
            MISSING if image.ended is None else image.ended,
        )
    )
