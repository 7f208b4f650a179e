"""Simulated moments: parameters whose simulated figures lie nearest to the measured ones.

McFadden, "A method of simulated moments", 1989; Gourieroux, Monfort and Renault, "Indirect
inference", 1993. The distance is Q = d' W d, where d is the measured figures minus the mean of R
simulations and W the inverse of (1 + 1/R) times the covariance of the figures, itself simulated.
Every point meets the same luck, so that Q is nearly smooth. An interval holds the values at which
Q, at its least over all other parameters, stays within a quantile of chi-square of the least of all
(Newey and West, "Hypothesis testing with efficient method of moments", 1987): unlike one by
standard errors, it says honestly when the data bound a parameter on one side or on none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import numpy as np
from scipy.linalg import solve_triangular
from scipy.optimize import least_squares

from imgsim.chance.base import Floats

REPLICATIONS: Final = 4
COVARIANCE: Final = 60
_STEP: Final = 0.04
"""Change of a parameter, in its own scale, by which derivatives are taken: wide, as figures of few
simulations are smooth only in the large."""
_HALVINGS: Final = 3
_NEWTON: Final = 4


class Point(NamedTuple):
    """Parameters in their own scale, 0 or more, and how far their figures are off."""

    at: Floats
    distance: float


@dataclass(eq=False)
class Moments:
    """The distance of simulated figures from measured ones.

    ``simulate(parameters, replication)`` returns one array of figures a series, each independent of
    the others; ``measured`` holds the same. ``highest`` bounds the parameters, 0 is their lowest.
    """

    simulate: Callable[[Floats, int], Sequence[Floats]]
    measured: Sequence[Floats]
    highest: Floats
    runs: int = 0
    """Simulations of all series made so far."""
    _roots: list[Floats] = field(default_factory=list)
    _known: dict[bytes, list[Floats]] = field(default_factory=dict)

    @property
    def figures(self) -> int:
        """How many figures there are."""
        return sum(len(one) for one in self.measured)

    def weigh(self, at: Floats, replications: int = COVARIANCE) -> None:
        """Take the covariance of the figures from simulations at a point."""
        self.runs += replications
        drawn = [self.simulate(at, REPLICATIONS + number) for number in range(replications)]
        self._roots = []
        for columns in zip(*drawn, strict=True):
            sample = np.asarray(columns)
            spread = np.cov(sample, rowvar=False)
            tiny = 1e-8 * np.trace(spread) / len(spread) + 1e-12
            scale = (1 + 1 / REPLICATIONS) * _hartlap(*sample.shape)
            self._roots.append(np.linalg.cholesky(scale * (spread + tiny * np.eye(len(spread)))))

    def off(self, at: Floats) -> Floats:
        """Return how far the figures are off, in independent units of their own luck."""
        means = self._means(at)
        return np.concatenate(
            [
                solve_triangular(root, was - mean, lower=True)
                for root, was, mean in zip(self._roots, self.measured, means, strict=True)
            ]
        )

    def slopes(self, at: Floats, free: Sequence[int]) -> Floats:
        """Return the derivatives of `off`, one column for each free parameter."""
        here, columns = self.off(at), []
        for place in free:
            step = _STEP if at[place] + _STEP <= self.highest[place] else -_STEP
            there = at.copy()
            there[place] += step
            columns.append((self.off(there) - here) / step)
        return np.stack(columns, axis=1)

    def nearest(self, start: Floats, free: Sequence[int], most: int = 12) -> Point:
        """Return the nearest point that differs from the start in the free parameters alone."""
        chosen, best = list(free), Point(start, float(self.off(start) @ self.off(start)))

        def put(values: Floats) -> Floats:
            at = start.copy()
            at[chosen] = values
            return at

        found = least_squares(
            lambda values: self.off(put(values)),
            np.clip(start[chosen], 1e-9, self.highest[chosen] - 1e-9),
            jac=lambda values: self.slopes(put(values), chosen),
            bounds=(0.0, self.highest[chosen]),
            xtol=3e-3,
            ftol=3e-3,
            max_nfev=most,
        )
        point = Point(put(found.x), 2 * float(found.cost))
        return point if point.distance < best.distance else best

    def _means(self, at: Floats) -> list[Floats]:
        key = at.tobytes()
        if key not in self._known:
            self.runs += REPLICATIONS
            drawn = [self.simulate(at, number) for number in range(REPLICATIONS)]
            self._known[key] = [
                np.mean(np.asarray(one), axis=0) for one in zip(*drawn, strict=True)
            ]
        return self._known[key]


def _hartlap(sample: int, figures: int) -> float:
    """Return the factor that an inverse covariance of few simulations is too large by.

    Hartlap, Simon and Schneider, "Why your model parameter confidences might be too optimistic",
    2007.
    """
    return (sample - 1) / (sample - figures - 2)


class Profile:
    """The least distance at each value of one parameter.

    ``points`` are known ones, nearest under different conditions; those that lie within the rise of
    the nearest of all are inside every interval, and searches begin at the outermost of them.
    """

    def __init__(self, moments: Moments, points: Sequence[Point], rise: float) -> None:
        self._moments = moments
        self._most = min(point.distance for point in points) + rise
        self._inside = [point for point in points if point.distance <= self._most]
        self._slopes: dict[int, Floats] = {}

    def interval(self, place: int) -> tuple[float, float]:
        """Return the lowest and the highest value that is near enough."""
        outermost = sorted(self._inside, key=lambda point: (point.at[place], -point.distance))
        return (
            self._end(place, outermost[0], -1, 0.0),
            self._end(place, outermost[-1], 1, float(self._moments.highest[place])),
        )

    def _end(self, place: int, point: Point, sign: int, bound: float) -> float:
        inside = float(point.at[place])
        reach = max(self._standard_error(place, point), _STEP)

        def above(value: float) -> float:
            return self._least(place, value, point) - self._most

        while inside != bound:
            outside = float(np.clip(inside + sign * reach, 0.0, self._moments.highest[place]))
            if above(outside) > 0:
                return self._halved(above, inside, outside)
            inside, reach = outside, 2 * reach
        return bound

    @staticmethod
    def _halved(above: Callable[[float], float], inside: float, outside: float) -> float:
        """Return where it begins to be above, by some halvings: the middle of what is left."""
        for _ in range(_HALVINGS):
            middle = (inside + outside) / 2
            inside, outside = (inside, middle) if above(middle) > 0 else (middle, outside)
        return (inside + outside) / 2

    def _least(self, place: int, value: float, point: Point) -> float:
        """Return the least distance with the parameter at the value, by steps of Newton's.

        Slopes are those at the point, from which the search begins.
        """
        moments, at, slopes = self._moments, point.at.copy(), self._slopes_at(point)
        if value == at[place]:
            return point.distance
        others = [other for other in range(len(at)) if other != place]
        pull = np.linalg.pinv(slopes[:, others], rcond=0.01)
        at[place] = value
        off = moments.off(at)
        least, share = float(off @ off), 1.0
        for _ in range(_NEWTON):
            if least <= self._most:
                break
            there = at.copy()
            there[others] = np.clip(
                at[others] - share * (pull @ off), 0.0, moments.highest[others]
            )
            off_there = moments.off(there)
            if (distance := float(off_there @ off_there)) < least:
                at, off, least = there, off_there, distance
            else:
                share /= 3
        return least

    def _standard_error(self, place: int, point: Point) -> float:
        slopes = self._slopes_at(point)
        inverse = np.linalg.pinv(slopes.T @ slopes, rcond=1e-8)
        return float(np.sqrt(max(inverse[place, place], 0.0)))

    def _slopes_at(self, point: Point) -> Floats:
        key = id(point)
        if key not in self._slopes:
            self._slopes[key] = self._moments.slopes(point.at, range(len(point.at)))
        return self._slopes[key]
