"""Numbers with their confidence, from independent replications."""

from __future__ import annotations

import math
import re
from functools import cache
from typing import Final, NamedTuple

import numpy as np
from scipy import stats

from imgsim.study.sample import Floats, Sample

_OF_EACH: Final = re.compile(r"\.(p\d+|max|peak)(@|$)")


class Estimate(NamedTuple):
    """A number and the ends of its interval, None where there is none; and how it was found.

    ``at_least`` marks a number that is a lower bound: it has no upper end.
    """

    mean: float | None
    low: float | None
    high: float | None
    n: int
    method: str
    at_least: bool = False

    @property
    def half_width(self) -> float:
        """How far the farther end lies; infinity where one is missing."""
        if self.mean is None or self.low is None or self.high is None:
            return math.inf
        return max(self.high - self.mean, self.mean - self.low)


def estimate(sample: Sample, confidence: float, *, stopped: bool = False) -> Estimate:
    """Return what the replications tell of a measure; ``stopped`` when intervals were narrow."""
    if sample.parts is not None and sample.wholes is not None:
        return share_of_calls(sample.parts, sample.wholes, confidence)
    return mean(sample, confidence, stopped=stopped)


def mean(sample: Sample, confidence: float, *, stopped: bool = False) -> Estimate:
    """Return the mean over replications with its Student interval.

    Replications are independent and alike, so their means are nearly normal however the
    observations inside a run depend on each other (Law, "Simulation Modeling and Analysis", 5th
    ed., 9.4.1). Who stops when an interval is narrow prefers samples that vary little by chance:
    then the interval is wider by half a standard error of the standard deviation, which brings
    93.3 % of skewed cases back to 94.7. Bounds make the mean a bound; a replication without a value
    leaves none.
    """
    values, n = sample.column, len(sample.column)
    of = _OF_EACH.search(sample.name)
    method = f"mean of the replications' {of[1]}" if of else "mean over replications"
    without = int(np.isnan(values).sum())
    if without or not n:
        return Estimate(None, None, None, n, f"none: {without} of {n} replications have no value")
    centre = float(values.mean())
    half = None
    if n > 1:
        spread = float(values.std(ddof=1)) * (1 + (0.5 / math.sqrt(2 * (n - 1)) if stopped else 0))
        half = student(n - 1, confidence) * spread / math.sqrt(n)
    low, high = (None, None) if half is None else (centre - half, centre + half)
    if sample.at_least.any():
        many = int(sample.at_least.sum())
        bound = f"{method}, at least: {many} of {n} runs ended before it was known"
        return Estimate(centre, low, None, n, bound, at_least=True)
    return Estimate(centre, low, high, n, method)


def share_of_calls(parts: Floats, wholes: Floats, confidence: float) -> Estimate:
    """Return the ratio of the sums, with an interval that knows that refusals cluster.

    The wider, at each end, of the Student interval of a ratio estimator over replications (Cochran,
    "Sampling Techniques", 3rd ed., 6.5) and of the exact binomial interval with the number of calls
    divided by the design effect, the variance between replications over the binomial one, and
    adjusted for its degrees of freedom (Korn and Graubard, "Confidence intervals for proportions
    with small expected number of positive counts estimated from survey data", Survey Methodology
    24, 1998). The effect is at least 1, and more where only few events were seen. Without any
    event, or any other than an event, replications are what is counted: 0 of n.
    """
    n, whole, part = len(wholes), float(wholes.sum()), float(parts.sum())
    if not whole:
        return Estimate(None, None, None, n, f"none: no calls in {n} replications")
    ratio = part / whole
    if part in (0, whole):
        with_calls = int((wholes > 0).sum())
        events = with_calls if part else 0
        low, high = exact_binomial(events, with_calls, confidence)
        what = "others" if part else "events"
        return Estimate(ratio, low, high, n, f"no {what}: bound by 0 of {with_calls} replications")
    if n == 1:
        return Estimate(ratio, None, None, n, "ratio of sums")
    variance = float(((parts - ratio * wholes) ** 2).sum()) * n / (n - 1) / whole**2
    half = student(n - 1, confidence) * math.sqrt(variance)
    effect = max(variance / (ratio * (1 - ratio) / whole), _clusters(parts))
    effect *= (student(n - 1, confidence) / student(math.inf, confidence)) ** 2
    low, high = exact_binomial(part / effect, whole / effect, confidence)
    return Estimate(
        ratio,
        max(min(low, ratio - half), 0.0),
        min(max(high, ratio + half), 1.0),
        n,
        "ratio of sums",
    )


def _clusters(parts: Floats) -> float:
    """Return how many events come together, at least 1, as if one more had been seen.

    The events, and one more, of a replication that has some, over what it would be of events that
    come singly (Poisson): that a few came singly is no proof that none come together.
    """
    part, with_events = float(parts.sum()), int((parts > 0).sum())
    expected = part / len(parts)
    return max(1.0, (part + 1) / with_events * -math.expm1(-expected) / expected)


def share_of_trials(events: int, trials: int, confidence: float) -> Estimate:
    """Return the share of independent trials, such as replications or nights, exactly binomial."""
    if not trials:
        return Estimate(None, None, None, 0, "none: no trials")
    low, high = exact_binomial(events, trials, confidence)
    return Estimate(events / trials, low, high, trials, "exact binomial")


def exact_binomial(events: float, trials: float, confidence: float) -> tuple[float, float]:
    """Return the ends of the interval of Clopper and Pearson (1934); counts may be broken."""
    tail = (1 - confidence) / 2
    low = float(stats.beta.ppf(tail, events, trials - events + 1)) if events > 0 else 0.0
    high = float(stats.beta.ppf(1 - tail, events + 1, trials - events)) if events < trials else 1.0
    return low, high


@cache
def student(freedom: float, confidence: float) -> float:
    """Return the factor of the standard error in a two-sided Student interval."""
    return float(stats.t.ppf((1 + confidence) / 2, freedom))
