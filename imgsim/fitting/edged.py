"""Families with an edge that the data touch: their parameters, and intervals, have formulas.

Johnson, Kotz and Balakrishnan, "Continuous univariate distributions", 1994, chapters 19 and 26.
"""

from __future__ import annotations

import numpy as np
from scipy import stats

from imgsim.chance.base import Floats
from imgsim.fitting.likelihood import CONFIDENCE, Family, Maximum
from imgsim.fitting.sample import Sample


def uniform(_: Family, sample: Sample) -> Maximum | None:
    """Fit a uniform distribution by its edges; None with lower bounds, which tell no upper edge."""
    if not sample.seen.all():
        return None
    low, high, count = sample.values[0], sample.values[-1], len(sample)
    beyond = (high - low) * ((1 - CONFIDENCE) ** (-1 / (count - 1)) - 1)
    return Maximum(
        np.array([low, high]),
        np.array([max(low - beyond, 0.0), high]),
        np.array([low, high + beyond]),
        float(-count * np.log(high - low)),
        lambda samples: np.stack([samples.values[:, 0], samples.values[:, -1]], axis=-1),
    )


def late_exponential(_: Family, sample: Sample) -> Maximum | None:
    """Fit an exponential distribution that begins at a lowest value, which is the least seen."""
    (mean, low), ended = _late(sample), int(sample.seen.sum())
    beyond = mean * ended
    top, bottom = (stats.chi2.ppf((1 + side * CONFIDENCE) / 2, 2 * ended - 2) for side in (1, -1))
    edge = beyond / (len(sample) * (ended - 1)) * stats.f.ppf(CONFIDENCE, 2, 2 * ended - 2)
    return Maximum(
        np.array([mean, low]),
        np.array([2 * beyond / top, max(low - edge, 0.0)]),
        np.array([2 * beyond / bottom, low]),
        float(-ended * (np.log(mean) + 1)),
        _late,
    )


def _late(sample: Sample) -> Floats:
    """Return mean and lowest value along the last axis, of one sample or many."""
    low = np.min(np.where(sample.seen, sample.values, np.inf), axis=-1)
    beyond = np.maximum(sample.values - low[..., None], 0.0).sum(axis=-1)
    return np.stack([beyond / sample.seen.sum(axis=-1), low], axis=-1)
