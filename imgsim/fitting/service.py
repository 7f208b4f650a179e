"""The snapshot service from measured series: set-up, bandwidth, cap and noise, by simulating."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Final

import numpy as np
import pandas as pd
from scipy.stats import chi2

from imgsim.chance.base import Floats
from imgsim.fitting.service_figures import figures_of, measured
from imgsim.fitting.service_moments import REPLICATIONS, Moments, Point, Profile
from imgsim.fitting.service_series import Parameters, Series

CONFIDENCE: Final = 0.9
_NO_FIT: Final = 0.01
"""Probability of figures as far off as these below which the model is said not to fit."""
_SETUP, _ALONE, _SHARED, _NOISE = range(4)
_MODELS: Final = (
    (_SHARED, _NOISE),
    (_SETUP, _SHARED, _NOISE),
    (_ALONE, _SHARED, _NOISE),
    (_SETUP, _ALONE, _NOISE),
    (_SETUP, _ALONE, _SHARED, _NOISE),
)
"""What a service may have; the rest is 0. The simplest that fits as well as any is taken."""
_STARTS: Final = ((0.0, 0.0, 1.0), (0.4, 0.0, 0.6), (0.0, 0.6, 0.8), (0.4, 0.6, 0.0), (0.3, 0.4, 0.5))
_HIGHEST: Final = (1.5, 3.0, 6.0, 2.0)


@dataclass(frozen=True)
class Scale:
    """Parameters as shares of a typical duration: what set-up, own and shared transfer make up."""

    seconds: float
    gib: float
    under_way: float

    @classmethod
    def of(cls, series: Sequence[Series]) -> Scale:
        """Return the scale of the series."""
        return cls(
            float(np.median([np.nanmedian(one.durations) for one in series])),
            float(np.mean([one.sizes.mean() for one in series])),
            float(np.mean([one.under_way for one in series])),
        )

    @property
    def units(self) -> Floats:
        """What each parameter is when its share is 1."""
        alone = self.seconds / self.gib
        return np.array([self.seconds, alone, alone / self.under_way, 1.0])

    def parameters(self, shares: Floats) -> Parameters:
        """Return the parameters of the shares."""
        return Parameters(*(shares * self.units).tolist())


@dataclass(frozen=True)
class Found:
    """The parameters that fit, the simplest where several do, and the interval of each."""

    parameters: Parameters
    low: Parameters
    high: Parameters
    """Values as high as the fit looks are infinite."""
    distance: float
    freedom: int
    runs: int

    @property
    def probability(self) -> float:
        """Probability of figures as far off as these if the model were true."""
        return float(chi2.sf(self.distance, self.freedom))

    @property
    def fits(self) -> bool:
        """Whether the model explains all figures together."""
        return self.probability >= _NO_FIT


def find(series: Sequence[Series], confidence: float = CONFIDENCE) -> Found:
    """Return the snapshot service whose simulated series are nearest to these.

    Where the model does not fit, intervals are widened as if each figure's own luck were so much
    larger (McCullagh and Nelder, "Generalized Linear Models", 1989, 4.5).
    """
    scale = Scale.of(series)
    looks = [figures_of(one) for one in series]

    def simulate(shares: Floats, replication: int) -> list[Floats]:
        parameters = scale.parameters(shares)
        return [
            look(one.simulate(parameters, replication))
            for look, one in zip(looks, series, strict=True)
        ]

    moments = Moments(
        simulate,
        [look(measured(one)) for look, one in zip(looks, series, strict=True)],
        np.array(_HIGHEST),
    )
    start = _first(moments, _spread(series))
    moments.weigh(start.at)
    points = _nearest_of_all(moments, start)
    best = min(points, key=lambda point: point.distance)
    freedom = max(1, moments.figures - len(_MODELS[-1]))
    wide = best.distance / freedom if chi2.sf(best.distance, freedom) < _NO_FIT else 1.0
    rise = float(chi2.ppf(confidence, 1)) * wide
    profile = Profile(moments, points, rise)
    ends = [profile.interval(place) for place in range(len(best.at))]
    chosen = min(
        (point for point in points if point.distance <= best.distance + rise),
        key=lambda point: (np.count_nonzero(point.at), point.distance),
    )
    low, high = (np.array(side) for side in zip(*ends, strict=True))
    high = np.where(high >= moments.highest, np.inf, high)
    return Found(
        scale.parameters(chosen.at),
        scale.parameters(low),
        scale.parameters(high),
        best.distance,
        freedom,
        moments.runs,
    )


def _first(moments: Moments, noise: float) -> Point:
    """Return a point near enough to the measured figures to take their covariance there."""
    starts = [np.array([*start, noise]) for start in _STARTS]
    moments.weigh(starts[-1])
    begin = min(starts, key=lambda at: float(np.sum(moments.off(at) ** 2)))
    return moments.nearest(np.maximum(begin, 0.05), _MODELS[-1], 5)


def _nearest_of_all(moments: Moments, first: Point) -> list[Point]:
    """Return the nearest point of each model, the simplest first."""
    points: list[Point] = []
    for free, start in zip(_MODELS[:-1], _STARTS, strict=False):
        begin = np.array([*start, first.at[_NOISE]])
        points.append(moments.nearest(begin, free))
    for begin in (first, min(points, key=lambda point: point.distance)):
        points.append(moments.nearest(np.maximum(begin.at, 0.02), _MODELS[-1]))
    return points


def _spread(series: Sequence[Series]) -> float:
    """Return about the standard deviation of the logarithm of durations within a series."""
    ratios = [np.nanquantile(one.durations, 0.84) / np.nanquantile(one.durations, 0.16) for one in series]
    return float(np.clip(np.mean(np.log(ratios)) / 2, 0.02, 1.0))
