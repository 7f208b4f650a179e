"""A pool of places, first come first served: who leaves lets the next one in at once."""

from __future__ import annotations

from collections import deque
from typing import Generic, Protocol, TypeVar


class Waiter(Protocol):
    """Something that may wait for a place; when it has ``gone`` it is passed over."""

    gone: bool


T = TypeVar("T", bound=Waiter)


class Pool(Generic[T]):
    """Places for ``capacity`` at a time, or for any number when that is None.

    It hands out places and starts nothing: `enter` and `leave` say who is in, and the caller lets
    them begin.
    """

    __slots__ = ("capacity", "freed", "inside", "taken", "waiting")

    def __init__(self, capacity: int | None) -> None:
        self.capacity = capacity
        self.inside = 0
        self.taken = 0
        """Places ever taken."""
        self.freed = 0
        """Places ever freed."""
        self.waiting: deque[T] = deque()

    def occupy(self) -> None:
        """Take a place for something that is in from the beginning."""
        self.inside += 1
        self.taken += 1

    def enter(self, who: T) -> bool:
        """Take a place and return True, or wait for one and return False."""
        if self.capacity is None or self.inside < self.capacity:
            self.inside += 1
            self.taken += 1
            return True
        self.waiting.append(who)
        return False

    def leave(self) -> T | None:
        """Free a place and return who has it now, or None."""
        self.inside -= 1
        self.freed += 1
        return self.next() if self.waiting else None

    def next(self) -> T | None:
        """Give a free place to the first who waits and return who it is, or None."""
        waiting = self.waiting
        while waiting and (self.capacity is None or self.inside < self.capacity):
            who = waiting.popleft()
            if not who.gone:
                self.inside += 1
                self.taken += 1
                return who
        return None
