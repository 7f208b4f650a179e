"""An intent from its first call to its end and beyond, instant by instant, in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from imgsim.explanation.look import time
from imgsim.explanation.of_requests import quoted
from imgsim.explanation.recorded import Recorded
from imgsim.explanation.witness import RULES, Fault, Sighting

Row = Any
"""A row of a table, as pandas gives it."""
_MOST_ATTEMPTS: Final = 6
"""Attempts that are told one by one; of more, the first, the last and the one asked about."""


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happened at an instant (microseconds), in sentences."""

    at: int
    sentences: tuple[str, ...]
    faults: tuple[Fault, ...] = ()


def faults_of(call: Row, seen: Sighting | None) -> tuple[Fault, ...]:
    """Return every fault of a call; without having seen it, what its rules say of themselves."""
    if seen is not None:
        return seen.faults
    names = [] if pd.isna(call.faults) else str(call.faults).split()
    return tuple(Fault(name, RULES[name].summary.rstrip("."), {}) for name in names)


def timeline(
    recorded: Recorded, calls: pd.DataFrame, seen: Mapping[tuple[int, int], Sighting], focus: int
) -> list[Moment]:
    """Return the moments of an intent in their order; ``calls`` are all its calls."""
    rows: list[Row] = list(calls.itertuples())
    moments: list[Moment] = []
    for place, call in enumerate(rows):
        told = len(rows) <= _MOST_ATTEMPTS or place in (0, 1, len(rows) - 1) or call.Index == focus
        if told:
            moments.append(_asked(recorded, call, rows[place - 1] if place else None, seen))
            moments += _made(recorded, call)
        elif place == 2 or rows[place - 1].Index == focus:
            moments.append(_passed_over(recorded, rows, place, focus))
    number = int(rows[0].intent)
    moments += _client(recorded, number)
    moments += _uses(recorded, number)
    return sorted(moments, key=lambda moment: moment.at)


def _asked(
    recorded: Recorded,
    call: Row,
    before: Row | None,
    seen: Mapping[tuple[int, int], Sighting],
) -> Moment:
    """Tell a call and its answer."""
    sight = seen.get((call.intent, call.attempt))
    at = recorded.since(call.arrived_at) or 0
    if before is None:
        source = call.approach if pd.isna(call.source) else f"{call.approach} {call.source}"
        source = "nothing" if pd.isna(call.approach) else source
        named = f", named {quoted(sight.name)}" if sight is not None and sight.name else ""
        where = "no region" if pd.isna(call.region) else quoted(str(call.region)).strip("'")
        asks = f"call {call.Index}, for an image of {source} in {where}{named}"
    else:
        waited = time(at - (recorded.since(before.arrived_at) or 0))
        asks = f"call {call.Index}, attempt {call.attempt}, {waited} after the one before"
    faults = faults_of(call, sight) if call.outcome == "denied" else ()
    sentences = [asks, *_answer(call, sight, faults)]
    if call.answer == "lost":
        sentences.append("the answer is lost: the client sees an error")
    return Moment(at, tuple(sentences), faults)


def _answer(call: Row, seen: Sighting | None, faults: tuple[Fault, ...]) -> Iterator[str]:
    if call.outcome == "denied":
        first, *others = faults
        yield f"denied, {call.http_status} {call.code}: {first.text}"
        for fault in others:
            yield f"it also had the fault {fault.rule}: {fault.text}"
    elif call.outcome == "replayed":
        yield f"replayed: the answer of the first call with its token, {call.image_id}, again"
    else:
        size = f"{call.disks} {'disk' if call.disks == 1 else 'disks'}, {call.gib} GiB"
        yield f"accepted: {call.image_id} ({size}){_surroundings(seen)}"


def _surroundings(seen: Sighting | None) -> str:
    """Tell what the region was like before anything came of an accepted call."""
    if seen is None or not seen.region:
        return ""
    region = seen.region
    text = f"; {region['images']} of {region['image_quota']} images were there"
    if region["slots"] is not None:
        text += f", {region['busy_slots']} of {region['slots']} snapshot slots busy"
    else:
        text += f", {region['busy_slots']} snapshots in progress"
    return text + (f", {region['waiting_snapshots']} waiting" * bool(region["waiting_snapshots"]))


def _made(recorded: Recorded, call: Row) -> Iterator[Moment]:
    """Tell what became of the image of an accepted call."""
    if call.outcome not in ("available", "failed"):
        return
    at = recorded.since(call.ended_at) or 0
    took = time(at - (recorded.since(call.arrived_at) or 0))
    if call.outcome == "available":
        yield Moment(at, (f"{call.image_id} is Available, {took} after the call",))
        return
    yield Moment(at, (f"{call.image_id} is CreateFailed after {took}: {_cause(recorded, call)}",))


def _cause(recorded: Recorded, call: Row) -> str:
    """Return why an image failed, as far as the tables tell."""
    snapshots, states = recorded.tables["snapshots"], recorded.tables["states"]
    mine = snapshots[(snapshots["image_id"] == call.image_id).fillna(value=False)]
    failed = mine[(mine["status"] == "failed") & (mine["ended_at"] == call.ended_at)]
    moved = states[(states["changed_at"] == call.ended_at) & (states["id"] == call.source)]
    if len(moved):
        change = moved.iloc[-1]
        what = f"became {change.value}" if change.attribute == "status" else "was locked"
        return f"{call.source} {what}"
    images = recorded.tables["images"]
    image = images[images["image_id"] == call.image_id].iloc[0]
    if image.deleted_at == call.ended_at:
        return "it was deleted while it was being made"
    if len(failed):
        return f"its snapshot {failed.iloc[-1].snapshot_id} of {failed.iloc[-1].disk} failed"
    return "the tables do not tell why"


def _passed_over(recorded: Recorded, rows: list[Row], place: int, focus: int) -> Moment:
    """Tell in one sentence the attempts that are not told one by one."""
    skipped = [rows[place]]
    for row in rows[place + 1 : -1]:
        if row.Index == focus:
            break
        skipped.append(row)
    reasons: dict[str, int] = {}
    for row in skipped:
        what = row.outcome if pd.isna(row.code) else f"denied, {row.code}"
        reasons[what] = reasons.get(what, 0) + 1
    told = ", ".join(f"{number} {what}" for what, number in reasons.items())
    first = recorded.since(skipped[0].arrived_at) or 0
    return Moment(first, (f"{len(skipped)} further attempts from here on: {told}",))


def _client(recorded: Recorded, number: int) -> Iterator[Moment]:
    """Tell how the client came to its end, and what became of its image then."""
    intents, images = recorded.tables["intents"], recorded.tables["images"]
    intent = intents[intents["intent"] == number].iloc[0]
    at = recorded.since(intent.ended_at)
    if at is None:
        yield Moment(recorded.ended_at, ("the run ends while the intent is unfinished",))
    elif (told := _end_of(intent)) is not None:
        yield Moment(at, (told,))
    mine = images[(images["intent"] == number).fillna(value=False)]
    for image in mine.itertuples():
        if (left := recorded.since(image.orphaned_at)) is not None:
            yield Moment(left, (f"the client turns away and leaves {image.image_id} behind",))
        if (deleted := recorded.since(image.deleted_at)) is not None:
            kept = time(deleted - (recorded.since(image.created_at) or 0))
            yield Moment(deleted, (f"{image.image_id} is deleted, {kept} after its call",))


def _end_of(intent: Row) -> str | None:
    """Return how a client that polls or asks again came to its end; None: as its call did."""
    polls = "" if pd.isna(intent.polls) else f" after {intent.polls} polls"
    tries = f" after {intent.attempts} attempts" if intent.attempts > 1 else ""
    if intent.outcome == "timed out":
        return f"the client gives up waiting{polls}"
    if intent.outcome == "available":
        return f"the client learns of it{polls}" if polls else None
    if intent.outcome == "failed":
        return f"the client gives up{polls}: its image has failed" if polls else None
    return f"the client gives up{tries}" if tries or intent.outcome == "lost" else None


def _uses(recorded: Recorded, number: int) -> Iterator[Moment]:
    """Tell the uses of its images: the first three, and how many more."""
    uses: Any = recorded.tables["uses"]
    mine = uses[(uses["intent"] == number).fillna(value=False)]
    for place, use in enumerate(mine.itertuples()):
        at = recorded.since(use.used_at) or 0
        if place == 3:
            yield Moment(at, (f"{len(mine) - 3} further uses from here on",))
            return
        by = "" if pd.isna(use.by) else f" by {use.by}"
        what = "granted" if use.outcome == "granted" else f"denied, {use.http_status} {use.code}"
        yield Moment(at, (f"{use.action}{by}: {what}",))
