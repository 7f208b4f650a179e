"""How two cases differ, replication by replication, and whether it matters."""

from __future__ import annotations

import math
from typing import Literal, NamedTuple

import numpy as np

from imgsim.study.estimates import estimate, exact_binomial, student
from imgsim.study.sample import Floats, Sample

Word = Literal["better", "worse", "equivalent", "undecided"]


class Difference(NamedTuple):
    """The other case's measure less the baseline's, with its interval; None where there is none.

    ``variance_ratio`` is by how much the variance would be larger with independent luck.
    """

    baseline: float | None
    other: float | None
    difference: float | None
    low: float | None
    high: float | None
    variance_ratio: float | None
    n: int
    method: str


def difference(baseline: Sample, other: Sample, alpha: float) -> Difference:
    """Return the paired difference, whose interval misses the true one with chance ``alpha``.

    The Student interval of the differences by replication (Law, "Simulation Modeling and Analysis",
    5th ed., 10.2.1); of shares of calls, of the linearized ratios. It is at least as wide as the
    exact binomial one of how often a replication differs at all times how much those did that
    differ; of shares that never differed, times the share itself, or 1 where there were no events.
    """
    one, two = estimate(baseline, 1 - alpha), estimate(other, 1 - alpha)
    n = len(baseline.column)
    if one.mean is None or two.mean is None or one.at_least or two.at_least or n < 2:
        what = "a value is missing or only a bound" if n != 1 else "one pair tells no spread"
        method = f"none: {what}"
        return Difference(one.mean, two.mean, None, None, None, None, n, method)
    of_one, of_two = _contributions(baseline), _contributions(other)
    pairs = of_two.centred - of_one.centred
    spread = float(pairs.var(ddof=1))
    half = student(n - 1, 1 - alpha) * math.sqrt(spread / n)
    steps = of_two.events - of_one.events
    differing = int((of_one.raw != of_two.raw).sum())
    if differing:
        size = math.sqrt(float((steps**2).sum()) / differing)
    else:
        size = _size_of_events(baseline, of_one.events, of_two.events)
    _, most = exact_binomial(differing, n, 1 - alpha)
    half = max(half, (most - differing / n) * size)
    centre = two.mean - one.mean
    apart = float(of_one.centred.var(ddof=1) + of_two.centred.var(ddof=1))
    ratio = apart / spread if spread else math.inf if apart else None
    method = f"{differing} of {n} pairs differ"
    return Difference(one.mean, two.mean, centre, centre - half, centre + half, ratio, n, method)


def word(found: Difference, margin: float, *, higher_is_better: bool) -> Word:
    """Return what the interval says beside a margin of practical relevance."""
    if found.low is None or found.high is None:
        return "undecided"
    if found.low > margin:
        return "better" if higher_is_better else "worse"
    if found.high < -margin:
        return "worse" if higher_is_better else "better"
    return "equivalent" if -margin < found.low and found.high < margin else "undecided"


class _Contributions(NamedTuple):
    """What each replication adds: as seen, in units of the measure, and less what is expected."""

    raw: Floats
    events: Floats
    centred: Floats


def _contributions(sample: Sample) -> _Contributions:
    if sample.parts is None or sample.wholes is None:
        return _Contributions(sample.column, sample.column, sample.column - sample.column.mean())
    mean = sample.wholes.mean()
    ratio = sample.parts.sum() / sample.wholes.sum()
    centred = (sample.parts - ratio * sample.wholes) / mean
    return _Contributions(sample.parts, sample.parts / mean, centred)


def _size_of_events(sample: Sample, *events: Floats) -> float:
    """Return how much a replication would differ by that did; of means nothing is known: 0."""
    if sample.parts is None:
        return 0.0
    seen = np.concatenate(events)
    seen = seen[seen > 0]
    return math.sqrt(float((seen**2).mean())) if len(seen) else 1.0


class Known(NamedTuple):
    """A measure of ``n`` earlier replications; None where it had no value, or only a bound."""

    value: float | None
    standard_error: float | None
    n: int


def known(sample: Sample) -> Known:
    """Return what a sample tells, to ten digits, to be compared later by `since`."""
    found, n = estimate(sample, 0.95), len(sample.column)
    if found.mean is None or found.at_least or n < 2:
        return Known(None, None, n)
    error = float(_contributions(sample).centred.std(ddof=1)) / math.sqrt(n)
    return Known(_rounded(found.mean), _rounded(error), n)


def since(before: Known, sample: Sample, alpha: float) -> Difference:
    """Return the difference from what was known, with luck of its own on each side.

    The interval is that of Welch ("The generalization of 'Student's' problem when several different
    population variances are involved", Biometrika 34, 1947); it misses the true difference with
    chance ``alpha``.
    """
    now = known(sample)
    if before.value is None or before.standard_error is None or now.value is None:
        method = "none: a value is missing or only a bound"
        return Difference(before.value, now.value, None, None, None, None, now.n, method)
    one, two = before.standard_error**2, (now.standard_error or 0.0) ** 2
    half = 0.0
    if one + two:
        freedom = (one + two) ** 2 / (one**2 / (before.n - 1) + two**2 / (now.n - 1))
        half = student(freedom, 1 - alpha) * math.sqrt(one + two)
    centre = now.value - before.value
    method = f"{before.n} and {now.n} replications"
    return Difference(
        before.value, now.value, centre, centre - half, centre + half, None, now.n, method
    )


def _rounded(value: float) -> float:
    return float(f"{value:.10g}")
