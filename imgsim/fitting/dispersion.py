"""How much counts of arrivals vary: the index of dispersion, variance over mean, by window.

Of a Poisson stream it is 1 for every window; bursts raise it, regular times lower it (Cox and
Lewis, "The statistical analysis of series of events", 1966).
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from scipy import stats

from imgsim.fitting.instants import Arrivals
from imgsim.fitting.likelihood import CONFIDENCE
from imgsim.units import DAY, HOUR, MINUTE, SECOND

_WINDOWS: Final = (MINUTE, 10 * MINUTE, HOUR, 6 * HOUR, DAY)
_FEWEST: Final = 20
_LEAST_MEAN: Final = 0.2


class Dispersion(NamedTuple):
    """Variance over mean of the calls in windows of a length in seconds, and its 90 % interval."""

    window_s: float
    windows: int
    mean: float
    ratio: float
    low: float
    high: float


def dispersions(arrivals: Arrivals) -> list[Dispersion]:
    """Return the index of each window of which there are enough, with enough calls in them."""
    found = []
    for window in _WINDOWS:
        count = int((arrivals.micros[-1] - arrivals.micros[0]) // window)
        if count >= _FEWEST and len(arrivals) / count >= _LEAST_MEAN:
            found.append(dispersion(arrivals, window))
    return found


def dispersion(arrivals: Arrivals, window: int) -> Dispersion:
    """Return the index for a window of microseconds.

    Its interval is that of a variance, by chi squared with as many degrees of freedom as give the
    variance that the counts themselves show (Satterthwaite, 1946).
    """
    first = arrivals.micros[0]
    count = int((arrivals.micros[-1] - first) // window)
    edges = first + 1 + window * np.arange(count + 1)
    counts = np.diff(np.searchsorted(arrivals.micros, edges)).astype(np.float64)
    mean, variance = float(counts.mean()), float(counts.var(ddof=1))
    index = variance / mean
    off = counts - mean
    influence = (off**2 - variance) / mean - index * off / mean
    error = float(influence.std(ddof=1)) / count**0.5
    freedom = min(2 * (index / error) ** 2, 10.0 * count) if error else 10.0 * count
    tails = stats.chi2.ppf([(1 + CONFIDENCE) / 2, (1 - CONFIDENCE) / 2], freedom)
    low, high = (freedom * index / np.asarray(tails)).tolist()
    return Dispersion(window / SECOND, count, mean, index, low, high)
