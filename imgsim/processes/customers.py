"""Who calls: open streams, closed loops, and calls made by hand.

A *wish* is one attempt of an intent: it is asked, and its row is written when its end is known.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING

from simpy import Event

from imgsim.api.call import Approach
from imgsim.cloud.lifecycle import ImageStatus
from imgsim.processes.order import At, Happening, pair, rank
from imgsim.records.rows import CALLS, MISSING, MISSING_1, MISSING_4
from imgsim.workload.mix import ORDINAL_STRIDE, Asker, Occasion
from imgsim.workload.patterns import ClosedLoop, OpenPattern, Trace

if TYPE_CHECKING:
    from datetime import datetime

    from imgsim.api.call import Call
    from imgsim.api.verdict import Denied, Replayed
    from imgsim.chance.streams import Draws
    from imgsim.cloud.image import Image
    from imgsim.processes.imaging import Imaging
    from imgsim.processes.world import World
    from imgsim.workload.clients import Deletion

_OUTCOMES = CALLS.codes("outcome")
_APPROACHES: dict[Approach | None, int] = {
    None: MISSING_1,
    **{Approach(word): code for word, code in CALLS.codes("approach").items()},
}
_DELETION = rank(Happening.DELETION)
BY_HAND = "by hand"
"""Purpose of the draws of calls that no stream makes."""


class Stream:
    """A load stream at work: its name, its number, and what its clients do with their images."""

    def __init__(
        self,
        world: World,
        name: str | None,
        number: int,
        block: int,
        deletion: Deletion | None = None,
    ) -> None:
        self.name = name
        self.purpose = name or BY_HAND
        self.number = number
        self.block = block
        self.word = world.journal.words[name]
        self._deletion = deletion
        chance = world.chance
        self._after: Draws[int] | None = None
        self._takes: Draws[int] | None = None
        if deletion is not None and deletion.after is not None:
            self._after = chance.durations(f"{name}/deletion after", deletion.after, block)
        if deletion is not None and deletion.takes is not None:
            self._takes = chance.durations(f"{name}/deletion", deletion.takes, block)

    def delete(self, world: World, image: Image, wish: Wish) -> None:
        """Have the client delete an image that has become Available, if it does so."""
        if self._deletion is None:
            wish.be_over()
            return
        place, ordinal = _DELETION + image.number, wish.ordinal
        takes = 0 if self._takes is None else self._takes.at(ordinal)
        snapshots = self._deletion.snapshots

        def begin(_: object) -> None:
            if not takes:
                end(_)
                return
            world.deletions += 1
            At(world.env, world.env.now + takes, place, end)

        def end(_: object) -> None:
            if takes:
                world.deletions -= 1
            if world.cloud.images.has(image):
                world.delete_image(image, snapshots=snapshots)
            wish.be_over()

        if self._after is None:
            begin(None)
        else:
            At(world.env, world.env.now + self._after.at(ordinal), place, begin)


class Wish:
    """One attempt at an image: what its rows will need when its end is known."""

    __slots__ = ("attempt", "call", "client", "intent", "ordinal", "over", "stream", "world")

    def __init__(
        self,
        world: World,
        stream: Stream,
        ordinal: int,
        client: int | None = None,
        over: Event | None = None,
    ) -> None:
        self.world = world
        self.stream = stream
        self.intent = world.new_intent()
        self.ordinal = ordinal
        self.client = client
        self.attempt = 1
        self.over = over
        """Succeeds when the client is done with the image, for those who wait for it."""
        self.call: Call | None = None

    def answered(self, call: Call, verdict: Denied | Replayed) -> None:
        """Write the rows of a call that ends with its answer."""
        self.call = call
        if verdict.status == "denied":
            rules = self.world.rule_numbers
            faults = 0
            for rule in verdict.had:  # type: ignore[union-attr]
                faults |= 1 << rules[rule.name]
            self._write("denied", call.now, rules[verdict.rule.name], faults)  # type: ignore[union-attr]
        else:
            self._write("replayed", call.now, image=verdict.image)
        self.be_over()

    def be_over(self) -> None:
        """Tell a client that waits for it."""
        if self.over is not None:
            self.over.succeed()

    def ended(self, imaging: Imaging, status: ImageStatus, now: int) -> None:
        """Write the rows of a call whose image is Available or CreateFailed."""
        image = imaging.image
        available = status is ImageStatus.AVAILABLE
        self._write("available" if available else "failed", now, image=image, imaging=imaging)
        if available:
            self.stream.delete(self.world, image, self)
        else:
            self.be_over()

    def unfinished(self, imaging: Imaging) -> None:
        """Write the rows of a call whose end the run has not seen."""
        self._write("unfinished", MISSING, image=imaging.image, imaging=imaging)

    def _write(
        self,
        outcome: str,
        ended_at: int,
        rule: int = MISSING_4,
        faults: int = 0,
        *,
        image: Image | None = None,
        imaging: Imaging | None = None,
    ) -> None:
        call, journal = self.call, self.world.journal
        assert call is not None
        request, words = call.request, journal.words
        image_number = MISSING_4 if image is None else image.number
        turn_wait = slot_wait = snapshotting = registering = MISSING
        disks = gib = MISSING_4
        if imaging is not None:
            disks, gib = _disks(call)
            if (last := imaging.last) is not None and imaging.snapshots_ended_at is not None:
                turn_at, began_at = last.turn_at or 0, last.began_at or 0
                turn_wait = turn_at - call.now
                slot_wait = began_at - turn_at
                snapshotting = imaging.snapshots_ended_at - began_at
            if imaging.snapshots_ended_at is not None and ended_at != MISSING:
                registering = ended_at - imaging.snapshots_ended_at
        journal.calls.append(
            journal.calls.row(
                self.intent,
                self.attempt,
                call.now,
                words[request.region_id],
                _APPROACHES[call.approach],
                words[_source(call)],
                _OUTCOMES[outcome],
                rule,
                faults,
                request.unknown,
                request.repeated,
                image_number,
                disks,
                gib,
                ended_at,
                turn_wait,
                slot_wait,
                snapshotting,
                registering,
            )
        )
        journal.intents.append(
            journal.intents.row(
                self.intent,
                self.stream.word,
                self.ordinal,
                MISSING_4 if self.client is None else self.client,
                call.now,
                ended_at,
                self.attempt,
                _OUTCOMES[outcome],
                image_number,
            )
        )


def _source(call: Call) -> str | None:
    if call.approach is Approach.INSTANCE:
        return call.request.instance_id
    return call.request.snapshot_id if call.approach is Approach.SNAPSHOT else None


def _disks(call: Call) -> tuple[int, int]:
    """Return the number of the image's disks and their size together in GiB.

    Reading: a mapped disk has its Size, else its snapshot's, else 5 GiB.
    """
    if call.instance is not None:
        return len(call.instance.disks), call.instance.gib
    if call.snapshot is not None:
        return 1, call.snapshot.size
    sizes = [
        int(disk.size) if disk.size else call.mapped[n].size if n in call.mapped else 5
        for n, disk in call.disks.items()
    ]
    return len(sizes), sum(sizes)


def open_stream(
    world: World,
    stream: Stream,
    pattern: OpenPattern,
    asker: Asker,
    start: datetime,
    horizon: int | None,
) -> Generator[Event, None, None]:
    """Ask at every arrival of the pattern, whatever becomes of the calls."""
    recorded: Iterator[dict[str, str]] | None = None
    if isinstance(pattern, Trace):
        instants, parameters = pattern.rows(start, horizon)
        times, recorded = iter(instants), iter(parameters)
    else:
        times = pattern.arrival_times(world.chance, stream.purpose, start, horizon)
    first = rank(Happening.ARRIVAL, pair(stream.number, 0))
    for index, instant in enumerate(times):
        yield At(world.env, instant, first + index)
        told = next(recorded) if recorded is not None else None
        for ordinal, request in asker.requests(Occasion(index, instant, index), told):
            world.ask(request, Wish(world, stream, ordinal))


class Loop:
    """The calls of a closed loop, numbered as its clients make them."""

    def __init__(self, pattern: ClosedLoop) -> None:
        self._most = pattern.calls
        self._made = 0

    def take(self) -> int | None:
        """Return the number of the next call, from 0, or None when all have been made."""
        if self._most is not None and self._made >= self._most:
            return None
        self._made += 1
        return self._made - 1


def closed_loop_client(
    world: World,
    stream: Stream,
    loop: Loop,
    client: int,
    think: Draws[int] | None,
    asker: Asker,
    horizon: int | None,
) -> Generator[Event, None, None]:
    """Ask, wait until the image is done with, think, ask again."""
    env, iteration = world.env, 0
    place = rank(Happening.ARRIVAL, pair(stream.number, client))
    instant = 0
    while horizon is None or instant < horizon:
        yield At(env, instant, place)
        if (number := loop.take()) is None:
            return
        ordinal = iteration * ORDINAL_STRIDE + client
        over = Event(env)
        for _, request in asker.requests(Occasion(number, env.now, ordinal, client)):
            world.ask(request, Wish(world, stream, ordinal, client, over))
        yield over
        instant = env.now + (think.at(ordinal) if think is not None else 0)
        iteration += 1
