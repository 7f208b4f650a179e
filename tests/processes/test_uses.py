"""Uses as load: of the newest image, and of the image that an intent has asked for."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from imgsim import Scenario, ScenarioError, Simulation

DISKS = [{"kind": "system", "size": "40 GiB"}]


def simulation(uses=None, own=None, calls=("0s",), **more):
    """Return a simulation whose images, of the instances in turn, take 70 s."""
    stream = {"arrivals": {"instants": {"at": list(calls)}}, "mix": [{"instances": {"group": "g"}}]}
    if own is not None:
        stream["use"] = own
    region = {"registration": "10s", "snapshot_service": {"duration": "60s"}}
    return Simulation(
        Scenario.from_mapping(
            {
                "imgsim": 1,
                "name": "uses",
                "regions": {"r": region},
                "instances": [{"group": "g", "count": 2, "region": "r", "disks": DISKS}],
                "load": {"s": stream} if calls else {},
                "processes": {} if uses is None else {"launches": {"uses": uses}},
            }
            | more
        )
    )


def uses(sim):
    """Return (seconds, image, attempt, outcome) of the uses."""
    run = sim.finish()
    since = (run.uses["used_at"] - pd.Timestamp(run.scenario.start)).dt.total_seconds()
    columns = run.uses[["image_id", "attempt", "outcome"]].astype(object).to_numpy().tolist()
    return [
        (at, None if pd.isna(image) else image, *rest)
        for at, (image, *rest) in zip(since, columns, strict=True)
    ]


def at(*instants):
    return {"instants": {"at": list(instants)}}


ONE, TWO, THREE = (f"m-00000000{n}" for n in (1, 2, 3))


def test_a_client_uses_its_own_image_and_tries_again_while_that_is_not_available():
    sim = simulation(own={"after": "20s", "retry_every": "20s", "tries": 9})
    sim.run()
    denied = [(at, ONE, n, "denied") for n, at in enumerate((20, 40, 60), 1)]
    assert uses(sim) == [*denied, (80, ONE, 4, "granted")]
    run = sim.finish()
    assert run.ended_at == 80_000_000  # a pending try keeps the run going
    assert run.uses["by"].tolist() == ["s"] * 4
    assert run.uses["intent"].tolist() == [1] * 4
    assert run.uses["region"].tolist() == ["r"] * 4
    assert run.uses["code"].tolist()[:3] == ["IncorrectImageStatus"] * 3
    assert run.measures["time_to_first_use.mean"] == 80
    assert (run.measures["uses"], run.measures["uses.denied_share"]) == (4, 0.75)


def test_a_use_comes_behind_the_registration_of_its_instant():
    sim = simulation(own={"after": "70s"})
    sim.run()
    assert uses(sim) == [(70, ONE, 1, "granted")]


def test_a_client_gives_up_when_its_tries_are_used_up_or_the_image_failed_or_is_gone():
    sim = simulation(own={"after": "20s", "retry_every": "10s", "tries": 2})
    sim.run()
    assert [use[2:] for use in uses(sim)] == [(1, "denied"), (2, "denied")]
    sim = simulation(own={"after": "20s", "retry_every": "10s", "tries": 9})
    sim.run(until="25s")
    sim.stop("g-1")
    sim.run()
    assert [use[:2] for use in uses(sim)] == [(20, ONE), (30, ONE)]
    sim = simulation(own={"after": "20s", "retry_every": "10s", "tries": 9})
    sim.run(until="25s")
    sim.delete_image(ONE)
    sim.run()
    assert [use[:2] for use in uses(sim)] == [(20, ONE), (30, ONE)]
    gone = sim.finish().uses.iloc[-1]
    assert (gone["code"], gone["intent"], gone["region"]) == (
        "OperationDenied.ImageNotValid",
        1,
        "r",
    )


def test_refused_calls_are_not_used():
    sim = simulation(own={"after": "1m"}, rules={"lock_stops_imaging": True})
    sim.lock("g-1", "security")
    sim.run()
    assert uses(sim) == []
    assert sim.now == 0


def test_a_draw_belongs_to_the_intent_whatever_other_streams_there_are():
    own = {"after": {"exponential": {"mean": "5m"}}}
    alone = simulation(own=own, calls=("1s", "2s"))
    mix = [{"instances": {"group": "g"}}]
    stream = {"arrivals": at("1s", "2s"), "mix": mix, "use": own}
    other = {"arrivals": at("0s", "0s"), "mix": mix}
    beside = simulation(load={"a": other, "s": stream})
    alone.run()
    beside.run()
    assert [use[0] for use in uses(alone)] == [use[0] for use in uses(beside)]


def test_the_newest_image_is_that_accepted_last_or_the_newest_available():
    when = at("30s", "75s", "100s", "160s")
    told = {"when": when, "newest_of": {"ids": ["g-1"]}}
    sim = simulation(told, calls=("0s", "0s", "90s"))
    sim.run()
    available = [(30, None, 1, "denied"), (75, ONE, 1, "granted")]
    available += [(100, ONE, 1, "granted"), (160, THREE, 1, "granted")]
    assert uses(sim) == available
    first = sim.finish().uses.iloc[0]
    assert (first["http_status"], first["code"]) == (404, "InvalidImageId.NotFound")
    assert first["region"] == "r"
    assert pd.isna(first["intent"])
    sim = simulation(told | {"pick": "created"}, calls=("0s", "0s", "90s"))
    sim.run()
    created = [(30, ONE, 1, "denied"), (75, ONE, 1, "granted")]
    created += [(100, THREE, 1, "denied"), (160, THREE, 1, "granted")]
    assert uses(sim) == created


def test_the_next_newest_is_used_when_the_newest_is_deleted():
    sim = simulation({"when": at("200s", "300s"), "newest_of": {"ids": ["g-1"]}}, calls=())
    for instant in ("0s", "80s"):
        sim.run(until=instant)
        sim.create_image({"RegionId": "r", "InstanceId": "g-1"})
    sim.run(until="250s")
    sim.delete_image(TWO)
    sim.run()
    assert [use[1] for use in uses(sim)] == [TWO, ONE]
    assert sim.cloud.images[ONE].uses == 1


def test_each_try_takes_what_is_the_newest_then():
    told = {
        "when": at("50s"),
        "newest_of": {"ids": ["g-1"]},
        "pick": "created",
        "retry_every": "30s",
        "tries": 9,
    }
    sim = simulation(told, calls=("55s",))
    sim.run()
    tried = [(50, None), (80, ONE), (110, ONE), (140, ONE)]
    assert [use[:2] for use in uses(sim)] == tried
    assert uses(sim)[-1][3] == "granted"


@pytest.mark.parametrize(
    ("choose", "images"),
    [("round-robin", [ONE, TWO, ONE]), ("each", [ONE, TWO] * 3)],
)
def test_which_instances_images_are_used(choose, images):
    when = at("80s", "80s", "90s")
    told = {"when": when, "newest_of": {"group": "g", "choose": choose}}
    sim = simulation(told, calls=("0s", "0s"), run={"horizon": "5m"})
    sim.run()
    assert [use[1] for use in uses(sim)] == images
    assert sim.finish().uses["by"].tolist() == ["launches"] * len(images)


def test_any_instance_is_drawn_equally_likely():
    when = {"renewal": {"gap": "1s"}}
    told = {"when": when, "newest_of": {"group": "g", "choose": "random"}}
    sim = simulation(told, calls=("0s", "0s"), run={"horizon": "1100s"})
    sim.run()
    granted = [use[1] for use in uses(sim) if use[3] == "granted"]
    assert 0.45 < granted.count(ONE) / len(granted) < 0.55


def test_uses_stop_at_the_horizon_but_tries_again_do_not():
    told = {
        "when": {"renewal": {"gap": "25s"}},
        "newest_of": {"ids": ["g-1"]},
        "retry_every": "20s",
        "tries": 9,
    }
    sim = simulation(told, run={"horizon": "50s"})
    sim.run()
    assert [use[0] for use in uses(sim)] == [25, 45, 65, 85]


def test_without_a_horizon_a_run_waits_for_uses_that_end_and_for_no_others():
    newest = {"newest_of": {"ids": ["g-1"]}}
    sim = simulation({"when": at("1h", "2h")} | newest)
    sim.run()
    assert sim.now == 7200
    sim = simulation({"when": {"renewal": {"gap": "30s"}}} | newest)
    sim.run()
    assert sim.now == 70


def test_of_an_empty_group_nothing_is_used():
    group = {"group": "none", "count": 0, "region": "r", "disks": DISKS}
    for choose in ("round-robin", "random", "each"):
        told = {"when": at("80s", "81s"), "newest_of": {"group": "none", "choose": choose}}
        instances = [group, {"group": "g", "count": 1, "region": "r", "disks": DISKS}]
        sim = simulation(told, instances=instances)
        sim.run()
        assert uses(sim) == []


def test_initial_images_of_a_source_may_be_the_newest():
    images = [
        {"id": "new", "region": "r", "source": "g-1", "created": "2026-01-04"},
        {"id": "old", "region": "r", "source": "g-1", "created": "2026-01-01"},
    ]
    told = {"when": at("30s", "80s"), "newest_of": {"ids": ["g-1"]}}
    sim = simulation(told, images=images)
    sim.run()
    assert [use[1] for use in uses(sim)] == ["new", THREE]


@pytest.mark.parametrize(
    ("told", "what"),
    [
        ({"tries": 2}, "give retry_every with tries"),
        ({"retry_every": "5s"}, "give retry_every with tries"),
        ({"retry_every": "0s", "tries": 2}, "must be above 0"),
        ({"tries": 0}, "must be above 0"),
        ({"action": "StartInstance"}, "RunInstances"),
    ],
)
def test_tries_without_sense_are_refused(told, what):
    with pytest.raises(ScenarioError, match=what):
        simulation(own={"after": "1m"} | told)
    with pytest.raises(ScenarioError, match=what):
        simulation({"when": at("1s"), "newest_of": {"group": "g"}} | told)


def test_own_is_not_for_uses():
    with pytest.raises(ScenarioError, match="own is for a closed loop"):
        simulation({"when": at("1s"), "newest_of": {"group": "g", "choose": "own"}})


def test_a_first_use_that_is_to_come_leaves_a_bound_and_no_mean():
    own = {"after": "60s", "retry_every": "60s", "tries": 5}
    calls = [f"{number}s" for number in range(0, 200, 20)]  # two disks: images wait their turn
    region = {"registration": "10s", "snapshot_service": {"duration": "60s"}}

    def ended(horizon):
        sim = simulation(
            own=own, calls=calls, run={"horizon": horizon, "drain": "0s"}, regions={"r": region}
        )
        sim.run()
        return sim.finish().measures

    # 4 of 10 have used their image after 120 s; the others have waited for 10 to 110 s.
    half = ended("190s")
    assert math.isnan(half["time_to_first_use.mean"])
    assert half.of("time_to_first_use.p50") == (120, True)
    # 6 have used it; the oldest of the others has waited for 179 s.
    later = ended("299s")
    assert later.of("time_to_first_use.p50") == (120, False)
    assert later.of("time_to_first_use.max") == (179, True)
    whole = ended("1h")
    assert not whole.of("time_to_first_use.max").at_least
    assert whole["time_to_first_use.max"] == whole["time_to_first_use.max@r"]


def test_time_to_first_use_agrees_with_the_tables():
    own = {
        "after": {"exponential": {"mean": "60s"}},
        "retry_every": "7s",
        "tries": 2,
        "action": "ReplaceSystemDisk",
    }
    sim = simulation(
        own=own, calls=[f"{n * 40}s" for n in range(40)], run={"warmup": "5m", "horizon": "1h"}
    )
    sim.run()
    run = sim.finish()
    granted = run.uses[run.uses["outcome"] == "granted"].groupby("intent")["used_at"].min()
    intents = run.intents.set_index("intent")
    counted = intents[
        intents["arrived_at"] >= pd.Timestamp(run.scenario.start) + pd.Timedelta("5m")
    ]
    both = counted.join(granted, how="inner")
    times = (both["used_at"] - both["arrived_at"]).dt.total_seconds()
    assert 0 < len(times) < len(counted)  # some give up
    assert run.measures["time_to_first_use.mean"] == pytest.approx(times.mean())
    p95 = times.quantile(0.95, interpolation="higher")
    assert run.measures["time_to_first_use.p95"] in (
        p95,
        times.quantile(0.95, interpolation="lower"),
    )
    later = run.uses["used_at"] >= pd.Timestamp(run.scenario.start) + pd.Timedelta("5m")
    assert run.measures["uses"] == later.sum()
    assert set(run.uses["action"]) == {"ReplaceSystemDisk"}


def test_by_hand_a_use_tells_the_intent_and_is_by_nobody():
    sim = simulation(calls=())
    made = sim.create_image({"RegionId": "r", "InstanceId": "g-1"}).image_id
    sim.run()
    sim.use_image("RunInstances", made)
    sim.use_image("RunInstances", "m-x")
    run = sim.finish()
    assert run.uses["by"].isna().all()
    assert run.uses["intent"].tolist() == [1, pd.NA]
    assert run.uses["region"].isna().tolist() == [False, True]
    assert run.measures["time_to_first_use.max"] == 70
    assert run.measures["uses@r"] == 1
