"""Independent arrivals at a constant rate, or one that follows the hours; and tests of it.

A stream whose time is measured by its own cumulated rate is a Poisson stream of rate 1 (Brown et
al., "The time-rescaling theorem", 2002), so one set of tests serves all profiles.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy import stats

from imgsim.chance.base import Floats
from imgsim.fitting.families import FAMILIES
from imgsim.fitting.goodness import p_value
from imgsim.fitting.instants import Arrivals, Whole
from imgsim.fitting.likelihood import CONFIDENCE
from imgsim.fitting.sample import Sample
from imgsim.units import DAY, HOUR

_EXPONENTIAL: Final = FAMILIES[0]
_PER_BIN: Final = 5.0
_DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
KINDS: Final[Mapping[str, tuple[tuple[str, ...], int]]] = {
    "every_day": (("every_day",), 2 * DAY),
    "weekdays and weekend": (("weekdays", "weekend"), 7 * DAY),
    "each day": (_DAYS, 14 * DAY),
}
"""Days that have rates of their own, and how long a log must be to tell them."""


@dataclass(frozen=True, eq=False)
class Rates:
    """Rates an hour of cells, with their exact intervals, and the cell of each quarter."""

    cells: Whole
    counts: Floats
    hours: Floats

    @property
    def means(self) -> Floats:
        """Calls an hour of each cell."""
        return self.counts / self.hours

    @property
    def low(self) -> Floats:
        """Lower ends of the exact 90 % intervals (Garwood, 1936)."""
        ends = stats.chi2.ppf((1 - CONFIDENCE) / 2, 2 * self.counts) / 2 / self.hours
        return np.where(self.counts > 0, ends, 0.0)

    @property
    def high(self) -> Floats:
        """Upper ends."""
        ends: Floats = stats.chi2.ppf((1 + CONFIDENCE) / 2, 2 * self.counts + 2) / 2 / self.hours
        return ends


def cells_of(arrivals: Arrivals, kind: str | None) -> Whole:
    """Return the cell of each quarter: 24 for each kind of day, or one for all."""
    if kind is None:
        return np.zeros(len(arrivals.edges) - 1, dtype=np.int64)
    hour, day = arrivals.hours
    days = {1: 0 * day, 2: np.where(day >= 5, 1, 0), 7: day}[len(KINDS[kind][0])]
    cells: Whole = hour + 24 * days
    return cells


def rates(arrivals: Arrivals, kind: str | None) -> Rates | None:
    """Return the rates of all arrivals after the first; None where a cell was never there."""
    if kind is not None and arrivals.micros[-1] - arrivals.micros[0] < KINDS[kind][1]:
        return None
    cells = cells_of(arrivals, kind)
    number = 1 if kind is None else 24 * len(KINDS[kind][0])
    hours = np.bincount(cells, np.diff(arrivals.edges), number) / HOUR
    if not hours.all():
        return None
    return Rates(cells, np.bincount(cells, counts_of(arrivals), number) + 0.0, hours)


def counts_of(arrivals: Arrivals) -> Floats:
    """Return how many arrivals each quarter has; the first of all is where the log begins."""
    places = np.searchsorted(arrivals.micros, arrivals.edges[1:], side="right")
    return np.diff(places, prepend=1).astype(np.float64)


def log_likelihood(found: Rates) -> float:
    """Return the log-likelihood, of instants in seconds."""
    busy = found.counts > 0
    per_second = found.means[busy] / 3600
    return float(np.sum(found.counts[busy] * (np.log(per_second) - 1)))


def tests(
    arrivals: Arrivals, found: Rates, draws: int, rng: np.random.Generator
) -> dict[str, float]:
    """Return p-values of the gaps, of their order, and of the counts in windows."""
    expected = found.means[found.cells] * np.diff(arrivals.edges) / HOUR
    passed = np.concatenate([[0.0], np.cumsum(expected)])
    gaps = np.diff(np.interp(arrivals.micros, arrivals.edges, passed))
    return {
        "gaps": _gaps(gaps, draws, rng),
        "order": in_order(gaps),
        "counts": _counts(arrivals, found, expected, draws, rng),
    }


def in_order(gaps: Floats) -> float:
    """Return the p-value of the rank correlation of each gap with the next."""
    return float(stats.spearmanr(gaps[:-1], gaps[1:]).pvalue)


def _gaps(gaps: Floats, draws: int, rng: np.random.Generator) -> float:
    sample = Sample(np.sort(np.maximum(gaps, 1e-9)), np.ones(len(gaps), dtype=bool))
    best = _EXPONENTIAL.fit(_EXPONENTIAL, sample)
    assert best is not None
    return p_value(_EXPONENTIAL, best, sample, draws, rng)


def _counts(
    arrivals: Arrivals, found: Rates, expected: Floats, draws: int, rng: np.random.Generator
) -> float:
    """Return the p-value of Pearson's distance of counts, by drawing and fitting again.

    Windows follow each other and expect as many calls each as make the distance meaningful.
    """
    windows = (np.cumsum(expected) / _PER_BIN).astype(np.int64)

    def distance(counts: Floats) -> float:
        cells = np.bincount(found.cells, counts, len(found.hours)) / found.hours
        again = cells[found.cells] * np.diff(arrivals.edges) / HOUR
        seen, due = np.bincount(windows, counts), np.bincount(windows, again)
        return float(np.sum((seen - due)[due > 0] ** 2 / due[due > 0]))

    seen = distance(counts_of(arrivals))
    drawn = [distance(rng.poisson(expected).astype(np.float64)) for _ in range(draws)]
    return (1 + sum(one >= seen for one in drawn)) / (1 + draws)
