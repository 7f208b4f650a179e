"""The shelves where the things of the account lie, the look-ups, and the issuing of ids."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Generic, Protocol, TypeVar

from imgsim.cloud.account import Account
from imgsim.cloud.disk import Disk
from imgsim.cloud.image import Image
from imgsim.cloud.instance import Instance
from imgsim.cloud.lifecycle import ImageStatus, SnapshotStatus
from imgsim.cloud.region import Region
from imgsim.cloud.snapshot import Snapshot

ISSUED = re.compile(r"[ms]-(\d{9,18})", re.ASCII)
"""Shape of the ids that the simulator issues; a scenario may not use it for its own."""


class Numbered(Protocol):
    """A thing with a number, an id and, when the scenario names it, that id as ``text``."""

    number: int
    text: str | None

    @property
    def id(self) -> str:
        """The id."""


T = TypeVar("T", bound=Numbered)


class Shelf(Mapping[str, T], Generic[T]):
    """Things by id; an issued id is kept as its number, which is what makes a shelf small."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._things: dict[int | str, T] = {}
        self._issued = 0
        self._named: set[str] = set()
        self._numbers_of_named: set[int] = set()

    def issue(self) -> int:
        """Return the next number."""
        self._issued += 1
        return self._issued

    def put(self, thing: T) -> None:
        """Lay the thing on the shelf under its id."""
        self._things[thing.text or thing.number] = thing
        if thing.text is not None:
            self._named.add(thing.text)
            self._numbers_of_named.add(thing.number)

    def remove(self, thing: T) -> None:
        """Take the thing off; raise `KeyError` when it does not lie there."""
        del self._things[thing.text or thing.number]

    def has(self, thing: T) -> bool:
        """Say whether this very thing still lies there."""
        return self._things.get(thing.text or thing.number) is thing

    def was_there(self, id: str) -> bool:
        """Say whether a thing of the id has ever lain here, whatever became of it."""
        if id in self._named:
            return True
        number = self._number(id)
        if number is None or number in self._numbers_of_named:
            return False
        return 0 < number <= self._issued

    def _number(self, id: str) -> int | None:
        match = ISSUED.fullmatch(id)
        if match is None or not id.startswith(self._prefix):
            return None
        number = int(match[1])
        return number if id == f"{self._prefix}{number:09d}" else None

    def __getitem__(self, id: str) -> T:
        thing = self._things.get(id)
        if thing is None:
            number = self._number(id)
            thing = None if number is None else self._things.get(number)
        if thing is None or thing.id != id:
            raise KeyError(id)
        return thing

    def __iter__(self) -> Iterator[str]:
        return (thing.id for thing in self._things.values())

    def __len__(self) -> int:
        return len(self._things)

    def things(self) -> Iterator[T]:
        """Yield the things in the order in which they were laid there."""
        return iter(self._things.values())


class Cloud:
    """What the account has in the cloud. No clock of its own, no chance."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.regions: dict[str, Region] = {}
        self.instances: dict[str, Instance] = {}
        self.disks: dict[str, Disk] = {}
        self.snapshots: Shelf[Snapshot] = Shelf("s-")
        self.images: Shelf[Image] = Shelf("m-")

    def add_region(self, id: str, image_quota: int) -> Region:
        """Open a region."""
        region = self.regions[id] = Region(len(self.regions), id, image_quota)
        return region

    def new_snapshot(self, disk: Disk, region: Region, now: int) -> Snapshot:
        """Issue a progressing snapshot of the disk."""
        snapshot = Snapshot(self.snapshots.issue(), region, disk.kind, disk.size, now, disk=disk)
        self.add_snapshot(snapshot)
        return snapshot

    def add_snapshot(self, snapshot: Snapshot) -> None:
        """Lay a snapshot on the shelf and count it: in progress, and of its disk.

        Reading: a failed snapshot holds nothing and does not count.
        """
        self.snapshots.put(snapshot)
        snapshot.region.snapshots_in_progress += snapshot.status is SnapshotStatus.PROGRESSING
        if snapshot.disk is not None:
            snapshot.disk.snapshots += snapshot.status is not SnapshotStatus.FAILED

    def drop_snapshot(self, snapshot: Snapshot) -> None:
        """Take the snapshot away; raise `KeyError` when it does not lie there."""
        self.snapshots.remove(snapshot)
        snapshot.region.snapshots_in_progress -= snapshot.status is SnapshotStatus.PROGRESSING
        if snapshot.disk is not None:
            snapshot.disk.snapshots -= snapshot.status is not SnapshotStatus.FAILED

    def allows_snapshot(self, disk: Disk) -> bool:
        """Say whether one more snapshot of the disk would keep the account's limits now."""
        return not (self.too_many_in_progress(1) or self.too_many_of(disk))

    def too_many_in_progress(self, more: int) -> bool:
        """Say whether so many more snapshots would exceed the limit of those in progress."""
        limits = self.account.limits
        if limits is None or limits.snapshots_in_progress is None:
            return False
        there = sum(region.snapshots_in_progress for region in self.regions.values())
        return there + more > limits.snapshots_in_progress

    def too_many_of(self, disk: Disk) -> bool:
        """Say whether one more snapshot would exceed the limit of those of one disk."""
        limits = self.account.limits
        if limits is None or limits.snapshots_per_disk is None:
            return False
        return disk.snapshots >= limits.snapshots_per_disk

    def reserve_image(
        self, region: Region, now: int, name: str | None, source: str | None
    ) -> Image:
        """Issue an image and take its name and quota slot, in one step."""
        image = Image(self.images.issue(), region, now, name=name, source=source)
        self.add_image(image)
        return image

    def add_image(self, image: Image) -> None:
        """Lay an image on the shelf with its name and quota slot."""
        self.images.put(image)
        image.region.images += 1
        if image.name is not None:
            image.region.names.add(image.name)

    def delete_image(self, image: Image) -> None:
        """Take the image away and free its name and quota slot; its snapshots stay."""
        self.images.remove(image)
        if image.status is not ImageStatus.CREATE_FAILED:
            image.let_go()
        image.region.images -= 1
        if image.name is not None:
            image.region.names.discard(image.name)

    def release(self, instance: Instance) -> None:
        """Take the instance and its disks away; its snapshots stay.

        Reading: a released instance is unknown (row 7).
        """
        del self.instances[instance.id]
        for disk in instance.disks:
            del self.disks[disk.id]
