"""A process that would happen too often is refused before the run, with its place."""

from __future__ import annotations

import pytest

import imgsim
from imgsim import Scenario, ScenarioError

GROUP = {"instances": {"group": "g"}}


@pytest.mark.parametrize(
    ("process", "place"),
    [
        ({"locks": GROUP | {"when": {"renewal": {"gap": "1us"}}, "lasts": "1s"}}, "locks.when"),
        (
            {"status": GROUP | {"when": {"poisson": {"rate": "1000000/s"}}, "action": "stop"}},
            "status.when",
        ),
        ({"service-faults": {"up": "0s", "lasts": "0s", "slots": "50%"}}, "service-faults.up"),
        # Once a minute for a year is fine for one instance, and not for a thousand.
        (
            {"locks": GROUP | {"when": {"cron": {"schedule": "* * * * *"}}, "lasts": "1s"}},
            "locks.when",
        ),
    ],
)
def test_a_process_that_happens_too_often_is_refused(process, place):
    data = {
        "imgsim": 1,
        "name": "often",
        "run": {"horizon": "365d"},
        "regions": {"r": {"snapshot_service": {"duration": "60s", "slots": 5}}},
        "instances": [
            {
                "group": "g",
                "count": 1000,
                "region": "r",
                "disks": [{"kind": "system", "size": "40 GiB"}],
            }
        ],
        "processes": {"p": process},
    }
    with pytest.raises(ScenarioError, match=f"processes.p.{place}: happens some .* times"):
        Scenario.from_mapping(data)


def test_a_process_and_a_stream_of_one_name_have_luck_of_their_own():
    often = {"poisson": {"rate": "20/h"}}
    data = {
        "imgsim": 1,
        "name": "namesakes",
        "run": {"horizon": "1d"},
        "regions": {"r": {"image_quota": 9999, "snapshot_service": {"duration": "60s"}}},
        "instances": [
            {
                "group": "g",
                "count": 30,
                "region": "r",
                "disks": [{"kind": "system", "size": "40 GiB"}],
            }
        ],
        "load": {
            "x": {"arrivals": often, "mix": [{"instances": {"group": "g", "choose": "random"}}]}
        },
        "processes": {"x": {"locks": GROUP | {"when": often, "lasts": "1s", "together": True}}},
    }
    result = imgsim.run(Scenario.from_mapping(data))
    locked = result.states[result.states["value"] == "on"]["changed_at"]
    assert len(locked) > 1000
    assert set(locked).isdisjoint(result.calls["arrived_at"])
    uses = {
        "uses": {"when": often, "newest_of": {"group": "g", "choose": "random"}, "pick": "created"}
    }
    result = imgsim.run(Scenario.from_mapping(data | {"processes": {"x": uses}}))
    sources = result.images.set_index("image_id")["source"].astype(str)
    used = sources.reindex(result.uses["image_id"].dropna().astype(str)).tolist()
    asked = result.calls["source"].astype(str).tolist()
    same = sum(one == other for one, other in zip(used, asked, strict=False))
    assert same < len(used) / 5
