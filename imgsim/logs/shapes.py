"""What a JSON value is: events and described things, out of whatever is wrapped around them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

_DEEPEST: Final = 12
_AROUND: Final = ("event", "events", "body", "data")
"""Keys under which an event or an answer is handed on."""
_LISTS: Final = {
    "Images": ("Image", "image"),
    "Snapshots": ("Snapshot", "snapshot"),
    "Disks": ("Disk", "disk"),
    "Instances": ("Instance", "instance"),
}
"""Keys of the answers: of the list, of the list within it, and what the items are."""
_IDS: Final = {
    "DiskId": "disk",
    "SnapshotId": "snapshot",
    "InstanceId": "instance",
    "ImageId": "image",
}
"""What an item is that stands alone, by the first of these keys that it has."""

Thing = Mapping[str, Any]


class UnreadableError(ValueError):
    """Something cannot be read; the message is the reason, never what stands there."""


class Found(NamedTuple):
    """An event, image, snapshot, disk or instance, and the region of the answer around it."""

    kind: str
    thing: Thing
    region: object = None


def either(thing: Thing, name: str) -> Any:
    """Return what stands under a key, whose first letter may be large or small; None if nothing."""
    value = thing.get(name)
    return thing.get(name[0].swapcase() + name[1:]) if value is None else value


def found(value: object, depth: int = 0) -> Iterator[Found]:
    """Yield the events and described things of a value; raise `UnreadableError` where none are."""
    if depth > _DEEPEST:
        raise UnreadableError("wrapped too deeply")
    if isinstance(value, str):
        value = _parsed(value)
    if isinstance(value, list):
        for item in value:
            yield from found(item, depth + 1)
        return
    if not isinstance(value, dict):
        raise UnreadableError("no JSON object")
    if either(value, "eventName") is not None:
        yield Found("event", value)
        return
    for key in _AROUND:
        if isinstance(inside := either(value, key), (dict, list, str)):
            yield from found(inside, depth + 1)
            return
    yield from _described(value)


def _described(value: Thing) -> Iterator[Found]:
    region = either(value, "RegionId")
    for key, (inner, kind) in _LISTS.items():
        items = either(value, key)
        if items is None:
            continue
        items = either(items, inner) if isinstance(items, dict) else items
        if not isinstance(items, list):
            raise UnreadableError(f"{key} holds no list")
        yield from (Found(kind, item, region) for item in items)
        return
    for key, kind in _IDS.items():
        if either(value, key) is not None:
            yield Found(kind, value, region)
            return
    raise UnreadableError("neither an event nor a Describe answer")


def _parsed(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise UnreadableError("a text that is no JSON") from None
