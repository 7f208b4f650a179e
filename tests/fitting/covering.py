"""How often 90 % intervals hold the truth, by simulated logs.

python tests/fitting/covering.py
"""

import numpy as np

from imgsim.chance.distributions import Exponential, Gamma, Lognormal, Weibull
from imgsim.fitting.families import FAMILIES
from imgsim.fitting.sample import sample_of

SECOND = 1_000_000
TRUTHS = {
    "exponential": Exponential(300 * SECOND),
    "lognormal": Lognormal(mean=300 * SECOND, cv=0.4),
    "gamma": Gamma(mean=300 * SECOND, cv=0.5),
    "weibull": Weibull(shape=1.7, scale=300 * SECOND),
}
SHARES = (0.0, 0.2)


def log_of(truth, share, seed, rows=200):
    """Return durations in seconds and which are lower bounds: those above a time-out."""
    values = truth.quantile(np.random.default_rng(seed).random(rows)) / SECOND
    if not share:
        return values, None
    longest = float(truth.quantile(np.array([1 - share]))[0]) / SECOND
    return np.minimum(values, longest), values > longest


def held(kind, share, seeds):
    """Return for each parameter in how many of the logs its interval holds the truth."""
    family = next(family for family in FAMILIES if family.name == kind)
    truth = TRUTHS[kind]
    times = ("mean", "scale")
    wanted = [getattr(truth, n) / (SECOND if n in times else 1) for n in family.parameters]
    total = np.zeros(len(wanted), dtype=int)
    for seed in seeds:
        best = family.fit(family, sample_of(*log_of(truth, share, seed)))
        total += (best.low <= wanted) & (wanted <= best.high)
    return dict(zip(family.parameters, total.tolist(), strict=True))


if __name__ == "__main__":
    for kind in TRUTHS:
        for share in SHARES:
            print(kind, f"{share:.0%} lower bounds:", held(kind, share, range(100)))
