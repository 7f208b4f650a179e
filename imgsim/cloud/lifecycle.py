"""The statuses of images, snapshots and instances, and their legal moves.

::

    image      Creating ──> Available | CreateFailed
    snapshot   progressing ──> accomplished | failed
    instance   Pending ──> Starting ──> Running ──> Stopping ──> Stopped ──> Starting
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Word(StrEnum):
    """A word of the service's own; hashed as the text it is, which Enum would do in Python."""

    __hash__ = str.__hash__


class ImageStatus(Word):
    """Status of an image, spelt as the service spells it."""

    CREATING = "Creating"
    AVAILABLE = "Available"
    CREATE_FAILED = "CreateFailed"


class SnapshotStatus(Word):
    """Status of a snapshot, spelt as the service spells it."""

    PROGRESSING = "progressing"
    ACCOMPLISHED = "accomplished"
    FAILED = "failed"


class InstanceStatus(Word):
    """Status of an instance, spelt as the service spells it."""

    PENDING = "Pending"
    STARTING = "Starting"
    RUNNING = "Running"
    STOPPING = "Stopping"
    STOPPED = "Stopped"


IMAGE_MOVES: Mapping[ImageStatus, frozenset[ImageStatus]] = {
    ImageStatus.CREATING: frozenset({ImageStatus.AVAILABLE, ImageStatus.CREATE_FAILED}),
    ImageStatus.AVAILABLE: frozenset(),
    ImageStatus.CREATE_FAILED: frozenset(),
}

SNAPSHOT_MOVES: Mapping[SnapshotStatus, frozenset[SnapshotStatus]] = {
    SnapshotStatus.PROGRESSING: frozenset({SnapshotStatus.ACCOMPLISHED, SnapshotStatus.FAILED}),
    SnapshotStatus.ACCOMPLISHED: frozenset(),
    SnapshotStatus.FAILED: frozenset(),
}

INSTANCE_MOVES: Mapping[InstanceStatus, frozenset[InstanceStatus]] = {
    InstanceStatus.PENDING: frozenset({InstanceStatus.STARTING}),
    InstanceStatus.STARTING: frozenset({InstanceStatus.RUNNING}),
    InstanceStatus.RUNNING: frozenset({InstanceStatus.STOPPING}),
    InstanceStatus.STOPPING: frozenset({InstanceStatus.STOPPED}),
    InstanceStatus.STOPPED: frozenset({InstanceStatus.STARTING}),
}


class IllegalMove(ValueError):
    """A status was asked to move where its table of legal moves does not lead."""

    def __init__(self, thing: str, status: str, wanted: str) -> None:
        super().__init__(f"{thing} is {status} and cannot become {wanted}")
