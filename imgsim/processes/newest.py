"""People use the newest image of an instance, whatever image that is.

Readings:

- The newest image is the one that was accepted last. Each try takes what is the newest then.
- An instance without an image yet: the use is refused with 404, and can be tried again.
- Images of an instance count on when the instance is released.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Literal

from imgsim.chance.distributions import STRICT
from imgsim.cloud.lifecycle import ImageStatus
from imgsim.fields import Count, Duration
from imgsim.processes.instances import selected
from imgsim.processes.order import At, Happening, pair, rank
from imgsim.processes.uses import Wanted, tries
from imgsim.workload.mix import Choice
from imgsim.workload.patterns import Timing
from imgsim.workload.uses import Action, check_tries

if TYPE_CHECKING:
    from simpy import Event

    from imgsim.cloud.image import Image
    from imgsim.cloud.instance import Instance
    from imgsim.processes.world import World


@dataclass(frozen=True)
class Uses:
    """People use the newest image of instances, at times of their own, up to the horizon."""

    __pydantic_config__ = STRICT
    when: Timing
    """When they do."""
    newest_of: Choice
    """The instances whose newest image is used, and which of them at each time."""
    action: Action = "RunInstances"
    """The call that uses the image."""
    pick: Literal["created", "available"] = "available"
    """The newest Available image, as people see when they list images; or the newest of all, which
    may still be in the making, and is refused then."""
    retry_every: Duration | None = None
    """Time from a refused try to the next; without it there is one try."""
    tries: Count = 1
    """Most tries; there are fewer when the image that was refused has failed."""

    def __post_init__(self) -> None:
        check_tries(self.tries, self.retry_every)
        if self.newest_of.choose == "own":
            raise ValueError("own is for a closed loop; use round-robin, random or each")

    def begin(self, world: World, name: str, number: int) -> None:
        """Use images as load; without a horizon the run waits for timings that end."""
        newest = Newest(world, selected(world, self.newest_of), available=self.pick == "available")
        begin = world.begin if self.when.bounded else world.env.process
        begin(self._used(world, name, number, newest))

    def _used(
        self, world: World, name: str, number: int, newest: Newest
    ) -> Generator[Event, None, None]:
        times = self.when.arrival_times(world.chance, f"{name}/use", world.start, world.horizon)
        luck = world.chance.shares(f"{name}/use source")
        first = rank(Happening.USE, pair(number, 0))
        made = 0
        for occasion, instant in enumerate(times):
            yield At(world.env, instant, first + made)
            for instance in self._chosen(newest.instances, occasion, luck.at(occasion)):
                use = _one(world, self, name, first + made, newest, instance)
                world.env.process(use)
                made += 1

    def _chosen(
        self, instances: Sequence[Instance], occasion: int, luck: float
    ) -> Sequence[Instance]:
        count = len(instances)
        if not count or self.newest_of.choose == "each":
            return instances
        if self.newest_of.choose == "random":
            return (instances[int(luck * count)],)
        return (instances[occasion % count],)


def _one(
    world: World, spec: Uses, name: str, place: int, newest: Newest, instance: Instance
) -> Generator[Event, None, None]:
    world.pending_uses += 1
    yield from tries(world, spec, name, place, partial(newest.of, instance))
    world.pending_uses -= 1


class Newest:
    """The images of some instances, of which it knows the newest."""

    def __init__(self, world: World, instances: Sequence[Instance], *, available: bool) -> None:
        self.instances = instances
        self._images: dict[str | None, list[Image]] = {one.id: [] for one in instances}
        """What may be the newest, the one accepted last at the end."""
        for image in world.cloud.images.things():
            if not available or image.status is ImageStatus.AVAILABLE:
                self._add(image)
        if available:
            world.on.ended.append(self._ended)
        else:
            world.on.accepted.append(self._add)
        world.on.deleted.append(self._deleted)

    def _add(self, image: Image) -> None:
        if image.source in self._images:
            insort(self._images[image.source], image, key=_acceptance)

    def _ended(self, image: Image) -> None:
        if image.status is ImageStatus.AVAILABLE:
            self._add(image)

    def _deleted(self, image: Image) -> None:
        there = self._images.get(image.source, [])
        place = bisect_left(there, _acceptance(image), key=_acceptance)
        if place < len(there) and there[place] is image:
            del there[place]

    def of(self, instance: Instance) -> Wanted:
        """Return the newest image of the instance, or that there is none yet."""
        there = self._images[instance.id]
        return Wanted.of(there[-1]) if there else Wanted(None, instance.region.id)


def _acceptance(image: Image) -> tuple[int, int]:
    return image.created, image.number
