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
    TRANSFER_END = 2
    """The next transfer of a service ends; ordinal: region."""
    SET_UP_END = 3
    """A snapshot's set-up ends; ordinal: snapshot."""
    SNAPSHOT_END = 4
    """A snapshot of drawn duration ends; ordinal: snapshot."""
    REGISTRATION = 5
    """An image is registered; ordinal: image."""
    DELETION = 6
    """A client begins or ends the deletion of its image; ordinal: image."""
    ARRIVAL = 7
    """A call arrives; ordinal: stream, then client, or index in the stream."""


def rank(kind: Happening, ordinal: int = 0) -> int:
    """Return the rank of an event within its instant; always above SimPy's own priorities.

    The rank of a kind's ordinal n is that of its ordinal 0 plus n.
    """
    return (int(kind) << _ORDINAL_BITS) + ordinal


def pair(high: int, low: int) -> int:
    """Return one ordinal of two numbers, ordered by the first; ``low`` is below 2^40."""
    return (high << 40) + low


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
