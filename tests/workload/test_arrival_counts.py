"""How many calls come in each hour: mean and variance as theory says, for every pattern.

Intervals hold 99.9 % for all the hours of a test together (each hour a share of the 0.1 %), are
stated by theory and not taken from the sample, and are narrow, so that a test can fail.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from scipy import stats

from imgsim.chance.distributions import Exponential, Gamma
from imgsim.chance.streams import Chance
from imgsim.units import DAY, HOUR, MINUTE, parse_rate
from imgsim.workload.patterns import Burst, Cron, Poisson, Profile, Renewal, Trace
from imgsim.workload.profile import PerHour

MONDAY = datetime(2026, 1, 5, tzinfo=UTC)
OUTSIDE = 0.001
SIGMAS = stats.norm.ppf(1 - OUTSIDE / 2)


def counts(pattern, hours, replications, *, start=MONDAY, scale=1.0):
    """Return the calls in each hour since the start, one row a replication."""
    horizon = hours * HOUR
    rows = []
    for replication in range(replications):
        chance = Chance(1, replication)
        times = list(pattern.arrival_times(chance, "s", start, horizon, scale))
        assert times == sorted(times)
        assert all(isinstance(t, int) and 0 <= t < horizon for t in times)
        rows.append(np.bincount(np.asarray(times, dtype=np.int64) // HOUR, minlength=hours))
    return np.array(rows)


def demand_poisson(counted, expected, *, narrow):
    """Demand that counts are independent and Poisson: mean by hour, variance, and both by day."""
    replications, hours = counted.shape
    expected = np.asarray(expected, dtype=float)
    # A sum of Poisson counts is Poisson: an exact interval for the mean of each hour.
    low, high = stats.poisson.interval(1 - OUTSIDE / hours, replications * expected)
    sums = counted.sum(axis=0)
    assert ((low <= sums) & (sums <= high)).all(), np.flatnonzero((sums < low) | (sums > high))
    low, high = stats.poisson.interval(1 - OUTSIDE, replications * expected.sum())
    assert low <= counted.sum() <= high
    assert (high - low) / (low + high) < narrow
    assert not counted[:, expected == 0].any()
    # (X - m)^2 / m has mean 1 and variance 2 + 1/m: by hour, and for neighbours together.
    some = expected > 0
    for observed, mean in (
        (counted[:, some], expected[some]),
        (counted.sum(axis=1, keepdims=True), expected.sum(keepdims=True)),
    ):
        dispersion = ((observed - mean) ** 2 / mean).mean()
        half = SIGMAS * np.sqrt((2 + 1 / mean).sum() / replications) / mean.size
        assert abs(dispersion - 1) <= half, (dispersion, half)
        assert half < 0.4


@pytest.mark.parametrize("scale", [1.0, 2.5, 0.3])
def test_poisson_counts_are_poisson_in_every_hour(scale):
    counted = counts(Poisson(parse_rate("20/h")), 24, 200, scale=scale)
    demand_poisson(counted, np.full(24, 20 * scale), narrow=0.025)


DAYTIME = tuple([0.0] * 8 + [5, 20, 30.5, 20, 5, 20, 40, 30, 20, 5] + [1.0] * 6)
QUIET = tuple([2.0] * 24)
FRIDAY = tuple([1.0] * 12 + [0.0] * 12)
WEEK = PerHour(weekdays=DAYTIME, weekend=QUIET, friday=FRIDAY)


def by_the_minute(profile, start, hours):
    """Return the mean number of calls in each hour since the start, minute by minute."""
    zone = ZoneInfo(profile.zone)
    means = np.zeros(hours)
    for minute in range(60 * hours):
        local = (start + timedelta(minutes=minute)).astimezone(zone)
        day = FRIDAY if local.weekday() == 4 else QUIET if local.weekday() > 4 else DAYTIME
        means[minute // 60] += day[local.hour] / 60
    return means


@pytest.mark.parametrize(
    ("zone", "start", "hours"),
    [
        pytest.param("Asia/Shanghai", MONDAY, 168, id="a week"),
        pytest.param("Asia/Kolkata", MONDAY, 48, id="hours that begin at half past"),
        pytest.param("Europe/Berlin", datetime(2026, 3, 27, tzinfo=UTC), 96, id="a missing hour"),
        pytest.param("Europe/Berlin", datetime(2026, 10, 23, tzinfo=UTC), 96, id="an hour twice"),
        pytest.param(
            "Australia/Lord_Howe", datetime(2026, 4, 3, tzinfo=UTC), 72, id="half an hour twice"
        ),
        pytest.param(
            "Asia/Pyongyang", datetime(2018, 5, 4, tzinfo=UTC), 48, id="a jump at half past"
        ),
        pytest.param(
            "America/New_York",
            datetime(2026, 3, 6, 12, 34, tzinfo=UTC),
            72,
            id="a start within an hour",
        ),
    ],
)
def test_profile_counts_are_poisson_by_the_hour_on_the_wall(zone, start, hours):
    profile = Profile(WEEK, zone)
    expected = by_the_minute(profile, start, hours)
    demand_poisson(counts(profile, hours, 150, start=start), expected, narrow=0.04)


def test_a_scaled_profile_has_so_many_times_as_many_calls_in_every_hour():
    profile = Profile(WEEK, "Asia/Shanghai")
    expected = by_the_minute(profile, MONDAY, 72) * 1.7
    demand_poisson(counts(profile, 72, 150, scale=1.7), expected, narrow=0.04)


def test_calls_of_a_profile_lie_evenly_within_an_hour_and_the_cut_between_hours_is_sharp():
    profile = Profile(PerHour(every_day=tuple([0.0, 100.0] * 12)), "UTC")
    times = [
        time
        for replication in range(20)
        for time in profile.arrival_times(Chance(2, replication), "s", MONDAY, DAY)
    ]
    assert all(time // HOUR % 2 == 1 for time in times)
    inside = np.array(times) % HOUR / HOUR
    assert stats.kstest(inside, "uniform").pvalue > OUTSIDE
    assert len(times) > 20_000


@pytest.mark.parametrize("cv", [0.3, 1.0, 2.0])
@pytest.mark.parametrize("scale", [1.0, 3.0])
def test_renewal_counts_have_the_mean_and_the_dispersion_of_their_gaps(cv, scale):
    hours, replications, gap = 20, 400, 3 * MINUTE * scale
    counted = counts(Renewal(Gamma(round(gap), cv)), hours, replications, scale=scale).sum(axis=1)
    in_long_run = hours * HOUR / (3 * MINUTE)
    # Asymptotics of an ordinary renewal process; its counts are nearly normal.
    mean, variance = in_long_run + (cv**2 - 1) / 2, cv**2 * in_long_run
    half = SIGMAS * np.sqrt(variance / replications)
    assert abs(counted.mean() - mean) <= half
    assert half < 0.02 * mean * max(cv, 1)
    low, high = stats.chi2.interval(1 - OUTSIDE, replications - 1)
    assert low <= (replications - 1) * counted.var(ddof=1) / variance <= high
    assert high / low < 1.7


def test_renewal_gaps_are_what_was_drawn():
    times = list(
        Renewal(Gamma(10 * MINUTE, 0.5)).arrival_times(Chance(1, 0), "s", MONDAY, 100 * DAY)
    )
    gaps = np.diff([0, *times]) / MINUTE
    assert stats.kstest(gaps, stats.gamma(4, scale=2.5).cdf).pvalue > OUTSIDE
    assert len(gaps) > 14_000


def test_renewal_with_exponential_gaps_is_poisson_to_the_microsecond():
    one, other = Renewal(Exponential(2 * MINUTE)), Poisson(parse_rate("30/h"))
    assert (counts(one, 24, 3, scale=1.3) == counts(other, 24, 3, scale=1.3)).all()


def test_burst_counts_are_exact():
    burst = Burst(calls=200, at=9 * HOUR, over=90 * MINUTE, every=DAY, times=2)
    expected = np.zeros(72, dtype=int)
    expected[[9, 33]], expected[[10, 34]] = 134, 66  # the 134th comes at 10:00 less 9 s
    assert (counts(burst, 72, 2) == expected).all()


def test_random_bursts_are_exact_in_all_and_binomial_by_the_hour():
    burst = Burst(calls=200, at=9 * HOUR, over=2 * HOUR, spread="random", every=DAY)
    counted = counts(burst, 240, 40)
    by_day = counted.reshape(400, 24)
    assert (by_day[:, 9:11].sum(axis=1) == 200).all()
    assert counted.sum() == 40 * 10 * 200
    low, high = stats.binom.interval(1 - OUTSIDE, 400 * 200, 0.5)
    assert low <= by_day[:, 9].sum() <= high
    low, high = stats.chi2.interval(1 - OUTSIDE, 399)
    assert low <= 399 * by_day[:, 9].var(ddof=1) / 50 <= high


def test_cron_counts_are_exact():
    counted = counts(Cron("*/20 2-3 * * *"), 48, 2)
    expected = np.zeros(48, dtype=int)
    expected[[2, 3, 26, 27]] = 3
    assert (counted == expected).all()
    assert (counts(Cron("*/20 2-3 * * *"), 48, 2, scale=4.0) == 4 * expected).all()


@pytest.fixture
def trace(tmp_path):
    file = tmp_path / "calls.csv"
    file.write_text("at_s\n" + "\n".join(str(36 * n) for n in range(1000)))
    return Trace(file)


def test_trace_counts_are_exact(trace):
    assert (counts(trace, 10, 2) == 100).all()
    assert (counts(trace, 10, 2, scale=3.0) == 300).all()


@pytest.mark.parametrize("scale", [0.25, 1.4, 2.5])
def test_a_part_of_a_copy_comes_with_its_probability(trace, scale):
    counted = counts(trace, 10, 100, scale=scale)
    whole, rest = divmod(scale, 1)
    extra = counted - 100 * whole
    low, high = stats.binom.interval(1 - OUTSIDE / 10, 100 * 100, rest)
    assert ((low <= extra.sum(axis=0)) & (extra.sum(axis=0) <= high)).all()
    variance = 100 * rest * (1 - rest)
    low, high = stats.chi2.interval(1 - OUTSIDE, counted.size - 1)
    assert low <= (counted.size - 1) * extra.var(ddof=1) / variance <= high
    assert high / low < 1.4


def test_a_scaled_burst_has_its_calls_scaled_and_the_rest_by_chance():
    burst = Burst(calls=3, every=HOUR)
    counted = counts(burst, 24, 100, scale=1.5)
    assert set(counted.ravel()) == {4, 5}
    low, high = stats.binom.interval(1 - OUTSIDE, 2400, 0.5)
    assert low <= (counted == 5).sum() <= high
    assert (counts(burst, 24, 1, scale=2.0) == 6).all()
