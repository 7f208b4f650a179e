"""Renewal, burst and profile in scenarios, the scale of any pattern, and what is told of slips."""

from __future__ import annotations

import copy
from pathlib import Path

import pandas as pd
import pytest

import imgsim
from imgsim import Scenario, ScenarioError, load
from imgsim.scenario.file import dump
from imgsim.scenario.yaml import Document, parse

SCENARIOS = Path(__file__).parents[2] / "scenarios"
DISK = {"kind": "system", "size": "40 GiB", "used": "20 GiB"}
DAY = {"every_day": [20] * 24}


def scenario(arrivals, *, horizon="6h", start="2026-01-05", mix=None, count=4, **stream):
    mix = mix or [{"instances": {"group": "g"}, "name": "n-{n}"}]
    return Scenario.from_mapping(
        {
            "imgsim": 1,
            "name": "patterns",
            "start": start,
            "run": {"horizon": horizon} if horizon else {},
            "regions": {
                "r": {
                    "image_quota": 100_000,
                    "registration": {"exponential": {"mean": "20s"}},
                    "snapshot_service": {"duration": {"exponential": {"mean": "1m"}}},
                }
            },
            "instances": [{"group": "g", "count": count, "region": "r", "disks": [DISK]}],
            "load": {"s": {"arrivals": arrivals, "mix": mix, **stream}},
        }
    )


def run(arrivals, **more):
    return imgsim.run(scenario(arrivals, **more))


def seconds(run):
    instants = run.calls["arrived_at"] - pd.Timestamp(run.scenario.start)
    return [instant.total_seconds() for instant in instants]


def test_a_renewal_stream_begins_with_a_gap():
    assert seconds(run({"renewal": {"gap": "40m"}}, horizon="2h")) == [2400, 4800]


def test_a_burst_comes_at_once_by_default_and_the_run_needs_no_horizon():
    result = run({"burst": {"calls": 3, "at": "1h"}}, horizon=None)
    assert seconds(result) == [3600] * 3
    assert result.images["name"].tolist() == ["n-1", "n-2", "n-3"]


def test_bursts_come_again_and_their_calls_lie_at_equal_distances():
    burst = {"calls": 4, "at": "10m", "over": "10m", "every": "1h", "times": 2}
    assert seconds(run({"burst": burst}, horizon=None)) == [
        *(600, 750, 900, 1050),
        *(4200, 4350, 4500, 4650),
    ]


def test_bursts_without_a_number_come_until_the_horizon_which_may_cut_one():
    burst = {"calls": 2, "over": "40m", "every": "1h"}
    assert seconds(run({"burst": burst}, horizon="140m")) == [0, 1200, 3600, 4800, 7200]


def test_a_profile_follows_the_clock_on_the_wall():
    per_hour = {"weekdays": [0] * 9 + [60] + [0] * 14}
    profile = {"profile": {"zone": "Asia/Shanghai", "per_hour": per_hour}}
    result = run(profile, horizon="14d", start="2026-01-02", count=300)
    local = result.calls["arrived_at"].dt.tz_convert("Asia/Shanghai")
    assert set(local.dt.hour) == {9}
    assert set(local.dt.day_of_week) == {0, 1, 2, 3, 4}
    assert 500 < len(local) < 700


PATTERNS = {
    "poisson": {"poisson": {"rate": "20/h"}},
    "renewal": {"renewal": {"gap": {"gamma": {"mean": "3m", "cv": 0.5}}}},
    "burst": {"burst": {"calls": 9, "over": "20m", "spread": "random", "every": "1h"}},
    "profile": {"profile": {"per_hour": DAY, "zone": "Europe/Berlin"}},
    "cron": {"cron": {"schedule": "*/5 * * * *"}},
    "trace": {"trace": {"file": "calls.csv"}},
    "closed-loop": {"closed-loop": {"clients": 4, "think": {"exponential": {"mean": "10m"}}}},
}


@pytest.fixture
def patterns(tmp_path):
    file = tmp_path / "calls.csv"
    file.write_text("at_s\n" + "\n".join(str(97 * n) for n in range(200)))
    return PATTERNS | {"trace": {"trace": {"file": str(file)}}}


@pytest.mark.parametrize("name", PATTERNS)
def test_every_pattern_survives_writing_and_reading(patterns, name):
    written = scenario(patterns[name], scale=1.5, mistakes={"region_is_missing": "2.5%"})
    again = Scenario.from_mapping(parse(dump(written), Document("again")).data)
    assert again == written
    assert again.hash == written.hash


@pytest.mark.parametrize("name", PATTERNS)
def test_a_scaled_load_keeps_every_call_that_was_there_with_its_luck(patterns, name):
    def of(scale):
        mix = [{"instances": {"group": "g", "choose": "own" if "loop" in name else "random"}}]
        result = run(patterns[name], scale=scale, mix=mix, count=500)
        by_image = result.snapshots.set_index("image_id")
        made = by_image["ended_at"] - by_image["began_at"]
        calls = result.calls.set_index("intent").loc[result.intents["intent"]]
        sources = ["" if "loop" in name else source for source in calls["source"]]
        registering = calls["registering_s"].tolist()
        drawn = made.loc[result.intents["image_id"]].tolist()
        befell = zip(sources, drawn, registering, strict=True)
        return dict(zip(result.intents["ordinal"], befell, strict=True))

    few, many, more = of(1), of(1.5), of(8)
    assert len(few) > 25
    assert len(few) < len(many) < len(more)
    for fewer, larger in ((few, many), (many, more)):
        kept = fewer.keys() & larger.keys()
        assert {n: larger[n] for n in kept} == {n: fewer[n] for n in kept}
        if "loop" not in name:
            assert kept == fewer.keys()


@pytest.mark.parametrize("name", ["poisson", "renewal", "profile"])
def test_a_scaled_stream_has_the_same_arrivals_closer_together(patterns, name):
    slow = run(patterns[name], horizon="6h")
    fast = run(patterns[name], horizon="3h", scale=2)
    assert len(slow.calls) == len(fast.calls)
    for one, other in zip(seconds(slow), seconds(fast), strict=True):
        assert abs(one - 2 * other) < 1e-3


@pytest.mark.parametrize("name", PATTERNS)
def test_a_scale_of_nothing_silences_a_stream(patterns, name):
    assert run(patterns[name], scale=0).calls.empty


def test_another_stream_or_another_scale_of_it_leaves_a_stream_alone():
    def of(name, load):
        data = scenario(PATTERNS[name]).plain()
        data["load"] = {**load, "s": data["load"]["s"]}
        result = imgsim.run(Scenario.from_mapping(data))
        mine = result.intents[result.intents["stream"] == "s"].reset_index(drop=True)
        calls = result.calls.set_index("intent").loc[mine["intent"]]
        return mine.assign(registering=calls["registering_s"].to_numpy()).drop(
            columns=["intent", "stream", "image_id", "ended_at", "total_s"]
        )

    other = {"arrivals": PATTERNS["burst"], "mix": [{"instances": {"group": "g"}}]}
    for name in ("renewal", "burst", "profile"):
        alone = of(name, {})
        for scale in (1, 2.5):
            pd.testing.assert_frame_equal(of(name, {"other": other | {"scale": scale}}), alone)


def test_copies_of_a_recorded_call_have_names_and_tokens_of_their_own(tmp_path):
    file = tmp_path / "calls.csv"
    long = "x" * 128
    file.write_text(f"at_s,InstanceId,ImageName,ClientToken\n1,g-1,one,t\n2,g-2,{long},\n3,,,\n")
    result = run({"trace": {"file": str(file)}}, scale=3, mix=[{"instances": {"group": "g"}}])
    assert result.calls["outcome"].tolist() == ["available"] * 9
    names = result.images["name"].astype(object).fillna("").tolist()
    assert names == ["one", "one-2", "one-3", long, long[:-2] + "-2", long[:-2] + "-3", "", "", ""]


def test_a_scaled_closed_loop_has_more_clients_each_with_an_instance_of_its_own():
    loop = {"closed-loop": {"clients": 3, "calls": 20}}
    mix = [{"instances": {"group": "g", "choose": "own"}}]
    result = run(loop, mix=mix, scale=1.5, horizon=None)
    assert set(result.intents["client"]) == {0, 1, 2, 3}
    assert len(result.calls) == 20
    with pytest.raises(ScenarioError, match="5 clients need as many instances of their own, not 4"):
        scenario(loop, mix=mix, scale=1.6)
    assert set(run(loop, mix=mix, scale=0.1, horizon=None).intents["client"]) == {0}


PROFILE = {"per_hour": DAY}


@pytest.mark.parametrize(
    ("arrivals", "told"),
    [
        ({"renewal": {"gap": "0s"}}, "renewal: gap must be above 0 on average"),
        ({"renewal": {}}, "renewal.gap: is required"),
        ({"burst": {"at": "1h"}}, "burst.calls: is required"),
        ({"burst": {"calls": 0}}, "burst: calls must be 1 or more, and scaled below 1048576"),
        ({"burst": {"calls": 2**20}}, "burst: calls must be 1 or more, and scaled below"),
        ({"burst": {"calls": 2, "times": 3}}, "burst: times needs every, such as every: 1d"),
        ({"burst": {"calls": 2, "times": 0, "every": "1d"}}, "burst: times must be 1 or more"),
        ({"burst": {"calls": 2, "every": "0s"}}, "burst: every must be above 0, and at least"),
        (
            {"burst": {"calls": 2, "over": "2h", "every": "1h"}},
            "burst: every must be above 0, and at least as long as over",
        ),
        (
            {"burst": {"calls": 2, "spread": "evenly"}},
            "burst.spread: 'evenly' is not one of",
        ),
        ({"burst": {"calls": 2, "over": 10}}, "burst.over: the number 10 has no unit"),
        (
            {"profile": PROFILE | {"zone": "Asia/Shangai"}},
            "profile: unknown time zone 'Asia/Shangai'; write for example Asia/Shanghai",
        ),
        ({"profile": PROFILE | {"zone": "Asia"}}, "profile: unknown time zone 'Asia'"),
        ({"profile": PROFILE | {"zone": "../x"}}, "profile: unknown time zone '../x'"),
        ({"profile": PROFILE | {"zone": "localtime"}}, "profile: localtime is another time zone"),
        ({"profile": PROFILE | {"zone": ""}}, "profile: unknown time zone ''"),
        (
            {"profile": {"per_hour": {"weekdays": [1] * 23}}},
            "profile.per_hour: weekdays must have 24 rates, one an hour, not 23",
        ),
        (
            {"profile": {"per_hour": {"sunday": [1] * 23 + [-1]}}},
            "profile.per_hour: sunday: rates must lie between 0 and 1000000000 an hour",
        ),
        (
            {"profile": {"per_hour": {"weekend": [0] * 24}}},
            "profile.per_hour: one rate must be above 0",
        ),
        ({"profile": {"per_hour": {}}}, "profile.per_hour: one rate must be above 0"),
        (
            {"profile": {"per_hour": {"weekdays": ["30/h"] + [1] * 23}}},
            "profile.per_hour.weekdays[0]: '30/h' is not a plain number",
        ),
        (
            {"profile": {"per_hour": {"weekday": [1] * 24}}},
            "profile.per_hour.weekday: unknown key; did you mean weekdays?",
        ),
    ],
)
def test_slips_in_patterns_are_told(arrivals, told):
    with pytest.raises(ScenarioError) as caught:
        scenario(arrivals)
    (message,) = caught.value.messages
    assert f"load.s.arrivals.{told}" in message


@pytest.mark.parametrize(
    ("name", "scale", "told"),
    [
        ("poisson", -1, "load.s: scale must lie between 0 and 1000"),
        ("closed-loop", 1001, "load.s: scale must lie between 0 and 1000"),
        ("cron", "2", "load.s.scale: '2' is not a plain number"),
    ],
)
def test_slips_in_scales_are_told(patterns, name, scale, told):
    with pytest.raises(ScenarioError) as caught:
        scenario(patterns[name], scale=scale)
    assert told in caught.value.messages[0]


def test_a_load_that_is_too_large_when_scaled_is_told():
    with pytest.raises(ScenarioError, match="clients must be 1 or more, and below 1048576"):
        scenario({"closed-loop": {"clients": 10_000, "calls": 1}}, scale=200)
    with pytest.raises(ScenarioError, match="calls must be 1 or more, and scaled below 1048576"):
        scenario({"burst": {"calls": 10_000}}, scale=200)


@pytest.mark.parametrize(
    "arrivals",
    [{"renewal": {"gap": "1m"}}, {"profile": PROFILE}, {"burst": {"calls": 1, "every": "1h"}}],
)
def test_what_never_ends_by_itself_needs_a_horizon(arrivals):
    with pytest.raises(ScenarioError, match="the load of s never ends by itself; give a horizon"):
        scenario(arrivals, horizon=None)


def of_file(name, **changes):
    return imgsim.run(load(SCENARIOS / f"{name}.yaml", copy.deepcopy(changes)))


def test_the_last_image_of_the_release_is_available_when_its_run_ends():
    slow = of_file("release-day-burst")
    fast = of_file("release-day-burst", **{"regions.cn-hangzhou.snapshot_service.slots": 40})
    assert set(slow.calls["outcome"]) == {"available"}
    last = slow.intents["ended_at"].max() - pd.Timestamp(slow.scenario.start)
    assert last.total_seconds() * 1e6 == slow.ended_at
    # 400 snapshots of 4 min in 20 slots take 80 min, and half of that in 40.
    assert 70 < slow.ended_at / 60e6 < 110
    assert 35 < fast.ended_at / 60e6 < 60


def test_the_working_week_waits_in_the_afternoon_alone():
    result = of_file("working-week")
    local = result.calls["arrived_at"].dt.tz_convert("Asia/Shanghai")
    waits = result.calls["slot_wait_s"].astype(float)
    weekday = local.dt.day_of_week < 5
    assert waits[weekday & local.dt.hour.between(16, 17)].mean() > 30 * 60
    assert waits[local.dt.hour.between(22, 23) | (local.dt.hour < 8)].mean() < 60
    assert waits[~weekday].mean() < 60


def test_builds_wait_in_the_smaller_region_and_less_when_fewer_go_there():
    half = of_file("two-regions")
    fewer = of_file("two-regions", **{"load.builds.mix.1.weight": 0.5})
    assert half.measures["slot_wait.mean@cn-hangzhou"] < 30
    assert half.measures["slot_wait.mean@cn-chengdu"] > 600
    assert fewer.measures["slot_wait.mean@cn-chengdu"] < 240
