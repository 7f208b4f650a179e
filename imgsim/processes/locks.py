"""Locks come and go.

::

    occasion ──> locked ──lasts──> unlocked

Readings:

- An occasion that comes while the process holds the lock prolongs it, at most to its own end.
- Who holds a lock is the process, by its name: the instance is locked until nobody holds it locked.
  What is unlocked by hand is locked again at the next occasion alone.
- ``rules.lock_stops_imaging`` says what a security lock does to an image that is being made.
- A released instance is passed over.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from imgsim.chance.distributions import STRICT, DurationDistribution
from imgsim.fields import Flag
from imgsim.processes import instances
from imgsim.processes.order import Happening, pair, rank
from imgsim.processes.spells import spells
from imgsim.workload.patterns import Timing
from imgsim.workload.selection import Selection

if TYPE_CHECKING:
    from imgsim.cloud.instance import Instance
    from imgsim.processes.world import World


@dataclass(frozen=True)
class Locks:
    """Instances are locked at some times and for some time; with reason security calls are denied.

    Each instance has draws of its own, unless they are locked together.
    """

    __pydantic_config__ = STRICT
    instances: Selection
    """Which instances."""
    when: Timing
    """When locks come, until the run ends."""
    lasts: DurationDistribution
    """How long a lock stays; one that comes meanwhile prolongs it."""
    reason: str = "security"
    """Reason of the OperationLock; only security denies."""
    together: Flag = False
    """Whether all are locked at the same drawn times, or each at its own."""

    def __post_init__(self) -> None:
        reason = self.reason.strip().lower()
        if not reason:
            raise ValueError("reason must not be empty; write for example security")
        if reason == "security" != self.reason:
            raise ValueError(f"reason {self.reason!r} denies nothing; did you mean security?")

    def begin(self, world: World, name: str, number: int) -> None:
        """Lock the instances at every instant of the timing, together or each by itself."""
        chosen = instances.selected(world, self.instances)
        if self.together:
            place = rank(Happening.LOCK, pair(number, 0))
            self._come_and_go(world, name, f"{name}/together", place, chosen)
            return
        for instance in chosen:
            place = rank(Happening.LOCK, pair(number, instance.number))
            self._come_and_go(world, name, f"{name}/{instance.id}", place, [instance])

    def _come_and_go(
        self, world: World, holder: str, purpose: str, place: int, locked: list[Instance]
    ) -> None:
        chance = world.chance
        times = self.when.arrival_times(chance, purpose, world.start, None)
        lasts = chance.durations(f"{purpose}/lasts", self.lasts)
        begin = partial(self._lock, world, holder, locked)
        end = partial(self._unlock, world, holder, locked)
        world.env.process(spells(world.env, place, times, lasts, begin, end))

    def _lock(self, world: World, holder: str, locked: Iterable[Instance]) -> None:
        for instance in locked:
            if instance.id in world.cloud.instances:
                instances.lock(world, instance, self.reason, holder)

    def _unlock(self, world: World, holder: str, locked: Iterable[Instance]) -> None:
        for instance in locked:
            held = holder in instance.locks.get(self.reason, ())
            if held and instance.id in world.cloud.instances:
                instances.unlock(world, instance, self.reason, holder)
