"""The tables of a run: one row type each, every field with its meaning and unit.

A row is stored packed, every field at a fixed width; the smallest number of a width stands for
*missing* in here and nowhere else. Instants are microseconds since the scenario's start, durations
microseconds, money 1e-6 CNY, ids numbers; `imgsim.results.tables` makes people's tables of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from struct import Struct
from typing import Final


class Kind(StrEnum):
    """What a field holds, and so how it is stored and shown."""

    INSTANT = "instant"
    DURATION = "duration"
    MONEY = "money"
    BYTES = "bytes"
    BIG = "whole number"
    COUNT = "small whole number"
    BITS = "set of rules"
    CHOICE = "one of few words"
    WORD = "text that comes again"
    TEXT = "text of its own"
    IMAGE = "image id"
    SNAPSHOT = "snapshot id"


WIDTHS: Final[Mapping[Kind, str]] = {
    Kind.INSTANT: "q",
    Kind.DURATION: "q",
    Kind.MONEY: "q",
    Kind.BYTES: "q",
    Kind.BIG: "q",
    Kind.COUNT: "i",
    Kind.BITS: "I",
    Kind.CHOICE: "b",
    Kind.WORD: "i",
    Kind.TEXT: "q",
    Kind.IMAGE: "i",
    Kind.SNAPSHOT: "i",
}

MISSING: Final = -(2**63)
"""A missing field of eight bytes."""
MISSING_4: Final = -(2**31)
"""A missing field of four bytes."""
MISSING_1: Final = -(2**7)
"""A missing field of one byte."""
SMALLEST: Final[Mapping[str, int]] = {"q": MISSING, "i": MISSING_4, "b": MISSING_1}


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a row: its name, what it holds, what it means, and its words if they are few."""

    name: str
    kind: Kind
    meaning: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """A row type: the name of its table and its fields in order."""

    name: str
    fields: tuple[Field, ...]

    @cached_property
    def struct(self) -> Struct:
        """How a row is packed."""
        return Struct("<" + "".join(WIDTHS[field.kind] for field in self.fields))

    def codes(self, name: str) -> dict[str, int]:
        """Return the stored code of each word of a `Kind.CHOICE` field."""
        words = next(field.words for field in self.fields if field.name == name)
        return {word: code for code, word in enumerate(words)}


OUTCOMES: Final = ("available", "failed", "denied", "replayed", "unfinished")
APPROACHES: Final = ("instance", "mapping", "snapshot")

ENDS: Final = (*OUTCOMES, "timed out", "lost")

INTENTS: Final = Table(
    "intents",
    (
        Field("intent", Kind.COUNT, "number of the wish for an image, in order of arrival"),
        Field("stream", Kind.WORD, "load stream; missing for calls made by hand"),
        Field(
            "ordinal",
            Kind.BIG,
            "of its draws: index in the stream, from 0; where many are asked for at a time, or in "
            "a closed loop, occasion or iteration x 2^20 + place or client; of the copies of a "
            "scaled load, index + copy x 2^28",
        ),
        Field("client", Kind.COUNT, "client of a closed loop, from 0"),
        Field("region", Kind.WORD, "RegionId as sent"),
        Field("arrived_at", Kind.INSTANT, "first call"),
        Field(
            "ended_at",
            Kind.INSTANT,
            "when its client knew the end, or gave up; missing while unfinished",
        ),
        Field("attempts", Kind.COUNT, "number of calls"),
        Field(
            "outcome",
            Kind.CHOICE,
            "what came of it: outcome of the last call, or its client waited in vain (timed out), "
            "or the last answer was lost",
            ENDS,
        ),
        Field("image_id", Kind.IMAGE, "image of the last answer that the client got"),
        Field("polls", Kind.BIG, "polls for images; missing for clients that do not poll"),
        Field("images_left", Kind.COUNT, "images that were made for it and left behind at its end"),
        Field("snapshots_left", Kind.COUNT, "snapshots likewise"),
    ),
)

CALLS: Final = Table(
    "calls",
    (
        Field("intent", Kind.COUNT, "number of the intent"),
        Field("attempt", Kind.COUNT, "number of the attempt, from 1"),
        Field("arrived_at", Kind.INSTANT, "instant of the call and of its answer"),
        Field("region", Kind.WORD, "RegionId as sent"),
        Field("approach", Kind.CHOICE, "what the image is made from", APPROACHES),
        Field("source", Kind.WORD, "InstanceId or SnapshotId as sent"),
        Field("outcome", Kind.CHOICE, "what became of the call", OUTCOMES),
        Field("answer", Kind.CHOICE, "whether the client got it", ("received", "lost")),
        Field("rule", Kind.COUNT, "position of the denying rule in the order of checking"),
        Field("faults", Kind.BITS, "every rule whose fault a denied call had"),
        Field("unknown", Kind.COUNT, "parameters ignored because they are not documented"),
        Field("repeated", Kind.COUNT, "parameters ignored because they were given before"),
        Field("image_id", Kind.IMAGE, "the image, also of a replayed call"),
        Field("disks", Kind.COUNT, "disks of the image"),
        Field("gib", Kind.COUNT, "size of the image's disks together, GiB"),
        Field(
            "ended_at",
            Kind.INSTANT,
            "Available or CreateFailed, else the answer; missing while unfinished",
        ),
        Field("turn_wait", Kind.DURATION, "wait of the last snapshot for its disk's turn"),
        Field("slot_wait", Kind.DURATION, "wait of the last snapshot for a slot of the service"),
        Field("snapshotting", Kind.DURATION, "set-up and transfer of the last snapshot to end"),
        Field(
            "registering", Kind.DURATION, "from the last snapshot's end, or the call, to the end"
        ),
    ),
)

SNAPSHOTS: Final = Table(
    "snapshots",
    (
        Field("snapshot_id", Kind.SNAPSHOT, "the snapshot"),
        Field("region", Kind.WORD, "its region"),
        Field("disk", Kind.WORD, "its disk; missing for initial ones without"),
        Field("kind", Kind.CHOICE, "kind of the disk", ("system", "data")),
        Field("gib", Kind.COUNT, "size of the disk, GiB"),
        Field("image_id", Kind.IMAGE, "image it is made for"),
        Field("policy", Kind.WORD, "automatic policy that has it made"),
        Field("status", Kind.CHOICE, "last status", ("progressing", "accomplished", "failed")),
        Field("created_at", Kind.INSTANT, "request for the snapshot"),
        Field("turn_at", Kind.INSTANT, "its turn on the disk"),
        Field("began_at", Kind.INSTANT, "its slot of the service"),
        Field("transfer_at", Kind.INSTANT, "begin of its transfer, with shared bandwidth"),
        Field("ended_at", Kind.INSTANT, "accomplished or failed"),
        Field("bytes", Kind.BYTES, "bytes moved, with shared bandwidth"),
        Field(
            "increment_bytes",
            Kind.BYTES,
            "bytes it holds unless it is the oldest kept one of its disk, which holds all used "
            "bytes; missing unless accomplished and storage is charged",
        ),
    ),
)

IMAGES: Final = Table(
    "images",
    (
        Field("image_id", Kind.IMAGE, "the image"),
        Field("region", Kind.WORD, "its region"),
        Field("name", Kind.TEXT, "ImageName"),
        Field("source", Kind.WORD, "InstanceId or SnapshotId it is made from"),
        Field("intent", Kind.COUNT, "intent that asked for it; missing for initial ones"),
        Field("status", Kind.CHOICE, "last status", ("Creating", "Available", "CreateFailed")),
        Field("created_at", Kind.INSTANT, "acceptance: name and quota slot are taken"),
        Field("ended_at", Kind.INSTANT, "Available or CreateFailed"),
    ),
)

USES: Final = Table(
    "uses",
    (
        Field("used_at", Kind.INSTANT, "instant of the use"),
        Field("by", Kind.WORD, "process or load stream that uses it; missing by hand"),
        Field("attempt", Kind.COUNT, "number of the try, from 1"),
        Field("action", Kind.WORD, "RunInstances or ReplaceSystemDisk"),
        Field("image_id", Kind.WORD, "ImageId as sent; missing when there is no image yet"),
        Field("region", Kind.WORD, "region of the image; missing when there is no such image"),
        Field("intent", Kind.COUNT, "intent that asked for the image; missing when there is none"),
        Field("outcome", Kind.CHOICE, "whether it was granted", ("granted", "denied")),
        Field("http_status", Kind.COUNT, "HTTP status"),
        Field("code", Kind.WORD, "error code; missing when granted"),
    ),
)

LEDGER: Final = Table(
    "ledger",
    (
        Field("booked_at", Kind.INSTANT, "instant of the movement"),
        Field("cause", Kind.WORD, "opening, top-up or snapshot storage"),
        Field("region", Kind.WORD, "region that is charged for; missing for other causes"),
        Field("amount", Kind.MONEY, "amount, negative for charges"),
        Field("balance", Kind.MONEY, "balance after it"),
    ),
)

STATES: Final = Table(
    "states",
    (
        Field("changed_at", Kind.INSTANT, "instant of the change"),
        Field("kind", Kind.WORD, "instance, disk, snapshot, image, account or region"),
        Field("id", Kind.WORD, "id of the thing"),
        Field("attribute", Kind.WORD, "what changed"),
        Field("value", Kind.WORD, "what it became"),
    ),
)

TABLES: Final = (INTENTS, CALLS, SNAPSHOTS, IMAGES, USES, LEDGER, STATES)
"""The tables a run shows."""
