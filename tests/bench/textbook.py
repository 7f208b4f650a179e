"""The same lifecycle as a SimPy textbook would write it: what imgsim's speed is held against.

A process per request and per snapshot, a `Resource` per disk and one for the slots, `AllOf`,
counters and a list of latencies; no rules, no records. It gets the very draws of imgsim, by the
same purposes and ordinals, so it must give the same outcomes.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any

import simpy

from imgsim import Scenario
from imgsim.chance.distributions import Distribution, Exponential
from imgsim.chance.streams import Chance, Floats, rounded
from imgsim.units import SECOND

Steps = Generator[simpy.Event, Any, None]


@dataclass
class Inputs:
    """The numbers and the draws of a run, by index of the call; durations of each disk."""

    quota: int
    slots: int
    instances: int
    gaps: list[int]
    durations: list[list[int]]
    registrations: list[int]
    after: list[int] | None


def inputs(scenario: Scenario, calls: int) -> Inputs:
    """Draw what a run of the bench's scenario needs, with imgsim's purposes and ordinals."""
    ((name, stream),) = scenario.load.items()
    (region,) = scenario.regions.values()
    (group,) = scenario.instances
    service, delete = region.snapshot_service, stream.delete
    chance = Chance(scenario.run.seed, 0)

    def drawn(purpose: str, law: Distribution[int]) -> list[int]:
        quantile: Callable[[Floats], Floats] = law.quantile
        return rounded(quantile(chance.uniforms(f"{name}/{purpose}", 0, calls + -calls % 4)))[
            :calls
        ]

    assert service.duration is not None
    assert service.slots is not None
    return Inputs(
        quota=region.image_quota,
        slots=service.slots,
        instances=len(group.ids()),
        gaps=drawn("arrival", Exponential(float(SECOND / stream.arrivals.rate))),
        durations=[
            drawn(f"snapshot duration/disk {disk}", service.duration)
            for disk in range(len(group.disks))
        ],
        registrations=drawn("registration", region.registration),
        after=None if delete is None else drawn("deletion after", delete.after),
    )


class Textbook:
    """The model: `run` it, then read ``latencies`` (by index of the call) and ``denied``."""

    def __init__(self, given: Inputs) -> None:
        self.given = given
        self.env = simpy.Environment()
        self.slots = simpy.Resource(self.env, capacity=given.slots)
        self.disks = [
            [simpy.Resource(self.env, capacity=1) for _ in given.durations]
            for _ in range(given.instances)
        ]
        self.held = 0
        self.denied = 0
        self.available = 0
        self.latencies: list[int | None] = [None] * len(given.gaps)

    def run(self) -> None:
        """Run until nothing more happens."""
        self.env.process(self.arrivals())
        self.env.run()

    def arrivals(self) -> Steps:
        """Let requests come at their instants."""
        for index, gap in enumerate(self.given.gaps):
            yield self.env.timeout(gap)
            self.env.process(self.request(index, self.disks[index % len(self.disks)]))

    def request(self, index: int, disks: list[simpy.Resource]) -> Steps:
        """Make an image, unless the quota is exhausted, and delete it some time later."""
        env, given = self.env, self.given
        arrived = env.now
        if self.held >= given.quota:
            self.denied += 1
            return
        self.held += 1
        yield env.all_of(
            [
                env.process(self.snapshot(disk, durations[index]))
                for disk, durations in zip(disks, given.durations, strict=True)
            ]
        )
        yield env.timeout(given.registrations[index])
        self.available += 1
        self.latencies[index] = env.now - arrived
        if given.after is not None:
            yield env.timeout(given.after[index])
            self.held -= 1

    def snapshot(self, disk: simpy.Resource, duration: int) -> Steps:
        """Wait for the disk's turn, then for a slot, then take the snapshot."""
        with disk.request() as turn:
            yield turn
            with self.slots.request() as slot:
                yield slot
                yield self.env.timeout(duration)
