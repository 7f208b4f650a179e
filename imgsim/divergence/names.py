"""Of whom an event or a fact is: the things of one side by the names that people know."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple

from imgsim.divergence.events import END, START, Asked, Begun, Drawn, Event, Fact, Row
from imgsim.processes.order import Happening, of_rank, parts
from imgsim.records.marks import DELETIONS, OPEN_USES, ORPHANS
from imgsim.records.rows import TABLES, Kind, Table
from imgsim.simulation import Simulation

TABLES_BY_NAME: Final = {table.name: table for table in (*TABLES, DELETIONS, ORPHANS, OPEN_USES)}


class Entity(NamedTuple):
    """A thing: its kind (call, image, snapshot, instance, disk, account, ...) and its id."""

    kind: str
    id: str

    def __str__(self) -> str:
        return " ".join(part for part in self if part)


class Names:
    """The names of the things of one simulation."""

    def __init__(self, simulation: Simulation) -> None:
        scenario = simulation.scenario
        self._journal = simulation.world.journal
        self._regions = [*scenario.regions]
        self._instances = [id for one in scenario.instances for id in one.ids()]
        self._streams = ["", *scenario.load]
        self._processes = ["", *scenario.processes]

    def image(self, number: int) -> Entity:
        """Return the image of that number."""
        return Entity("image", self._journal.image_ids.get(number, f"m-{number:09d}"))

    def snapshot(self, number: int) -> Entity:
        """Return the snapshot of that number."""
        return Entity("snapshot", self._journal.snapshot_ids.get(number, f"s-{number:09d}"))

    def region(self, number: int) -> Entity:
        """Return the region of that number."""
        return Entity("region", _at(self._regions, number))

    def instance(self, number: int) -> Entity:
        """Return the instance of that number at the start."""
        return Entity("instance", _at(self._instances, number))

    def stream(self, number: int) -> Entity:
        """Return the load stream of that number."""
        return Entity("stream", _at(self._streams, number))

    def process(self, number: int) -> Entity:
        """Return the process of that number."""
        return Entity("process", _at(self._processes, number))

    def of_event(self, event: Event) -> Entity:
        """Return of whom the event is, by its rank alone."""
        kind, ordinal = of_rank(event.rank)
        if event.rank in (START, END) or kind is None:
            return Entity("run", "")
        return _OF_EVENTS[kind](self, *parts(ordinal))

    def of_fact(self, event: Event, fact: Fact) -> Entity:
        """Return of whom a fact of an event is."""
        if isinstance(fact, Begun):
            return self.snapshot(fact.snapshot)
        if isinstance(fact, Row):
            return self._of_row(fact)
        if isinstance(fact, Asked):
            return _call(fact)
        asked = _last_asked(event, fact)
        if asked is not None:
            return _call(asked)
        if isinstance(fact, Drawn) and event.rank == START:
            return self._of_purpose(fact)
        return self.of_event(event)

    def _of_purpose(self, drawn: Drawn) -> Entity:
        """Return of whom a draw at the start is: purposes begin with the name of what draws."""
        name = drawn.purpose.partition("/")[0]
        if name in self._streams:
            return Entity("stream", name)
        if name in self._processes:
            return Entity("process", name)
        _, things, index = name.split()
        return Entity(things.removesuffix("s"), f"{drawn.ordinal} of {things}.{index}")

    def _of_row(self, row: Row) -> Entity:
        table = TABLES_BY_NAME[row.table]
        told = dict(zip((field.name for field in table.fields), row.values, strict=True))
        if row.table == "states":
            return Entity(told["kind"], told["id"] if told["kind"] != "account" else "")
        if row.table == "ledger":
            return Entity("account", "")
        if row.table in ("calls", "intents", "open_uses"):
            return Entity("intent", str(told["intent"]))
        if row.table == "uses":
            return Entity("image", told["image_id"] or "")
        if row.table == "deletions":
            return (self.image if told["what"] == "image" else self.snapshot)(told["number"])
        return self.thing(table, row.values[0])

    def thing(self, table: Table, number: int) -> Entity:
        """Return the image or snapshot that a row of images, snapshots or orphans begins with."""
        of_snapshot = table.fields[0].kind is Kind.SNAPSHOT
        return self.snapshot(number) if of_snapshot else self.image(number)


def _at(names: Sequence[str], number: int) -> str:
    return names[number] if number < len(names) else str(number)


def _call(asked: Asked) -> Entity:
    return Entity("call", str(asked.call))


def _last_asked(event: Event, fact: Fact) -> Asked | None:
    """Return the call that a fact of the event belongs to; the next arrival's draws to none."""
    if isinstance(fact, Drawn) and fact.purpose.rpartition("/")[2] in ("arrival", "repetition"):
        return None
    asked = None
    for each in event.facts:
        if isinstance(each, Asked):
            asked = each
        if each is fact:
            break
    return asked


_Subject = Callable[[Names, int, int], Entity]


def _second(name: Callable[[Names, int], Entity]) -> _Subject:
    return lambda names, _, low: name(names, low)


def _first(name: Callable[[Names, int], Entity]) -> _Subject:
    return lambda names, high, _: name(names, high)


def _intent(_: Names, number: int) -> Entity:
    return Entity("intent", str(number))


def _account(_: Names, __: int) -> Entity:
    return Entity("account", "")


_OF_EVENTS: Final[Mapping[Happening, _Subject]] = {
    Happening.CAPACITY: _first(Names.region),
    Happening.DISTURBANCE: _second(Names.region),
    Happening.LOCK: _second(Names.instance),
    Happening.STATUS: _second(Names.instance),
    Happening.MONEY: _second(_account),
    Happening.TRANSFER_END: _second(Names.region),
    Happening.SET_UP_END: _second(Names.snapshot),
    Happening.SNAPSHOT_END: _second(Names.snapshot),
    Happening.REGISTRATION: _second(Names.image),
    Happening.NOTICE: _second(_intent),
    Happening.DEADLINE: _second(_intent),
    Happening.DELETION: _second(Names.image),
    Happening.RETENTION: _first(Names.process),
    Happening.POLICY: _second(Names.process),
    Happening.ARRIVAL: _first(Names.stream),
    Happening.RETRY: _second(_intent),
    Happening.USE: lambda names, high, low: names.process(high) if high else names.image(low),
}
