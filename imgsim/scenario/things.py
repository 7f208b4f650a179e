"""The world at the start: account, regions, instances, snapshots and images."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import (
    StringConstraints,
    model_validator,
)

from imgsim.chance.distributions import Constant, DurationDistribution
from imgsim.cloud.lifecycle import ImageStatus, InstanceStatus, SnapshotStatus
from imgsim.fields import Bytes, Count, Flag, Gib, Instant, Money
from imgsim.processes.service import ServiceSpec
from imgsim.scenario.base import Id, Name, Spec
from imgsim.units import CNY, SECOND

_LARGEST_DISK = 2**20
"""GiB."""


class Limits(Spec):
    """Limits of the account that are not from the page; their rules are asked where one is set."""

    calls_per_minute: Count | None = None
    """CreateImage calls in a region in a calendar minute; further ones are throttled."""
    snapshots_in_progress: Count | None = None
    """Snapshots in progress in all regions, those that wait included."""
    snapshots_per_disk: Count | None = None
    """Snapshots of one disk, kept or in progress."""


class Account(Spec):
    """The account that calls."""

    balance: Money = 1000 * CNY
    """Opening balance."""
    minimum_balance: Money = CNY // 100
    """Calls are denied while the balance is below it."""
    payment_method_valid: Flag = True
    """Calls are denied without a valid payment method."""
    snapshot_service_open: Flag = True
    """Calls are denied until the account has opened the snapshot service."""
    limits: Limits | None = None
    """Further limits, with denials that the page does not know; left out: none."""


class Region(Spec):
    """A region of the account."""

    image_quota: Count = 100
    """How many images the account may hold in the region."""
    snapshot_service: ServiceSpec
    """The snapshot service of the region."""
    registration: DurationDistribution = Constant(SECOND)
    """From the last snapshot's end, or the call when there are none, to Available."""


class Disk(Spec):
    """A disk of an instance."""

    id: Id | None = None
    """Id; by default that of the instance with the number of the disk behind it."""
    kind: Literal["system", "data"]
    """One disk of an instance is its system disk."""
    size: Gib
    """Size in whole GiB."""
    used: Bytes | None = None
    """Bytes in use, which a first snapshot moves; by default the whole disk."""

    @model_validator(mode="after")
    def _used_fits(self) -> Disk:
        if not 1 <= self.size <= _LARGEST_DISK:
            raise ValueError("size must lie between 1 GiB and 1024 TiB")
        if self.used is not None and self.used > self.size << 30:
            raise ValueError("used must be at most the size")
        return self


class Instance(Spec):
    """An instance, or a group of like ones. Give ``id``, or ``group`` and ``count``."""

    id: Id | None = None
    """Id of the one instance."""
    group: Name | None = None
    """Name of the group; ids are the name, a hyphen and a number from 1."""
    count: Count | None = None
    """How many instances the group has."""
    region: str
    """Region of the instance."""
    status: InstanceStatus = InstanceStatus.RUNNING
    """Status at the start; Pending, Starting and Stopping stay so until a verb moves them."""
    locks: tuple[str, ...] = ()
    """Reasons of the OperationLocks; only security denies."""
    imaging_allowed: Flag = True
    """Whether images may be made from it."""
    disks: tuple[Disk, ...]
    """The disks; exactly one is the system disk."""

    @model_validator(mode="after")
    def _one_or_group(self) -> Instance:
        if (self.id is None) == (self.group is None or self.count is None):
            raise ValueError("give id for one instance, or group and count for several")
        if self.id is not None and self.count is not None:
            raise ValueError("count goes with group alone, not with id")
        if sum(disk.kind == "system" for disk in self.disks) != 1:
            raise ValueError("exactly one disk has kind: system")
        if len(self.disks) > 17:
            raise ValueError("an instance has at most 17 disks: a system disk and 16 data disks")
        if self.id is None and any(disk.id is not None for disk in self.disks):
            raise ValueError("disks of a group of instances have no ids of their own")
        return self

    @property
    def ordered_disks(self) -> list[Disk]:
        """The disks as they are numbered from 1: the system disk, then the others in order."""
        return sorted(self.disks, key=lambda disk: disk.kind != "system")

    def disk_ids(self, id: str) -> list[str]:
        """Return the ids of the disks of the instance with this id, as they are numbered."""
        return [
            disk.id or f"{id}-disk-{number}" for number, disk in enumerate(self.ordered_disks, 1)
        ]

    def ids(self) -> list[str]:
        """Return the ids of the instances."""
        if self.id is not None:
            return [self.id]
        return [f"{self.group}-{number}" for number in range(1, (self.count or 0) + 1)]


class Snapshot(Spec):
    """A snapshot, or ``count`` unnamed ones, that are there from the beginning.

    Give ``disk``, or region, kind and size; and ``created`` or ``age``.
    """

    id: Id | None = None
    """Id; by default one that the simulator issues."""
    count: Count = 1
    """How many such snapshots there are; more than one have no id."""
    disk: str | None = None
    """Disk of an instance it was taken of; the first one of the disk makes later ones smaller."""
    region: str | None = None
    """Region; by default that of the disk."""
    kind: Literal["system", "data"] | None = None
    """Kind of the disk it was taken of."""
    size: Gib | None = None
    """Size of the disk it was taken of."""
    created: Instant | None = None
    """When it was created; or give age."""
    age: DurationDistribution | None = None
    """How old the snapshots are at the start, drawn for each."""
    status: SnapshotStatus = SnapshotStatus.ACCOMPLISHED
    """Status at the start; progressing stays so until it is finished by a verb."""
    imaging_allowed: Flag = True
    """Whether images may be made from it."""

    @model_validator(mode="after")
    def _of_disk_or_described(self) -> Snapshot:
        described = [field is not None for field in (self.region, self.kind, self.size)]
        if (self.disk is None and not all(described)) or (self.disk is not None and any(described)):
            raise ValueError("give disk alone, or region, kind and size")
        if self.count != 1 and self.id is not None:
            raise ValueError("id goes with a single snapshot, not with count")
        if (self.created is None) == (self.age is None):
            raise ValueError("give created or age")
        return self


class Image(Spec):
    """An image, or ``count`` unnamed ones, that are there from the beginning."""

    id: Id | None = None
    """Id; by default one that the simulator issues."""
    count: Count = 1
    """How many such images there are; more than one have neither id nor name."""
    region: str
    """Region whose quota they take."""
    name: Annotated[str, StringConstraints(min_length=1)] | None = None
    """ImageName, taken until the image is deleted."""
    source: str | None = None
    """Id of the instance or snapshot it was made from."""
    snapshots: tuple[str, ...] = ()
    """Ids of the snapshots that were made for it; they cannot be deleted before it."""
    created: Instant | None = None
    """When it was created; or give age."""
    age: DurationDistribution | None = None
    """How old the images are at the start, drawn for each."""
    status: ImageStatus = ImageStatus.AVAILABLE
    """Status at the start; Creating stays so."""

    @model_validator(mode="after")
    def _one_or_many(self) -> Image:
        if self.count != 1 and (self.id is not None or self.name is not None):
            raise ValueError("id and name go with a single image, not with count")
        if self.count != 1 and self.snapshots:
            raise ValueError("snapshots go with a single image, not with count")
        if self.created is not None and self.age is not None:
            raise ValueError("give created or age, not both")
        return self
