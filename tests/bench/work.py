"""The work of a run, counted instead of timed: events and function calls per call.

``python -m tests.bench.work`` prints them for some lengths and loads.
"""

from __future__ import annotations

import sys
from types import FrameType
from typing import Any, NamedTuple

import imgsim

from .loads import scenario


class Work(NamedTuple):
    """What one call of CreateImage costs: events of the simulation, and functions called."""

    events: float
    functions: float


def work(calls: int, load: float = 0.8) -> Work:
    """Count the work of a run, per call; C functions count too, the heap's among them."""
    # Deleted soon, so that the deletions a run does not live to see weigh nothing.
    told = scenario(calls, load=load, quota=None, delete={"after": "10m"})
    simulation = imgsim.Simulation(told)
    functions = 0

    def count(_: FrameType, event: str, __: Any) -> None:
        nonlocal functions
        if event in {"call", "c_call"}:
            functions += 1

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        simulation.run()
    finally:
        sys.setprofile(before)
    assert simulation.world.calls == calls
    return Work(next(simulation.world.env._eid) / calls, functions / calls)


def main() -> None:
    """Count and print."""
    print(f"{'load':>6}{'calls':>10}{'events':>9}{'functions':>11}")
    for load in (0.8, 1.25):
        for calls in (4_000, 16_000, 64_000):
            counted = work(calls, load)
            print(f"{load:6}{calls:10,}{counted.events:9.3f}{counted.functions:11.2f}", flush=True)


if __name__ == "__main__":
    main()
