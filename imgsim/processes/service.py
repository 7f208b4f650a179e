"""The snapshot service of a region: slots, and drawn durations or bytes over shared bandwidth.

::

    enter ──> wait for a slot ──> begin ──┬─ drawn duration ───────────────┬──> end: slot handed on
                                          └─ set-up ──> shared bandwidth ──┘
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING

from imgsim.chance.distributions import STRICT, DurationDistribution, NumberDistribution
from imgsim.fields import Count, DataRate, Duration, Flag, Limit, Share, ShareRate
from imgsim.processes.effects import Effect, left_of
from imgsim.processes.order import At, Happening, pair, rank
from imgsim.processes.pool import Pool
from imgsim.processes.transfer import SharedBandwidth
from imgsim.units import SECOND

if TYPE_CHECKING:
    from imgsim.cloud.disk import Disk
    from imgsim.cloud.region import Region
    from imgsim.processes.snapshotting import SnapshotTask
    from imgsim.processes.world import World


_SNAPSHOT_END = rank(Happening.SNAPSHOT_END)
_SET_UP_END = rank(Happening.SET_UP_END)


@dataclass(frozen=True)
class Change:
    """A change of capacity at an instant; what is not named stays as it is."""

    __pydantic_config__ = STRICT
    at: Duration
    """When, since the scenario's start."""
    slots: Count | None = None
    """Slots from then on; fewer never stop a running snapshot."""
    bandwidth: DataRate | None = None
    """Bandwidth from then on; 0 stops all transfers."""

    def __post_init__(self) -> None:
        if self.slots is None and self.bandwidth is None:
            raise ValueError("a change names slots or bandwidth")


@dataclass(frozen=True)
class ServiceSpec:
    """The snapshot service of a region. Give ``duration``, or ``bandwidth`` with what is its."""

    __pydantic_config__ = STRICT
    slots: Limit = None
    """How many snapshots progress at once, first come first served beyond; or unlimited."""
    duration: DurationDistribution | None = None
    """Drawn time of a snapshot, whatever its size and the load."""
    setup: DurationDistribution | None = None
    """Time before the bytes of a snapshot move: holds a slot, uses no bandwidth."""
    bandwidth: DataRate | None = None
    """Shared equally among the snapshots in transfer."""
    per_snapshot_rate: DataRate | None = None
    """Most that one snapshot gets of the bandwidth."""
    noise: NumberDistribution | None = None
    """Factor of mean 1, one a snapshot, that multiplies its set-up time and its bytes."""
    incremental: Flag = True
    """Whether later snapshots of a disk carry only what has changed; else its used bytes."""
    change_rate: ShareRate = Fraction(1, 50 * 86_400)
    """Share of the used bytes that changes per time: used x (1 - exp(-change_rate x age))."""
    failure: Share = Fraction(0)
    """Probability that a snapshot fails, at its end."""
    schedule: tuple[Change, ...] = ()
    """Changes of capacity."""

    def __post_init__(self) -> None:
        if (self.duration is None) == (self.bandwidth is None):
            raise ValueError("give either duration or bandwidth")
        shared = (self.setup, self.per_snapshot_rate, self.noise)
        if self.duration is not None and any(field is not None for field in shared):
            raise ValueError("setup, per_snapshot_rate and noise go with bandwidth, not duration")
        if self.noise is not None and abs(self.noise.average - 1) > 1e-6:
            raise ValueError(f"noise must have mean 1, not {self.noise.average:.6g}")
        if self.per_snapshot_rate == 0:
            raise ValueError("per_snapshot_rate must be above 0")
        if self.duration is not None and any(c.bandwidth is not None for c in self.schedule):
            raise ValueError("a change of bandwidth needs bandwidth, not duration")
        if len({change.at for change in self.schedule}) < len(self.schedule):
            raise ValueError("two changes of the schedule stand at the same instant")


class SnapshotService:
    """The service at work: who has a slot, who waits, whose bytes move."""

    def __init__(self, world: World, region: Region, spec: ServiceSpec) -> None:
        self.world = world
        self.region = region
        self.spec = spec
        self.slots: Pool[SnapshotTask] = Pool(spec.slots)
        self.failure = float(spec.failure)
        """Probability that a snapshot fails which ends now."""
        self.may_fail = spec.failure > 0
        """Whether that is ever above 0."""
        self._slower = 1.0
        self._scheduled_slots = spec.slots
        self._scheduled_bandwidth = self._bandwidth = spec.bandwidth
        self._effects: dict[str, Effect] = {}
        self._change_rate = float(spec.change_rate / SECOND)
        self._transfers: SharedBandwidth[SnapshotTask] | None = None
        if spec.bandwidth is not None:
            self._transfers = SharedBandwidth(
                world.env,
                region.number,
                spec.bandwidth,
                spec.per_snapshot_rate,
                lambda task: task.end(world.env.now),
            )
        for index, change in enumerate(spec.schedule):
            place = rank(Happening.CAPACITY, pair(region.number, index))
            At(world.env, change.at, place, partial(self._change, change))

    def enter(self, task: SnapshotTask, now: int) -> None:
        """Let a snapshot begin, or wait for a slot."""
        if self.slots.enter(task):
            self.begin(task, now)

    def give_up(self, task: SnapshotTask, now: int) -> None:
        """Free what a snapshot that has ``gone`` holds here."""
        if task.began_at is None:
            return
        if task.transfer_at is not None and self._transfers is not None:
            self._transfers.abandon_one()
        self.leave(now)

    def begin(self, task: SnapshotTask, now: int) -> None:
        """Have a snapshot hold its slot from now on."""
        env = self.world.env
        task.began_at = now
        if task.duration is not None:
            duration = task.duration
            if self._slower != 1:
                duration = round(duration * self._slower)
            At(env, now + duration, _SNAPSHOT_END + task.number, task.on_end)
            return
        task.bytes = round(self.increment(task.disk, task.disk.last_began, now) * task.noise)
        if task.setup:
            At(env, now + task.setup, _SET_UP_END + task.number, task.on_set_up)
        else:
            self.transfer(task, now)

    def transfer(self, task: SnapshotTask, now: int) -> None:
        """Begin to move the snapshot's bytes."""
        assert self._transfers is not None
        task.transfer_at = now
        self._transfers.join(task)

    def increment(self, disk: Disk, since: int | None, began_at: int) -> float:
        """Return the bytes of a snapshot: what has changed since then, or all that is used."""
        if not self.spec.incremental or since is None:
            return float(disk.used)
        return disk.used * -math.expm1(-self._change_rate * (began_at - since))

    def leave(self, now: int) -> None:
        """Free the slot of a snapshot that has ended, and hand it on."""
        if (following := self.slots.leave()) is not None:
            self.begin(following, now)

    def disturb(self, fault: str, effect: Effect) -> None:
        """Have a fault of this name in force, if it is not already."""
        if fault not in self._effects:
            self._effects[fault] = effect
            self._write(f"fault {fault}", "on")
            self._compose()

    def recover(self, fault: str) -> None:
        """Have the fault of this name in force no more."""
        del self._effects[fault]
        self._write(f"fault {fault}", "off")
        self._compose()

    def _change(self, change: Change, _: object) -> None:
        if change.bandwidth is not None:
            self._scheduled_bandwidth = change.bandwidth
        if change.slots is not None:
            self._scheduled_slots = change.slots
        self._compose()

    def _compose(self) -> None:
        """Put schedule and faults into effect; the slots last, which let snapshots begin."""
        effects = self._effects.values()
        slower = math.prod(effect.slower for effect in effects)
        if slower != self._slower:
            self._slower = slower
            self._write("slower", f"{slower:g}")
        failure = max(float(self.spec.failure), *(effect.failure for effect in effects), 0.0)
        if failure != self.failure:
            self.failure = failure
            self._write("failure", f"{failure:g}")
        bandwidth = left_of(self._scheduled_bandwidth, (effect.bandwidth for effect in effects))
        if self._transfers is not None and bandwidth is not None and bandwidth != self._bandwidth:
            self._bandwidth = bandwidth
            self._write("bandwidth", bandwidth)
            self._transfers.change(bandwidth)
        slots = left_of(self._scheduled_slots, (effect.slots for effect in effects))
        if slots != self.slots.capacity:
            self._write("slots", "unlimited" if slots is None else slots)
            self.slots.capacity = slots
            while (following := self.slots.next()) is not None:
                self.begin(following, self.world.env.now)

    def _write(self, attribute: str, value: object) -> None:
        self.world.state("region", self.region.id, attribute, value)
