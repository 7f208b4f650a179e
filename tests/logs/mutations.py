"""Mutations of events and answers: of their trees, their texts and their bytes."""

from __future__ import annotations

import gzip
import json
import random

from logs.invented import disks, event, images, instances, snapshots

STRANGE = (
    *(None, True, False, 0, -1, 7, 1e308, 10**400, 2**63, -0.0, "", " ", "\x00", "\ud800", "💥"),
    *(
        float("nan"),
        float("inf"),
        [],
        {},
        [[]],
        {"": None},
        ["a"],
        {"event": {}},
        "{}",
        "[",
        "null",
    ),
    *("9" * 5000, "x" * 70_000, "2026-02-30T00:00:00Z", "0000-00-00", "1e400", 1e13, 10**12, "۴۲"),
    *(
        {"Images": {}},
        {"Images": {"Image": None}},
        {"eventName": None},
        {"eventName": "CreateImage"},
    ),
)


def base(luck: random.Random):
    """Return a value to mutate: an event, wrapped or not, or an answer."""
    kind = luck.randrange(8)
    if kind == 4:
        return images(f"m-{luck.randrange(9)}x", "m-2x")
    if kind == 5:
        return snapshots("s-1x", f"s-{luck.randrange(9)}x")
    if kind == 6:
        return disks(f"i-bp100{luck.randrange(9)}", 40, 100)
    if kind == 7:
        return instances("i-bp1001", f"i-bp100{luck.randrange(9)}")
    sent = {"DiskDeviceMapping.1.SnapshotId": "s-1x", "DiskDeviceMapping.1.Size": 40}
    code = luck.choice((None, "QuotaExceed.Image"))
    made = event(luck.randrange(1000), sent if kind == 3 else None, code)
    if kind == 1:
        return {"event": json.dumps(made)}
    return [made, {"event": made}] if kind == 2 else made


def mutated(luck: random.Random) -> bytes:
    """Return the bytes of a file of a few values, of which one is mutated, or the whole."""
    values = [base(luck) for _ in range(luck.randrange(1, 4))]
    place = luck.randrange(len(values))
    for _ in range(luck.randrange(1, 4)):
        values[place] = _in_tree(values[place], luck)
    indent = luck.choice((None, None, 2))
    texts = [json.dumps(value, indent=indent, ensure_ascii=luck.random() < 0.5) for value in values]
    whole = luck.choice(("\n", "\r\n", ",", " ", "")).join(texts)
    whole = "[" + whole + "]" if luck.random() < 0.3 else whole
    data = whole.encode("utf-8", "surrogatepass")
    return _in_bytes(data, luck)


def _in_tree(value, luck):
    """Return a tree with one change somewhere in it."""
    if isinstance(value, dict) and value and luck.random() < 0.85:
        key = luck.choice(list(value))
        changed = dict(value)
        what = luck.randrange(6)
        if what == 0:
            del changed[key]
        elif what == 1:
            changed[luck.choice(list(value))] = changed.pop(key)
        elif what == 2:
            changed[_strange_key(key, luck)] = changed.pop(key)
        else:
            changed[key] = _in_tree(value[key], luck)
        return changed
    if isinstance(value, list) and value and luck.random() < 0.85:
        at = luck.randrange(len(value))
        return [*value[:at], _in_tree(value[at], luck), *value[at + 1 :]]
    if isinstance(value, str) and value and luck.random() < 0.3:
        at = luck.randrange(len(value))
        return value[:at] + luck.choice(("", "\n", '"', "\\", "\ud83d", "é")) + value[at + 1 :]
    if luck.random() < 0.05:
        return _nested(luck.choice((20, 300, 900)), value)
    return luck.choice(STRANGE)


def _strange_key(key, luck):
    strange = (
        key.swapcase(),
        key.lower(),
        "",
        "event",
        "Images",
        "DiskDeviceMapping.99.Size",
        "\0",
    )
    return luck.choice(strange)


def _nested(depth, value):
    for _ in range(depth):
        value = {"event": value}
    return value


def _in_bytes(data, luck):
    """Return bytes that are cut, spoilt, marked, packed, or as they were."""
    what = luck.randrange(12)
    at = luck.randrange(len(data) + 1)
    if what == 0:
        return data[:at]
    if what == 1:
        return (
            data[:at] + bytes(luck.randrange(256) for _ in range(luck.randrange(1, 9))) + data[at:]
        )
    if what == 2:
        return b"\xef\xbb\xbf" + data
    if what == 3:
        return data.decode("utf-8", "replace").encode("utf-16")[: luck.choice((None, -1, at))]
    if what == 4:
        return gzip.compress(data)
    if what == 5:
        packed = gzip.compress(data)
        return packed[: luck.randrange(len(packed))]
    if what == 6:
        return data[at:]
    if what == 7:
        return data[:at] + b"[" * 3000 + b'{"a":' * luck.choice((1, 3000)) + data[at:]
    return data
