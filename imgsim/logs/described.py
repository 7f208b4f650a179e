"""Items of DescribeImages, DescribeSnapshots, DescribeDisks and DescribeInstances answers."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from imgsim.cloud.cloud import ISSUED
from imgsim.logs.shapes import Thing, UnreadableError, either
from imgsim.logs.texts import instant_of, text_of

LARGEST_DISK: Final = 2**20
"""GiB."""
_ID: Final = re.compile(r"[A-Za-z0-9][\w.:-]{0,127}", re.ASCII)
_REGION: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}", re.ASCII)
_OTHERS: Final = ("system", "others", "marketplace")
_IMAGE_STATUS: Final = {
    "Available": "Available",
    "Deprecated": "Available",
    "Creating": "Creating",
    "Waiting": "Creating",
    "CreateFailed": "CreateFailed",
    "UnAvailable": "CreateFailed",
}
_LOCKS: Final = ("security", "financial", "recycling", "dedicatedhostfinancial", "refunded")


@dataclass(frozen=True, slots=True)
class Image:
    """An image of the account, with the ids of its snapshots; ``mine`` unless it is another's."""

    id: str
    region: str | None
    name: str | None
    status: str
    created: datetime
    snapshots: tuple[str, ...]
    mine: bool


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A snapshot with what is told of its disk; sizes in GiB."""

    id: str
    region: str | None
    disk: str | None
    kind: str
    size: int
    status: str
    created: datetime


@dataclass(frozen=True, slots=True)
class Disk:
    """A disk and the instance it is attached to; size in GiB."""

    id: str
    region: str | None
    instance: str | None
    kind: str
    size: int


@dataclass(frozen=True, slots=True)
class Instance:
    """An instance with its status and the reasons for which it is locked."""

    id: str
    region: str | None
    status: str
    locks: tuple[str, ...]


Described = Image | Snapshot | Disk | Instance


def described(kind: str, item: Thing, region: object) -> Described:
    """Return an item of an answer, whose region stands in if need be; raise `UnreadableError`."""
    if not isinstance(item, dict):
        raise UnreadableError(f"the {kind} is no object")
    return _READERS[kind](item, _region(either(item, "RegionId") or region))


def usable(id: str) -> bool:
    """Say whether a scenario may use an id."""
    return _ID.fullmatch(id) is not None and not ISSUED.fullmatch(id)


def usable_region(id: str) -> bool:
    """Say whether a scenario may have a region of this id."""
    return _REGION.fullmatch(id) is not None


def _image(item: Thing, region: str | None) -> Image:
    mapped = either(item, "DiskDeviceMappings")
    mapped = either(mapped, "DiskDeviceMapping") if isinstance(mapped, dict) else mapped
    behind = [
        either(disk, "SnapshotId")
        for disk in (mapped if isinstance(mapped, list) else ())
        if isinstance(disk, dict)
    ]
    return Image(
        _id(item, "ImageId"),
        region,
        text_of(either(item, "ImageName"), "ImageName") or None,
        _word(item, "Status", _IMAGE_STATUS, "Available"),
        instant_of(either(item, "CreationTime"), "CreationTime"),
        tuple(dict.fromkeys(id for id in behind if isinstance(id, str) and usable(id))),
        either(item, "ImageOwnerAlias") not in _OTHERS,
    )


def _snapshot(item: Thing, region: str | None) -> Snapshot:
    disk = text_of(either(item, "SourceDiskId"), "SourceDiskId")
    return Snapshot(
        _id(item, "SnapshotId"),
        region,
        disk or None,
        _word(item, "SourceDiskType", {"system": "system", "data": "data"}, "system"),
        _size(item, "SourceDiskSize"),
        _word(
            item,
            "Status",
            {word: word for word in ("progressing", "accomplished", "failed")},
            "accomplished",
        ),
        instant_of(either(item, "CreationTime"), "CreationTime"),
    )


def _disk(item: Thing, region: str | None) -> Disk:
    instance = text_of(either(item, "InstanceId"), "InstanceId") or None
    kind = _word(item, "Type", {"system": "system", "data": "data"}, "data")
    return Disk(_id(item, "DiskId"), region, instance, kind, _size(item, "Size"))


def _instance(item: Thing, region: str | None) -> Instance:
    status = _word(
        item,
        "Status",
        {word: word for word in ("Pending", "Starting", "Running", "Stopping", "Stopped")},
        "Running",
    )
    locks = either(item, "OperationLocks")
    locks = either(locks, "LockReason") if isinstance(locks, dict) else locks
    reasons = [
        either(lock, "LockReason") if isinstance(lock, dict) else lock
        for lock in (locks if isinstance(locks, list) else ())
    ]
    told = tuple(reason for reason in _LOCKS if reason in reasons)
    return Instance(_id(item, "InstanceId"), region, status, told)


_READERS: Final[Mapping[str, Callable[[Thing, str | None], Described]]] = {
    "image": _image,
    "snapshot": _snapshot,
    "disk": _disk,
    "instance": _instance,
}


def _id(item: Thing, key: str) -> str:
    id = either(item, key)
    if not isinstance(id, str) or not usable(id):
        raise UnreadableError(f"{key} is no id that a scenario may use")
    return id


def _region(value: object) -> str | None:
    return value if isinstance(value, str) and usable_region(value) else None


def _word(item: Thing, key: str, known: dict[str, str], default: str) -> str:
    value = either(item, key)
    if value is None or value == "":
        return default
    if not isinstance(value, str) or value not in known:
        raise UnreadableError(f"{key} is none that is known")
    return known[value]


def _size(item: Thing, key: str) -> int:
    text = text_of(either(item, key), key) or ""
    size = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
    if not 1 <= size <= LARGEST_DISK:
        raise UnreadableError(f"{key} is no size in GiB")
    return size
