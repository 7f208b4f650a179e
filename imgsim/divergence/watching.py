"""A simulation watched from its start to its end: the record of its events, and its run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from imgsim.api.rules import RULEBOOK
from imgsim.chance.distributions import Distribution
from imgsim.chance.streams import Chance
from imgsim.divergence.events import (
    END,
    START,
    Answered,
    Asked,
    Begun,
    Drawn,
    Event,
    Fact,
    Record,
    Row,
)
from imgsim.finished.run import Run
from imgsim.processes.watching import watch
from imgsim.records.journal import Journal, Log
from imgsim.records.rows import CALLS, SMALLEST, WIDTHS, Field, Kind
from imgsim.simulation import Simulation

_RULE = next(field for field in CALLS.fields if field.name == "rule")


def watched(simulation: Simulation) -> tuple[Record, Run]:
    """Run the simulation to its end and return the record of its events, and the run.

    Raises `ValueError` when it has been run before.
    """
    if simulation.now or simulation.closed:
        raise ValueError("the simulation has been run already; make a new one")
    record = Record()
    watcher = _Watcher(simulation, record)
    simulation.run()
    watcher.close()
    run = simulation.finish()
    watcher.end(run.ended_at)
    record.close()
    return record, run


class _Watcher:
    def __init__(self, simulation: Simulation, record: Record) -> None:
        world = simulation.world
        self._record = record
        self._logs = [_Reader(log, world.journal) for log in _logs(world.journal)]
        self._facts: list[Fact] = [*_drawn_at_start(simulation)]
        self._instant, self._rank, self._what = 0, START, "start"
        watch(world.env, self._next)
        world.chance.watch(lambda *drawn: self._facts.append(Drawn(*drawn)))
        world.ask = self._asking(world.ask)  # type: ignore[method-assign]
        for service in world.services.values():
            service.begin = self._beginning(service.begin)  # type: ignore[method-assign]
        self._world = world

    def _next(self, instant: int, rank: int, what: str) -> None:
        self.close()
        self._instant, self._rank, self._what = instant, rank, what

    def close(self) -> None:
        """Add the event that has run to the record."""
        for reader in self._logs:
            reader.read(self._facts)
        self._record.append(Event(self._instant, self._rank, self._what, tuple(self._facts)))
        self._facts.clear()

    def end(self, instant: int) -> None:
        """Add what was written when the run was over."""
        self._instant, self._rank, self._what = instant, END, "end"
        self.close()

    def _asking(self, ask: Callable[..., Any]) -> Callable[..., Any]:
        def asked(request: Any, wish: Any) -> Any:
            instance, snapshot = request.instance_id, request.snapshot_id
            mapped = None if instance or not request.mapping else "mapping"
            self._facts.append(
                Asked(
                    self._world.calls + 1,
                    wish.intent,
                    wish.attempt,
                    wish.stream.name,
                    request.region_id,
                    "instance" if instance else mapped or ("snapshot" if snapshot else None),
                    instance or (None if mapped else snapshot),
                    request.image_name,
                    request.client_token,
                )
            )
            verdict = ask(request, wish)
            self._facts.append(
                Answered(
                    verdict.status,
                    verdict.rule.name if verdict.rule is not None else None,
                    verdict.faults,
                    verdict.image.number if verdict.image is not None else None,
                )
            )
            return verdict

        return asked

    def _beginning(self, begin: Callable[..., None]) -> Callable[..., None]:
        def began(task: Any, now: int) -> None:
            self._facts.append(Begun(task.number, task.disk.id, task.service.region.id))
            begin(task, now)

        return began


def _logs(journal: Journal) -> list[Log]:
    """Return all logs, those first whose rows are the causes of the others'."""
    causes = [journal.states, journal.snapshots, journal.images, journal.calls]
    logs = [log for log in vars(journal).values() if isinstance(log, Log)]
    return [*causes, *(log for log in logs if log not in causes)]


def _drawn_at_start(simulation: Simulation) -> Iterator[Drawn]:
    """Yield the ages that were drawn as the world was made: a draw can be looked at again."""
    chance, scenario = simulation.world.chance, simulation.scenario
    for index, snapshot in enumerate(scenario.snapshots):
        yield from _ages(chance, f"initial snapshots {index}/age", snapshot.age, snapshot.count)
    for index, image in enumerate(scenario.images):
        yield from _ages(chance, f"initial images {index}/age", image.age, image.count)


def _ages(
    chance: Chance, purpose: str, age: Distribution[int] | None, count: int
) -> Iterator[Drawn]:
    if age is not None:
        ages = chance.durations(purpose, age)
        yield from (Drawn(purpose, place, ages.at(place)) for place in range(count))


class _Reader:
    """Reads the rows that have come to a log, with their texts."""

    def __init__(self, log: Log, journal: Journal) -> None:
        self._log = log
        self._seen = 0
        self._show = [(number, _shown(field, journal)) for number, field in enumerate(_of(log))]

    def read(self, facts: list[Fact]) -> None:
        """Add the fresh rows to the facts."""
        data = self._log.data
        if len(data) == self._seen:
            return
        fresh, self._seen = bytes(data[self._seen :]), len(data)
        for row in self._log.table.struct.iter_unpack(fresh):
            values = tuple([show(row[number]) for number, show in self._show])
            facts.append(Row(self._log.table.name, values))


def _of(log: Log) -> tuple[Field, ...]:
    return log.table.fields


def _shown(field: Field, journal: Journal) -> Callable[[int], Any]:
    """Return how a field is told: words for codes, None where it is missing."""
    missing, words = SMALLEST.get(WIDTHS[field.kind]), journal.words.texts
    if field is _RULE:
        return lambda code: None if code == missing else RULEBOOK[code].name
    if field.kind is Kind.BITS:
        return lambda bits: tuple(r.name for n, r in enumerate(RULEBOOK) if bits >> n & 1)
    if field.kind is Kind.WORD:
        return lambda code: None if code == missing else words[code]
    if field.kind is Kind.CHOICE:
        return lambda code: None if code == missing else field.words[code]
    if field.kind is Kind.TEXT:
        return lambda place: None if place == missing else _text(journal.texts, place)
    return lambda value: None if value == missing else value


def _text(texts: bytearray, place: int) -> str:
    length = int.from_bytes(texts[place : place + 4], "little")
    return texts[place + 4 : place + 4 + length].decode()
