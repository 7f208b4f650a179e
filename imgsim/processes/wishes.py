"""A wish for an image: one attempt of an intent, from the call to the end that its rows tell.

The stream it belongs to says what the client does with the image then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from simpy import Event

from imgsim.api.call import Approach
from imgsim.api.verdict import Accepted, Denied
from imgsim.cloud.lifecycle import ImageStatus
from imgsim.processes.order import At, Happening, rank
from imgsim.records.rows import CALLS, MISSING, MISSING_1, MISSING_4

if TYPE_CHECKING:
    from imgsim.api.call import Call
    from imgsim.api.verdict import Replayed
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
        self.deletion = deletion
        chance = world.chance
        self._after: Draws[int] | None = None
        self._takes: Draws[int] | None = None
        if deletion is not None and deletion.after is not None:
            self._after = chance.durations(f"{name}/deletion after", deletion.after, block)
        if deletion is not None and deletion.takes is not None:
            self._takes = chance.durations(f"{name}/deletion", deletion.takes, block)

    def keeping(self, ordinal: int) -> tuple[int, int]:
        """Return how long an image is kept and how long its deletion takes, in microseconds."""
        return (
            0 if self._after is None else self._after.at(ordinal),
            0 if self._takes is None else self._takes.at(ordinal),
        )


class Wish:
    """One attempt at an image: what its rows will need when its end is known."""

    __slots__ = (
        "_after",
        "_image",
        "_takes",
        "attempt",
        "call",
        "client",
        "intent",
        "ordinal",
        "over",
        "stream",
        "world",
    )

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
        self._image: Image

    def answered(self, call: Call, verdict: Accepted | Denied | Replayed) -> None:
        """Take note of the answer, and write the rows of a call that ends with it."""
        self.call = call
        if isinstance(verdict, Accepted):
            self._image = verdict.image
            if self.stream.deletion is not None:
                self._after, self._takes = self.stream.keeping(self.ordinal)
            return
        if isinstance(verdict, Denied):
            numbers = self.world.rule_numbers
            faults = sum(1 << numbers[rule.name] for rule in verdict.had)
            self._write("denied", call.now, numbers[verdict.rule.name], faults)
        else:
            self._write("replayed", call.now, image=verdict.image)
        self._be_over()

    def ended(self, imaging: Imaging, status: ImageStatus, now: int) -> None:
        """Write the rows of a call whose image is Available or CreateFailed."""
        available = status is ImageStatus.AVAILABLE
        outcome = "available" if available else "failed"
        self._write(outcome, now, image=imaging.image, imaging=imaging)
        deletion = self.stream.deletion
        if deletion is None or not (available or deletion.failed):
            self._be_over()
            return
        self.world.awaited += 1
        if self._after:
            place = _DELETION + imaging.image.number
            At(self.world.env, now + self._after, place, self._begin_deletion)
        else:
            self._begin_deletion(None)

    def _begin_deletion(self, _: object) -> None:
        world = self.world
        world.awaited -= 1
        world.deletions += 1
        if self._takes:
            place = _DELETION + self._image.number
            At(world.env, world.env.now + self._takes, place, self._end_deletion)
        else:
            self._end_deletion(None)

    def _end_deletion(self, _: object) -> None:
        world, image, deletion = self.world, self._image, self.stream.deletion
        world.deletions -= 1
        if deletion is not None and world.cloud.images.has(image):
            world.delete_image(image, snapshots=deletion.snapshots)
        self._be_over()

    def _be_over(self) -> None:
        if self.over is not None:
            self.over.succeed()

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
                words[call.source],
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
