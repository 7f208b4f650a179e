"""Distributions by quantile function; each is declared once, in DISTRIBUTIONS at the end.

A distribution of durations takes them as people write them (``5m``) and counts in microseconds; a
distribution of plain numbers takes numbers. Every kind gives its exact ``average``, so that loads
can be computed without sampling. The functions are scipy's own implementations, which do not depend
on the vector instructions that numpy finds on a machine.

Simple kinds have files of their own; here are those that are made of others.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, Final, Generic

import numpy as np

from imgsim.chance.base import STRICT, Distribution, Floats, Q, demand
from imgsim.chance.bounded import Constant, Triangular, Uniform
from imgsim.chance.column import Column
from imgsim.chance.empirical import Empirical
from imgsim.chance.skewed import Exponential, Gamma, Lognormal, Weibull
from imgsim.fields import Duration, Number
from imgsim.kinds import OneOf

_LEAST_INSIDE: Final = 1e-6
"""With less of the probability inside the bounds, too few digits of a draw would be left."""
_BELOW_ONE: Final = 1 - 2.0**-53


@dataclass(frozen=True)
class Component(Generic[Q]):
    """A part of a mixture."""

    __pydantic_config__ = STRICT
    weight: Number
    """How often this part is drawn, relative to the weights of the others."""
    of: Part[Q]
    """The distribution of the part."""

    def __post_init__(self) -> None:
        demand(self.weight >= 0, "weight must not be negative")


@dataclass(frozen=True)
class Mixture(Generic[Q]):
    """Now from one distribution, now from another, such as usual and slow snapshots."""

    __pydantic_config__ = STRICT
    components: tuple[Component[Q], ...]
    """The parts, each with its weight; weights need not add up to 1."""

    def __post_init__(self) -> None:
        demand(len(self.components) > 0, "components must not be empty; each has weight and of")
        demand(any(part.weight > 0 for part in self.components), "a weight must be above 0")

    @cached_property
    def _parts(self) -> list[tuple[float, Distribution[Q]]]:
        total = math.fsum(part.weight for part in self.components)
        return [(part.weight / total, part.of) for part in self.components if part.weight > 0]

    @property
    def average(self) -> float:
        """The weighted mean of the parts' means."""
        return math.fsum(share * of.average for share, of in self._parts)

    def quantile(self, u: Floats) -> Floats:
        """Return the quantiles at ``u``: the smallest floats whose cdf reaches it, by bisection."""
        each = [of.quantile(u) for _, of in self._parts]
        # Floats from 0 on are in the same order as their bits read as integers.
        low = np.asarray(np.minimum.reduce(each) + 0.0).view(np.int64)
        high = np.asarray(np.maximum.reduce(each) + 0.0).view(np.int64)
        for _ in range(int((high - low).max(initial=0)).bit_length()):
            middle = low + (high - low) // 2
            reached = self.cdf(middle.view(np.float64)) >= u
            low = np.where(reached, low, np.minimum(middle + 1, high))
            high = np.where(reached, middle, high)
        return high.view(np.float64)

    def cdf(self, x: Floats) -> Floats:
        """Return the probabilities of ``x`` or less: the weighted mean of the parts'."""
        shares: Floats = np.add.reduce([share * of.cdf(x) for share, of in self._parts])
        return shares

    def mean_to(self, x: Floats) -> Floats:
        """Return what values of ``x`` or less contribute to the mean."""
        parts: Floats = np.add.reduce([share * of.mean_to(x) for share, of in self._parts])
        return parts


@dataclass(frozen=True)
class Truncated(Generic[Q]):
    """Another distribution, as if draws outside the bounds were drawn again.

    Give low, high, or both.
    """

    __pydantic_config__ = STRICT
    of: Part[Q]
    """The distribution to truncate."""
    low: Q | None = None
    """Smallest value."""
    high: Q | None = None
    """Largest value."""

    def __post_init__(self) -> None:
        demand(self.low is not None or self.high is not None, "give low, high, or both")
        demand(0 <= self._low <= self._high, "low must be 0 or more, and at most high")
        demand(
            self._inside >= _LEAST_INSIDE,
            "less than a millionth of the probability lies inside; low and high must enclose more",
        )

    @property
    def _low(self) -> float:
        return 0.0 if self.low is None else float(self.low)

    @property
    def _high(self) -> float:
        return math.inf if self.high is None else float(self.high)

    @property
    def _under(self) -> float:
        """The largest float below low, because low itself lies inside."""
        return math.nextafter(self._low, -math.inf)

    @cached_property
    def _before(self) -> float:
        return float(self.of.cdf(np.array(self._under)))

    @cached_property
    def _inside(self) -> float:
        return float(self.of.cdf(np.array(self._high))) - self._before

    @cached_property
    def _left_out(self) -> float:
        return float(self.of.mean_to(np.array(self._under)))

    @property
    def average(self) -> float:
        """The exact mean, by the parts of the mean up to low and up to high."""
        return float(self.mean_to(np.array(math.inf)))

    def quantile(self, u: Floats) -> Floats:
        """Return the quantiles at ``u``."""
        share = np.minimum(self._before + u * self._inside, _BELOW_ONE)
        return np.clip(self.of.quantile(share), self._low, self._high)

    def cdf(self, x: Floats) -> Floats:
        """Return the probabilities of ``x`` or less."""
        share: Floats = np.clip((self.of.cdf(x) - self._before) / self._inside, 0.0, 1.0)
        return share

    def mean_to(self, x: Floats) -> Floats:
        """Return what values of ``x`` or less contribute to the mean."""
        reach = np.clip(x, self._under, self._high)
        return (self.of.mean_to(reach) - self._left_out) / self._inside


DISTRIBUTIONS: Mapping[str, type[Any]] = {
    "constant": Constant,
    "uniform": Uniform,
    "triangular": Triangular,
    "exponential": Exponential,
    "lognormal": Lognormal,
    "gamma": Gamma,
    "weibull": Weibull,
    "empirical": Empirical,
    "mixture": Mixture,
    "truncated": Truncated,
}
"""The kinds by the name they have in a scenario file."""


def _one_of(what: str) -> OneOf:
    return OneOf(what, DISTRIBUTIONS, ("constant", "value"))


Part = Annotated[Distribution[Q], _one_of("a distribution")]
DurationDistribution = Annotated[
    Distribution[Duration], _one_of("a duration, or a distribution of durations")
]
NumberDistribution = Annotated[
    Distribution[Number], _one_of("a number, or a distribution of numbers")
]

__all__ = [
    "DISTRIBUTIONS",
    "STRICT",
    "Column",
    "Component",
    "Constant",
    "Distribution",
    "DurationDistribution",
    "Empirical",
    "Exponential",
    "Gamma",
    "Lognormal",
    "Mixture",
    "NumberDistribution",
    "Triangular",
    "Truncated",
    "Uniform",
    "Weibull",
]
