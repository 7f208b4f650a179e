"""Where two records of events part: the first event that is not the same in both.

Reading: what only one of them draws is no difference by itself; what comes of it is. Nor is an
event of which nothing comes, unless it has changed places with another one in its instant.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, zip_longest
from operator import attrgetter
from typing import NamedTuple

from imgsim.divergence.events import Answered, Asked, Drawn, Event, Fact, Row
from imgsim.processes.order import of_rank


class Side(NamedTuple):
    """What one record has where they part.

    Its event and the fact in it that differs, each None where there is nothing of the kind; and
    what comes next where it has no event.
    """

    event: Event | None
    fact: Fact | None = None
    following: Event | None = None


class Parting(NamedTuple):
    """Where two records part: the instant (microseconds), each side, and whether by order alone."""

    instant: int
    before: Side
    after: Side
    swapped: bool = False

    @property
    def event(self) -> Event:
        """The event in which they part, of whichever side has it."""
        event = self.before.event or self.after.event
        assert event is not None
        return event


Events = list[Event]
Instants = Iterator[Events]
Pair = tuple[Fact | None, Fact | None]


def parting(a: Iterable[Event], b: Iterable[Event]) -> Parting | None:
    """Return where the records part, or None when the same came of all their events."""
    for one, other in _aligned(_instants(a), _instants(b)):
        if one and other and one[0].instant == other[0].instant:
            if (found := _within(one, other)) is not None:
                return _exchanged(one, other) or found
        elif (found := _alone(one, other)) is not None:
            return found
    return None


def _instants(events: Iterable[Event]) -> Instants:
    """Yield the events of each instant at which something came of one of them."""
    for _, those in groupby(events, attrgetter("instant")):
        together = list(those)
        if any(event.facts for event in together):
            yield together


def _aligned(one: Instants, other: Instants) -> Iterator[tuple[Events, Events]]:
    """Yield what both have at the next instant; of whoever has nothing there, what comes later."""
    a, b = next(one, []), next(other, [])
    while a or b:
        yield a, b
        now = min(events[0].instant for events in (a, b) if events)
        go = [bool(events) and events[0].instant == now for events in (a, b)]
        a = next(one, []) if go[0] else a
        b = next(other, []) if go[1] else b


def _alone(one: Events, other: Events) -> Parting | None:
    """Return that only one of them has something at the earlier instant."""
    is_first = bool(one) and (not other or one[0].instant < other[0].instant)
    mine, theirs = (one, other) if is_first else (other, one)
    event = next((event for event in mine if _tells(event)), None)
    if event is None:
        return None
    following = next((event for event in theirs if event.facts), None)
    return _of_one(event, following, first=is_first)


def _of_one(event: Event, following: Event | None, *, first: bool) -> Parting:
    """Return that only the first record, or only the second one, has the event."""
    told = [fact for fact in event.facts if not isinstance(fact, Drawn)]
    own = (fact for fact in told if isinstance(fact, Answered) or _is_of_state(fact))
    has, has_not = Side(event, next(own, told[0])), Side(None, None, following)
    return Parting(event.instant, *((has, has_not) if first else (has_not, has)))


def _is_of_state(fact: Fact) -> bool:
    """Say whether a thing changes its state; what else comes of the event follows from it."""
    return isinstance(fact, Row) and fact.table == "states"


def _tells(event: Event) -> bool:
    return any(not isinstance(fact, Drawn) for fact in event.facts)


def _is_same(a: Event, b: Event) -> bool:
    """Say whether both are one event, perhaps in another place of the order."""
    return a.rank == b.rank or _doing(a) == _doing(b)


def _doing(event: Event) -> tuple[str, int]:
    return event.what, of_rank(event.rank)[1]


def _exchanged(one: Events, other: Events) -> Parting | None:
    """Return the first two events that have changed places within the instant, if any have."""
    pairs = zip(_shared(one, other), _shared(other, one), strict=False)
    swapped = next(((a, b) for a, b in pairs if not _is_same(a, b)), None)
    if swapped is None:
        return None
    a, b = swapped
    return Parting(a.instant, Side(a), Side(b), swapped=True)


def _shared(events: Events, others: Events) -> Events:
    """Return those of the events that are among the others too."""
    ranks, doings = {e.rank for e in others}, {_doing(e) for e in others}
    return [e for e in events if e.rank in ranks or _doing(e) in doings]


def _within(one: Events, other: Events) -> Parting | None:
    """Return the first difference within an instant."""
    mine, theirs = ([event for event in side if event.facts] for side in (one, other))
    while mine or theirs:
        a, b = mine[0] if mine else None, theirs[0] if theirs else None
        if a is not None and b is not None and _is_same(a, b):
            if (facts := _facts(a.facts, b.facts)) is not None:
                return Parting(a.instant, Side(a, facts[0]), Side(b, facts[1]))
            del mine[0], theirs[0]
            continue
        is_extra = b is None or (a is not None and not _shared([a], theirs))
        extra, following = (a, b) if is_extra else (b, a)
        assert extra is not None
        if _tells(extra):
            return _of_one(extra, following, first=is_extra)
        del (mine if is_extra else theirs)[0]
    return None


def _facts(one: Sequence[Fact], other: Sequence[Fact]) -> Pair | None:
    """Return the first facts that differ; where a call is answered otherwise, the two answers."""
    drawn = {_key(fact): fact for fact in other if isinstance(fact, Drawn)}
    draws = (
        (place, fact, drawn.get(_key(fact), fact))
        for place, fact in enumerate(one)
        if isinstance(fact, Drawn)
    )
    other_draw = next(((place, a, b) for place, a, b in draws if a != b), None)
    mine, theirs = ([f for f in side if not isinstance(f, Drawn)] for side in (one, other))
    place = next((n for n, (a, b) in enumerate(zip_longest(mine, theirs)) if a != b), None)
    if other_draw is not None:
        at, a, b = other_draw
        if place is None or sum(not isinstance(fact, Drawn) for fact in one[:at]) <= place:
            return a, b
    return None if place is None else _told(mine, theirs, place)


def _key(drawn: Drawn) -> tuple[str, int]:
    return drawn.purpose, drawn.ordinal


def _told(one: Sequence[Fact], other: Sequence[Fact], place: int) -> Pair:
    answers = _answer(one, place), _answer(other, place)
    if None not in answers and answers[0] != answers[1]:
        return answers
    a, b = (facts[place] if place < len(facts) else None for facts in (one, other))
    if a in other[place:]:
        return None, b
    return (a, None) if b in one[place:] else (a, b)


def _answer(facts: Sequence[Fact], place: int) -> Fact | None:
    """Return the answer to the call that is being asked at the place."""
    for fact in reversed(facts[:place]):
        if isinstance(fact, Answered):
            return None
        if isinstance(fact, Asked):
            return next((fact for fact in facts[place:] if isinstance(fact, Answered)), None)
    return None
