"""The snapshots that SnapshotId or the mapping names."""

from __future__ import annotations

from imgsim.api.call import Approach, Call
from imgsim.api.rule import denies
from imgsim.cloud.lifecycle import SnapshotStatus


@denies(
    row=22,
    http_status=404,
    code="InvalidSnapshotId.NotFound",
    message="The specified SnapshotId does not exist.",
    about=(Approach.SNAPSHOT,),
)
def snapshot_is_unknown(call: Call) -> bool:
    """SnapshotId names no snapshot of the region."""
    return call.approach is Approach.SNAPSHOT and call.snapshot is None and call.region is not None


@denies(
    row=23,
    http_status=404,
    code="InvalidSnapshotId.NotFound",
    message="The specified SnapshotId does not exist.",
    about=(Approach.MAPPING,),
)
def mapped_snapshot_is_unknown(call: Call) -> bool:
    """A DiskDeviceMapping.n.SnapshotId names no snapshot of the region.

    Reading: the page lists the code twice; row 22 is for SnapshotId, row 23 for the mapping.
    """
    return call.region is not None and any(
        disk.snapshot_id and n not in call.mapped for n, disk in call.disks.items()
    )


@denies(
    row=19,
    http_status=403,
    code="OperationDenied",
    message="The specified snapshot is not from system disk.",
    about=(Approach.SNAPSHOT, Approach.MAPPING),
)
def snapshot_is_not_of_a_system_disk(call: Call) -> bool:
    """The snapshot of SnapshotId, or the one at n = 1 of the mapping, is of a data disk.

    Reading: in a mapping the fault is exactly one system-disk snapshot that is not at n = 1; none
    is row 11, several are row 12.
    """
    if call.snapshot is not None:
        return call.snapshot.kind != "system"
    system = [n for n, snapshot in call.mapped.items() if snapshot.kind == "system"]
    return len(system) == 1 and system[0] != 1


@denies(
    row=18,
    http_status=403,
    code="OperationDenied",
    message="The specified snapshot is not allowed to create image.",
    about=(Approach.SNAPSHOT, Approach.MAPPING),
)
def snapshot_may_not_be_imaged(call: Call) -> bool:
    """A named snapshot is not allowed to create an image."""
    return any(not snapshot.imaging_allowed for snapshot in call.named)


@denies(
    row=16,
    http_status=403,
    code="InvalidSnapshot.TooOld",
    message="This operation is denied because the specified snapshot by "
    "DiskDeviceMapping.n.SnapshotId or SnapshotId is created before 2013-07-15.",
    about=(Approach.SNAPSHOT, Approach.MAPPING),
)
def snapshot_is_too_old(call: Call) -> bool:
    """A named snapshot was created on or before 2013-07-15.

    Reading: the day itself is too old: refused when created before 2013-07-16T00:00:00Z; the
    cut-off is a parameter.
    """
    return any(snapshot.created < call.too_old_before for snapshot in call.named)


@denies(
    row=17,
    http_status=403,
    code="InvalidSnapshotId.NotReady",
    message="The current status of the DiskDeviceMapping.n.SnapshotId or SnapshotId does not "
    "support this operation.",
    waiting_cures=True,
    about=(Approach.SNAPSHOT, Approach.MAPPING),
)
def snapshot_is_not_ready(call: Call) -> bool:
    """A named snapshot is not accomplished.

    Reading: ``progressing`` and ``failed`` alike.
    """
    return any(snapshot.status is not SnapshotStatus.ACCOMPLISHED for snapshot in call.named)
