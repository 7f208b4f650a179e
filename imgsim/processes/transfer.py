"""Bandwidth shared equally among the transfers in progress, exact in integers.

Each of the n in transfer gets ``min(cap, bandwidth // n)`` whole bytes per second. Service is
counted in bytes x 10^6 (rate times microseconds) in *virtual time*: the service that one transfer
would have got since the beginning. A transfer that joins at virtual time v with b bytes ends at
v + b x 10^6, whatever joins or leaves meanwhile, so only the earliest end is pending and a join or
an end costs O(log n) (Zhang, "Virtual clock", 1990; here for processor sharing). With more
transfers than bytes per second all stand still.
"""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush
from typing import Generic, Protocol, TypeVar

from imgsim.processes.order import At, Clock, Happening, rank
from imgsim.units import SECOND


class Transferable(Protocol):
    """Something that moves ``bytes``; ``number`` orders ends in one microsecond."""

    number: int
    bytes: int
    gone: bool


T = TypeVar("T", bound=Transferable)


class SharedBandwidth(Generic[T]):
    """The transfers of one service. ``ended`` is called for each one whose bytes have arrived."""

    def __init__(
        self,
        env: Clock,
        region: int,
        bandwidth: int,
        cap: int | None,
        ended: Callable[[T], None],
    ) -> None:
        self._env = env
        self._rank = rank(Happening.TRANSFER_END, region)
        self._bandwidth = bandwidth
        self._cap = cap
        self._ended = ended
        self._virtual = 0
        self._since = 0
        self._rate = 0
        self._ends: list[tuple[int, int, T]] = []
        self._pending: At | None = None
        self._pending_at = 0
        self.inside = 0
        """Transfers in progress."""

    def join(self, who: T) -> None:
        """Begin a transfer of ``who.bytes`` bytes."""
        self._advance()
        heappush(self._ends, (self._virtual + who.bytes * SECOND, who.number, who))
        self.inside += 1
        self._share()

    def abandon_one(self) -> None:
        """Give up a transfer in progress, which has set ``gone``: its share goes to the others."""
        self._advance()
        self.inside -= 1
        self._share()

    def change(self, bandwidth: int) -> None:
        """Set the bandwidth in bytes per second; 0 stops all transfers."""
        self._advance()
        self._bandwidth = bandwidth
        self._share()

    def _advance(self) -> None:
        now = self._env.now
        self._virtual += self._rate * (now - self._since)
        self._since = now

    def _share(self) -> None:
        if self.inside:
            share = self._bandwidth // self.inside
            self._rate = share if self._cap is None else min(self._cap, share)
        else:
            self._rate = 0
        self._await_next()

    def _await_next(self) -> None:
        ends = self._ends
        while ends and ends[0][2].gone:
            heappop(ends)
        if not ends:
            return
        left = ends[0][0] - self._virtual
        if left <= 0:
            instant = self._since
        elif self._rate:
            instant = self._since - (-left // self._rate)
        else:
            return
        if self._pending is None or instant < self._pending_at:
            self._pending = At(self._env, instant, self._rank, self._arrived)
            self._pending_at = instant

    def _arrived(self, event: object) -> None:
        if event is not self._pending:
            return  # an earlier end has taken its place
        self._pending = None
        self._advance()
        ends, virtual = self._ends, self._virtual
        done = []
        while ends and ends[0][0] <= virtual:
            who = heappop(ends)[2]
            if not who.gone:
                done.append(who)
        done.sort(key=lambda who: who.number)
        self.inside -= len(done)
        self._share()
        for who in done:
            self._ended(who)
