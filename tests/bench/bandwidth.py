"""Shared bandwidth against interrupting everyone: ``python -m tests.bench.bandwidth``.

The naive server is what a SimPy textbook leads to: a process per transfer that everyone who comes
or goes interrupts, so that it can count what is left and wait anew. Both count in the same
integers, so both give the same ends; what differs is the price of a join and of an end.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Generator
from itertools import count
from typing import Any

import numpy as np
import simpy

from imgsim.processes.order import Clock
from imgsim.processes.transfer import SharedBandwidth
from imgsim.units import SECOND

MIB = 1 << 20
Ends = list[tuple[int, int]]


class Transfer:
    """Something that moves bytes."""

    gone = False

    def __init__(self, number: int, size: int) -> None:
        self.number = number
        self.bytes = size


class Naive:
    """Processor sharing by interrupts, with the integers of `SharedBandwidth`."""

    def __init__(
        self, env: Clock, bandwidth: int, cap: int | None, ended: Callable[[Transfer], None]
    ) -> None:
        self._env = env
        self._bandwidth = bandwidth
        self._cap = cap
        self._ended = ended
        self._inside: dict[Transfer, simpy.Process] = {}

    def join(self, who: Transfer) -> None:
        """Begin a transfer."""
        self._interrupt_everyone()
        self._inside[who] = self._env.process(self._move(who))

    def _interrupt_everyone(self) -> None:
        for process in self._inside.values():
            process.interrupt()

    def _rate(self) -> int:
        share = self._bandwidth // len(self._inside)
        return share if self._cap is None else min(self._cap, share)

    def _move(self, who: Transfer) -> Generator[simpy.Event, Any, None]:
        env, left = self._env, who.bytes * SECOND
        while left > 0:
            rate, since = self._rate(), env.now
            try:
                yield env.timeout(-(-left // rate))
                break
            except simpy.Interrupt:
                left -= rate * (env.now - since)
        del self._inside[who]
        self._interrupt_everyone()
        self._ended(who)


def ends(kind: str, inside: int, most: int, cap: int | None = None) -> tuple[Ends, float]:
    """Keep so many in transfer until so many have ended; return the ends and seconds per end.

    Whoever ends is followed by a new one at once, so a timed end is one leave and one join.
    """
    env = Clock(initial_time=0)
    sizes = np.random.default_rng(1).integers(100 * MIB, 4000 * MIB, inside + most).tolist()
    numbers = count()
    ended: Ends = []

    def enter() -> None:
        number = next(numbers)
        server.join(Transfer(number, sizes[number]))

    def end(who: Transfer) -> None:
        ended.append((env.now, who.number))
        if len(ended) < most:
            enter()

    bandwidth = inside * 10 * MIB
    server: Any = (
        Naive(env, bandwidth, cap, end)
        if kind == "naive"
        else SharedBandwidth(env, 0, bandwidth, cap, end)
    )

    def fill() -> Generator[simpy.Event, Any, None]:
        for _ in range(inside):
            enter()
            yield env.timeout(1000)

    env.process(fill())
    while not ended:
        env.step()
    begin, before = time.process_time(), len(ended)
    while len(ended) < most:
        env.step()
    return ended, (time.process_time() - begin) / (most - before)


def agree(inside: int, most: int, cap: int | None = None) -> bool:
    """Say whether both give the same ends: instants and order."""
    return ends("naive", inside, most, cap)[0] == ends("shared", inside, most, cap)[0]


def main() -> None:
    """Compare and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inside", type=int, default=1000)
    parser.add_argument("--naive-ends", type=int, default=101)
    parser.add_argument("--shared-ends", type=int, default=100_001)
    asked = parser.parse_args()
    assert agree(8, 300)
    assert agree(30, 300, cap=8 * MIB)
    naive_ends, naive = ends("naive", asked.inside, asked.naive_ends)
    shared_ends, shared = ends("shared", asked.inside, asked.shared_ends)
    assert naive_ends == shared_ends[: len(naive_ends)]
    print(f"{asked.inside:,} in transfer; one end is one leave and one join; the same ends")
    print(f"  interrupting everyone {naive * 1e6:12,.1f} us per end")
    print(f"  imgsim                {shared * 1e6:12,.1f} us per end")
    print(f"  ratio                 {naive / shared:12,.0f}")


if __name__ == "__main__":
    main()
