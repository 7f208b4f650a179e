"""Durations seen, some of them only as lower bounds, and their distribution by Kaplan and Meier.

Kaplan and Meier, "Nonparametric estimation from incomplete observations", 1958. Arrays hold samples
along their last axis, so that many samples are worked on at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from imgsim.chance.base import Floats
from imgsim.units import DAY, SECOND

Bools = NDArray[np.bool_]
LONGEST: Final = 36_500 * DAY / SECOND
"""No duration is longer, in seconds."""
_SHORTEST: Final = 1 / SECOND


@dataclass(frozen=True, eq=False)
class Sample:
    """Durations in seconds, ascending along the last axis; where not ``seen``, lower bounds."""

    values: Floats
    seen: Bools

    def __len__(self) -> int:
        return int(self.values.shape[-1])

    @property
    def complete(self) -> Floats:
        """The durations of one sample that are no lower bounds."""
        return self.values[self.seen]

    @property
    def reached(self) -> Floats:
        """The estimated probability of each value or less, by the product-limit estimator."""
        return product_limit(self.seen)

    def quantiles(self, probabilities: Floats) -> Floats:
        """Return the quantiles of one sample; NaN where it does not reach so far."""
        complete, reached = self.complete, self.reached[self.seen]
        place = np.searchsorted(reached, probabilities - 1e-12)
        inside = place < len(complete)
        return np.where(inside, complete[np.minimum(place, len(complete) - 1)], np.nan)

    def some(self, count: int, rng: np.random.Generator) -> Sample:
        """Return at most so many of the values of one sample, drawn without regard to them."""
        if len(self) <= count:
            return self
        chosen = np.sort(rng.choice(len(self), count, replace=False))
        return Sample(self.values[chosen], self.seen[chosen])

    def like(self, drawn: Floats, rng: np.random.Generator) -> Sample:
        """Return drawn durations as this log would have seen them: some only to a bound.

        Bounds are drawn from their own Kaplan-Meier estimate; where that ends there is none.
        """
        if self.seen.all():
            return Sample(np.sort(drawn, axis=-1), np.ones(drawn.shape, dtype=bool))
        bounds, reached = self.values[~self.seen], product_limit(~self.seen)[~self.seen]
        place = np.searchsorted(reached, rng.random(drawn.shape) - 1e-12)
        bound = np.append(bounds, np.inf)[place]
        values, seen = np.minimum(drawn, bound), drawn <= bound
        order = np.argsort(values, axis=-1, kind="stable")
        return Sample(np.take_along_axis(values, order, -1), np.take_along_axis(seen, order, -1))


def product_limit(seen: Bools) -> Floats:
    """Return the probability that is reached at each of the values in ascending order."""
    at_risk = np.arange(seen.shape[-1], 0, -1)
    reached: Floats = 1.0 - np.cumprod(1.0 - seen / at_risk, axis=-1)
    return reached


def sample_of(values: ArrayLike | Sequence[Any], censored: ArrayLike | None = None) -> Sample:
    """Return the sample of durations, numbers of seconds or timedeltas; raise `ValueError`."""
    seconds = np.asarray(values)
    if seconds.dtype.kind == "m":
        seconds = seconds / np.timedelta64(1, "s")
    if seconds.ndim != 1 or seconds.dtype.kind not in "iuf":
        raise ValueError("durations must be a column of numbers of seconds, or of timedeltas")
    seconds = seconds.astype(np.float64)
    seen = np.ones(len(seconds), dtype=bool)
    if censored is not None:
        flags = np.asarray(censored)
        if flags.shape != seconds.shape or flags.dtype != np.bool_:
            raise ValueError("censored must be a column of truth values, one for each duration")
        seen = ~flags
    _demand(seconds, seen)
    order = np.lexsort((~seen, seconds))
    return Sample(seconds[order], seen[order])


def _demand(seconds: Floats, seen: Bools) -> None:
    if not len(seconds):
        raise ValueError("there are no durations")
    good = (seconds >= _SHORTEST) & (seconds <= LONGEST)
    if not good.all():
        row = int(np.argmin(good))
        raise ValueError(
            f"row {row + 1} holds a duration of {seconds[row]:.6g} s; a duration is a finite time "
            "of a microsecond or more, and at most 100 years"
        )
    if not seen.any():
        raise ValueError(
            "every duration is only a lower bound; what is never seen to end has no distribution"
        )
