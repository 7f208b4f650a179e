"""The order of simultaneous events: part of the model, not an accident of insertion.

Events happen by instant, then by kind in the order of the table below, then by ordinal. No two
pending events share a rank. What an event causes in its own instant is completed, in the order
written in the code, before the next event.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum

from simpy import Environment, Event

_ORDINAL_BITS = 55


class Happening(IntEnum):
    """Kinds of events in their order within an instant: first what changes the world."""

    CAPACITY = 1
    """Slots or bandwidth of a snapshot service change; ordinal: region, index in the schedule."""
    DISTURBANCE = 2
    """A fault of a snapshot service begins or ends; ordinal: process, then region."""
    LOCK = 3
    """An instance is locked or unlocked; ordinal: process, then instance."""
    STATUS = 4
    """An instance changes its status; ordinal: process, then instance."""
    MONEY = 5
    """An hour is charged, or the account is suspended or topped up; ordinal: process,
    then index."""
    TRANSFER_END = 6
    """The next transfer of a service ends; ordinal: region."""
    SET_UP_END = 7
    """A snapshot's set-up ends; ordinal: snapshot."""
    SNAPSHOT_END = 8
    """A snapshot of drawn duration ends; ordinal: snapshot."""
    REGISTRATION = 9
    """An image is registered; ordinal: image."""
    NOTICE = 10
    """A client learns by a poll what became of its image; ordinal: intent."""
    DEADLINE = 11
    """A client gives up waiting for its image; ordinal: intent."""
    DELETION = 12
    """A client begins or ends the deletion of its image; ordinal: image."""
    RETENTION = 13
    """A retention policy deletes; ordinal: process, then image and cause, or snapshot."""
    POLICY = 14
    """Automatic snapshots are due; ordinal: process."""
    ARRIVAL = 15
    """A call arrives; ordinal: stream, then client, or index in the stream."""
    RETRY = 16
    """A client calls again; ordinal: intent."""
    USE = 17
    """Somebody uses an image; ordinal: 0 and the image, else process and index."""


_KINDS = frozenset(Happening)


def rank(kind: Happening, ordinal: int = 0) -> int:
    """Return the rank of an event within its instant; always above SimPy's own priorities.

    The rank of a kind's ordinal n is that of its ordinal 0 plus n.
    """
    return (int(kind) << _ORDINAL_BITS) + ordinal


def pair(high: int, low: int) -> int:
    """Return one ordinal of two numbers, ordered by the first; ``low`` is below 2^40."""
    return (high << 40) + low


def of_rank(rank: int) -> tuple[Happening | None, int]:
    """Return the kind of a rank, None when it is none of the table, and the ordinal."""
    kind, ordinal = divmod(rank, 1 << _ORDINAL_BITS)
    return (Happening(kind) if kind in _KINDS else None), ordinal


def parts(ordinal: int) -> tuple[int, int]:
    """Return the two numbers of which an ordinal is made; the first is 0 for a single one."""
    return divmod(ordinal, 1 << 40)


class Clock(Environment):
    """A SimPy environment whose time is an integer of microseconds since the scenario's start."""

    _now: int

    @property
    def now(self) -> int:
        """The current instant."""
        return self._now


class At(Event):
    """An event at an instant with a rank; what waits for it runs in that place of the order."""

    env: Clock

    def __init__(
        self,
        env: Clock,
        instant: int,
        rank: int,
        then: Callable[[Event], None] | None = None,
    ) -> None:
        self.env = env
        self.callbacks = [] if then is None else [then]
        self._ok = True
        self._value = None
        env.schedule(self, rank, instant - env.now)  # type: ignore[arg-type]
