"""A rate for each hour of the day and each day of the week, where the people live."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cached_property
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from imgsim.chance.distributions import STRICT, Exponential
from imgsim.chance.streams import Chance
from imgsim.fields import Number
from imgsim.units import HOUR, SECOND
from imgsim.workload.arrivals import Arrival, OpenPattern

_UNITS: Final = 10**6
"""Rates count in whole millionths of a call per hour, so that what follows is exact."""
_CALL: Final = HOUR * _UNITS
"""What a call costs, in units per hour times microseconds."""
_DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_OF_THE_MACHINE: Final = ("localtime", "posixrules")

Rates = tuple[Number, ...]


@dataclass(frozen=True)
class PerHour:
    """Mean numbers of calls an hour: 24 for a day, the first for the hour from 00:00.

    A day takes its own rates, else those of weekdays or weekend, else those of every day, else it
    has no calls.
    """

    __pydantic_config__ = STRICT
    every_day: Rates | None = None
    """All days."""
    weekdays: Rates | None = None
    """Monday to Friday."""
    weekend: Rates | None = None
    """Saturday and Sunday."""
    monday: Rates | None = None
    """Monday."""
    tuesday: Rates | None = None
    """Tuesday."""
    wednesday: Rates | None = None
    """Wednesday."""
    thursday: Rates | None = None
    """Thursday."""
    friday: Rates | None = None
    """Friday."""
    saturday: Rates | None = None
    """Saturday."""
    sunday: Rates | None = None
    """Sunday."""

    def __post_init__(self) -> None:
        for field in fields(self):
            rates = getattr(self, field.name)
            if rates is not None and len(rates) != 24:
                raise ValueError(f"{field.name} must have 24 rates, one an hour, not {len(rates)}")
            if rates is not None and not all(0 <= rate <= 10**9 for rate in rates):
                raise ValueError(f"{field.name}: rates must lie between 0 and 1000000000 an hour")
        if not any(any(day) for day in self.week):
            raise ValueError("one rate must be above 0; write for example weekdays: [24 numbers]")

    @property
    def week(self) -> list[Rates]:
        """The rates of the seven days from Monday on."""
        kinds = ["weekdays"] * 5 + ["weekend"] * 2
        return [
            getattr(self, day) or getattr(self, kind) or self.every_day or (0.0,) * 24
            for day, kind in zip(_DAYS, kinds, strict=True)
        ]


class _Piece(NamedTuple):
    """A while of constant rate: begin and end in microseconds, rate in units per hour."""

    begin: int
    end: int
    rate: int


@dataclass(frozen=True)
class Profile(OpenPattern):
    """Independent calls at a rate that follows the clock on the wall.

    An hour that a change to summer time leaves out has no calls, one that comes twice has them
    twice. Scaled, all rates are multiplied.
    """

    __pydantic_config__ = STRICT
    per_hour: PerHour
    """Mean number of calls in each hour of the day, by day."""
    zone: str = "UTC"
    """Time zone of the hours and days, such as Asia/Shanghai."""

    def __post_init__(self) -> None:
        _ = self._zone

    @property
    def bounded(self) -> bool:
        """A profile comes again every week."""
        return False

    @cached_property
    def _zone(self) -> tzinfo:
        if self.zone == "UTC":
            return UTC
        known = "write for example Asia/Shanghai, Europe/Berlin or UTC"
        if self.zone in _OF_THE_MACHINE:
            raise ValueError(f"{self.zone} is another time zone on every machine; {known}")
        try:
            return ZoneInfo(self.zone)
        except (KeyError, ValueError, OSError):
            raise ValueError(f"unknown time zone {self.zone[:100]!r}; {known}") from None

    def arrivals(
        self, chance: Chance, stream: str, start: datetime, horizon: int | None, scale: float = 1.0
    ) -> Iterator[Arrival]:
        """Yield arrivals by inversion of the cumulative rate, exact for rates by the hour.

        Each call costs an exponential amount of rate times time, in integers; the instant at which
        that has passed is rounded down to a whole microsecond.
        """
        costs = chance.durations(f"{stream}/arrival", Exponential(float(_CALL)))
        index, due = 0, costs.at(0)
        for piece in self._pieces(start, horizon, scale):
            passing = piece.rate * (piece.end - piece.begin)
            while due < passing:
                yield Arrival(piece.begin + due // piece.rate, index)
                index += 1
                due += costs.at(index)
            due -= passing

    def _pieces(self, start: datetime, horizon: int | None, scale: float) -> Iterator[_Piece]:
        """Yield the hours on the wall from the start to the horizon, cut where the clock jumps."""
        rates = [[round(rate * scale * _UNITS) for rate in day] for day in self.per_hour.week]
        begin = 0
        while horizon is None or begin < horizon:
            local = self._local(start, begin)
            inside = (local.minute * 60 + local.second) * SECOND + local.microsecond
            end = begin + HOUR - inside
            if self._local(start, end).utcoffset() != local.utcoffset():
                end = self._jump(start, begin, end)
            until = end if horizon is None else min(end, horizon)
            yield _Piece(begin, until, rates[local.weekday()][local.hour])
            begin = end

    def _local(self, start: datetime, instant: int) -> datetime:
        return (start + timedelta(microseconds=instant)).astimezone(self._zone)

    def _jump(self, start: datetime, before: int, after: int) -> int:
        """Return the first instant at which the clock on the wall has jumped."""
        offset = self._local(start, before).utcoffset()
        while after - before > 1:
            middle = (before + after) // 2
            if self._local(start, middle).utcoffset() == offset:
                before = middle
            else:
                after = middle
        return after
