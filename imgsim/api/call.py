"""A call: one request at one instant, with what the rules look up, each thing once."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from imgsim.api.request import CreateImageRequest, MappedDisk
from imgsim.cloud.lifecycle import Word

if TYPE_CHECKING:
    from imgsim.cloud.account import BoundToken
    from imgsim.cloud.cloud import Cloud
    from imgsim.cloud.image import Image
    from imgsim.cloud.instance import Instance
    from imgsim.cloud.region import Region
    from imgsim.cloud.snapshot import Snapshot


class Approach(Word):
    """The page's three approaches: what the image is made from."""

    INSTANCE = "instance"
    MAPPING = "mapping"
    SNAPSHOT = "snapshot"


class Call:
    """One attempt at an image at ``now`` (microseconds), with the things its rules look at.

    Reading: of several sources InstanceId counts, else the mapping, else SnapshotId; the others
    are ignored and not checked. Instances and snapshots are looked up in the call's region alone.
    """

    approach: Approach | None = None
    bound: BoundToken | None = None
    """What the client token is bound to."""
    instance: Instance | None = None
    snapshot: Snapshot | None = None
    disks: Mapping[int, MappedDisk] = MappingProxyType({})
    """The disks of the mapping, when that is the approach."""
    mapped: Mapping[int, Snapshot] = MappingProxyType({})
    """The snapshots of the mapping that exist, by n."""
    named: tuple[Snapshot, ...] = ()
    """The existing snapshots that SnapshotId or the mapping names."""

    def __init__(
        self, request: CreateImageRequest, cloud: Cloud, now: int, too_old_before: int
    ) -> None:
        self.request = request
        self.cloud = cloud
        self.now = now
        self.too_old_before = too_old_before
        self.region: Region | None = cloud.regions.get(request.region_id or "")
        if request.client_token:
            self.bound = cloud.account.bound(request.client_token, now)
        if request.instance_id:
            self.approach = Approach.INSTANCE
            instance = cloud.instances.get(request.instance_id)
            if instance is not None and instance.region is self.region:
                self.instance = instance
        elif request.mapping and (disks := request.disks()):
            self.approach = Approach.MAPPING
            self.disks = disks
            self.mapped = {
                n: snapshot
                for n, disk in disks.items()
                if (snapshot := self._snapshot(disk.snapshot_id)) is not None
            }
            self.named = tuple(self.mapped.values())
        elif request.snapshot_id:
            self.approach = Approach.SNAPSHOT
            self.snapshot = self._snapshot(request.snapshot_id)
            if self.snapshot is not None:
                self.named = (self.snapshot,)

    def _snapshot(self, id: str | None) -> Snapshot | None:
        snapshot = self.cloud.snapshots.get(id) if id else None
        return snapshot if snapshot is not None and snapshot.region is self.region else None

    @property
    def source(self) -> str | None:
        """The InstanceId or SnapshotId that the image is made from, or None for a mapping."""
        if self.approach is Approach.INSTANCE:
            return self.request.instance_id
        return self.request.snapshot_id if self.approach is Approach.SNAPSHOT else None

    @property
    def first_answer(self) -> Image | None:
        """The image of the first call with this token and the same parameters, if any."""
        if self.bound is not None and self.bound.parameters == self.request.parameters():
            return self.bound.image
        return None
