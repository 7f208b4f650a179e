"""Load patterns: when calls arrive.

Open patterns give instants and do not care what becomes of the calls; in a closed loop each client
asks again only when its last image is done with. Instants are microseconds since the scenario's
start, strictly before the horizon.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from cronsim import CronSim, CronSimError

from imgsim.chance.distributions import (
    STRICT,
    DurationDistribution,
    Exponential,
)
from imgsim.chance.streams import Chance
from imgsim.fields import Count, Duration, Rate
from imgsim.kinds import OneOf
from imgsim.units import SECOND, microseconds_between
from imgsim.workload.arrivals import Arrival, OpenPattern, by_gaps, check_scale, repeated
from imgsim.workload.burst import Burst
from imgsim.workload.profile import Profile
from imgsim.workload.trace import Trace


@dataclass(frozen=True)
class Poisson(OpenPattern):
    """Independent calls at a constant rate. Scaled, the rate is multiplied."""

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

    def arrivals(
        self, chance: Chance, stream: str, start: datetime, horizon: int | None, scale: float = 1.0
    ) -> Iterator[Arrival]:
        """Yield arrivals with exponential gaps of whole microseconds."""
        return by_gaps(chance, stream, Exponential(float(SECOND / self.rate)), horizon, scale)


@dataclass(frozen=True)
class Renewal(OpenPattern):
    """Calls with independent gaps of any distribution. Scaled, the gaps are divided."""

    __pydantic_config__ = STRICT
    gap: DurationDistribution
    """Time from a call to the next, and from the scenario's start to the first call."""

    def __post_init__(self) -> None:
        if self.gap.average < 1:
            raise ValueError("gap must be above 0 on average")

    @property
    def bounded(self) -> bool:
        """A renewal stream never ends by itself."""
        return False

    def arrivals(
        self, chance: Chance, stream: str, start: datetime, horizon: int | None, scale: float = 1.0
    ) -> Iterator[Arrival]:
        """Yield arrivals with gaps of whole microseconds, at least one."""
        return by_gaps(chance, stream, self.gap, horizon, scale)


@dataclass(frozen=True)
class Cron(OpenPattern):
    """Calls at calendar times, by the five fields of cron: minute, hour, day, month, weekday.

    Scaled by 2.5, two or three calls come at each of the times, with equal probability.
    """

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

    def arrivals(
        self, chance: Chance, stream: str, start: datetime, horizon: int | None, scale: float = 1.0
    ) -> Iterator[Arrival]:
        """Yield the arrivals of the schedule, the start's own included."""
        return repeated(self._times(start, horizon), chance, stream, scale)

    def _times(self, start: datetime, horizon: int | None) -> Iterator[int]:
        for instant in CronSim(self.schedule, start - timedelta(microseconds=1)):
            arrival = microseconds_between(start, instant)
            if horizon is not None and arrival >= horizon:
                return
            yield arrival


@dataclass(frozen=True)
class Instants(OpenPattern):
    """Calls at given instants, in any order. Scaled by 2.5, two or three come at each of them."""

    __pydantic_config__ = STRICT
    at: tuple[Duration, ...]
    """When, since the scenario's start, such as [2h, 1d2h]."""

    @property
    def bounded(self) -> bool:
        """The instants are given, and end with the last."""
        return True

    def arrivals(
        self, chance: Chance, stream: str, start: datetime, horizon: int | None, scale: float = 1.0
    ) -> Iterator[Arrival]:
        """Yield the arrivals in order of time."""
        before = (at for at in sorted(self.at) if horizon is None or at < horizon)
        return repeated(before, chance, stream, scale)


@dataclass(frozen=True)
class ClosedLoop:
    """Clients that each ask again when their last image is done with, after a while.

    Scaled, the number of clients is multiplied and rounded, to at least one; the calls of all
    clients together stay as many.
    """

    __pydantic_config__ = STRICT
    clients: Count
    """Number of clients; each has its own instance when the mix chooses ``own``."""
    calls: Count | None = None
    """Calls of all clients together; without it the loop runs to the horizon."""
    think: DurationDistribution | None = None
    """Time between the end of one image and the call for the next; without it a client that is
    refused asks again at once."""

    def __post_init__(self) -> None:
        if not 1 <= self.clients < 2**20:
            raise ValueError("clients must be 1 or more, and below 1048576")
        if self.calls is None and (self.think is None or self.think.average < 1):
            raise ValueError("without a number of calls, think must be above 0")

    @property
    def bounded(self) -> bool:
        """A loop with a number of calls ends by itself."""
        return self.calls is not None

    def scaled(self, scale: float) -> ClosedLoop:
        """Return the loop with so many times as many clients; raise `ValueError` on too many."""
        return replace(self, clients=max(1, round(self.clients * scale)))

    def check_scale(self, scale: float) -> None:
        """Raise `ValueError` when the pattern cannot be scaled so."""
        check_scale(scale)
        self.scaled(scale)


_TIMINGS: Mapping[str, type[Any]] = {
    "poisson": Poisson,
    "renewal": Renewal,
    "burst": Burst,
    "profile": Profile,
    "cron": Cron,
    "instants": Instants,
}
PATTERNS: Mapping[str, type[Any]] = {**_TIMINGS, "trace": Trace, "closed-loop": ClosedLoop}
"""The kinds by the name they have in a scenario file."""

Pattern = Annotated[OpenPattern | ClosedLoop, OneOf("a load pattern", PATTERNS)]
Timing = Annotated[OpenPattern, OneOf("a timing", _TIMINGS)]
"""When something happens that is no call: an open pattern that needs no file."""

__all__ = [
    "PATTERNS",
    "Burst",
    "ClosedLoop",
    "Cron",
    "Instants",
    "OpenPattern",
    "Pattern",
    "Poisson",
    "Profile",
    "Renewal",
    "Timing",
    "Trace",
]
