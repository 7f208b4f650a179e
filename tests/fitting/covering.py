"""How often 90 % intervals hold the truth, by simulated logs.

python tests/fitting/covering.py
"""

from datetime import UTC, datetime
from fractions import Fraction

import numpy as np

from imgsim.chance.distributions import (
    Exponential,
    Gamma,
    Lognormal,
    Truncated,
    Uniform,
    Weibull,
)
from imgsim.chance.streams import Chance
from imgsim.fitting.dispersion import dispersion
from imgsim.fitting.families import FAMILIES
from imgsim.fitting.instants import checked
from imgsim.fitting.rates import rates
from imgsim.fitting.sample import sample_of
from imgsim.units import DAY, SECOND
from imgsim.workload.patterns import Poisson, Profile
from imgsim.workload.profile import PerHour

TRUTHS = {
    "exponential": Exponential(300 * SECOND),
    "lognormal": Lognormal(mean=300 * SECOND, cv=0.4),
    "gamma": Gamma(mean=300 * SECOND, cv=0.5),
    "weibull": Weibull(shape=1.7, scale=300 * SECOND),
    "uniform": Uniform(low=100 * SECOND, high=400 * SECOND),
    "shifted exponential": Truncated(Exponential(200 * SECOND), low=100 * SECOND),
}
WANTED = {
    "exponential": [300.0],
    "lognormal": [300.0, 0.4],
    "gamma": [300.0, 0.5],
    "weibull": [1.7, 300.0],
    "uniform": [100.0, 400.0],
    "shifted exponential": [200.0, 100.0],
}
"""The parameters in seconds, in the order of the family."""
CASES = [
    (kind, share) for kind in TRUTHS for share in (0.0, 0.2) if (kind, share) != ("uniform", 0.2)
]


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
    truth, wanted = TRUTHS[kind], WANTED[kind]
    total = np.zeros(len(wanted), dtype=int)
    for seed in seeds:
        best = family.fit(family, sample_of(*log_of(truth, share, seed)))
        total += (best.low <= wanted) & (wanted <= best.high)
    return dict(zip(family.parameters, total.tolist(), strict=True))


def arrivals_by_gaps(gaps):
    """Return arrivals of gaps in seconds, in a calendar."""
    micros = np.rint(np.cumsum(gaps) * SECOND).astype(np.int64)
    return checked(micros, datetime(2026, 1, 5, tzinfo=UTC), "UTC")


def held_rates(seeds, pattern, wanted, days):
    """Return in how many of the logs of a pattern the interval of each rate holds the truth."""
    start, total = datetime(2026, 1, 5, tzinfo=UTC), 0
    kind = "every_day" if len(wanted) > 1 else None
    for seed in seeds:
        times = pattern.arrival_times(Chance(seed, 0), "calls", start, days * DAY)
        found = rates(checked(np.fromiter(times, np.int64), start, "UTC"), kind)
        total = total + ((found.low <= wanted) & (wanted <= found.high))
    return total


def poisson_of(seed, rows=2000):
    return arrivals_by_gaps(np.random.default_rng(seed).exponential(60, rows))


def fives_of(seed, rows=2000):
    """Return calls of which always five come at once, at Poisson instants: dispersion 5."""
    return arrivals_by_gaps(
        np.random.default_rng(seed).exponential(60, rows) * (np.arange(rows) % 5 == 0)
    )


def erlang_of(seed, rows=2000):
    return arrivals_by_gaps(np.random.default_rng(seed).gamma(2, 30, rows))


def held_dispersion(make, wanted, seeds, window=600 * SECOND):
    """Return in how many of the logs the interval of the dispersion in ten minutes holds it."""
    found = [dispersion(make(seed), window) for seed in seeds]
    return sum(one.low <= wanted <= one.high for one in found)


ERLANG = 0.5 + (1 - np.exp(-40)) / 80
"""Of gaps of two exponential steps, ten calls a window: Cox and Isham, "Point processes", 1980."""
DISPERSIONS = {
    "poisson": (poisson_of, 1.0),
    "fives": (fives_of, 5.0),
    "erlang": (erlang_of, ERLANG),
}
EVERY_DAY = (2.0,) * 6 + (5.0, 10.0, 15.0, 20.0, 20.0, 15.0) * 2 + (4.0,) * 6
RATES = {
    "poisson": (Poisson(Fraction(10, 3600)), np.array([10.0]), 1),
    "profile": (Profile(PerHour(every_day=EVERY_DAY)), np.array(EVERY_DAY), 7),
}


if __name__ == "__main__":
    for kind, share in CASES:
        print(kind, f"{share:.0%} lower bounds:", held(kind, share, range(100)))
    for name, (pattern, wanted, days) in RATES.items():
        print(f"rates of {name}:", held_rates(range(100), pattern, wanted, days))
    for name, (make, wanted) in DISPERSIONS.items():
        print(f"dispersion of {name}:", held_dispersion(make, wanted, range(100)))
