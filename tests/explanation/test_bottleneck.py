"""The bottleneck of constructed runs is what was made scarce, and of many runs nothing is."""

from pathlib import Path

import pytest

import imgsim
from imgsim.explanation.bottleneck import explain_run
from imgsim.explanation.limits import LIMITS, without
from imgsim.explanation.recorded import of_scenario

ROOT = Path(__file__).parents[2]
AMPLE = {
    "imgsim": 1,
    "name": "ample",
    "run": {"horizon": "6h"},
    "regions": {
        "r": {
            "image_quota": 10_000,
            "registration": "20s",
            "snapshot_service": {
                "slots": 200,
                "setup": "1m",
                "bandwidth": "100 GiB/s",
                "per_snapshot_rate": "100 MiB/s",
            },
        }
    },
    "instances": [
        {
            "group": "web",
            "count": 200,
            "region": "r",
            "disks": [{"kind": "system", "size": "40 GiB", "used": "10 GiB"}],
        }
    ],
    "load": {
        "all": {
            "arrivals": {"poisson": {"rate": "60/h"}},
            "mix": [{"instances": {"group": "web"}}],
        }
    },
}
LOCKS = {
    "locks": {
        "instances": {"group": "web"},
        "when": {"cron": {"schedule": "0 2 * * *"}},
        "lasts": "1h",
    }
}
OUTAGE = {
    "service-faults": {
        "when": {"cron": {"schedule": "0 2 * * *"}},
        "lasts": "1h",
        "slots": "0%",
    }
}
SCARCE = {
    "image quota": ({"regions.r.image_quota": 100}, "images"),
    "balance": ({"account.balance": "0 CNY"}, "images"),
    "security locks": ({"processes.scan": LOCKS}, "images"),
    "limits of the account": ({"account.limits.calls_per_minute": 1}, "images"),
    "snapshot slots": ({"regions.r.snapshot_service.slots": 2}, "time"),
    "bandwidth": ({"regions.r.snapshot_service.bandwidth": "200 MiB/s"}, "time"),
    "turn on the disk": ({"instances.0.count": 1}, "time"),
    "faults of the service": ({"processes.bad": OUTAGE}, "time"),
}


def told(changes=None):
    return explain_run(of_scenario(imgsim.Scenario.from_mapping(AMPLE, changes)))


def test_where_nothing_is_scarce_nothing_is_blamed():
    explanation = told()
    assert explanation.facts["verdict"] == {"images": None, "time": None}
    assert explanation.facts["images"] == explanation.facts["intents"] > 300
    assert "No limit costs" in str(explanation)


@pytest.mark.parametrize("limit", SCARCE)
def test_what_is_scarce_is_blamed(limit):
    changes, kind = SCARCE[limit]
    explanation = told(changes)
    assert explanation.facts["verdict"][kind] == limit
    assert ("For more images: " if kind == "images" else "For faster images: ") + limit in str(
        explanation
    )


def test_every_limit_is_tried():
    assert {limit.name for limit in LIMITS} == SCARCE.keys()


def test_what_a_quota_costs_is_what_it_denied():
    facts = told({"regions.r.image_quota": 100}).facts
    (quota,) = (one for one in facts["without"] if one["limit"] == "image quota")
    assert quota["more_images"] == facts["denied"]["image_quota_is_exhausted"]
    assert quota["refused"] == 0
    assert quota["compared"] == facts["images"] == 100


def test_what_slots_cost_is_the_wait_for_them():
    facts = told({"regions.r.snapshot_service.slots": 2}).facts
    slots = next(one for one in facts["without"] if one["limit"] == "snapshot slots")
    waited = next(one for one in facts["time"] if one["part"] == "snapshot slot")
    assert slots["more_images"] == 0
    assert slots["saved_us"] == pytest.approx(waited["mean_us"], rel=0.05)
    assert sum(one["share"] for one in facts["time"]) == pytest.approx(1)


def test_the_slots_and_not_the_turn_are_blamed_when_queues_for_slots_hold_the_turns():
    changes = {"regions.r.snapshot_service.slots": 1, "instances.0.count": 6}
    facts = told({**changes, "load.all.arrivals.poisson.rate": "20/h"}).facts
    assert facts["verdict"]["time"] == "snapshot slots"


def test_the_same_luck_without_any_limit_is_the_run_again():
    run = of_scenario(imgsim.Scenario.from_mapping(AMPLE))
    for limit in LIMITS:
        again = run.repeat(without(run, limit))
        if limit.name != "bandwidth":
            assert again.calls.equals(run.tables["calls"]), limit.name


def test_a_scheduled_shortage_is_lifted_with_its_limit():
    schedule = [{"at": "1h", "slots": 0}, {"at": "3h", "slots": 200, "bandwidth": "1 GiB/s"}]
    facts = told({"regions.r.snapshot_service.schedule": schedule}).facts
    assert facts["verdict"]["time"] == "snapshot slots"


def test_a_run_that_would_go_on_without_end_is_broken_off():
    changes = {
        "regions.r.registration": "1us",
        "regions.r.snapshot_service": {"slots": 1, "bandwidth": "20 MiB/s"},
        "load.all.arrivals": {"closed-loop": {"clients": 1, "think": "1us"}},
    }
    explanation = told({**changes, "run.horizon": "10h"})
    (bandwidth,) = explanation.facts["without"]
    assert bandwidth["more_images"] is None
    assert "broken off: more than 20 times the calls" in str(explanation)
    assert explanation.facts["verdict"] == {"images": None, "time": None}


@pytest.mark.parametrize(
    ("name", "images", "time"),
    [
        ("quickstart", "image quota", "snapshot slots"),
        ("locked-at-night", "security locks", "snapshot slots"),
        pytest.param(
            "retry-storm",
            "limits of the account",
            "limits of the account",
            marks=pytest.mark.slow,
        ),
        ("release-day-burst", None, "snapshot slots"),
    ],
)
def test_the_verdicts_on_some_scenarios_that_come_with_it(name, images, time):
    run = of_scenario(imgsim.load(ROOT / f"scenarios/{name}.yaml"))
    assert explain_run(run).facts["verdict"] == {"images": images, "time": time}
