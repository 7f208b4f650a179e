"""The DiskDeviceMapping: its system disk and its sizes."""

from __future__ import annotations

import re
from typing import Final

from imgsim.api.call import Approach, Call
from imgsim.api.rule import denies

_SMALLEST: Final = 5
_LARGEST: Final = 20_000
_CANONICAL = re.compile(r"[1-9][0-9]{0,4}", re.ASCII)


@denies(
    row=11,
    http_status=400,
    code="OperationDenied",
    message="The specified parameter DiskDeviceMapping.n.SnapshotId does not contain system disk "
    "snapshot.",
    about=(Approach.MAPPING,),
)
def no_system_disk_snapshot_is_mapped(call: Call) -> bool:
    """No existing snapshot of the mapping is of a system disk.

    Reading: the system-disk snapshots that exist are counted, so an unknown one may bring this as
    a further fault.
    """
    return (
        call.approach is Approach.MAPPING and call.region is not None and _system_disks(call) == 0
    )


@denies(
    row=12,
    http_status=400,
    code="OperationDenied",
    message="The specified parameter DiskDeviceMapping.n.SnapshotId contains two or more system "
    "disk snapshots.",
    about=(Approach.MAPPING,),
)
def several_system_disk_snapshots_are_mapped(call: Call) -> bool:
    """Two or more existing snapshots of the mapping are of system disks."""
    return call.approach is Approach.MAPPING and _system_disks(call) > 1


@denies(
    row=9,
    http_status=400,
    code="InvalidSize.ValueNotSupported",
    message="The specified parameter DiskDeviceMapping.n.Size beyond the permitted range.",
    about=(Approach.MAPPING,),
)
def disk_size_is_out_of_range(call: Call) -> bool:
    """A given Size is outside [5, 20000] GiB or below its snapshot.

    Reading: the range applies to a Size that is given; the default is the snapshot's size, else
    5 GiB; a Size that is not a canonical integer (``020``, ``5.0``) has this fault too.
    """
    for n, disk in call.disks.items():
        if not disk.size:
            continue
        if _CANONICAL.fullmatch(disk.size) is None:
            return True
        size = int(disk.size)
        if not _SMALLEST <= size <= _LARGEST or (n in call.mapped and size < call.mapped[n].size):
            return True
    return False


def _system_disks(call: Call) -> int:
    return sum(snapshot.kind == "system" for snapshot in call.mapped.values())
