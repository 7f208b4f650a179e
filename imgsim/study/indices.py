"""What share of a measure's variance each factor brings: Sobol indices of a model with luck."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from imgsim.study.sample import Floats, Sample

RESAMPLES: Final = 1_000


class Indices(NamedTuple):
    """First-order and total indices of each factor with the ends of their intervals.

    Each is an array of shape (3, factors): index, low end, high end; NaN where there is none, and
    ``method`` says why.
    """

    first_order: Floats
    total: Floats
    method: str


def sobol_indices(values: Floats, confidence: float, seed: int) -> Indices:
    """Return the indices of the expected measure, of values by replication, sample and base point.

    ``values`` has the shape (replications, factors + 2, base points): samples A and B, then for
    each factor A with that factor's values from B. First-order indices are those of Saltelli et al.
    ("Variance based sensitivity analysis of model output", Computer Physics Communications 181,
    2010, table 2 b), total ones those of Jansen ("Analysis of variance designs for model output",
    Computer Physics Communications 117, 1999). Both are ratios of products of two values. Products
    of different replications alone are used, whose luck is independent, so that the luck that is
    left in a point's mean is not taken for an effect; of one replication nothing is known of luck.
    Intervals are percentiles of a Bayesian bootstrap (Rubin, "The Bayesian bootstrap", Annals of
    Statistics 9, 1981) with weights of base points times weights of replications, as both are
    crossed (Owen and Eckles, "Bootstrapping data arrays of arbitrary order", Annals of Applied
    Statistics 6, 2012); they are somewhat too wide rather than too narrow, the more so as base
    points are spread more evenly than by chance. Indices and ends lie between 0 and 1.
    """
    replications, samples, base = values.shape
    centred = values - values[:, :2].mean(axis=(1, 2), keepdims=True)
    products = _products(centred)
    even = np.full(replications, 1 / replications), np.full(base, 1 / base)
    found, variance = _ratios(centred, products, *even)
    rng = np.random.default_rng(seed)
    weights = [
        (rng.dirichlet(np.ones(replications)), rng.dirichlet(np.ones(base)))
        for _ in range(RESAMPLES)
    ]
    drawn = [_ratios(centred, products, *pair) for pair in weights]
    tail = (1 - confidence) / 2
    if variance <= 0 or np.mean([one <= 0 for _, one in drawn]) > tail:
        none = np.full((3, samples - 2), np.nan)
        return Indices(none, none, "none: the points do not differ beyond luck")
    ends = np.quantile([ratios for ratios, one in drawn if one > 0], [tail, 1 - tail], axis=0)
    first, total = np.split(np.clip([found, *ends], 0, 1), 2, axis=1)
    of_luck = f"{replications} replications" if replications > 1 else "the luck of one replication"
    return Indices(first, total, f"{base} base points, {of_luck}")


def _products(values: Floats) -> Floats:
    """Return by base point what the numerators, the square and the mean of values are made of.

    The shape is (..., 2 x factors + 2, base points).
    """
    a, b, mixed = values[..., :1, :], values[..., 1:2, :], values[..., 2:, :]
    parts = b * (mixed - a), (a - mixed) ** 2 / 2, (a**2 + b**2) / 2, (a + b) / 2
    return np.concatenate(parts, axis=-2)


def _ratios(values: Floats, products: Floats, luck: Floats, base: Floats) -> tuple[Floats, float]:
    """Return all indices, and the variance, with weights of replications and of base points."""
    together = _products(np.tensordot(luck, values, axes=1)) @ base
    alone = products @ base
    together[-1] **= 2
    alone[:, -1] **= 2
    if len(luck) > 1:
        together = (together - luck**2 @ alone) / (1 - (luck**2).sum())
    variance = float(together[-2] - together[-1])
    with np.errstate(divide="ignore", invalid="ignore"):
        return together[:-2] / variance, variance


def values_of(sample: Sample) -> Floats:
    """Return a value of each replication; their mean is the estimate, of shares the ratio of sums.

    A replication's part in the luck of a ratio is what linearizes it (Cochran, "Sampling
    Techniques", 3rd ed., 6.5).
    """
    if sample.parts is None or sample.wholes is None:
        return sample.column
    if not sample.wholes.any():
        return np.full(len(sample.wholes), np.nan)
    ratio = sample.parts.sum() / sample.wholes.sum()
    linear: Floats = ratio + (sample.parts - ratio * sample.wholes) / sample.wholes.mean()
    return linear
