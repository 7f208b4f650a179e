"""A CreateImage request, and how it is read from flat parameters, a query string or a URL.

Readings:

- A missing ``Action`` means CreateImage.
- ``DiskDeviceMapping.n`` takes n in 1..17, n = 1 the system disk; gaps are allowed; anything else
  after ``DiskDeviceMapping.`` is an index out of range.
- Devices of a mapping are named densely in the order of n: ``/dev/xvda``, then ``/dev/xvdb`` ...
- Unknown parameters and a parameter given twice are ignored and counted; the first one counts.
- An empty ``SnapshotId``, ``InstanceId``, ``ClientToken``, ``Description``, ``RegionId`` or mapping
  member counts as absent; an empty ``ImageName`` or ``ImageVersion`` is malformed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final
from urllib.parse import parse_qsl

MAPPING_PREFIX: Final = "DiskDeviceMapping."
_MEMBER = re.compile(r"DiskDeviceMapping\.([1-9]|1[0-7])\.(Size|SnapshotId)", re.ASCII)
_FIELDS: Final = {
    "Action": "action",
    "RegionId": "region_id",
    "SnapshotId": "snapshot_id",
    "InstanceId": "instance_id",
    "ImageName": "image_name",
    "ImageVersion": "image_version",
    "Description": "description",
    "ClientToken": "client_token",
}
_COMPARED: Final = tuple(
    (name, attribute)
    for name, attribute in _FIELDS.items()
    if name not in ("Action", "ClientToken")
)

_LONG_NUMBER: Final = 10**100
"""Beyond it an integer is written in hexadecimal, which Python does at any length."""

Flat = Mapping[str, object] | Iterable[tuple[str, object]] | str


@dataclass(slots=True, frozen=True)
class MappedDisk:
    """One disk of a DiskDeviceMapping, as sent: ``size`` (GiB) and ``snapshot_id`` are texts."""

    size: str | None = None
    snapshot_id: str | None = None


@dataclass(slots=True, eq=False)
class CreateImageRequest:
    """The documented request parameters as sent; None where a parameter was not.

    ``mapping`` holds the disks by their n; ``bad_members`` the names after ``DiskDeviceMapping.``
    that are none; ``unknown`` and ``repeated`` count parameters that were ignored.
    """

    region_id: str | None = None
    instance_id: str | None = None
    snapshot_id: str | None = None
    mapping: Mapping[int, MappedDisk] = field(default_factory=lambda: _NO_DISKS)
    image_name: str | None = None
    image_version: str | None = None
    description: str | None = None
    client_token: str | None = None
    action: str | None = None
    bad_members: tuple[str, ...] = ()
    unknown: int = 0
    repeated: int = 0

    @classmethod
    def of(cls, parameters: CreateImageRequest | Flat) -> CreateImageRequest:
        """Read a request from flat documented parameters.

        ``parameters`` is a mapping, pairs of name and value, a query string or a URL (``%20`` and
        ``+`` are blanks). Values that are None count as not sent; numbers and truth values are
        written as text (integers beyond 100 digits in hexadecimal). Raises `TypeError` when it is
        none of these.
        """
        if isinstance(parameters, CreateImageRequest):
            return parameters.sent_again()
        if isinstance(parameters, str):
            return cls._of_pairs(_pairs_of_query(parameters))
        if isinstance(parameters, Mapping):
            return cls._of_pairs(parameters.items())
        if isinstance(parameters, Iterable) and not isinstance(parameters, (bytes, bytearray)):
            return cls._of_pairs(map(_pair, parameters))
        raise TypeError(
            "a request is a CreateImageRequest, a mapping, pairs of name and value, a query "
            f"string or a URL, not {type(parameters).__name__}"
        )

    def sent_again(self) -> CreateImageRequest:
        """Return a copy, read as flat parameters are, that the caller cannot change."""
        pairs: list[tuple[object, object]] = [
            (name, getattr(self, attribute)) for name, attribute in _FIELDS.items()
        ]
        for n, disk in self.mapping.items():
            pairs.append((f"{MAPPING_PREFIX}{n}.Size", disk.size))
            pairs.append((f"{MAPPING_PREFIX}{n}.SnapshotId", disk.snapshot_id))
        pairs += [(name, "") for name in self.bad_members]
        copy = self._of_pairs(pairs)
        copy.unknown, copy.repeated = self.unknown, self.repeated
        return copy

    @classmethod
    def _of_pairs(cls, pairs: Iterable[tuple[object, object]]) -> CreateImageRequest:
        request = cls()
        members: dict[int, dict[str, str]] = {}
        bad: dict[str, None] = {}
        seen: set[str] = set()
        for key, value in pairs:
            if value is None:
                continue
            name = key if type(key) is str else str(key)
            text = value if type(value) is str else _as_text(value)
            if name in seen:
                request.repeated += 1
                continue
            seen.add(name)
            if attribute := _FIELDS.get(name):
                setattr(request, attribute, text)
            elif member := _MEMBER.fullmatch(name):
                members.setdefault(int(member[1]), {})[member[2]] = text
            elif name.startswith(MAPPING_PREFIX):
                bad[name] = None
            else:
                request.unknown += 1
        request.mapping = {
            n: MappedDisk(disk.get("Size"), disk.get("SnapshotId"))
            for n, disk in sorted(members.items())
        }
        request.bad_members = tuple(bad)
        return request

    def disks(self) -> dict[int, MappedDisk]:
        """Return the mapped disks that have a member which is not empty, by their n."""
        return {n: disk for n, disk in self.mapping.items() if disk.size or disk.snapshot_id}

    def parameters(self) -> tuple[tuple[str, str], ...]:
        """Return what two calls with one token are compared by, sorted by name.

        Reading: compared are the documented CreateImage parameters (RegionId to Description and
        the mapping's members) but the token, by name, as sent, in any order; common parameters
        (signature, nonce, timestamp, format) and unknown ones are not.
        """
        sent = [
            (name, value)
            for name, attribute in _COMPARED
            if (value := getattr(self, attribute)) is not None
        ]
        for n, disk in self.mapping.items():
            if disk.size is not None:
                sent.append((f"{MAPPING_PREFIX}{n}.Size", disk.size))
            if disk.snapshot_id is not None:
                sent.append((f"{MAPPING_PREFIX}{n}.SnapshotId", disk.snapshot_id))
        return tuple(sorted(sent))


_NO_DISKS: Final[Mapping[int, MappedDisk]] = MappingProxyType({})


def _pair(pair: object) -> tuple[object, object]:
    if isinstance(pair, (str, bytes)) or not isinstance(pair, Iterable):
        raise TypeError(f"a parameter is a pair of name and value, not {pair!r}")
    items = tuple(pair)
    if len(items) != 2:
        raise TypeError(f"a parameter is a pair of name and value, not {items!r}")
    return items[0], items[1]


def _as_text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return f"{value:d}" if abs(value) < _LONG_NUMBER else hex(value)
    return value if isinstance(value, str) else str(value)


def _pairs_of_query(text: str) -> list[tuple[str, str]]:
    query = text.strip()
    if query.lower().startswith(("http://", "https://")):
        _, _, query = query.partition("?")
        query, _, _ = query.partition("#")
    return parse_qsl(query.removeprefix("?"), keep_blank_values=True, errors="replace")
