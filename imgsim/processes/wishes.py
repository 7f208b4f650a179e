"""A wish for an image: the attempts of an intent, and the rows that tell what came of them.

Here is the client that learns at once what comes of its only call; `imgsim.processes.pursuits` has
those that poll, give up, and ask again.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import TYPE_CHECKING

from imgsim.api.call import Approach
from imgsim.api.verdict import Accepted, Denied
from imgsim.cloud.lifecycle import ImageStatus, SnapshotStatus
from imgsim.processes.keeping import Keeping
from imgsim.records.rows import CALLS, INTENTS, MISSING, MISSING_1, MISSING_4

if TYPE_CHECKING:
    from simpy import Event

    from imgsim.api.call import Call
    from imgsim.api.verdict import Replayed
    from imgsim.cloud.image import Image
    from imgsim.processes.imaging import Imaging
    from imgsim.processes.streams import Stream
    from imgsim.processes.world import World

_OUTCOMES = CALLS.codes("outcome")
_ANSWERS = CALLS.codes("answer")
_ENDS = INTENTS.codes("outcome")
_APPROACHES: dict[Approach | None, int] = {
    None: MISSING_1,
    **{Approach(word): code for word, code in CALLS.codes("approach").items()},
}


class Attempt(ABC):
    """One call: what its row will need when its end is known."""

    __slots__ = ("attempt", "call", "intent", "lost", "ordinal", "stream", "world")

    def __init__(
        self,
        world: World,
        stream: Stream,
        ordinal: int,
        intent: int,
        attempt: int = 1,
        *,
        lost: bool = False,
    ) -> None:
        self.world = world
        self.stream = stream
        self.ordinal = ordinal
        self.intent = intent
        self.attempt = attempt
        self.lost = lost
        self.call: Call

    def answered(self, call: Call, verdict: Accepted | Denied | Replayed) -> None:
        """Take note of the answer, and write the row of a call that ends with it."""
        self.call = call
        if isinstance(verdict, Denied):
            numbers = self.world.rule_numbers
            faults = sum(1 << numbers[rule.name] for rule in verdict.had)
            self._end("denied", call.now, numbers[verdict.rule.name], faults)
        elif not isinstance(verdict, Accepted):
            self._end("replayed", call.now, image=verdict.image)

    def ended(self, imaging: Imaging, status: ImageStatus, now: int) -> None:
        """Write the row of a call whose image is Available or CreateFailed."""
        outcome = "available" if status is ImageStatus.AVAILABLE else "failed"
        self._end(outcome, now, image=imaging.image, imaging=imaging)

    def unfinished(self, imaging: Imaging) -> None:
        """Write the row of a call whose end the run has not seen."""
        self._end("unfinished", MISSING, image=imaging.image, imaging=imaging)

    def _end(
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
        request, words = call.request, journal.words
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
                _ANSWERS["lost" if self.lost else "received"],
                rule,
                faults,
                request.unknown,
                request.repeated,
                MISSING_4 if image is None else image.number,
                disks,
                gib,
                ended_at,
                turn_wait,
                slot_wait,
                snapshotting,
                registering,
            )
        )
        self._over(outcome, ended_at, image)

    @abstractmethod
    def _over(self, outcome: str, ended_at: int, image: Image | None) -> None:
        """Go on from here, now that the call's row is written."""


class Wish(Attempt):
    """The only attempt of a client that learns at once what comes of it, and asks no more."""

    __slots__ = ("_client", "_done", "_kept")

    def __init__(
        self,
        world: World,
        stream: Stream,
        ordinal: int,
        client: int | None = None,
        done: Event | None = None,
    ) -> None:
        super().__init__(world, stream, ordinal, world.new_intent())
        self._client = client
        self._done = done
        """Succeeds when the client is done with the image, for those who wait for it."""

    def answered(self, call: Call, verdict: Accepted | Denied | Replayed) -> None:
        """Take note of the answer; all draws of an image are taken when its call is accepted."""
        if isinstance(verdict, Accepted) and self.stream.deletion is not None:
            self._kept = self.stream.keeping(self.ordinal)
        super().answered(call, verdict)

    def _over(self, outcome: str, ended_at: int, image: Image | None) -> None:
        keeps = image is not None and self.stream.deletes(outcome)
        left = (image,) if image is not None and outcome == "failed" and not keeps else ()
        unfinished = outcome == "unfinished"
        write_intent(
            self,
            self._client,
            self.call.now,
            ended_at,
            outcome,
            image,
            None if unfinished else left,
        )
        if image is not None and keeps:
            Keeping(self.world, self.stream, image, self._kept, self._done)
        elif self._done is not None:
            self._done.succeed()


def write_intent(
    last: Attempt,
    client: int | None,
    arrived_at: int,
    ended_at: int,
    outcome: str,
    image: Image | None,
    left: Iterable[Image] | None = (),
    polls: int = MISSING,
) -> None:
    """Write the row of the intent whose last attempt is given.

    ``left`` are the images made for it that its client does not keep; those that are still there,
    and their snapshots, it has left behind. None while it is unfinished.
    """
    world, journal = last.world, last.world.journal
    images = snapshots = MISSING_4 if left is None else 0
    for one in left or ():
        if world.cloud.images.has(one):
            images += 1
            journal.orphans.append(journal.orphans.row(one.number, ended_at))
        snapshots += sum(
            one.made_snapshots
            and snapshot.status is not SnapshotStatus.FAILED
            and world.cloud.snapshots.has(snapshot)
            for snapshot in one.snapshots
        )
    journal.intents.append(
        journal.intents.row(
            last.intent,
            last.stream.word,
            last.ordinal,
            MISSING_4 if client is None else client,
            journal.words[last.call.request.region_id],
            arrived_at,
            ended_at,
            last.attempt,
            _ENDS[outcome],
            MISSING_4 if image is None else image.number,
            polls,
            images,
            snapshots,
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
