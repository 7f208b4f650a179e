"""Where two runs first part: both are run, event by event, and what came of them is compared."""

from __future__ import annotations

from datetime import timedelta

from imgsim.divergence import followed
from imgsim.divergence.difference import Difference, Draw, First
from imgsim.divergence.events import Answered, Drawn, Row
from imgsim.divergence.names import TABLES_BY_NAME, Names
from imgsim.divergence.parting import Parting, Side, parting
from imgsim.divergence.settings import changes
from imgsim.divergence.telling import Teller
from imgsim.divergence.watching import watched
from imgsim.scenario.spec import Scenario
from imgsim.simulation import Simulation


def diff(
    a: Scenario | Simulation,
    b: Scenario | Simulation,
    replication: int = 0,
    *,
    names: tuple[str, str] | None = None,
) -> Difference:
    """Run two scenarios, or two simulations, to their ends; return where they part.

    ``replication`` is that of scenarios. Raises `ValueError` for a simulation that has been run
    already, or when both are the same one, and `TypeError` for anything else.
    """
    if not all(isinstance(side, (Scenario, Simulation)) for side in (a, b)):
        raise TypeError("diff takes two scenarios or simulations; imgsim.load reads a file")
    if a is b and isinstance(a, Simulation):
        raise ValueError("both are the same simulation; make two")
    one, other = (x if isinstance(x, Simulation) else Simulation(x, replication) for x in (a, b))
    record, before = watched(one)
    other_record, after = watched(other)
    parted = parting(record, other_record)
    calls = followed.changed_calls((before.calls, after.calls), (before.intents, after.intents))
    return Difference(
        names=names or _names(one, other),
        events=(record.length, other_record.length),
        digest=record.digest,
        first=None if parted is None else _first(parted, one, other),
        settings=tuple(changes(one.scenario.plain(), other.scenario.plain())),
        outcomes=followed.outcomes(calls),
        measures=followed.measures(before, after),
        calls=calls,
    )


def _names(a: Simulation, b: Simulation) -> tuple[str, str]:
    one, other = (
        f"{side.scenario.name}, seed {side.scenario.run.seed}, replication {side.replication}"
        for side in (a, b)
    )
    return one, other


def _first(parted: Parting, a: Simulation, b: Simulation) -> First:
    """Return where they part in people's words, by the names of the side that it happens on."""
    tellers = [Teller(Names(side), side.scenario.start) for side in (a, b)]
    own = tellers[0] if parted.before.event is not None else tellers[1]
    before, after = parted.before, parted.after
    draw = _draw(before, after, a, b)
    fact = before.fact or after.fact
    return First(
        kind=_kind(parted, draw, settings=a.scenario.hash != b.scenario.hash),
        instant=parted.instant,
        at=a.scenario.start + timedelta(microseconds=parted.instant),
        event=own.event(parted.event),
        entity=own.names.of_event(parted.event)
        if fact is None
        else own.names.of_fact(parted.event, fact),
        before=tellers[0].side(before, after),
        after=tellers[1].side(after, before),
        draw=draw,
    )


def _draw(before: Side, after: Side, a: Simulation, b: Simulation) -> Draw | None:
    one, other = before.fact, after.fact
    if not (isinstance(one, Drawn) and isinstance(other, Drawn)) or one[:2] != other[:2]:
        return None
    purpose, ordinal = one.purpose, one.ordinal
    luck = [side.world.chance.uniform(purpose, ordinal) for side in (a, b)]
    return Draw(purpose, ordinal, one.value, other.value, luck[0] == luck[1])


def _kind(parted: Parting, draw: Draw | None, *, settings: bool) -> str:
    """Return by what they part."""
    if parted.swapped:
        return "order"
    if draw is not None and not (draw.same_luck and settings):
        return "draw"
    if settings:
        return "setting"
    facts = parted.before.fact, parted.after.fact
    verdicts = all(isinstance(fact, Answered) for fact in facts) or all(map(_is_use, facts))
    return "rule" if verdicts else "code"


def _is_use(fact: object) -> bool:
    return isinstance(fact, Row) and fact.table == TABLES_BY_NAME["uses"].name
