"""Simulated moments: parameters whose simulated figures lie near the measured ones.

McFadden, "A method of simulated moments", 1989; Gourieroux, Monfort and Renault, "Indirect
inference", 1993. The distance is Q = d' W d, where d is the measured figures minus the mean of R
simulations and W the inverse of (1 + 1/R) times the covariance of the figures, itself simulated.
All points meet the same luck. An interval holds the values at which Q, at its least over all other
parameters, lies within a quantile of chi-square of the least of all (Newey and West, "Hypothesis
testing with efficient method of moments", 1987): unlike one by standard errors, it says so when
the data bound a parameter on one side or on none. As simulations cost time, figures between the
points simulated are interpolated by thin-plate splines, and more points are simulated where
Q is small (Jones, Schonlau and Welch, "Efficient global optimization", 1998).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from scipy.interpolate import RBFInterpolator
from scipy.linalg import solve_triangular
from scipy.stats import qmc

from imgsim.chance.base import Floats

REPLICATIONS: Final = 8
_COVARIANCE: Final = 60
_FIRST: Final = 64
_EACH_ROUND: Final = 24
_CANDIDATES: Final = 6_000
_SPLINE: Final = 160
"""Points, the nearest ones, between which figures are interpolated."""
_SMOOTHING: Final = 1e-3
_AGAIN: Final = 2
"""Round before which the covariance is taken again, nearer."""
_NEAR: Final = (60.0, 30.0, 15.0, 10.0, 8.0)
"""Q above the least within which points are simulated next, round by round."""


@dataclass(eq=False)
class Moments:
    """The distance of simulated figures from measured ones.

    ``simulate(parameters, replication)`` returns one array of figures a series, each independent of
    the others; ``measured`` holds the same. ``highest`` bounds the parameters, 0 is their lowest;
    those in ``absent`` are tried at 0 too.
    """

    simulate: Callable[[Floats, int], Sequence[Floats]]
    measured: Sequence[Floats]
    highest: Floats
    absent: Sequence[Sequence[int]] = ()
    runs: int = 0
    """Simulations of all series made so far."""
    _roots: list[Floats] = field(default_factory=list)
    _points: list[Floats] = field(default_factory=list)
    _means: list[list[Floats]] = field(default_factory=list)

    @property
    def figures(self) -> int:
        """How many figures there are."""
        return sum(len(one) for one in self.measured)

    def search(self) -> tuple[Floats, Floats]:
        """Return points about the nearest one, in rows, and the distance of each."""
        rng = np.random.default_rng(0)
        first = qmc.Sobol(len(self.highest), rng=rng).random(_FIRST) * self.highest
        self._visit(self._with_absent(first, rng))
        self._weigh(self._points[int(np.argmin(self._plain_distances()))])
        box = np.zeros_like(self.highest), self.highest
        for number, near in enumerate(_NEAR):
            if number == _AGAIN:
                self._weigh(self._nearest_visited())
            points, distances = self._cloud(box, rng)
            close = points[distances <= distances.min() + near]
            self._visit(close[rng.permutation(len(close))[:_EACH_ROUND]])
            box = self._around(close)
        return self._cloud(box, rng)

    def _cloud(self, box: tuple[Floats, Floats], rng: np.random.Generator) -> tuple[Floats, Floats]:
        """Return many points of the box, and their distances by interpolation."""
        low, high = box
        width = high - low
        spread = low + width * rng.random((_CANDIDATES, len(low)))
        step = width * 0.15 * rng.standard_normal((_CANDIDATES, len(low)))
        about = np.clip(self._nearest_visited() + step, 0.0, self.highest)
        points = self._with_absent(np.concatenate([spread, about]), rng)
        off = self._off(self._means)
        near = np.argsort(np.sum(off**2, axis=1))[:_SPLINE]
        visited = np.asarray(self._points)[near]
        spline = RBFInterpolator(visited / width, off[near], smoothing=_SMOOTHING)
        return points, np.sum(spline(points / width) ** 2, axis=1)

    def _with_absent(self, points: Floats, rng: np.random.Generator) -> Floats:
        """Return the points, some of them with parameters at 0 that may be absent."""
        which = rng.integers(0, 2 * len(self.absent) + 1, len(points))
        for number, places in enumerate(self.absent):
            points[np.ix_(which == number, list(places))] = 0.0
        return points

    def _around(self, points: Floats) -> tuple[Floats, Floats]:
        """Return the box that holds the points, and some room about them."""
        low, high = points.min(axis=0), points.max(axis=0)
        room = 0.15 * (high - low) + 0.02
        return np.maximum(low - room, 0.0), np.minimum(high + room, self.highest)

    def _visit(self, points: Floats) -> None:
        """Simulate the mean figures at the points."""
        for at in points:
            drawn = [self.simulate(at, number) for number in range(REPLICATIONS)]
            self._points.append(at)
            self._means.append([np.mean(one, axis=0) for one in zip(*drawn, strict=True)])
        self.runs += REPLICATIONS * len(points)

    def _plain_distances(self) -> Floats:
        """Return distances of the visited points when all figures count alike."""
        was = np.concatenate(list(self.measured))
        found = np.array([np.concatenate(means) for means in self._means])
        return np.asarray(np.sum((found - was) ** 2, axis=1))

    def _nearest_visited(self) -> Floats:
        return self._points[int(np.argmin(np.sum(self._off(self._means) ** 2, axis=1)))]

    def _weigh(self, at: Floats) -> None:
        """Take the covariance of the figures from simulations at a point."""
        self.runs += _COVARIANCE
        drawn = [self.simulate(at, REPLICATIONS + number) for number in range(_COVARIANCE)]
        self._roots = []
        for one in zip(*drawn, strict=True):
            sample = np.asarray(one)
            spread = np.cov(sample, rowvar=False)
            least = (1e-6 * np.trace(spread) / len(spread) + 1e-12) * np.eye(len(spread))
            scale = (1 + 1 / REPLICATIONS) * _hartlap(*sample.shape)
            self._roots.append(np.linalg.cholesky(scale * (spread + least)))

    def _off(self, means: Sequence[Sequence[Floats]]) -> Floats:
        """Return how far mean figures are off, a row a point, in units of their own luck."""
        return np.concatenate(
            [
                solve_triangular(root, (was - np.asarray(found)).T, lower=True).T
                for root, was, found in zip(
                    self._roots, self.measured, zip(*means, strict=True), strict=True
                )
            ],
            axis=1,
        )


def _hartlap(sample: int, figures: int) -> float:
    """Return the factor that an inverse covariance of few simulations is too large by.

    Hartlap, Simon and Schneider, "Why your model parameter covariances might be too optimistic",
    2007.
    """
    return (sample - 1) / (sample - figures - 2)
