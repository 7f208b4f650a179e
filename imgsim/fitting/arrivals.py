"""Which load pattern a log of arrivals has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from imgsim.chance.base import Floats
from imgsim.fitting import regular
from imgsim.fitting.blocks import flow, number
from imgsim.fitting.dispersion import Dispersion, dispersions
from imgsim.fitting.durations import SIGNIFICANT, Parameter, fit_durations
from imgsim.fitting.instants import Arrivals, arrivals_of
from imgsim.fitting.rates import KINDS, in_order, log_likelihood, rates, tests
from imgsim.units import SECOND

if TYPE_CHECKING:
    import pandas as pd

_PARTS: Final = 10
_LEAST_IN_GROUP: Final = 5


@dataclass(frozen=True, eq=False)
class PatternCandidate:
    """A load pattern fitted to arrivals."""

    name: str
    parameters: Mapping[str, Parameter]
    """Rates are calls an hour, times seconds. A regular pattern has none to estimate."""
    bic: float
    """Schwarz's criterion; minus infinity for a regular pattern, which leaves nothing to chance."""
    tests: Mapping[str, float]
    """p-values of what may speak against it, by name."""
    block: Mapping[str, Any]
    """What a scenario says, such as {"poisson": {"rate": "8.5/h"}}."""

    @property
    def p(self) -> float:
        """The smallest p-value times their number (Bonferroni), at most 1."""
        return min(1.0, len(self.tests) * min(self.tests.values())) if self.tests else 1.0

    @property
    def fits(self) -> bool:
        """Whether the arrivals do not speak against it: p is 0.05 or more."""
        return self.p >= SIGNIFICANT

    @property
    def yaml(self) -> str:
        """The block as YAML in one line."""
        return flow(self.block)


@dataclass(frozen=True, eq=False)
class ArrivalFit:
    """The candidates, the lowest BIC first, and what they are fitted to.

    Where the times are regular these are the only candidates, the shorter block first.
    """

    arrivals: Arrivals
    candidates: Sequence[PatternCandidate]

    @property
    def best(self) -> PatternCandidate | None:
        """The first candidate that fits; None when none does: then replay the trace itself."""
        return next((one for one in self.candidates if one.fits), None)

    @property
    def yaml(self) -> str | None:
        """The best block as YAML in one line, to be put behind ``arrivals:``."""
        return None if self.best is None else self.best.yaml

    @cached_property
    def dispersion(self) -> Sequence[Dispersion]:
        """Variance over mean of the counts, by length of window."""
        return dispersions(self.arrivals)

    def to_frame(self) -> pd.DataFrame:
        """Return a row for each parameter of each candidate."""
        import pandas as pd

        none = {"": Parameter(np.nan, np.nan, np.nan)}
        frame = pd.DataFrame(
            {
                "pattern": one.name,
                "parameter": name,
                **parameter._asdict(),
                "bic": one.bic,
                "p": one.p,
                "fits": one.fits,
            }
            for one in self.candidates
            for name, parameter in (one.parameters or none).items()
        )
        return frame.astype({"pattern": "category", "parameter": "category"})


def fit_arrivals(
    instants: ArrayLike | Sequence[Any],
    *,
    start: datetime | None = None,
    zone: str = "UTC",
    draws: int = 199,
    seed: int = 1,
) -> ArrivalFit:
    """Fit load patterns to arrivals: timestamps, or numbers of seconds since ``start``.

    Without the start of such numbers the calendar is unknown, and no profile of hours is tried;
    ``zone`` is where the people live. Raises `ValueError` when there is nothing to fit.
    """
    return fit_patterns(arrivals_of(instants, start, zone), draws=draws, seed=seed)


def fit_patterns(arrivals: Arrivals, *, draws: int = 199, seed: int = 1) -> ArrivalFit:
    """Fit load patterns to arrivals."""
    fixed = [
        PatternCandidate(name, {}, -np.inf, {}, block)
        for name, block in (("cron", regular.cron(arrivals)), ("burst", regular.bursts(arrivals)))
        if block is not None
    ]
    if fixed:
        return ArrivalFit(arrivals, sorted(fixed, key=lambda one: len(one.yaml)))
    rng = np.random.default_rng(seed)
    spread = arrivals.dithered(rng)
    found = [_poisson(spread, draws, rng), _renewal(spread, draws, seed)]
    if arrivals.since is not None:
        found += [_profile(spread, kind, draws, rng) for kind in KINDS]
    ranked = sorted((one for one in found if one is not None), key=lambda one: one.bic)
    return ArrivalFit(arrivals, ranked)


def _bic(level: float, count: int, arrivals: Arrivals) -> float:
    return -2 * level + count * float(np.log(len(arrivals) - 1))


def _poisson(arrivals: Arrivals, draws: int, rng: np.random.Generator) -> PatternCandidate:
    found = rates(arrivals, None)
    assert found is not None
    return PatternCandidate(
        "poisson",
        {"rate": Parameter(float(found.means[0]), float(found.low[0]), float(found.high[0]))},
        _bic(log_likelihood(found), 1, arrivals),
        tests(arrivals, found, draws, rng),
        {"poisson": {"rate": _rate(float(found.means[0]))}},
    )


def _rate(per_hour: float) -> str:
    """Write a rate in a unit in which it is neither tiny nor written with an exponent."""
    known = (("h", 1), ("d", 24), ("w", 168))
    unit, hours = next((one for one in known if per_hour * one[1] >= 1), known[-1])
    return f"{np.format_float_positional(number(per_hour * hours), trim='-')}/{unit}"


def _profile(
    arrivals: Arrivals, kind: str, draws: int, rng: np.random.Generator
) -> PatternCandidate | None:
    found = rates(arrivals, kind)
    if found is None:
        return None
    days = KINDS[kind][0]
    hours = [f"{day} {hour:02d}:00" for day in days for hour in range(24)]
    ends = zip(found.means.tolist(), found.low.tolist(), found.high.tolist(), strict=True)
    values = [number(rate) for rate in found.means.tolist()]
    per_hour = {day: values[24 * n : 24 * n + 24] for n, day in enumerate(days)}
    zone = {} if arrivals.zone == "UTC" else {"zone": arrivals.zone}
    return PatternCandidate(
        f"profile, {kind.replace('_', ' ')}",
        {hour: Parameter(*row) for hour, row in zip(hours, ends, strict=True)},
        _bic(log_likelihood(found), len(hours), arrivals),
        tests(arrivals, found, draws, rng),
        {"profile": {"per_hour": per_hour, **zone}},
    )


def _renewal(arrivals: Arrivals, draws: int, seed: int) -> PatternCandidate | None:
    """Fit independent gaps, by the first distribution that fits, else the likeliest.

    Exponential gaps are left to the Poisson stream. None where two arrivals coincide, or all gaps
    are equal.
    """
    gaps = np.diff(arrivals.micros) / SECOND
    if gaps.min() <= 0 or gaps.min() == gaps.max():
        return None
    fit = fit_durations(gaps, draws=draws, seed=seed)
    others = [one for one in fit.candidates if one.name != "exponential"]
    if not others:
        return None
    gap = next((one for one in others if one.fits), others[0])
    against = {"gaps": gap.p, "order": in_order(gaps), "steadiness": _steady(gaps, _tenths(gaps))}
    if arrivals.since is not None:
        against["hours"] = _steady(gaps, _hour_of(arrivals))
    share = (len(gaps)) / len(fit.sample)
    level = share * gap.log_likelihood
    return PatternCandidate(
        f"renewal, {gap.name} gaps",
        gap.parameters,
        _bic(level, len(gap.parameters), arrivals),
        against,
        {"renewal": {"gap": gap.block}},
    )


def _tenths(gaps: Floats) -> np.ndarray[Any, np.dtype[np.int64]]:
    return np.arange(len(gaps)) * _PARTS // len(gaps)


def _hour_of(arrivals: Arrivals) -> np.ndarray[Any, np.dtype[np.int64]]:
    places = np.searchsorted(arrivals.edges, arrivals.micros[:-1], side="right") - 1
    return arrivals.hours[0][np.minimum(places, len(arrivals.edges) - 2)]


def _steady(gaps: Floats, group: np.ndarray[Any, np.dtype[np.int64]]) -> float:
    """Return the p-value of gaps that are alike in all groups (Kruskal and Wallis, 1952)."""
    parts = [gaps[group == one] for one in np.unique(group)]
    parts = [part for part in parts if len(part) >= _LEAST_IN_GROUP]
    return float(stats.kruskal(*parts).pvalue) if len(parts) > 1 else 1.0
