"""Arrivals: which pattern is found, and what a scenario makes of it."""

from datetime import UTC, datetime
from fractions import Fraction

import numpy as np
import pytest
from fitting.covering import DISPERSIONS, RATES, held_dispersion, held_rates

import imgsim
from imgsim.chance.distributions import Gamma, Lognormal
from imgsim.chance.streams import Chance
from imgsim.fitting.arrivals import fit_arrivals
from imgsim.units import DAY, HOUR, MINUTE, SECOND
from imgsim.workload.patterns import Burst, Cron, Poisson, Profile, Renewal
from imgsim.workload.profile import PerHour

START = datetime(2026, 1, 5, tzinfo=UTC)
DAYTIME = (1.0,) * 7 + (10.0,) * 10 + (1.0,) * 7
SCENARIO = """
imgsim: 1
name: pasted
start: 2026-01-05T00:00:00Z
run: {{horizon: 7d}}
regions: {{cn-hangzhou: {{snapshot_service: {{slots: 1, duration: 5m}}}}}}
instances: [{{id: i-1, region: cn-hangzhou, disks: [{{kind: system, size: 40 GiB}}]}}]
load: {{calls: {{arrivals: {block}, mix: [{{instances: {{ids: [i-1]}}}}]}}}}
"""


def instants(pattern, days=14, seed=1):
    times = pattern.arrival_times(Chance(seed, 0), "calls", START, days * DAY)
    return np.fromiter(times, np.int64)


def calendar(micros):
    return np.datetime64("2026-01-05", "us") + micros.astype("timedelta64[us]")


def pasted(fit, tmp_path):
    (tmp_path / "pasted.yaml").write_text(SCENARIO.format(block=fit.yaml))
    return imgsim.load(tmp_path / "pasted.yaml").load["calls"].arrivals


@pytest.mark.parametrize("name", list(RATES))
def test_rates_lie_in_their_intervals(name):
    assert min(held_rates(range(20), *RATES[name])) >= 14


@pytest.mark.slow
@pytest.mark.parametrize("name", list(RATES))
def test_rates_lie_in_their_intervals_in_85_of_100_logs(name):
    assert min(held_rates(range(100), *RATES[name])) >= 85


@pytest.mark.parametrize("name", list(DISPERSIONS))
def test_the_dispersion_lies_in_its_interval(name):
    make, wanted = DISPERSIONS[name]
    assert held_dispersion(make, wanted, range(20)) >= 15


@pytest.mark.slow
@pytest.mark.parametrize("name", list(DISPERSIONS))
def test_the_dispersion_lies_in_its_interval_in_85_of_100_logs(name):
    make, wanted = DISPERSIONS[name]
    assert held_dispersion(make, wanted, range(100)) >= 85


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        (Poisson(Fraction(5, 3600)), "poisson"),
        (Profile(PerHour(every_day=DAYTIME)), "profile, every day"),
        (
            Profile(PerHour(weekdays=DAYTIME, weekend=(1.0,) * 24), "Asia/Shanghai"),
            "profile, weekdays and weekend",
        ),
        (Renewal(Gamma(12 * MINUTE, 1.5)), "renewal, gamma gaps"),
        (Renewal(Lognormal(mean=12 * MINUTE, cv=0.3)), "renewal, lognormal gaps"),
    ],
)
def test_a_pattern_is_found_and_pasted(pattern, found, tmp_path):
    micros = instants(pattern)
    fit = fit_arrivals(calendar(micros), zone=getattr(pattern, "zone", "UTC"), draws=99)
    assert fit.best.name == found
    assert (fit.to_frame()[["pattern", "parameter"]].dtypes == "category").all()
    again = pasted(fit, tmp_path)
    assert type(again) is type(pattern)
    assert len(instants(again)) == pytest.approx(len(micros), rel=0.1)
    assert getattr(again, "zone", None) == getattr(pattern, "zone", None)


@pytest.mark.parametrize(
    "pattern",
    [
        Cron("*/15 2,3 * * *"),
        Cron("30 * * * *"),
        Cron("0 9 * * 1,3"),
        Burst(calls=40, at=2 * HOUR, every=DAY),
        Burst(calls=10, at=2 * HOUR, over=7 * MINUTE, every=DAY),
        Burst(calls=1, at=40 * SECOND, every=1000 * SECOND),
    ],
)
def test_regular_times_come_back_exactly(pattern, tmp_path):
    micros = instants(pattern, days=70)
    fit = fit_arrivals(calendar(micros))
    assert instants(pasted(fit, tmp_path), days=70).tolist() == micros.tolist()


def test_a_burst_of_random_calls_keeps_its_while(tmp_path):
    pattern = Burst(calls=40, at=2 * HOUR, over=10 * MINUTE, spread="random", every=DAY)
    again = pasted(fit_arrivals(calendar(instants(pattern))), tmp_path)
    assert (again.calls, again.every, again.spread) == (40, DAY, "random")
    assert again.over == pytest.approx(10 * MINUTE, rel=0.1)


def test_one_missing_call_is_no_schedule():
    micros = np.delete(instants(Cron("*/15 2,3 * * *")), 17)
    names = {one.name for one in fit_arrivals(calendar(micros), draws=9).candidates}
    assert names.isdisjoint({"cron", "burst"})


def test_bursts_at_random_are_no_pattern():
    rng = np.random.default_rng(3)
    begins = np.cumsum(rng.exponential(3600, 100))
    micros = np.rint(np.sort((begins[:, None] + rng.uniform(0, 60, (100, 8))).ravel()) * SECOND)
    fit = fit_arrivals(calendar(micros.astype(np.int64)), draws=99)
    assert fit.best is None
    assert fit.yaml is None
    assert any(one.ratio > 4 and one.low > 1 for one in fit.dispersion)


def test_whole_seconds_speak_against_no_poisson_stream():
    micros = instants(Poisson(Fraction(600, 3600)), days=1) // SECOND * SECOND
    assert (np.diff(micros) == 0).any()
    assert fit_arrivals(calendar(micros)).best.name == "poisson"


def test_without_a_calendar_no_profile_is_tried():
    micros = instants(Profile(PerHour(every_day=DAYTIME)))
    fit = fit_arrivals(micros / SECOND, draws=99)
    assert fit.best is None
    assert not any(one.name.startswith("profile") for one in fit.candidates)
    assert fit_arrivals(micros / SECOND, start=START, draws=99).best.name == "profile, every day"


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ([1.0] * 5, "5 arrivals are too few"),
        ([1.0] * 50, "at the same instant"),
        ([1.0, float("nan")] * 30, "row 2"),
        ([0.0] * 30 + [1e12], "more than 20 years"),
        ([True] * 30, "timestamps, or of numbers"),
    ],
)
def test_what_cannot_be_fitted_is_said(told, said):
    with pytest.raises(ValueError, match=said):
        fit_arrivals(told)


def test_an_unknown_zone_is_said():
    with pytest.raises(ValueError, match="unknown time zone"):
        fit_arrivals(np.arange(50.0) ** 1.1, zone="Mars/Base")
