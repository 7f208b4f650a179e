"""The world: the cloud, the clock, the luck and the journal, and the verbs that change things.

Processes change the world through named verbs alone, and every verb that no other table tells
leaves a row in ``states``. Data flows one way: nothing in here reads the journal.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from simpy import Event

from imgsim.api.call import Call
from imgsim.api.create_image import create_image
from imgsim.api.rules import RULEBOOK
from imgsim.api.verdict import Accepted
from imgsim.chance.streams import Chance
from imgsim.cloud.lifecycle import ImageStatus, SnapshotStatus
from imgsim.processes.imaging import Imaging, write_image
from imgsim.processes.listeners import Listeners
from imgsim.processes.luck import ImageLuck
from imgsim.processes.order import Clock
from imgsim.processes.pool import Pool
from imgsim.processes.service import ServiceSpec, SnapshotService
from imgsim.processes.snapshotting import SnapshotTask, write_initial
from imgsim.records.journal import Journal
from imgsim.records.marks import DELETIONS

if TYPE_CHECKING:
    from datetime import datetime

    from imgsim.api.request import CreateImageRequest
    from imgsim.api.verdict import Denied, Replayed
    from imgsim.chance.distributions import Distribution
    from imgsim.cloud.cloud import Cloud
    from imgsim.cloud.disk import Disk
    from imgsim.cloud.image import Image
    from imgsim.cloud.instance import Instance
    from imgsim.cloud.snapshot import Snapshot
    from imgsim.processes.pursuits import Pursuit
    from imgsim.processes.wishes import Attempt

_DELETED = DELETIONS.codes("what")


class World:
    """Everything a process may look at or change."""

    def __init__(
        self,
        cloud: Cloud,
        chance: Chance,
        start: datetime,
        horizon: int | None = None,
        too_old_before: int = 0,
        *,
        lock_stops_imaging: bool = False,
    ) -> None:
        self.cloud = cloud
        self.chance = chance
        self.start = start
        """Calendar instant at which simulated time begins."""
        self.horizon = horizon
        """Where arrivals stop (microseconds), if anywhere."""
        self.too_old_before = too_old_before
        self.lock_stops_imaging = lock_stops_imaging
        """Whether a security lock fails an image that is being made."""
        self.env = Clock(initial_time=0)
        self.journal = Journal()
        self.rule_numbers = {rule.name: number for number, rule in enumerate(RULEBOOK)}
        self.services: dict[str, SnapshotService] = {}
        self.registrations: dict[str, Distribution[int]] = {}
        self._turns: dict[Disk, Pool[SnapshotTask]] = {}
        self.imagings: dict[int, Imaging] = {}
        """What is in the making, by number of the image."""
        self.imagings_of: dict[Instance, dict[int, Imaging]] = {}
        """Those of them whose snapshots are of an instance, by instance."""
        self.pursuits: dict[int, Pursuit] = {}
        """Intents whose clients wait, or will ask again, by number."""
        self.initial_images: dict[int, Image] = {}
        """Images that were there from the beginning and still are, by number."""
        self.initial_snapshots: dict[int, Snapshot] = {}
        """Snapshots that were there from the beginning and still are, by number; not those that
        `finish_snapshot` has accomplished."""
        self.on = Listeners()
        """Who is told of what happens, by what it is."""
        self.lone_tasks: dict[int, SnapshotTask] = {}
        """Snapshots in the making that belong to no image, by number."""
        self.deletions = 0
        """Deletions being carried out."""
        self.pending_uses = 0
        """Uses that are still to be tried, or tried again."""
        self.awaited = 0
        """What will still happen by itself: load that goes on, deletions that are planned."""
        self.calls = 0
        """Calls so far."""
        self.intents = 0
        """Intents so far."""
        self._luck: dict[tuple[str, str], ImageLuck] = {}

    @property
    def busy(self) -> bool:
        """Whether anything is in progress."""
        return bool(self.imagings or self.deletions or self.pursuits or self.pending_uses)

    def begin(self, load: Generator[Event, None, None]) -> None:
        """Let a load go on until it ends by itself; without a horizon the run waits for it."""
        self.awaited += 1
        self.env.process(load).callbacks.append(self._load_is_over)

    def _load_is_over(self, _: Event) -> None:
        self.awaited -= 1

    def open_region(
        self, region: str, service: ServiceSpec, registration: Distribution[int]
    ) -> None:
        """Set the snapshot service of a region to work."""
        self.services[region] = SnapshotService(self, self.cloud.regions[region], service)
        self.registrations[region] = registration

    def turns_of(self, disk: Disk) -> Pool[SnapshotTask]:
        """Return the turns on a disk: one snapshot at a time has its turn."""
        turns = self._turns.get(disk)
        if turns is None:
            turns = self._turns[disk] = Pool(1)
        return turns

    def new_intent(self) -> int:
        """Number a new intent, from 1."""
        self.intents += 1
        return self.intents

    def ask(self, request: CreateImageRequest, wish: Attempt) -> Accepted | Replayed | Denied:
        """Make a call: the answer comes at once, and what it causes begins in this instant."""
        self.calls += 1
        call = Call(request, self.cloud, self.env.now, self.too_old_before)
        verdict = create_image(call, self.calls)
        for told in self.on.answered:
            told(call, wish, verdict)
        wish.answered(call, verdict)
        if isinstance(verdict, Accepted):
            image = verdict.made
            image.intent = wish.intent
            image.stream = wish.stream.name
            stream = wish.stream
            luck = self.luck_of(stream.purpose, image.region.id, stream.block)
            Imaging(self, image, wish, call.instance, luck)
            for tell in self.on.accepted:
                tell(image)
        return verdict

    def luck_of(self, purpose: str, region: str, block: int) -> ImageLuck:
        """Return the draws of a stream or policy in a region, made ``block`` at a time."""
        luck = self._luck.get((purpose, region))
        if luck is None:
            service, registration = self.services[region], self.registrations[region]
            luck = ImageLuck(self.chance, purpose, service, registration, block)
            self._luck[purpose, region] = luck
        return luck

    def state(self, kind: str, id: str, attribute: str, value: Any) -> None:
        """Write a change that no other table tells."""
        self.journal.state(self.env.now, kind, id, attribute, value)

    def delete_image(self, image: Image, *, snapshots: bool) -> None:
        """Delete an image, and the snapshots made for it if asked; one being made fails first."""
        imaging = self.imagings.get(image.number)
        if imaging is not None and snapshots:
            imaging.stop()
        elif imaging is not None and image.status is ImageStatus.CREATING:
            imaging.fail(self.env.now)
        # Its client may have deleted it as it failed.
        there = imaging is None or self.cloud.images.has(image)
        if there:
            self.cloud.delete_image(image)
            if self.initial_images.pop(image.number, None) is not None:
                write_image(self, image)
            self._deleted("image", image.number)
        for snapshot in image.snapshots if snapshots and image.made_snapshots else ():
            if self.cloud.snapshots.has(snapshot) and not snapshot.images:
                self.drop_snapshot(snapshot)
        for tell in self.on.deleted if there else ():
            tell(image)

    def finish_snapshot(self, snapshot: Snapshot) -> None:
        """Accomplish an initial snapshot that is progressing; the turn on its disk is passed on.

        Raises `IllegalMove` when it is not progressing.
        """
        snapshot.become(SnapshotStatus.ACCOMPLISHED)
        self.state("snapshot", snapshot.id, "status", snapshot.status)
        for tell in self.on.finished:
            tell(snapshot)
        del self.initial_snapshots[snapshot.number]
        write_initial(self, snapshot, self.env.now)
        disk = snapshot.disk
        if disk is None:
            return
        if disk.last_began is None or disk.last_began < snapshot.created:
            disk.last_began = snapshot.created
        self._pass_turn(disk)

    def _pass_turn(self, disk: Disk) -> None:
        if (following := self.turns_of(disk).leave()) is not None:
            following.take_turn(self.env.now)

    def drop_snapshot(self, snapshot: Snapshot) -> None:
        """Take a snapshot away; raise `ValueError` when it stands behind an image."""
        if snapshot.images:
            raise ValueError(f"an image stands on {snapshot.id} (SnapshotCreatedImage, 403)")
        self.cloud.drop_snapshot(snapshot)
        self._deleted("snapshot", snapshot.number)
        if self.initial_snapshots.pop(snapshot.number, None) is not None:
            write_initial(self, snapshot)
            if snapshot.disk is not None and snapshot.status is SnapshotStatus.PROGRESSING:
                self._pass_turn(snapshot.disk)
        for tell in self.on.dropped:
            tell(snapshot)

    def _deleted(self, what: str, number: int) -> None:
        self.journal.deletions.append(
            self.journal.deletions.row(_DELETED[what], number, self.env.now)
        )

    def close(self) -> None:
        """Write the rows of what is unfinished and of what was there from the beginning."""
        for tell in self.on.closed:
            tell()
        for imaging in self.imagings.values():
            if imaging.image.status is ImageStatus.CREATING:
                imaging.wish.unfinished(imaging)
                write_image(self, imaging.image)
            for task in imaging.tasks:
                if task.snapshot.status is SnapshotStatus.PROGRESSING:
                    task.write()
        for task in self.lone_tasks.values():
            task.write()
        for pursuit in self.pursuits.values():
            pursuit.unfinished()
        for image in self.initial_images.values():
            write_image(self, image)
        for snapshot in self.initial_snapshots.values():
            write_initial(self, snapshot)
