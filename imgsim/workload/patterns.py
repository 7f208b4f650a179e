"""Load patterns: when calls arrive.

Open patterns give instants and do not care what becomes of the calls; in a closed loop each client
asks again only when its last image is done with. Instants are microseconds since the scenario's
start, strictly before the horizon.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Protocol, runtime_checkable

from cronsim import CronSim, CronSimError

from imgsim.chance.distributions import (
    STRICT,
    DurationDistribution,
    Exponential,
)
from imgsim.chance.streams import Chance
from imgsim.fields import Count, Rate
from imgsim.kinds import OneOf
from imgsim.units import SECOND, microseconds_between
from imgsim.workload.trace import Trace


@runtime_checkable
class OpenPattern(Protocol):
    """A pattern whose arrivals do not wait for anything."""

    @property
    def bounded(self) -> bool:
        """Whether the arrivals end by themselves, without a horizon."""

    def arrival_times(
        self, chance: Chance, stream: str, start: datetime, horizon: int | None
    ) -> Iterator[int]:
        """Yield instants in order; all draws are of the purpose ``<stream>/arrival``."""


@dataclass(frozen=True)
class Poisson:
    """Independent calls at a constant rate."""

    __pydantic_config__ = STRICT
    rate: Rate
    """Mean number of calls per time, such as 30/h."""

    def __post_init__(self) -> None:
        if self.rate <= 0:
            raise ValueError("rate must be above 0")

    @property
    def bounded(self) -> bool:
        """A Poisson stream never ends by itself."""
        return False

    def arrival_times(
        self, chance: Chance, stream: str, start: datetime, horizon: int | None
    ) -> Iterator[int]:
        """Yield instants with exponential gaps of whole microseconds."""
        mean = float(SECOND / self.rate)
        gaps = chance.durations(f"{stream}/arrival", Exponential(mean))
        instant = index = 0
        while True:
            instant += gaps.at(index)
            if horizon is not None and instant >= horizon:
                return
            yield instant
            index += 1


@dataclass(frozen=True)
class Cron:
    """Calls at calendar times, by the five fields of cron: minute, hour, day, month, weekday."""

    __pydantic_config__ = STRICT
    schedule: str
    """Five fields, in UTC, such as ``0 2 * * *`` for every night at two."""

    def __post_init__(self) -> None:
        fields = self.schedule.split()
        example = 'write for example "0 2 * * *" (minute, hour, day, month, weekday)'
        if len(fields) != 5:
            raise ValueError(f"a cron schedule has five fields, not {len(fields)}; {example}")
        try:
            next(CronSim(self.schedule, datetime(2026, 1, 1, tzinfo=UTC)))
        except CronSimError as error:
            raise ValueError(f"{str(error).lower()} in the cron schedule; {example}") from None
        except StopIteration:
            raise ValueError(f"no day ever fits this cron schedule; {example}") from None

    @property
    def bounded(self) -> bool:
        """A cron schedule never ends by itself."""
        return False

    def arrival_times(
        self, chance: Chance, stream: str, start: datetime, horizon: int | None
    ) -> Iterator[int]:
        """Yield the instants of the schedule, the start's own included."""
        for instant in CronSim(self.schedule, start - timedelta(microseconds=1)):
            arrival = microseconds_between(start, instant)
            if horizon is not None and arrival >= horizon:
                return
            yield arrival


@dataclass(frozen=True)
class ClosedLoop:
    """Clients that each ask again when their last image is done with, after a while."""

    __pydantic_config__ = STRICT
    clients: Count
    """Number of clients; each has its own instance when the mix chooses ``own``."""
    calls: Count | None = None
    """Calls of all clients together; without it the loop runs to the horizon."""
    think: DurationDistribution | None = None
    """Time between the end of one image and the call for the next."""

    def __post_init__(self) -> None:
        if not 1 <= self.clients < 2**20:
            raise ValueError("clients must be 1 or more, and below 1048576")
        if self.calls is None and (self.think is None or self.think.average < 1):
            raise ValueError("without a number of calls, think must be above 0")

    @property
    def bounded(self) -> bool:
        """A loop with a number of calls ends by itself."""
        return self.calls is not None


PATTERNS: Mapping[str, type[Any]] = {
    "poisson": Poisson,
    "cron": Cron,
    "trace": Trace,
    "closed-loop": ClosedLoop,
}
"""The kinds by the name they have in a scenario file."""

Pattern = Annotated[OpenPattern | ClosedLoop, OneOf("a load pattern", PATTERNS)]

__all__ = [
    "PATTERNS",
    "ClosedLoop",
    "Cron",
    "OpenPattern",
    "Pattern",
    "Poisson",
    "Trace",
]
