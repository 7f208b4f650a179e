"""Who is told of what happens: policies that act on it, bills that count it; else nobody."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from imgsim.api.call import Call
    from imgsim.api.verdict import Verdict
    from imgsim.cloud.image import Image
    from imgsim.cloud.snapshot import Snapshot
    from imgsim.processes.snapshotting import SnapshotTask
    from imgsim.processes.wishes import Attempt

    Answered = Callable[[Call, Attempt, Verdict], None]


class Listeners:
    """Lists of callables, each called in the instant of what happens, in the order of joining."""

    def __init__(self) -> None:
        self.answered: list[Answered] = []
        """Told of every call and its answer, before anything comes of it."""
        self.accepted: list[Callable[[Image], None]] = []
        """Told of every image whose call is accepted, in that instant."""
        self.ended: list[Callable[[Image], None]] = []
        """Told of every image that has become Available or CreateFailed."""
        self.deleted: list[Callable[[Image], None]] = []
        """Told of every image that has been deleted."""
        self.used: list[Callable[[Image], None]] = []
        """Told of every use of an image that was granted."""
        self.stored: list[Callable[[SnapshotTask], None]] = []
        """Told of every snapshot that is accomplished, before its disk takes note of it."""
        self.finished: list[Callable[[Snapshot], None]] = []
        """Told likewise of every initial snapshot that `finish_snapshot` accomplishes."""
        self.dropped: list[Callable[[Snapshot], None]] = []
        """Told of every snapshot that has been deleted."""
        self.booked: list[Callable[[], None]] = []
        """Told of every movement of money."""
        self.closed: list[Callable[[], None]] = []
        """Told that the run is over, before its last rows are written."""
