"""The time between an image's end and its deletion by the client who asked for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgsim.processes.order import At, Happening, rank

if TYPE_CHECKING:
    from simpy import Event

    from imgsim.cloud.image import Image
    from imgsim.processes.streams import Stream
    from imgsim.processes.world import World

_DELETION = rank(Happening.DELETION)


class Keeping:
    """An image that its client keeps for a while and then deletes, as the stream says.

    ``over`` succeeds when the deletion has ended. Whoever deletes the image before: nothing more
    happens to it.
    """

    __slots__ = ("_image", "_over", "_snapshots", "_takes", "_world")

    def __init__(
        self,
        world: World,
        stream: Stream,
        image: Image,
        kept: tuple[int, int],
        over: Event | None = None,
    ) -> None:
        assert stream.deletion is not None
        after, self._takes = kept
        self._world = world
        self._image = image
        self._snapshots = stream.deletion.snapshots
        self._over = over
        world.awaited += 1
        if after:
            At(world.env, world.env.now + after, _DELETION + image.number, self._begin)
        else:
            self._begin(None)

    def _begin(self, _: object) -> None:
        world = self._world
        world.awaited -= 1
        world.deletions += 1
        if self._takes:
            At(world.env, world.env.now + self._takes, _DELETION + self._image.number, self._end)
        else:
            self._end(None)

    def _end(self, _: object) -> None:
        world, image = self._world, self._image
        world.deletions -= 1
        if world.cloud.images.has(image):
            world.delete_image(image, snapshots=self._snapshots)
        if self._over is not None:
            self._over.succeed()
