"""Retention: which images a policy deletes, and when.

Deleting an image frees its name and quota slot. Readings:

- An image goes when any one rule of a policy says so; of several policies, likewise.
- ``keep_last`` counts the Available images of a source, the newest by acceptance first. Images
  without a source (of a mapping) count together as one source in each region.
- Age runs from acceptance. An image that is still being made when it is old enough fails, and goes.
- What people delete by themselves before is not missed.
- A snapshot on which another image stands stays, even where ``snapshots`` go with their image.
- In one instant the images go by their number.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Generator, Iterable
from dataclasses import dataclass
from enum import IntEnum
from functools import partial
from typing import TYPE_CHECKING

from imgsim.chance.distributions import STRICT
from imgsim.cloud.lifecycle import ImageStatus
from imgsim.fields import Count, Duration, Flag
from imgsim.processes.instances import selected
from imgsim.processes.order import At, Happening, pair, rank
from imgsim.workload.patterns import Timing
from imgsim.workload.selection import Selection

if TYPE_CHECKING:
    from simpy import Event

    from imgsim.cloud.image import Image
    from imgsim.processes.world import World


@dataclass(frozen=True)
class Retention:
    """Images are deleted by rules, of which one is enough. Give at least one rule."""

    __pydantic_config__ = STRICT
    streams: tuple[str, ...] = ()
    """Only images that these load streams asked for; by default all, initial ones too."""
    regions: tuple[str, ...] = ()
    """Only images of these regions; by default of all."""
    sources: Selection | None = None
    """Only images of these instances; by default of all, and of snapshots and mappings."""
    keep_last: Count | None = None
    """Rule: of each source so many Available images are kept, the newest."""
    older_than: Duration | None = None
    """Rule: an image goes at this age, counted from its acceptance."""
    failed: Flag = False
    """Rule: an image that failed goes."""
    used: Count | None = None
    """Rule: an image goes when it has been used so many times."""
    snapshots: Flag = False
    """Whether the snapshots that were made for an image go with it."""
    when: Timing | None = None
    """When the policy looks, as a nightly cleaning job does; by default it acts at once, as an
    image ends, is used, or reaches the age."""

    def __post_init__(self) -> None:
        numbers = (self.keep_last, self.older_than, self.used)
        if not self.failed and all(number is None for number in numbers):
            raise ValueError("give a rule: keep_last, older_than, failed: true or used")
        if self.older_than == 0 or self.used == 0:
            raise ValueError("older_than and used must be above 0")

    def begin(self, world: World, name: str, number: int) -> None:
        """Sweep at its times, or follow what happens to the images."""
        policy = Policy(world, self, number)
        if self.when is None:
            policy.follow()
        else:
            world.env.process(policy.sweeps(self.when, name))


class Cause(IntEnum):
    """Why an image goes: tells apart the events of one image."""

    AGE = 0
    FAILED = 1
    USED = 2
    SURPLUS = 3


class Policy:
    """A retention policy at work."""

    def __init__(self, world: World, spec: Retention, number: int) -> None:
        self.world = world
        self.spec = spec
        self._place = rank(Happening.RETENTION, pair(number, 0))
        self._sources: frozenset[str | None] | None = None
        if spec.sources is not None:
            self._sources = frozenset(one.id for one in selected(world, spec.sources))
        self._kept: dict[tuple[int, str | None], list[Image]] = defaultdict(list)
        """Available images by source, the oldest first; when it acts at once."""

    def sweeps(self, when: Timing, name: str) -> Generator[Event, None, None]:
        """Delete at each of the times what there is to delete."""
        world = self.world
        for instant in when.arrival_times(world.chance, f"{name}/sweep", world.start, None):
            yield At(world.env, instant, self._place)
            self._sweep(world.env.now)

    def _sweep(self, now: int) -> None:
        mine = [image for image in self.world.cloud.images.things() if self._concerns(image)]
        surplus = self._surplus(mine)
        for image in mine:
            if image.number in surplus or self._is_over(image, now):
                self._delete(image, None)

    def _surplus(self, images: Iterable[Image]) -> set[int]:
        """Return the numbers of the images beyond the last ones of their source."""
        most = self.spec.keep_last
        if most is None:
            return set()
        by_source = defaultdict(list)
        for image in images:
            if image.status is ImageStatus.AVAILABLE:
                by_source[_source(image)].append(image)
        return {
            image.number
            for those in by_source.values()
            for image in sorted(those, key=_acceptance)[: max(len(those) - most, 0)]
        }

    def _is_over(self, image: Image, now: int) -> bool:
        spec = self.spec
        return (
            (spec.older_than is not None and now - image.created >= spec.older_than)
            or (spec.used is not None and image.uses >= spec.used)
            or (spec.failed and image.status is ImageStatus.CREATE_FAILED)
        )

    def follow(self) -> None:
        """Act at once on what happens to images, and on those that are there already."""
        world, spec = self.world, self.spec
        if spec.older_than is not None:
            world.on.accepted.append(self._accepted)
        if spec.failed or spec.keep_last is not None:
            world.on.ended.append(self._ended)
        if spec.keep_last is not None:
            world.on.deleted.append(self._deleted)
        if spec.used is not None:
            world.on.used.append(self._used)
        for image in world.cloud.images.things():
            self._accepted(image)
            self._ended(image)

    def _accepted(self, image: Image) -> None:
        age = self.spec.older_than
        if age is not None and self._concerns(image):
            self._plan(image, Cause.AGE, max(image.created + age, self.world.env.now))

    def _ended(self, image: Image) -> None:
        now = self.world.env.now
        if not self._concerns(image):
            return
        if self.spec.failed and image.status is ImageStatus.CREATE_FAILED:
            self._plan(image, Cause.FAILED, now)
        if self.spec.keep_last is not None and image.status is ImageStatus.AVAILABLE:
            kept = self._kept[_source(image)]
            insort(kept, image, key=_acceptance)
            while len(kept) > self.spec.keep_last:
                self._plan(kept.pop(0), Cause.SURPLUS, now)

    def _deleted(self, image: Image) -> None:
        kept = self._kept.get(_source(image), [])
        place = bisect_left(kept, _acceptance(image), key=_acceptance)
        if place < len(kept) and kept[place] is image:
            del kept[place]

    def _used(self, image: Image) -> None:
        if image.uses == self.spec.used and self._concerns(image):
            self._plan(image, Cause.USED, self.world.env.now)

    def _concerns(self, image: Image) -> bool:
        spec = self.spec
        return (
            (not spec.streams or image.stream in spec.streams)
            and (not spec.regions or image.region.id in spec.regions)
            and (self._sources is None or image.source in self._sources)
        )

    def _plan(self, image: Image, cause: Cause, instant: int) -> None:
        place = self._place + image.number * len(Cause) + cause
        At(self.world.env, instant, place, partial(self._delete, image))

    def _delete(self, image: Image, _: object) -> None:
        if self.world.cloud.images.has(image):
            self.world.delete_image(image, snapshots=self.spec.snapshots)


def _source(image: Image) -> tuple[int, str | None]:
    return image.region.number, image.source


def _acceptance(image: Image) -> tuple[int, int]:
    return image.created, image.number
