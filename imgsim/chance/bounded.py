"""Kinds of distributions that lie between two bounds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic

import numpy as np

from imgsim.chance.base import STRICT, Floats, Q, demand


@dataclass(frozen=True)
class Constant(Generic[Q]):
    """Always the same value."""

    __pydantic_config__ = STRICT
    value: Q
    """The value."""

    def __post_init__(self) -> None:
        demand(self.value >= 0, "value must not be negative")

    @property
    def average(self) -> float:
        """The value."""
        return float(self.value)

    def quantile(self, u: Floats) -> Floats:
        """Return the value in the shape of ``u``."""
        return np.full(np.shape(u), float(self.value))

    def cdf(self, x: Floats) -> Floats:
        """Return 1 from the value on."""
        return np.where(x >= self.value, 1.0, 0.0)

    def mean_to(self, x: Floats) -> Floats:
        """Return the value, from the value on."""
        return float(self.value) * self.cdf(x)


@dataclass(frozen=True)
class Uniform(Generic[Q]):
    """Equally likely between ``low`` and ``high``."""

    __pydantic_config__ = STRICT
    low: Q
    """Smallest value."""
    high: Q
    """Largest value."""

    def __post_init__(self) -> None:
        demand(0 <= self.low <= self.high, "low must be 0 or more, and at most high")

    @property
    def average(self) -> float:
        """Half-way between low and high."""
        return (self.low + self.high) / 2

    def quantile(self, u: Floats) -> Floats:
        """Return the quantiles at ``u``."""
        return self.low + (self.high - self.low) * u

    def cdf(self, x: Floats) -> Floats:
        """Return the probabilities of ``x`` or less."""
        width = (self.high - self.low) or 1
        share = (np.clip(x, self.low, self.high) - self.low) / width
        return np.where(x >= self.high, 1.0, share)

    def mean_to(self, x: Floats) -> Floats:
        """Return the share up to ``x`` times the middle of low and ``x``."""
        return self.cdf(x) * (self.low + np.clip(x, self.low, self.high)) / 2


@dataclass(frozen=True)
class Triangular(Generic[Q]):
    """Between ``low`` and ``high``, likeliest at ``mode``: what one guesses without data."""

    __pydantic_config__ = STRICT
    low: Q
    """Smallest value."""
    mode: Q
    """Likeliest value."""
    high: Q
    """Largest value."""

    def __post_init__(self) -> None:
        demand(
            0 <= self.low <= self.mode <= self.high,
            "low must be 0 or more, and at most mode; mode must be at most high",
        )

    @property
    def average(self) -> float:
        """The mean of low, mode and high."""
        return (self.low + self.mode + self.high) / 3

    @property
    def _left(self) -> float:
        return float(self.high - self.low) * float(self.mode - self.low)

    @property
    def _right(self) -> float:
        return float(self.high - self.low) * float(self.high - self.mode)

    def quantile(self, u: Floats) -> Floats:
        """Return the quantiles at ``u``."""
        # A square root is exact to the last bit everywhere, so numpy's own will do.
        rising: Floats = self.low + np.sqrt(u * self._left)
        falling = self.high - np.sqrt((1.0 - u) * self._right)
        return np.where(u * (self.high - self.low) < self.mode - self.low, rising, falling)

    def cdf(self, x: Floats) -> Floats:
        """Return the probabilities of ``x`` or less."""
        inside = np.clip(x, self.low, self.high)
        rising = (inside - self.low) ** 2 / (self._left or 1)
        falling = 1.0 - (self.high - inside) ** 2 / (self._right or 1)
        return np.where(x < self.mode, rising, falling)

    def mean_to(self, x: Floats) -> Floats:
        """Return what values of ``x`` or less contribute to the mean."""
        inside = np.clip(x, self.low, self.high)
        up, down = inside - self.low, self.high - inside
        rising = up**2 / (self._left or 1) * (self.low + 2 * up / 3)
        falling = self.average - down**2 / (self._right or 1) * (self.high - 2 * down / 3)
        return np.where(x < self.mode, rising, falling)
