"""Instances are stopped, started, restarted and released.

::

    stop      Running ──> Stopping ──takes──> Stopped
    start     Stopped ──> Starting ──takes──> Running
    restart   Running ──> Stopping ──takes──> Stopped ──> Starting ──takes──> Running

Readings:

- Calls meanwhile are refused (row 1); an image being made fails when the status begins to change.
- An action that does not fit the status then is left out: a stop or restart of what does not run, a
  start of what is neither Stopped nor Pending. So is an action that is due during the last one.
- Whoever moves the instance meanwhile, by hand or by another process, breaks the action off.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from imgsim.chance.distributions import STRICT, Constant, DurationDistribution
from imgsim.cloud.lifecycle import INSTANCE_MOVES, InstanceStatus
from imgsim.processes import instances
from imgsim.processes.order import At, Happening, pair, rank
from imgsim.units import SECOND
from imgsim.workload.patterns import Timing
from imgsim.workload.selection import Selection

if TYPE_CHECKING:
    from simpy import Event

    from imgsim.cloud.instance import Instance
    from imgsim.processes.world import World

_STOP = (InstanceStatus.STOPPING, InstanceStatus.STOPPED)
_START = (InstanceStatus.STARTING, InstanceStatus.RUNNING)
_LEGS = {"stop": (_STOP,), "start": (_START,), "restart": (_STOP, _START)}
_MOST_LEGS = 2
_USUALLY = Constant(30 * SECOND)


@dataclass(frozen=True)
class StatusChanges:
    """Instances are started, stopped, restarted or released, each at times of its own draws."""

    __pydantic_config__ = STRICT
    instances: Selection
    """Which instances."""
    when: Timing
    """When, until the run ends."""
    action: Literal["start", "stop", "restart", "release"]
    """What is done; it is left out where it does not fit the status then."""
    takes: DurationDistribution = _USUALLY
    """Time spent in Stopping, and in Starting; a release takes no time."""

    def begin(self, world: World, name: str, number: int) -> None:
        """Act on each of the instances at every instant of the timing."""
        for instance in instances.selected(world, self.instances):
            place = rank(Happening.STATUS, pair(number, instance.number))
            world.env.process(self._act(world, f"{name}/{instance.id}", place, instance))

    def _act(
        self, world: World, purpose: str, place: int, instance: Instance
    ) -> Generator[Event, None, None]:
        env = world.env
        takes = world.chance.durations(f"{purpose}/takes", self.takes)
        times = self.when.arrival_times(world.chance, purpose, world.start, None)
        for index, instant in enumerate(times):
            if instant < env.now:
                continue
            yield At(env, instant, place)
            if instance.id not in world.cloud.instances:
                return
            if self.action == "release":
                instances.release(world, instance)
                return
            for leg, (through, end) in enumerate(_LEGS[self.action]):
                if through not in INSTANCE_MOVES[instance.status]:
                    break
                instances.move(world, instance, through)
                moves = instance.moves
                yield At(env, env.now + takes.at(index * _MOST_LEGS + leg), place)
                if instance.id not in world.cloud.instances:
                    return
                if instance.moves != moves:
                    break
                instances.move(world, instance, end)
