"""What every open pattern offers, and what it means to scale one.

A load that is scaled by x has x times as many calls, on average exactly, and every call that it had
before keeps its draws. What is scaled differs: a rate is multiplied, a gap divided; where calls
stand at given instants each of them is made floor(x) times, and once more with the probability of
the rest, drawn for each.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Final, NamedTuple

from imgsim.chance.distributions import Distribution
from imgsim.chance.streams import BLOCK, Chance

COPY: Final = 2**28
"""Ordinals between two copies of an arrival, and the most arrivals that are told apart."""
_LARGEST_SCALE: Final = 1000

_FEW_COPIES: Final = 6
"""For so many copies of an arrival the newest blocks of draws are at hand."""
_LONGEST: Final = {"ImageName": 128, "ClientToken": 64}


class Arrival(NamedTuple):
    """One arrival: its instant (microseconds since the start) and the ordinal of its draws."""

    instant: int
    ordinal: int


class OpenPattern(ABC):
    """A pattern whose arrivals do not wait for anything."""

    @property
    @abstractmethod
    def bounded(self) -> bool:
        """Whether the arrivals end by themselves, without a horizon."""

    @abstractmethod
    def arrivals(
        self, chance: Chance, stream: str, start: datetime, horizon: int | None, scale: float = 1.0
    ) -> Iterator[Arrival]:
        """Yield the arrivals before the horizon in order of time; the scale is above 0.

        All draws are of the purposes ``<stream>/arrival`` and ``<stream>/repetition``.
        """

    def arrival_times(
        self, chance: Chance, stream: str, start: datetime, horizon: int | None, scale: float = 1.0
    ) -> Iterator[int]:
        """Yield the instants of the arrivals alone."""
        arrivals = self.arrivals(chance, stream, start, horizon, scale)
        return (arrival.instant for arrival in arrivals)

    def check_scale(self, scale: float) -> None:
        """Raise `ValueError` when the pattern cannot be scaled so."""
        check_scale(scale)


def check_scale(scale: float) -> None:
    """Raise `ValueError` unless a factor is one that loads may be scaled by; 0 means no load."""
    if not 0 <= scale <= _LARGEST_SCALE:
        raise ValueError(f"scale must lie between 0 and {_LARGEST_SCALE}")


def by_gaps(
    chance: Chance, stream: str, gap: Distribution[int], horizon: int | None, scale: float
) -> Iterator[Arrival]:
    """Yield arrivals with gaps of whole microseconds, at least 1, the first from the start."""
    gaps = chance.durations(f"{stream}/arrival", gap)
    instant = index = 0
    while True:
        drawn = gaps.at(index)
        instant += drawn if scale == 1 else max(1, round(drawn / scale))
        if horizon is not None and instant >= horizon:
            return
        yield Arrival(instant, index)
        index += 1


def repeated(times: Iterable[int], chance: Chance, stream: str, scale: float) -> Iterator[Arrival]:
    """Yield each of the instants as often as the scale says; a copy's ordinal tells its place."""
    draws = chance.shares(f"{stream}/repetition")
    for index, instant in enumerate(times):
        for copy in range(scaled_count(1, scale, draws.at(index))):
            yield Arrival(instant, index + copy * COPY)


def scaled_count(count: int, scale: float, luck: float) -> int:
    """Return ``count`` x ``scale``, the part below one rounded by luck, uniform on (0, 1)."""
    whole, rest = divmod(count * scale, 1.0)
    return int(whole) + (luck < rest)


def block_of_copies(scale: float) -> int:
    """Return how many draws to make at once where copies' ordinals lie far from each other."""
    return BLOCK if scale <= _FEW_COPIES else 16


def of_copy(parameters: Mapping[str, str], copy: int) -> Mapping[str, str]:
    """Return recorded parameters of a copy: a name and a token of its own, ``-2`` for the first."""
    if not copy:
        return parameters
    suffix = f"-{copy + 1}"
    own = {
        name: (text[: longest - len(suffix)] if len(text) <= longest else text) + suffix
        for name, longest in _LONGEST.items()
        if (text := parameters.get(name))
    }
    return {**parameters, **own}
