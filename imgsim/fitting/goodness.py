"""Whether a fitted distribution can have made the data: Anderson-Darling by parametric bootstrap.

Parameters that are fitted to the data make every fit look good, so the p-value is that of samples
drawn from the fitted distribution and fitted again (Stute, Gonzales Manteiga and Presedo Quindimil,
1993). With lower bounds the distribution function of the data is that of Kaplan and Meier.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy import special

from imgsim.chance.base import Floats
from imgsim.fitting.likelihood import Family, Maximum
from imgsim.fitting.sample import Bools, Sample, product_limit

_ROWS: Final = 500
_EDGE: Final = 1e-12


def p_value(
    family: Family, best: Maximum, sample: Sample, draws: int, rng: np.random.Generator
) -> float:
    """Return the p-value of a fit by so many draws.

    Of a larger sample it is that of five hundred rows of it, because what simulates need not be
    right to the last digit.
    """
    some = sample.some(_ROWS, rng)
    one = Sample(some.values[None], some.seen[None])
    fitted = best.again(one)
    drawn = family.of(fitted).rvs(size=(draws, len(some)), random_state=rng)
    samples = some.like(drawn, rng)
    seen = distance(family, fitted, one)[0]
    return float((1 + np.sum(distance(family, best.again(samples), samples) >= seen)) / (1 + draws))


def distance(family: Family, parameters: Floats, samples: Sample) -> Floats:
    """Return the Anderson-Darling distance of each sample from a row of parameters."""
    return anderson_darling(family.of(parameters).cdf(samples.values), samples.seen)


def anderson_darling(u: Floats, seen: Bools) -> Floats:
    """Return n times the weighted squared distance of the sample from what it is held against.

    ``u`` is the distribution function at the ascending values. The integral ends at the last value
    if that is a lower bound, else at 1.
    """
    u = np.clip(u, _EDGE, 1 - _EDGE)
    reached = product_limit(seen)
    between = _integral(reached[..., :-1], u[..., 1:]) - _integral(reached[..., :-1], u[..., :-1])
    first = -special.log1p(-u[..., 0]) - u[..., 0]
    last = np.where(seen[..., -1], -np.log(u[..., -1]) - 1 + u[..., -1], 0.0)
    total: Floats = u.shape[-1] * (first + between.sum(axis=-1) + last)
    return total


def _integral(level: Floats, u: Floats) -> Floats:
    """Return the integral of (level - u)^2 / (u (1 - u)), but for a constant."""
    parts: Floats = level**2 * np.log(u) - (1 - level) ** 2 * special.log1p(-u) - u
    return parts


def gap(law_cdf: Floats, sample: Sample) -> float:
    """Return the largest difference of two distribution functions at the complete values."""
    reached = sample.reached[sample.seen]
    before = np.concatenate([[0.0], reached[:-1]])
    there = law_cdf[sample.seen]
    return float(max(np.max(np.abs(reached - there)), np.max(np.abs(before - there))))
