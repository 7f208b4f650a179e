"""Automatic snapshot policies: snapshots of all disks of some instances, at times of their own.

Readings:

- Automatic snapshots take the turn on their disk, and slots and bandwidth of the service, as those
  of images do; a later snapshot of the disk, of whomever, is smaller for them.
- A disk is due while a snapshot of it is progressing or waits: skipped to the next time, as is
  documented for older disks, or it waits its turn (a parameter).
- A snapshot that the account's limits do not allow is skipped. At the limit of snapshots of a disk
  a policy first deletes the one that the new one is to replace by ``keep_last``.
- None are made while the snapshot service is closed, nor of instances that are neither Running nor
  Stopped, or locked for security.
- Stopping, starting or releasing an instance fails its automatic snapshots that are in the making.
- A failed automatic snapshot is deleted at once. One on which an image stands when its time is over
  is deleted at the first occasion of the policy at which no image does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Generator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Literal

from imgsim.chance.distributions import STRICT
from imgsim.cloud.lifecycle import InstanceStatus, SnapshotStatus
from imgsim.fields import Count, Duration
from imgsim.processes.instances import selected
from imgsim.processes.order import At, Happening, pair, rank
from imgsim.processes.snapshotting import SnapshotTask
from imgsim.records.rows import MISSING_4
from imgsim.workload.asker import ORDINAL_STRIDE, block_for
from imgsim.workload.patterns import Timing
from imgsim.workload.selection import Selection

if TYPE_CHECKING:
    from simpy import Event

    from imgsim.cloud.disk import Disk
    from imgsim.cloud.instance import Instance
    from imgsim.cloud.region import Region
    from imgsim.cloud.snapshot import Snapshot
    from imgsim.processes.world import World

_FIT = (InstanceStatus.RUNNING, InstanceStatus.STOPPED)


@dataclass(frozen=True)
class AutomaticSnapshots:
    """Snapshots of all disks of instances by a policy, which may delete them again."""

    __pydantic_config__ = STRICT
    instances: Selection
    """The instances whose disks are snapshotted."""
    when: Timing
    """When the snapshots are due."""
    keep: Duration | None = None
    """Age, from the request on, at which a snapshot is deleted; by default none is for its age."""
    keep_last: Count | None = None
    """How many of its accomplished snapshots of a disk are kept; by default any number. Without
    both they are kept for ever."""
    if_busy: Literal["skip", "wait"] = "skip"
    """What happens when a snapshot of the disk is progressing or waits already: skipped until the
    next time, or it waits its turn."""

    def __post_init__(self) -> None:
        if self.keep == 0 or self.keep_last == 0:
            raise ValueError("keep and keep_last must be above 0")

    def begin(self, world: World, name: str, number: int) -> None:
        """Let the policy go on until the run ends."""
        world.env.process(Policy(world, self, name, number).goes_on())


class Policy:
    """An automatic snapshot policy at work; the maker of its snapshots."""

    image_number = MISSING_4

    def __init__(self, world: World, spec: AutomaticSnapshots, name: str, number: int) -> None:
        self.world = world
        self.spec = spec
        self.policy = world.journal.words[name]
        self._name = name
        self._number = number
        self._instances = selected(world, spec.instances)
        self._block = block_for(max(len(self._instances), 1))
        self._kept: dict[Disk, list[Snapshot]] = defaultdict(list)
        """Accomplished snapshots by disk, the oldest first; where their number is limited."""
        self._late: list[Snapshot] = []
        """Snapshots whose time is over while an image stands on them."""

    def goes_on(self) -> Generator[Event, None, None]:
        """Make the snapshots of the disks whenever they are due."""
        world, name = self.world, f"{self._name}/automatic"
        times = self.spec.when.arrival_times(world.chance, name, world.start, None)
        for occasion, instant in enumerate(times):
            yield At(world.env, instant, rank(Happening.POLICY, self._number))
            late, self._late = self._late, []
            for snapshot in late:
                self._let_go(snapshot)
            for place, instance in enumerate(self._instances):
                if self._is_fit(instance):
                    self._snapshot(instance, occasion * ORDINAL_STRIDE + place)
                elif instance.id in world.cloud.instances:
                    what = f"policy {self._name}"
                    world.state("instance", instance.id, what, "skipped: not fit")

    def _is_fit(self, instance: Instance) -> bool:
        cloud = self.world.cloud
        return (
            cloud.account.snapshot_service_open
            and cloud.instances.get(instance.id) is instance
            and instance.status in _FIT
            and "security" not in instance.locks
        )

    def _snapshot(self, instance: Instance, ordinal: int) -> None:
        for number, disk in enumerate(instance.disks):
            obstacle = self._obstacle(disk)
            if obstacle is None:
                self._make(instance.region, disk, ordinal, number)
            else:
                self.world.state("disk", disk.id, f"policy {self._name}", f"skipped: {obstacle}")

    def _obstacle(self, disk: Disk) -> str | None:
        cloud = self.world.cloud
        if self.spec.if_busy == "skip" and self.world.turns_of(disk).inside:
            return "busy"
        if cloud.too_many_of(disk) and not cloud.too_many_in_progress(1):
            self._replace_oldest(disk)
        return None if cloud.allows_snapshot(disk) else "limit"

    def _replace_oldest(self, disk: Disk) -> None:
        kept, last = self._there(disk), self.spec.keep_last
        if last is not None and len(kept) >= last and not kept[0].images:
            self.world.drop_snapshot(kept[0])

    def _there(self, disk: Disk) -> list[Snapshot]:
        return [s for s in self._kept[disk] if self.world.cloud.snapshots.has(s)]

    def _make(self, region: Region, disk: Disk, ordinal: int, number: int) -> None:
        world, now = self.world, self.world.env.now
        snapshot = world.cloud.new_snapshot(disk, region, now)
        task = SnapshotTask(world, snapshot, disk, self, world.services[region.id])
        luck = world.luck_of(f"{self._name}/automatic", region.id, self._block)
        luck.decide(task, ordinal, 1, number)
        world.lone_tasks[task.number] = task
        if self.spec.keep is not None:
            place = rank(Happening.RETENTION, pair(self._number, snapshot.number))
            At(world.env, now + self.spec.keep, place, partial(self._expire, snapshot))
        task.start(now)

    def snapshot_ended(self, task: SnapshotTask, now: int) -> None:
        """Keep an accomplished snapshot, and let go of what that makes one too many."""
        del self.world.lone_tasks[task.number]
        snapshot, spec = task.snapshot, self.spec
        if snapshot.status is SnapshotStatus.FAILED:
            self._let_go(snapshot)
            return
        if spec.keep_last is not None:
            kept = [*self._there(task.disk), snapshot]
            self._kept[task.disk] = kept[-spec.keep_last :]
            for surplus in kept[: -spec.keep_last]:
                self._let_go(surplus)
        if spec.keep is not None and now - snapshot.created >= spec.keep:
            self._let_go(snapshot)

    def _expire(self, snapshot: Snapshot, _: object) -> None:
        if snapshot.status is not SnapshotStatus.PROGRESSING:
            self._let_go(snapshot)

    def _let_go(self, snapshot: Snapshot) -> None:
        if snapshot.images:
            self._late.append(snapshot)
        elif self.world.cloud.snapshots.has(snapshot):
            self.world.drop_snapshot(snapshot)
