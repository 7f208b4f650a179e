"""Distributions by quantile function; each is declared once, here, with its fields.

A distribution of durations takes them as people write them (``5m``) and counts in microseconds; a
distribution of plain numbers takes numbers. Every kind gives its exact ``mean``, so that loads can
be computed without sampling. The functions are scipy's own implementations, which do not depend
on the vector instructions that numpy finds on a machine.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Generic, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy import special

from imgsim.fields import Duration, Number
from imgsim.kinds import OneOf

Q = TypeVar("Q", int, float)
Q_co = TypeVar("Q_co", covariant=True)
Floats = NDArray[np.floating[Any]]

STRICT = {"extra": "forbid", "use_attribute_docstrings": True}


class Distribution(Protocol[Q_co]):
    """What every kind offers."""

    @property
    def average(self) -> float:
        """The exact mean, in the distribution's unit (microseconds for durations)."""

    def quantile(self, u: Floats) -> Floats:
        """Return the quantiles at ``u``, any shape, values inside (0, 1)."""


def _demand(holds: bool, what: str) -> None:
    if not holds:
        raise ValueError(what)


@dataclass(frozen=True)
class Constant(Generic[Q]):
    """Always the same value."""

    __pydantic_config__ = STRICT
    value: Q
    """The value."""

    def __post_init__(self) -> None:
        _demand(self.value >= 0, "value must not be negative")

    @property
    def average(self) -> float:
        """The value."""
        return float(self.value)

    def quantile(self, u: Floats) -> Floats:
        """Return the value in the shape of ``u``."""
        return np.full(np.shape(u), float(self.value))


@dataclass(frozen=True)
class Uniform(Generic[Q]):
    """Equally likely between ``low`` and ``high``."""

    __pydantic_config__ = STRICT
    low: Q
    """Smallest value."""
    high: Q
    """Largest value."""

    def __post_init__(self) -> None:
        _demand(0 <= self.low <= self.high, "low must be 0 or more, and at most high")

    @property
    def average(self) -> float:
        """Half-way between low and high."""
        return (self.low + self.high) / 2

    def quantile(self, u: Floats) -> Floats:
        """Return the quantiles at ``u``."""
        return self.low + (self.high - self.low) * u


@dataclass(frozen=True)
class Exponential(Generic[Q]):
    """Without memory: times between independent events."""

    __pydantic_config__ = STRICT
    mean: Q
    """Mean."""

    def __post_init__(self) -> None:
        _demand(self.mean > 0, "mean must be above 0")

    @property
    def average(self) -> float:
        """The mean."""
        return float(self.mean)

    def quantile(self, u: Floats) -> Floats:
        """Return the quantiles at ``u``."""
        return -self.mean * special.log1p(-u)


@dataclass(frozen=True)
class Lognormal(Generic[Q]):
    """A product of many factors: right-skewed times. Give mean and cv, or median and sigma."""

    __pydantic_config__ = STRICT
    mean: Q | None = None
    """Mean; with cv."""
    cv: Number | None = None
    """Coefficient of variation: standard deviation over mean; with mean."""
    median: Q | None = None
    """Median; with sigma."""
    sigma: Number | None = None
    """Standard deviation of the logarithm; with median."""

    def __post_init__(self) -> None:
        by_mean = self.mean is not None and self.cv is not None
        by_median = self.median is not None and self.sigma is not None
        given = sum(v is not None for v in (self.mean, self.cv, self.median, self.sigma))
        _demand(given == 2 and by_mean != by_median, "give mean and cv, or median and sigma")
        _demand((self.mean or self.median or 0) > 0, "mean or median must be above 0")
        _demand((self.cv or self.sigma or 0) >= 0, "cv or sigma must not be negative")
        _demand((self.cv or 0) <= 1000 and (self.sigma or 0) <= 10, "cv or sigma is too large")

    @property
    def _sigma(self) -> float:
        if self.cv is not None:
            return math.sqrt(math.log1p(self.cv**2))
        assert self.sigma is not None
        return self.sigma

    @property
    def _median(self) -> float:
        if self.mean is not None:
            return self.mean * math.exp(-(self._sigma**2) / 2)
        assert self.median is not None
        return float(self.median)

    @property
    def average(self) -> float:
        """The mean, given or median x exp(sigma^2 / 2)."""
        return self._median * math.exp(self._sigma**2 / 2)

    def quantile(self, u: Floats) -> Floats:
        """Return the quantiles at ``u``."""
        return self._median * (special.expm1(self._sigma * special.ndtri(u)) + 1.0)


@dataclass(frozen=True)
class Gamma(Generic[Q]):
    """A sum of several exponential steps (``cv`` below 1), or burstier than one (above 1)."""

    __pydantic_config__ = STRICT
    mean: Q
    """Mean."""
    cv: Number
    """Coefficient of variation: standard deviation over mean."""

    def __post_init__(self) -> None:
        _demand(self.mean > 0, "mean must be above 0")
        _demand(0.001 <= self.cv <= 30, "cv must lie between 0.001 and 30")

    @property
    def average(self) -> float:
        """The mean."""
        return float(self.mean)

    def quantile(self, u: Floats) -> Floats:
        """Return the quantiles at ``u``."""
        shape = self.cv**-2
        quantile: Floats = self.mean / shape * special.gammaincinv(shape, u)
        return quantile


@dataclass(frozen=True)
class Empirical(Generic[Q]):
    """One of the values seen, each as likely as it was frequent."""

    __pydantic_config__ = STRICT
    values: tuple[Q, ...]
    """The values seen, in any order."""

    def __post_init__(self) -> None:
        _demand(len(self.values) > 0, "values must not be empty")
        _demand(min(self.values, default=0) >= 0, "values must not be negative")

    @property
    def average(self) -> float:
        """The mean of the values."""
        return math.fsum(self.values) / len(self.values)

    def quantile(self, u: Floats) -> Floats:
        """Return the quantiles at ``u``: the inverse of the empirical distribution function."""
        values = np.sort(np.asarray(self.values, dtype=np.float64))
        return values[np.minimum((u * len(values)).astype(np.int64), len(values) - 1)]


DISTRIBUTIONS: Mapping[str, type[Any]] = {
    "constant": Constant,
    "uniform": Uniform,
    "exponential": Exponential,
    "lognormal": Lognormal,
    "gamma": Gamma,
    "empirical": Empirical,
}
"""The kinds by the name they have in a scenario file."""

DurationDistribution = Annotated[
    Distribution[int],
    OneOf(
        "a duration, or a distribution of durations", DISTRIBUTIONS, Duration, ("constant", "value")
    ),
]
NumberDistribution = Annotated[
    Distribution[float],
    OneOf("a number, or a distribution of numbers", DISTRIBUTIONS, Number, ("constant", "value")),
]
