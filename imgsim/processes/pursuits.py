"""Clients that poll for their image, give up waiting, ask again and clean up.

::

    call ──┬─ denied, or answer lost ──> back-off ──> call again, or give up
           └─ accepted ──> polls ──┬─ Available ──────────> done, and perhaps deleted later
                                   ├─ CreateFailed ───────> give up or call again; or not noticed
                                   └─ the time is out ────> leave an orphan, or clean up

Polls are counted, not simulated: the client learns of its image's end at the first poll that is not
before it. A poll at the very end of the time still counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from imgsim.api.verdict import Accepted, Denied
from imgsim.cloud.lifecycle import ImageStatus
from imgsim.processes.keeping import Keeping
from imgsim.processes.order import At, Happening, rank
from imgsim.processes.wishes import Attempt, write_intent
from imgsim.records.rows import MISSING

if TYPE_CHECKING:
    from simpy import Event

    from imgsim.api.request import CreateImageRequest
    from imgsim.cloud.image import Image
    from imgsim.processes.streams import Stream
    from imgsim.processes.world import World

_NOTICE = rank(Happening.NOTICE)
_DEADLINE = rank(Happening.DEADLINE)
_RETRY = rank(Happening.RETRY)


class _Try(Attempt):
    """One call of a client that pursues its intent further."""

    __slots__ = ("_pursuit",)

    def __init__(self, pursuit: Pursuit, *, lost: bool) -> None:
        super().__init__(
            pursuit.world,
            pursuit.stream,
            pursuit.ordinal,
            pursuit.intent,
            pursuit.attempt,
            lost=lost,
        )
        self._pursuit = pursuit

    def _over(self, outcome: str, ended_at: int, image: Image | None) -> None:
        if image is not None and ended_at != MISSING:
            self._pursuit.image_ended(image, ended_at)


class Pursuit:
    """An intent from its first call until its client is done, with the policy of the stream."""

    __slots__ = (
        "_arrived_at",
        "_client",
        "_done",
        "_heard_at",
        "_image",
        "_last",
        "_made",
        "_polls",
        "_request",
        "_token",
        "attempt",
        "intent",
        "ordinal",
        "stream",
        "world",
    )

    def __init__(
        self,
        world: World,
        stream: Stream,
        ordinal: int,
        request: CreateImageRequest,
        client: int | None = None,
        done: Event | None = None,
    ) -> None:
        self.world = world
        self.stream = stream
        self.ordinal = ordinal
        self.intent = world.new_intent()
        self.attempt = 0
        self._request = request
        self._token = request.client_token
        self._client = client
        self._done = done
        self._arrived_at = world.env.now
        self._last: Attempt
        self._image: Image | None = None
        """What the client waits for."""
        self._heard_at = 0
        """When it learnt of the image."""
        self._made: list[Image] = []
        """Every image that was made for the intent, whether its client knows of it or not."""
        self._polls = 0
        world.pursuits[self.intent] = self
        self._call(None)

    def _call(self, _: object) -> None:
        self.attempt += 1
        if self.attempt > 1 and self.stream.client.token == "per-attempt":
            self._renew_token(self.attempt)
        lost = self.stream.loses(self.ordinal, self.attempt)
        self._last = _Try(self, lost=lost)
        verdict = self.world.ask(self._request, self._last)
        if isinstance(verdict, Accepted):
            self._made.append(verdict.made)
        if lost:
            self._ask_again_or_end("lost")
        elif isinstance(verdict, Denied):
            retry = self.stream.client.retry
            if retry is not None and retry.worth(verdict.rule):
                self._ask_again_or_end("denied")
            else:
                self._end("denied")
        elif verdict.image.intent == self.intent:
            self._wait_for(verdict.image)
        else:
            self._image = verdict.image
            self._end("replayed")

    def _ask_again_or_end(self, outcome: str) -> None:
        instant = self._next_attempt()
        if instant is None:
            self._end(outcome)
        else:
            At(self.world.env, instant, _RETRY + self.intent, self._call)

    def _next_attempt(self) -> int | None:
        """Return the instant of the next call, or None when there have been enough."""
        retry = self.stream.client.retry
        if retry is None or (retry.attempts is not None and self.attempt >= retry.attempts):
            return None
        instant = self.world.env.now + self.stream.back_off(self.ordinal, self.attempt)
        late = retry.within is not None and instant > self._arrived_at + retry.within
        return None if late else instant

    def _wait_for(self, image: Image) -> None:
        now, timeout = self.world.env.now, self.stream.client.timeout
        self._image, self._heard_at = image, now
        if timeout is not None:
            At(self.world.env, now + timeout, _DEADLINE + self.intent, self._give_up)
        if image.status is not ImageStatus.CREATING:
            self.image_ended(image, now)

    def image_ended(self, image: Image, now: int) -> None:
        """Have the client learn, at its next poll, of the end of the image it waits for."""
        if image is not self._image:
            return
        client = self.stream.client
        if image.status is ImageStatus.CREATE_FAILED and client.on_failure == "ignore":
            return
        if client.poll is None:
            self._learn(None)
            return
        instant = client.next_poll(self._heard_at, now)
        if client.timeout is None or instant <= self._heard_at + client.timeout:
            At(self.world.env, instant, _NOTICE + self.intent, self._learn)

    def _count_polls(self) -> None:
        """Count the polls from the answer up to now."""
        if self._image is not None:
            self._polls += self.stream.client.polls(self._heard_at, self.world.env.now)

    def _learn(self, _: object) -> None:
        image = self._image
        assert image is not None
        there = self.world.cloud.images.has(image)
        if image.status is ImageStatus.AVAILABLE and there:
            self._count_polls()
            self._end("available")
            return
        client = self.stream.client
        if client.on_failure == "ignore":
            return  # the image was deleted meanwhile: polled for until the time is out
        self._count_polls()
        again = self._next_attempt() if client.retry is not None and client.retry.failed else None
        if again is None:
            self._end("failed")
            return
        self._image = None
        if there and self.stream.deletes("failed"):
            self._made.remove(image)
            Keeping(self.world, self.stream, image, self.stream.keeping(self.ordinal))
        self._renew_token(self.attempt + 1)  # with the old one it would get the failed image again
        At(self.world.env, again, _RETRY + self.intent, self._call)

    def _renew_token(self, attempt: int) -> None:
        if self._token:
            self._request.client_token = f"{self._token}/{attempt}"

    def _give_up(self, _: object) -> None:
        """Stop waiting, unless that is over since, or another image is waited for by now."""
        client, image = self.stream.client, self._image
        assert client.timeout is not None
        if image is None or self.world.env.now != self._heard_at + client.timeout:
            return
        self._count_polls()
        self._image = None
        if client.at_timeout not in (None, "leave") and self.world.cloud.images.has(image):
            snapshots = client.at_timeout == "delete-image-and-snapshots"
            self.world.delete_image(image, snapshots=snapshots)
        self._image = image
        self._end("timed out")

    def _end(self, outcome: str) -> None:
        """Write the intent's row; what its client does not want or know of is left behind."""
        world, image = self.world, self._image
        keeps = image is not None and world.cloud.images.has(image) and self.stream.deletes(outcome)
        wanted = image if keeps or outcome == "available" else None
        left = [one for one in self._made if one is not wanted]
        self._write(world.env.now, outcome, left)
        del world.pursuits[self.intent]
        del self._last  # which knows this pursuit: no cycle may stay, no one collects it
        self._image = None
        if image is not None and keeps:
            kept = self.stream.keeping(self.ordinal)
            Keeping(world, self.stream, image, kept, self._done)
        elif self._done is not None:
            self._done.succeed()

    def unfinished(self) -> None:
        """Write the row of an intent whose end the run has not seen."""
        self._count_polls()
        self._write(MISSING, "unfinished", None)

    def _write(self, ended_at: int, outcome: str, left: Sequence[Image] | None) -> None:
        polls = MISSING if self.stream.client.poll is None else self._polls
        write_intent(
            self._last, self._client, self._arrived_at, ended_at, outcome, self._image, left, polls
        )
