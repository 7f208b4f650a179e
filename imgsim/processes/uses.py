"""People use images: RunInstances and ReplaceSystemDisk; refusals are rows like any other.

Readings:

- Who is refused an image that has failed or was deleted does not try again: waiting cures neither.
- Clients use their image even when they have turned away from it, or its answer was lost.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from typing import TYPE_CHECKING, NamedTuple, Protocol

from imgsim.api.use_image import Use as Answer
from imgsim.api.use_image import use_image
from imgsim.cloud.lifecycle import ImageStatus
from imgsim.processes.order import At, Happening, pair, rank
from imgsim.records.rows import MISSING_4, USES

if TYPE_CHECKING:
    from simpy import Event

    from imgsim.chance.streams import Draws
    from imgsim.cloud.image import Image
    from imgsim.processes.world import World
    from imgsim.workload.uses import Action, Use

_OUTCOMES = USES.codes("outcome")


class Wanted(NamedTuple):
    """What somebody wants to use: an image by its id, and what is known of it without the cloud."""

    image_id: str | None
    """None where there is no image yet."""
    region: str | None = None
    intent: int | None = None

    @staticmethod
    def of(image: Image) -> Wanted:
        """Return what is known of an image, whether or not it is still there."""
        return Wanted(image.id, image.region.id, image.intent)


def use(
    world: World, action: str, wanted: Wanted, by: str | None = None, attempt: int = 1
) -> Answer:
    """Use an image now and write the row; raise `ValueError` on an unknown action."""
    answer = use_image(world.cloud, action, wanted.image_id or "")
    if answer.image is not None:
        wanted = Wanted.of(answer.image)
    journal = world.journal
    words = journal.words
    journal.uses.append(
        journal.uses.row(
            world.env.now,
            words[by],
            attempt,
            words[action],
            words[wanted.image_id],
            words[wanted.region],
            MISSING_4 if wanted.intent is None else wanted.intent,
            _OUTCOMES["granted" if answer.granted else "denied"],
            answer.http_status,
            words[answer.code],
        )
    )
    if answer.granted and answer.image is not None:
        answer.image.uses += 1
        for tell in world.on.used:
            tell(answer.image)
    return answer


class Manner(Protocol):
    """How something is used, as a scenario says it."""

    @property
    def action(self) -> Action:
        """The call that uses the image."""

    @property
    def tries(self) -> int:
        """Most tries."""

    @property
    def retry_every(self) -> int | None:
        """Time from a refused try to the next, in microseconds."""


def tries(
    world: World, manner: Manner, by: str, place: int, wanted: Callable[[], Wanted]
) -> Generator[Event, None, None]:
    """Use what is ``wanted`` at each try, until it is granted or given up.

    ``place`` is the rank of the events, of no other use.
    """
    for attempt in range(1, manner.tries + 1):
        answer = use(world, manner.action, wanted(), by, attempt)
        if answer.granted or attempt == manner.tries or _is_hopeless(answer):
            return
        assert manner.retry_every is not None  # more than one try
        yield At(world.env, world.env.now + manner.retry_every, place)


def _is_hopeless(answer: Answer) -> bool:
    if answer.image is None:
        return answer.http_status == 403  # it was there, and has been deleted
    return answer.image.status is ImageStatus.CREATE_FAILED


class OwnUses:
    """The clients of some streams use the images that they have asked for."""

    def __init__(self, world: World, uses: Mapping[str, Use]) -> None:
        self._world = world
        self._uses = uses
        self._after: dict[str, Draws[int]] = {}
        self._open: dict[int, Image] = {}
        """Images whose use is still to be tried, by number."""
        world.on.accepted.append(self._accepted)
        world.on.closed.append(self._closed)

    def _accepted(self, image: Image) -> None:
        name = image.stream
        if name is None or name not in self._uses:
            return
        world, use = self._world, self._uses[name]
        wish = world.imagings[image.number].wish
        if name not in self._after:
            purpose, block = f"{name}/use after", wish.stream.block
            self._after[name] = world.chance.durations(purpose, use.after, block)
        first = world.env.now + self._after[name].at(wish.ordinal)
        place = rank(Happening.USE, pair(0, image.number))
        self._open[image.number] = image
        world.pending_uses += 1
        world.env.process(self._used(image, name, first, place))

    def _used(
        self, image: Image, name: str, first: int, place: int
    ) -> Generator[Event, None, None]:
        world = self._world
        yield At(world.env, first, place)
        yield from tries(world, self._uses[name], name, place, lambda: Wanted.of(image))
        world.pending_uses -= 1
        del self._open[image.number]

    def _closed(self) -> None:
        journal = self._world.journal
        for image in self._open.values():
            journal.open_uses.append(journal.open_uses.row(image.intent))
