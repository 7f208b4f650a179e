"""What an event, and what came of it, are in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from imgsim.api.rules import RULEBOOK
from imgsim.divergence.events import END, START, Answered, Asked, Begun, Drawn, Event, Fact, Row
from imgsim.divergence.names import TABLES_BY_NAME, Names
from imgsim.divergence.parting import Side
from imgsim.processes.order import Happening, of_rank
from imgsim.records.rows import Field, Kind
from imgsim.units import SECOND, format_duration

_HAPPENINGS: Final[Mapping[Happening, str]] = {
    Happening.CAPACITY: "change of the snapshot service's capacity",
    Happening.DISTURBANCE: "begin or end of a fault of the snapshot service",
    Happening.LOCK: "lock or unlock",
    Happening.STATUS: "change of status",
    Happening.MONEY: "charge or top-up",
    Happening.TRANSFER_END: "end of a transfer",
    Happening.SET_UP_END: "end of a set-up",
    Happening.SNAPSHOT_END: "end of a snapshot",
    Happening.REGISTRATION: "registration of an image",
    Happening.NOTICE: "poll that tells a client the end",
    Happening.DEADLINE: "end of a client's patience",
    Happening.DELETION: "deletion by a client",
    Happening.RETENTION: "deletion by a policy",
    Happening.POLICY: "automatic snapshots",
    Happening.ARRIVAL: "arrival",
    Happening.RETRY: "call of a client that asks again",
    Happening.USE: "use of an image",
}
_CODES: Final = {rule.name: rule.code for rule in RULEBOOK}


class Teller:
    """Tells of the events of one side."""

    def __init__(self, names: Names, start: datetime) -> None:
        self.names = names
        self._start = start

    def event(self, event: Event) -> str:
        """Return what kind of event it is, and of whom."""
        if event.rank == START:
            return "start of the run"
        if event.rank == END:
            return "end of the run"
        kind = of_rank(event.rank)[0]
        what = event.what if kind is None else _HAPPENINGS[kind]
        return f"{what}, {self.names.of_event(event)}"

    def side(self, side: Side, other: Side) -> str:
        """Return what the side has where they part; of two rows what differs."""
        if side.event is None:
            if side.following is None:
                return "nothing more happens"
            return f"not so; next: {self.event(side.following)}, {self.at(side.following.instant)}"
        if side.fact is None:
            return "not so" if other.fact is not None else f"first: {self.event(side.event)}"
        return self.fact(side.fact, other.fact)

    def fact(self, fact: Fact, other: Fact | None) -> str:
        """Return what the fact says, where the other one says something else."""
        if isinstance(fact, Drawn):
            return f"draws {_drawn(fact.value)} for {fact.purpose!r}, ordinal {fact.ordinal}"
        if isinstance(fact, Asked):
            of, under = fact.source or fact.approach, f" as {fact.name}" if fact.name else ""
            return f"calls for an image of {of}{under} in {fact.region}"
        if isinstance(fact, Begun):
            return f"{self.names.snapshot(fact.snapshot)} of disk {fact.disk} begins"
        if isinstance(fact, Answered):
            return self._answer(fact, other)
        return self._row(fact, other)

    def _answer(self, fact: Answered, other: Fact | None) -> str:
        if fact.rule is None:
            return f"{fact.status}: {self.names.image(fact.image or 0)}"
        text = f"denied: {fact.rule} ({_CODES[fact.rule]})"
        if isinstance(other, Answered) and other.rule == fact.rule:
            return text + f", faults {', '.join(fact.faults)}"
        return text

    def _row(self, row: Row, other: Fact | None) -> str:
        if row.table == "states":
            _, kind, id, attribute, value = row.values
            return f"{kind} {id}: {attribute} {value}"
        fields = TABLES_BY_NAME[row.table].fields
        alike = isinstance(other, Row) and other.table == row.table
        told = [
            f"{field.name} {self._value(field, value)}"
            for place, (field, value) in enumerate(zip(fields, row.values, strict=True))
            if (not alike and value not in (None, ())) or (alike and other.values[place] != value)  # type: ignore[union-attr]
        ]
        return f"row of {row.table}: {', '.join(told)}"

    def _value(self, field: Field, value: Any) -> str:
        if value is None:
            return "-"
        if field.kind is Kind.INSTANT:
            return self.at(value)
        if field.kind is Kind.DURATION:
            return format_duration(value)
        if field.kind is Kind.MONEY:
            return f"{value / SECOND:.6f} CNY"
        if field.kind is Kind.IMAGE:
            return self.names.image(value).id
        if field.kind is Kind.SNAPSHOT:
            return self.names.snapshot(value).id
        return str(value)

    def at(self, instant: int) -> str:
        """Return an instant of the run as a calendar time, in UTC."""
        return f"{self._start + timedelta(microseconds=instant):%Y-%m-%d %H:%M:%S.%f}"


def _drawn(value: float) -> str:
    """Return a draw: whole microseconds as a duration."""
    return format_duration(value) if isinstance(value, int) else f"{value:.9g}"
