"""Arrival instants in seconds, what the clock on the wall shows then, and how they are counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from imgsim.units import DAY, MINUTE, SECOND, microseconds_between
from imgsim.workload.profile import PerHour, Profile
from imgsim.workload.recording import EPOCH

Whole = NDArray[np.int64]
Micros = Whole
FEWEST: Final = 20
_SLOT: Final = 15 * MINUTE
"""No clock on the wall differs from UTC by a part of that."""
_LONGEST: Final = 20 * 366 * DAY
_COARSE: Final = (MINUTE, SECOND, 1000)


@dataclass(frozen=True, eq=False)
class Arrivals:
    """Instants in ascending microseconds since ``since``; None where the calendar is unknown."""

    micros: Micros
    since: datetime | None
    zone: str

    def __len__(self) -> int:
        return len(self.micros)

    @property
    def span(self) -> float:
        """Seconds from the first to the last."""
        return float(self.micros[-1] - self.micros[0]) / SECOND

    @cached_property
    def edges(self) -> Micros:
        """Begins and ends of quarters of an hour, the first cut at the first arrival and so on."""
        first, last = int(self.micros[0]), int(self.micros[-1])
        inner = np.arange(first // _SLOT * _SLOT + _SLOT, last, _SLOT, dtype=np.int64)
        return np.concatenate([[first], inner, [last]])

    @cached_property
    def hours(self) -> tuple[Whole, Whole]:
        """Hour of the day and day of the week, Monday 0, of each quarter on the clock's wall."""
        import pandas as pd

        assert self.since is not None
        begin = microseconds_between(EPOCH, self.since)
        local = pd.to_datetime(self.edges[:-1] + begin, unit="us", utc=True).tz_convert(self.zone)
        return local.hour.to_numpy(np.int64), local.day_of_week.to_numpy(np.int64)

    def dithered(self, rng: np.random.Generator) -> Arrivals:
        """Return instants that are whole seconds, or other wholes, spread evenly inside these."""
        for size in _COARSE:
            if not (self.micros % size).any():
                spread = np.sort(self.micros + rng.integers(0, size, len(self.micros)))
                return Arrivals(spread, self.since, self.zone)
        return self


def arrivals_of(instants: ArrayLike | Sequence[Any], start: datetime | None, zone: str) -> Arrivals:
    """Return the arrivals of timestamps, or of seconds since ``start``; raise `ValueError`."""
    told = np.asarray(instants)
    if told.dtype.kind == "O":
        import pandas as pd

        told = pd.to_datetime(pd.Series(told), utc=True).to_numpy("datetime64[us]")
    if told.ndim != 1 or told.dtype.kind not in "iufM":
        raise ValueError("arrivals must be a column of timestamps, or of numbers of seconds")
    if told.dtype.kind == "M":
        if np.isnat(told).any():
            raise ValueError(f"row {int(np.argmax(np.isnat(told))) + 1} holds no instant")
        return checked(told.astype("datetime64[us]").astype(np.int64), EPOCH, zone)
    if not np.isfinite(told).all():
        raise ValueError(f"row {int(np.argmin(np.isfinite(told))) + 1} holds no finite number")
    limit = 2.0 * _LONGEST
    micros = np.rint(np.clip(told.astype(np.float64) * SECOND, -limit, limit)).astype(np.int64)
    return checked(micros, None if start is None else start.astimezone(UTC), zone)


def checked(micros: Micros, since: datetime | None, zone: str) -> Arrivals:
    """Return sorted arrivals; raise `ValueError` when they are too few, or too far apart."""
    Profile(PerHour(every_day=(1.0,) * 24), zone)  # which knows the zones
    micros = np.sort(micros)
    if len(micros) < FEWEST:
        raise ValueError(f"{len(micros)} arrivals are too few to fit; at least {FEWEST} are needed")
    if micros[-1] - micros[0] > _LONGEST:
        raise ValueError("the arrivals span more than 20 years; is one of them misread?")
    if micros[0] == micros[-1]:
        raise ValueError("all arrivals come at the same instant: write burst: {calls: ...}")
    return Arrivals(micros, since, zone)


def midnight(instant: datetime) -> datetime:
    """Return the begin of the day in UTC."""
    return instant.replace(hour=0, minute=0, second=0, microsecond=0)


def at(arrivals: Arrivals, micros: int) -> datetime:
    """Return an instant of the calendar."""
    assert arrivals.since is not None
    return arrivals.since + timedelta(microseconds=micros)
