"""What happens in a run, event by event: what each one asked, drew, began and wrote down."""

from __future__ import annotations

import hashlib
import pickle
import zlib
from collections.abc import Iterator
from tempfile import TemporaryFile
from typing import Any, Final, NamedTuple

START: Final = 0
"""Rank of what is there, and set going, before the first event."""
END: Final = 1 << 62
"""Rank of what is written when the run is over."""
_TOGETHER: Final = 2000


class Asked(NamedTuple):
    """A call arrives."""

    call: int
    intent: int
    attempt: int
    stream: str | None
    region: str | None
    approach: str | None
    source: str | None
    name: str | None
    token: str | None


class Answered(NamedTuple):
    """The call just asked gets its answer."""

    status: str
    rule: str | None
    faults: tuple[str, ...]
    image: int | None


class Drawn(NamedTuple):
    """A draw is taken: whole microseconds, or a plain number."""

    purpose: str
    ordinal: int
    value: float


class Begun(NamedTuple):
    """A snapshot has its slot of the service."""

    snapshot: int
    disk: str
    region: str


class Row(NamedTuple):
    """A row is written: its table and its fields; missing ones are None."""

    table: str
    values: tuple[Any, ...]


Fact = Asked | Answered | Drawn | Begun | Row


class Event(NamedTuple):
    """One event: its instant (microseconds), its rank, what it set going, and what came of it."""

    instant: int
    rank: int
    what: str
    facts: tuple[Fact, ...]


class Record:
    """The events of a run in their order, kept on disk: memory stays the same however many."""

    def __init__(self) -> None:
        self.length = 0
        """How many events there are."""
        self._digest = hashlib.sha256()
        self._file = TemporaryFile()  # noqa: SIM115 - it lives as long as the record
        self._sizes: list[int] = []
        self._fresh: list[Event] = []

    def append(self, event: Event) -> None:
        """Add an event."""
        self.length += 1
        self._fresh.append(event)
        if len(self._fresh) == _TOGETHER:
            self._write()

    def _write(self) -> None:
        packed = zlib.compress(pickle.dumps(self._fresh, pickle.HIGHEST_PROTOCOL), 1)
        self._digest.update(repr(self._fresh).encode())
        self._sizes.append(self._file.write(packed))
        self._fresh = []

    def close(self) -> None:
        """Write the last events: from now on they can be read."""
        if self._fresh:
            self._write()

    @property
    def digest(self) -> str:
        """SHA-256, in hexadecimal, of all events."""
        return self._digest.hexdigest()

    def __iter__(self) -> Iterator[Event]:
        self._file.seek(0)
        for size in self._sizes:
            yield from pickle.loads(zlib.decompress(self._file.read(size)))  # noqa: S301 - its own
