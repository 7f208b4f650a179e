"""Faults of the snapshot service: outages, slow-downs and bursts of failures.

::

    begins ──> slots and bandwidth times their factor, slower, failing ──lasts──> as before

Readings:

- Each region has draws of its own. A fault that begins during the last one of the process prolongs
  it.
- Effects of several faults, and of the scheduled changes of capacity, compose: slots and bandwidth
  are floor(scheduled x product of the factors), and unlimited stays unlimited unless a factor is 0.
  Fewer slots never stop a running snapshot; without bandwidth all transfers stand still.
- Drawn durations are multiplied when the snapshot begins. A snapshot fails by the largest
  probability in force when it ends, the service's own included, with the one draw it has.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from imgsim.chance.distributions import STRICT, DurationDistribution
from imgsim.fields import Number, Share
from imgsim.processes.effects import Effect
from imgsim.processes.order import Happening, pair, rank
from imgsim.processes.spells import apart, spells
from imgsim.workload.patterns import Timing

if TYPE_CHECKING:
    from imgsim.processes.world import World


@dataclass(frozen=True)
class ServiceFaults:
    """The snapshot service is disturbed at times. Give ``when`` or ``up``, and an effect."""

    __pydantic_config__ = STRICT
    lasts: DurationDistribution
    """How long a fault lasts."""
    regions: tuple[str, ...] = ()
    """Regions whose service has faults; by default all."""
    when: Timing | None = None
    """When faults begin, until the run ends; one that comes during another prolongs it."""
    up: DurationDistribution | None = None
    """Time between the end of a fault and the begin of the next, and before the first."""
    slots: Share | None = None
    """Share of the slots that is left meanwhile; 0% lets no snapshot begin."""
    bandwidth: Share | None = None
    """Share of the bandwidth that is left meanwhile; 0% stops all transfers."""
    slower: Number | None = None
    """Factor on the drawn duration of the snapshots that begin meanwhile."""
    failure: Share | None = None
    """Probability that a snapshot fails which ends meanwhile, if above the service's own."""

    def __post_init__(self) -> None:
        if (self.when is None) == (self.up is None):
            raise ValueError("give either when or up")
        effects = (self.slots, self.bandwidth, self.slower, self.failure)
        if all(effect is None for effect in effects):
            raise ValueError("give an effect: slots, bandwidth, slower or failure")
        if self.slower is not None and self.slower < 1:
            raise ValueError("slower must be 1 or more, such as 3 for three times the duration")

    def begin(self, world: World, name: str, number: int) -> None:
        """Disturb the service of each region at every instant of the timing, for a while."""
        effect = Effect(self.slots, self.bandwidth, self.slower or 1.0, float(self.failure or 0))
        for id in dict.fromkeys(self.regions) or world.services:
            service, purpose = world.services[id], f"{name}/{id}"
            service.may_fail |= bool(effect.failure)
            lasts = world.chance.durations(f"{purpose}/lasts", self.lasts)
            if self.when is not None:
                times = self.when.arrival_times(world.chance, purpose, world.start, None)
            else:
                assert self.up is not None
                times = apart(world.chance.durations(f"{purpose}/up", self.up), lasts)
            place = rank(Happening.DISTURBANCE, pair(number, service.region.number))
            begin = partial(service.disturb, name, effect)
            end = partial(service.recover, name)
            world.env.process(spells(world.env, place, times, lasts, begin, end))
