"""Many calls at once, or within a while: a release, a script that loops over a fleet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Final, Literal

from imgsim.chance.distributions import STRICT
from imgsim.chance.streams import Chance
from imgsim.fields import Count, Duration
from imgsim.workload.arrivals import Arrival, OpenPattern, scaled_count

_STRIDE: Final = 2**20
"""Ordinals between two bursts: a call keeps its draws when bursts grow."""


@dataclass(frozen=True)
class Burst(OpenPattern):
    """A number of calls at an instant or within a while, once or again and again.

    Scaled, a burst has so many times as many calls; a part below one is one more call with that
    probability.
    """

    __pydantic_config__ = STRICT
    calls: Count
    """Calls of each burst."""
    at: Duration = 0
    """Begin of the first burst, from the scenario's start."""
    over: Duration = 0
    """While within which the calls of a burst come; by default all come at its begin."""
    spread: Literal["even", "random"] = "even"
    """How they lie in that while: the first at its begin and the others at equal distances, or each
    anywhere, equally likely."""
    every: Duration | None = None
    """From the begin of a burst to that of the next; by default there is one burst."""
    times: Count | None = None
    """Number of bursts, with every; by default they come until the horizon."""

    def __post_init__(self) -> None:
        self.check_scale(1.0)
        if self.times is not None and self.every is None:
            raise ValueError("times needs every, such as every: 1d")
        if self.times == 0:
            raise ValueError("times must be 1 or more")
        if self.every is not None and self.every < max(self.over, 1):
            raise ValueError("every must be above 0, and at least as long as over")

    @property
    def bounded(self) -> bool:
        """A single burst, or a number of them, ends by itself."""
        return self.every is None or self.times is not None

    def check_scale(self, scale: float) -> None:
        """Raise `ValueError` unless a burst has calls, and not too many to be told apart."""
        super().check_scale(scale)
        if not 1 <= self.calls < _STRIDE / max(1.0, scale):
            raise ValueError(f"calls must be 1 or more, and scaled below {_STRIDE}")

    def arrivals(
        self, chance: Chance, stream: str, start: datetime, horizon: int | None, scale: float = 1.0
    ) -> Iterator[Arrival]:
        """Yield the calls of one burst after the other."""
        offsets = chance.shares(f"{stream}/arrival")
        repetition = chance.shares(f"{stream}/repetition")
        for burst in count() if self.times is None else range(self.times):
            begin = self.at + burst * (self.every or 0)
            if (horizon is not None and begin >= horizon) or (burst and self.every is None):
                return
            calls, first = scaled_count(self.calls, scale, repetition.at(burst)), burst * _STRIDE
            if self.spread == "even":
                placed = [(self.over * place // calls, first + place) for place in range(calls)]
            else:
                ordinals = range(first, first + calls)
                placed = sorted((int(offsets.at(n) * self.over), n) for n in ordinals)
            for offset, ordinal in placed:
                if horizon is not None and begin + offset >= horizon:
                    return
                yield Arrival(begin + offset, ordinal)
