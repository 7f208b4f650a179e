"""The kinds of distributions that are tried, each by the parameters that a scenario says.

Times are in seconds here. A triangular distribution is not tried: it is what one guesses without
data. A distribution in the sense of scipy gives densities and draws; the block for a scenario is
read again by imgsim's own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from scipy import special, stats

from imgsim.chance.base import Floats
from imgsim.fitting.blocks import number, time
from imgsim.fitting.edged import late_exponential, uniform
from imgsim.fitting.likelihood import Family, Law, climb
from imgsim.fitting.sample import Sample


@dataclass(frozen=True)
class Scipy:
    """A distribution of scipy with its parameters; its own frozen ones cost more than a call."""

    kind: Any
    parameters: Mapping[str, Floats]

    def logpdf(self, x: Floats) -> Floats:
        """Return the logarithm of the density."""
        logarithms: Floats = self.kind.logpdf(x, **self.parameters)
        return logarithms

    def logsf(self, x: Floats) -> Floats:
        """Return the logarithm of the probability of more than ``x``."""
        logarithms: Floats = self.kind.logsf(x, **self.parameters)
        return logarithms

    def cdf(self, x: Floats) -> Floats:
        """Return the probability of ``x`` or less."""
        shares: Floats = self.kind.cdf(x, **self.parameters)
        return shares

    def rvs(self, size: tuple[int, ...], random_state: np.random.Generator) -> Floats:
        """Return draws."""
        draws: Floats = self.kind.rvs(size=size, random_state=random_state, **self.parameters)
        return draws


@dataclass(frozen=True)
class TwoLaws:
    """With probability ``share`` one distribution, else another."""

    share: Floats
    first: Law
    second: Law

    def logpdf(self, x: Floats) -> Floats:
        """Return the logarithm of the density."""
        return self._either(self.first.logpdf(x), self.second.logpdf(x))

    def logsf(self, x: Floats) -> Floats:
        """Return the logarithm of the probability of more than ``x``."""
        return self._either(self.first.logsf(x), self.second.logsf(x))

    def cdf(self, x: Floats) -> Floats:
        """Return the probability of ``x`` or less."""
        share: Floats = self.share * self.first.cdf(x) + (1 - self.share) * self.second.cdf(x)
        return share

    def rvs(self, size: tuple[int, ...], random_state: np.random.Generator) -> Floats:
        """Return draws."""
        draws = [law.rvs(size=size, random_state=random_state) for law in (self.first, self.second)]
        return np.where(random_state.random(size) < self.share, *draws)

    def _either(self, first: Floats, second: Floats) -> Floats:
        sums: Floats = np.logaddexp(np.log(self.share) + first, special.log1p(-self.share) + second)
        return sums


def _lognormal(mean: Floats, cv: Floats) -> Law:
    sigma = np.sqrt(np.log1p(cv**2))
    return Scipy(stats.lognorm, {"s": sigma, "scale": mean * np.exp(-(sigma**2) / 2)})


def _gamma(mean: Floats, cv: Floats) -> Law:
    return Scipy(stats.gamma, {"a": cv**-2, "scale": mean * cv**2})


def _weibull(shape: Floats, scale: Floats) -> Law:
    return Scipy(stats.weibull_min, {"c": shape, "scale": scale})


def _two(odds: Floats, m1: Floats, s1: Floats, m2: Floats, s2: Floats) -> Law:
    return TwoLaws(
        odds / (1 + odds),
        Scipy(stats.lognorm, {"s": s1, "scale": m1}),
        Scipy(stats.lognorm, {"s": s2, "scale": m2}),
    )


def _moments(sample: Sample) -> tuple[float, float]:
    mean = float(np.mean(sample.values))
    return mean, float(np.clip(np.std(sample.values) / mean, 0.01, 10.0))


def _from_moments(sample: Sample) -> list[list[float]]:
    return [list(_moments(sample))]


def _for_weibull(sample: Sample) -> list[list[float]]:
    mean, cv = _moments(sample)
    return [[cv**-1.086, mean]]


def _for_two(sample: Sample) -> list[list[float]]:
    """Cut the complete durations at several places, and begin with the two parts of each."""
    logs, starts = np.log(sample.complete), []
    for share in (0.1, 0.25, 0.5, 0.75, 0.9):
        parts = np.split(logs, [round(share * len(logs))])
        middles = [float(np.exp(np.median(part))) for part in parts]
        spreads = [max(float(np.std(part)), 0.1 * float(np.std(logs))) for part in parts]
        starts.append([share / (1 - share), middles[0], spreads[0], middles[1], spreads[1]])
    return starts


def _two_kinds(odds: float, _: float, s1: float, __: float, s2: float) -> bool:
    """Return whether it is no mere spike: one in twenty of each, no spread five times the other.

    Without such a bound the likelihood has no maximum (Hathaway, 1985).
    """
    return 1 / 19 <= odds <= 19 and 0.2 <= s1 / s2 <= 5


def _two_block(odds: float, m1: float, s1: float, m2: float, s2: float) -> Mapping[str, Any]:
    share = number(odds / (1 + odds))
    parts = [(share, m1, s1), (number(1 - share), m2, s2)]
    components = [
        {"weight": weight, "of": {"lognormal": {"median": time(m), "sigma": number(s)}}}
        for weight, m, s in parts
    ]
    return {"mixture": {"components": components}}


def _mean_cv(kind: str) -> Callable[[float, float], Mapping[str, Any]]:
    return lambda mean, cv: {kind: {"mean": time(mean), "cv": number(cv)}}


FAMILIES: Final = (
    Family(
        "exponential",
        ("mean",),
        lambda mean: Scipy(stats.expon, {"scale": mean}),
        lambda mean: {"exponential": {"mean": time(mean)}},
        climb(lambda sample: [[_moments(sample)[0]]]),
    ),
    Family(
        "shifted exponential",
        ("mean", "low"),
        lambda mean, low: Scipy(stats.expon, {"loc": low, "scale": mean}),
        lambda mean, low: {
            "truncated": {"of": {"exponential": {"mean": time(mean)}}, "low": time(low)}
        },
        late_exponential,
    ),
    Family("lognormal", ("mean", "cv"), _lognormal, _mean_cv("lognormal"), climb(_from_moments)),
    Family("gamma", ("mean", "cv"), _gamma, _mean_cv("gamma"), climb(_from_moments)),
    Family(
        "weibull",
        ("shape", "scale"),
        _weibull,
        lambda shape, scale: {"weibull": {"shape": number(shape), "scale": time(scale)}},
        climb(_for_weibull),
    ),
    Family(
        "uniform",
        ("low", "high"),
        lambda low, high: Scipy(stats.uniform, {"loc": low, "scale": high - low}),
        lambda low, high: {"uniform": {"low": time(low), "high": time(high)}},
        uniform,
    ),
    Family(
        "two lognormals",
        ("odds", "median 1", "sigma 1", "median 2", "sigma 2"),
        _two,
        _two_block,
        climb(_for_two, _two_kinds),
        least=50,
    ),
)
