"""Kinds of distributions without an upper bound.

Logarithms and exponentials are scipy's (``xlogy(1, x)`` is log x, ``inv_boxcox(y, 0)`` is e to the
y), because those of numpy depend on the vector instructions that it finds on a machine.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Generic

import numpy as np
from scipy import special

from imgsim.chance.base import STRICT, Floats, Q, demand
from imgsim.fields import Number


@dataclass(frozen=True)
class Exponential(Generic[Q]):
    """Without memory: times between independent events."""

    __pydantic_config__ = STRICT
    mean: Q
    """Mean."""

    def __post_init__(self) -> None:
        demand(self.mean > 0, "mean must be above 0")

    @property
    def average(self) -> float:
        """The mean."""
        return float(self.mean)

    def quantile(self, u: Floats) -> Floats:
        """Return the quantiles at ``u``."""
        return -self.mean * special.log1p(-u)

    def cdf(self, x: Floats) -> Floats:
        """Return the probabilities of ``x`` or less."""
        return -special.expm1(-np.maximum(x, 0.0) / self.mean)

    def mean_to(self, x: Floats) -> Floats:
        """Return what values of ``x`` or less contribute to the mean."""
        part: Floats = self.mean * special.gammainc(2.0, np.maximum(x, 0.0) / self.mean)
        return part


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
        demand(given == 2 and by_mean != by_median, "give mean and cv, or median and sigma")
        demand((self.mean or self.median or 0) > 0, "mean or median must be above 0")
        demand((self.cv or self.sigma or 0) >= 0, "cv or sigma must not be negative")
        demand((self.cv or 0) <= 1000 and (self.sigma or 0) <= 10, "cv or sigma is too large")

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

    def cdf(self, x: Floats) -> Floats:
        """Return the probabilities of ``x`` or less."""
        return self._normal(x, 0.0)

    def mean_to(self, x: Floats) -> Floats:
        """Return what values of ``x`` or less contribute to the mean."""
        return self.average * self._normal(x, self._sigma)

    def _normal(self, x: Floats, shift: float) -> Floats:
        if self._sigma == 0:
            return np.where(x >= self._median, 1.0, 0.0)
        logarithm = special.xlogy(1.0, np.maximum(x, 0.0) / self._median)
        share: Floats = special.ndtr(logarithm / self._sigma - shift)
        return share


@dataclass(frozen=True)
class Gamma(Generic[Q]):
    """A sum of several exponential steps (``cv`` below 1), or burstier than one (above 1)."""

    __pydantic_config__ = STRICT
    mean: Q
    """Mean."""
    cv: Number
    """Coefficient of variation: standard deviation over mean."""

    def __post_init__(self) -> None:
        demand(self.mean > 0, "mean must be above 0")
        demand(0.001 <= self.cv <= 30, "cv must lie between 0.001 and 30")

    @property
    def average(self) -> float:
        """The mean."""
        return float(self.mean)

    def quantile(self, u: Floats) -> Floats:
        """Return the quantiles at ``u``."""
        shape = self.cv**-2
        quantile: Floats = self.mean / shape * special.gammaincinv(shape, u)
        return quantile

    def cdf(self, x: Floats) -> Floats:
        """Return the probabilities of ``x`` or less."""
        shape = self.cv**-2
        share: Floats = special.gammainc(shape, np.maximum(x, 0.0) / self.mean * shape)
        return share

    def mean_to(self, x: Floats) -> Floats:
        """Return what values of ``x`` or less contribute to the mean."""
        shape = self.cv**-2
        part: Floats = special.gammainc(shape + 1, np.maximum(x, 0.0) / self.mean * shape)
        return self.mean * part


@dataclass(frozen=True)
class Weibull(Generic[Q]):
    """Times that wear out (``shape`` above 1) or settle in (below 1); 1 is exponential.

    The mean is scale x Gamma(1 + 1 / shape).
    """

    __pydantic_config__ = STRICT
    shape: Number
    """Shape, often written k or c."""
    scale: Q
    """Scale, often written lambda: the value that 63.2% stay below."""

    def __post_init__(self) -> None:
        demand(0.1 <= self.shape <= 1000, "shape must lie between 0.1 and 1000")
        demand(self.scale > 0, "scale must be above 0")

    @property
    def average(self) -> float:
        """The mean: scale x Gamma(1 + 1 / shape)."""
        return self.scale * math.gamma(1 + 1 / self.shape)

    def quantile(self, u: Floats) -> Floats:
        """Return the quantiles at ``u``."""
        power = special.xlogy(1.0 / self.shape, -special.log1p(-u))
        quantile: Floats = self.scale * special.inv_boxcox(power, 0.0)
        return quantile

    def cdf(self, x: Floats) -> Floats:
        """Return the probabilities of ``x`` or less."""
        return -special.expm1(-self._hazard(x))

    def mean_to(self, x: Floats) -> Floats:
        """Return what values of ``x`` or less contribute to the mean."""
        part: Floats = special.gammainc(1 + 1 / self.shape, self._hazard(x))
        return self.average * part

    def _hazard(self, x: Floats) -> Floats:
        power = special.xlogy(self.shape, np.maximum(x, 0.0) / self.scale)
        hazard: Floats = special.inv_boxcox(power, 0.0)
        return hazard
