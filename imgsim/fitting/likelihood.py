"""Parameters by greatest likelihood, with intervals by the curvature at its summit.

A summit is looked for in the logarithms of the parameters, which are all positive; there the
likelihood is nearly a parabola, and the intervals are those of its curvature (observed
information: Efron and Hinkley, 1978).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

import numpy as np
from scipy import optimize, stats

from imgsim.chance.base import Floats
from imgsim.fitting.sample import Sample

_LARGEST: Final = 700.0  # of what exp can be taken
CONFIDENCE: Final = 0.9
_REACH: Final = 3.0
"""Parameters lie within a factor of e to this of where the search begins."""
_ROUGH: Final = 2000
"""Values by which the best start is found."""
_STEP: Final = 1e-3
_CLIMBS: Final = 8


class Law(Protocol):
    """A distribution with its parameters; columns of these hold for many samples."""

    def logpdf(self, x: Floats, /) -> Floats:
        """Return the logarithm of the density."""

    def logsf(self, x: Floats, /) -> Floats:
        """Return the logarithm of the probability of more than ``x``."""

    def cdf(self, x: Floats, /) -> Floats:
        """Return the probability of ``x`` or less."""

    def rvs(self, *, size: tuple[int, ...], random_state: np.random.Generator) -> Floats:
        """Return draws."""


@dataclass(frozen=True, eq=False)
class Maximum:
    """Where the likelihood of a sample is greatest; arrays have a value for each parameter."""

    parameters: Floats
    low: Floats
    high: Floats
    log_likelihood: float
    again: Callable[[Sample], Floats]
    """Finds the parameters of other samples, a row each, that are drawn from this maximum."""


@dataclass(frozen=True)
class Family:
    """A kind of distribution that is tried."""

    name: str
    """What it is called."""
    parameters: tuple[str, ...]
    """Names of the parameters; what is a time is in seconds."""
    law: Callable[..., Law]
    """Makes the distribution of parameters, each a number, or a column with a row a sample."""
    block: Callable[..., Mapping[str, Any]]
    """What a scenario says."""
    fit: Callable[[Family, Sample], Maximum | None]
    """Finds the parameters of one sample, or None where the family cannot be fitted to it."""
    least: int = 5
    """Fewest complete durations that it is fitted to."""

    def of(self, parameters: Floats) -> Law:
        """Return the distribution with parameters along the last axis."""
        return self.law(*np.moveaxis(parameters, -1, 0)[..., None])


def log_likelihood(family: Family, theta: Floats, sample: Sample) -> Floats:
    """Return the log-likelihood of the logarithms of parameters, along the last axis."""
    with np.errstate(all="ignore"):
        law = family.of(np.exp(theta))
        terms = law.logpdf(sample.values)
        if not sample.seen.all():
            terms = np.where(sample.seen, terms, law.logsf(sample.values))
        total = terms.sum(axis=-1)
    return np.where(np.isfinite(total), total, -1e12)


def climb(
    starts: Callable[[Sample], Sequence[Sequence[float]]],
    sound: Callable[..., bool] = lambda *_: True,
) -> Callable[[Family, Sample], Maximum | None]:
    """Return what climbs from several starts and takes the highest summit that is sound."""

    def fit(family: Family, sample: Sample) -> Maximum | None:
        thin = Sample(sample.values[:: (step := 1 + len(sample) // _ROUGH)], sample.seen[::step])
        ends = [_summit(family, np.log(start), thin) for start in starts(thin)]
        found = [(depth, *theta) for depth, theta in ends if sound(*np.exp(theta))]
        if not found:
            return None
        theta = np.array(min(found)[1:])
        if step > 1:
            _, theta = _summit(family, theta, sample)
        covariance = _covariance(family, theta, sample)
        if covariance is None:
            return None
        reach = stats.norm.ppf((1 + CONFIDENCE) / 2) * np.sqrt(np.diag(covariance))
        return Maximum(
            np.exp(theta),
            np.exp(theta - reach),
            np.exp(np.minimum(theta + reach, _LARGEST)),
            float(log_likelihood(family, theta, sample)),
            lambda samples: np.exp(
                _climb_again(family, theta, covariance * len(sample) / len(samples), samples)
            ),
        )

    return fit


def _summit(family: Family, begin: Floats, sample: Sample) -> tuple[float, Floats]:
    """Return how deep the summit lies below 0, for each value, and where."""

    def depth(theta: Floats) -> float:
        return float(-log_likelihood(family, theta, sample) / len(sample))

    bounds = optimize.Bounds(begin - _REACH, begin + _REACH)
    end = optimize.minimize(depth, begin, method="L-BFGS-B", bounds=bounds, options={"ftol": 1e-13})
    return float(end.fun), end.x


def _covariance(family: Family, theta: Floats, sample: Sample) -> Floats | None:
    """Return the inverse of minus the second derivatives; None where they show no summit."""
    count = len(theta)
    steps = _STEP * np.eye(count)

    def level(shift: Floats) -> float:
        return float(log_likelihood(family, theta + shift, sample))

    curvature = np.empty((count, count))
    for i in range(count):
        for j in range(i + 1):
            both, apart = steps[i] + steps[j], steps[i] - steps[j]
            bend = level(both) + level(-both) - level(apart) - level(-apart)
            curvature[i, j] = curvature[j, i] = -bend / (2 * _STEP) ** 2
    if not np.isfinite(curvature).all() or np.linalg.eigvalsh(curvature)[0] <= 1e-6:
        return None
    return np.linalg.inv(curvature)


def _climb_again(family: Family, theta: Floats, covariance: Floats, samples: Sample) -> Floats:
    """Climb in every sample at once from the same place, by scoring with the same curvature."""
    at = np.tile(theta, (len(samples.values), 1))
    level = log_likelihood(family, at, samples)
    stride = np.ones(len(at))
    steps = _STEP * np.eye(len(theta))
    for _ in range(_CLIMBS):
        slopes = [
            log_likelihood(family, at + step, samples) - log_likelihood(family, at - step, samples)
            for step in steps
        ]
        tried = at + stride[:, None] * (np.stack(slopes, axis=-1) / (2 * _STEP) @ covariance)
        reached = log_likelihood(family, tried, samples)
        better = reached > level
        at, level = np.where(better[:, None], tried, at), np.where(better, reached, level)
        stride = np.where(better, stride, stride / 2)
    return at
