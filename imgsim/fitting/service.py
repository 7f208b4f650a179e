"""The snapshot service from measured series: set-up, bandwidth, cap and noise, by simulating."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from zlib import crc32

import numpy as np
from scipy.stats import chi2

from imgsim.chance.base import Floats
from imgsim.fitting.service_figures import figures_of, measured
from imgsim.fitting.service_moments import Moments
from imgsim.fitting.service_series import Parameters, Series

CONFIDENCE: Final = 0.9
_NO_FIT: Final = 0.01
"""Probability of figures as far off as these below which the model is said not to fit."""
_SETUP, _ALONE, _SHARED, _NOISE = range(4)
_ABSENT: Final = ((_ALONE,), (_SETUP,), (_SHARED,), (_SETUP, _ALONE))
"""What a service may be without. The one with least that fits as well as any is taken."""
_LUCK: Final = 10**6
"""Replications from this one to twice as many are for fits: each log has some of its own."""
_HIGHEST: Final = (1.3, 2.0, 2.5)
_WIDER: Final = 1.7
"""Factor of the quantile of chi-square, which is for a covariance that is known and the same
everywhere; this one is of few simulations at one point. Simulated logs gave it, others test it."""


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
            look(one.simulate(parameters, luck + replication))
            for look, one in zip(looks, series, strict=True)
        ]

    was = [look(measured(one)) for look, one in zip(looks, series, strict=True)]
    luck = _LUCK + crc32(np.concatenate(was).tobytes()) % _LUCK
    moments = Moments(
        simulate,
        was,
        np.array([*_HIGHEST, 3 * _spread(series)]),
        _ABSENT,
    )
    points, distances = moments.search()
    least = float(distances.min())
    freedom = max(1, moments.figures - len(moments.highest))
    wide = least / freedom if chi2.sf(least, freedom) < _NO_FIT else 1.0
    rise = _WIDER * float(chi2.ppf(confidence, 1))
    inside, near = (distances <= least + rise * factor for factor in (wide, 1.0))
    low, high = points[inside].min(axis=0), points[inside].max(axis=0)
    high = np.where(high >= 0.98 * moments.highest, np.inf, high)
    parts = np.count_nonzero(points, axis=1)
    chosen = np.lexsort((distances, parts, ~near))[0]
    return Found(
        scale.parameters(points[chosen]),
        scale.parameters(low),
        scale.parameters(high),
        least,
        freedom,
        moments.runs,
    )


def _spread(series: Sequence[Series]) -> float:
    """Return about the standard deviation of the logarithm of durations within a series."""
    ends = [np.log(np.nanquantile(one.durations, (0.16, 0.84))) for one in series]
    return float(np.clip(np.mean([high - low for low, high in ends]) / 2, 0.02, 1.0))
