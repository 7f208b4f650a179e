"""Who calls for what: mixes, names, tokens, deletions, closed loops."""

from __future__ import annotations

import math

import pandas as pd

import imgsim
from imgsim import Scenario

DISK = {"kind": "system", "size": "40 GiB", "used": "20 GiB"}
OLD = {"region": "r", "kind": "system", "size": "40 GiB", "created": "2025-01-01"}


def run(arrivals, mix, *, horizon="3h", delete=None, client=None, duration="60s", seed=1):
    stream = {"arrivals": arrivals, "mix": mix, "client": client or {}}
    stream |= {"delete": delete} if delete else {}
    region = {"registration": "10s", "snapshot_service": {"duration": duration}}
    return imgsim.run(
        Scenario.from_mapping(
            {
                "imgsim": 1,
                "name": "loads",
                "run": {"seed": seed} | ({"horizon": horizon} if horizon else {}),
                "regions": {"r": region, "q": region},
                "instances": [
                    {"group": "g", "count": 4, "region": "r", "disks": [DISK]},
                    {"id": "lone", "region": "q", "disks": [DISK]},
                ],
                "snapshots": [OLD | {"id": "old"}, OLD | {"id": "older"}],
                "load": {"s": stream},
            }
        )
    )


def seconds(run, table, column):
    instants = getattr(run, table)[column] - pd.Timestamp(run.scenario.start)
    return [None if pd.isna(i) else i.total_seconds() for i in instants]


HOURLY = {"cron": {"schedule": "0 * * * *"}}


def test_the_next_in_turn_is_taken_round_and_round():
    result = run(HOURLY, [{"instances": {"group": "g"}}], horizon="6h")
    assert result.calls["source"].tolist() == ["g-1", "g-2", "g-3", "g-4", "g-1", "g-2"]
    assert set(result.calls["region"]) == {"r"}


def test_ids_are_taken_in_the_order_in_which_they_stand_each_in_its_own_region():
    mix = [{"instances": {"ids": ["lone", "g-3"]}}]
    result = run(HOURLY, mix)
    assert result.calls["source"].tolist() == ["lone", "g-3", "lone"]
    assert result.calls["region"].tolist() == ["q", "r", "q"]


def test_each_makes_one_call_for_each_at_every_arrival():
    result = run(HOURLY, [{"instances": {"group": "g", "choose": "each"}}], horizon="2h")
    assert result.calls["source"].tolist() == ["g-1", "g-2", "g-3", "g-4"] * 2
    assert seconds(result, "calls", "arrived_at") == [0] * 4 + [3600] * 4


def test_random_takes_all_equally_often():
    mix = [{"instances": {"group": "g", "choose": "random"}}]
    result = run({"poisson": {"rate": "1000/h"}}, mix, horizon="4h")
    counts = result.calls["source"].value_counts()
    expected = len(result.calls) / 4
    assert sum((counts - expected) ** 2) / expected < 16.3  # chi-squared, 3 degrees, 99.9 %


def test_kinds_of_calls_come_by_their_weights():
    mix = [
        {"instances": {"group": "g"}, "weight": 3},
        {"snapshots": {"ids": ["old", "older"]}},
        {
            "region": "q",
            "weight": 0.5,
            "parameters": {
                "DiskDeviceMapping.1.SnapshotId": "old",
                "DiskDeviceMapping.2.Size": "50",
            },
        },
    ]
    result = run({"poisson": {"rate": "1000/h"}}, mix, horizon="4h")
    shares = result.calls["approach"].value_counts(normalize=True)
    for approach, weight in (("instance", 3), ("snapshot", 1), ("mapping", 0.5)):
        share = weight / 4.5
        width = 4 * math.sqrt(share * (1 - share) / len(result.calls))
        assert abs(shares[approach] - share) < width
    # A snapshot of another region is none of this one.
    mapped = result.calls[result.calls["approach"] == "mapping"]
    assert set(mapped["rule"]) == {"mapped_snapshot_is_unknown"}


def test_names_are_made_from_their_template():
    mix = [{"instances": {"group": "g"}, "name": "{stream}_{n}-{source}:{date}-{time}"}]
    cron = {"cron": {"schedule": "30 1,5 * * *"}}
    result = run(cron, mix, horizon="26h")
    assert result.images["name"].tolist() == [
        "s_1-g-1:20260105-013000",
        "s_2-g-2:20260105-053000",
        "s_3-g-3:20260106-013000",
    ]


def test_names_in_a_batch_are_numbered_across_its_calls():
    mix = [{"instances": {"group": "g", "choose": "each"}, "name": "nightly-{n}"}]
    result = run(HOURLY, mix, horizon="2h")
    assert result.images["name"].tolist() == [f"nightly-{n}" for n in range(1, 9)]


def test_names_that_come_again_are_refused_until_the_image_is_deleted():
    mix = [{"instances": {"ids": ["g-1"]}, "name": "latest"}]
    kept = run(HOURLY, mix)
    freed = run(HOURLY, mix, delete={"after": "30m"})
    assert kept.calls["rule"].tolist()[1:] == ["image_name_is_taken"] * 2
    assert freed.calls["outcome"].tolist() == ["available"] * 3
    assert seconds(freed, "images", "deleted_at")[:2] == [1870, 3600 + 1870]


def test_a_deletion_begins_after_and_takes_its_time_and_frees_the_name_at_its_end():
    mix = [{"instances": {"ids": ["g-1"]}, "name": "latest"}]
    delete = {"after": "30m", "takes": "20m", "snapshots": True}
    result = run({"cron": {"schedule": "0,35 * * * *"}}, mix, delete=delete, horizon="90m")
    assert result.calls["outcome"].tolist() == ["available", "denied", "available"]
    ended = [70 + 50 * 60, 3600 + 70 + 50 * 60]
    assert seconds(result, "images", "deleted_at")[0] == ended[0]
    assert seconds(result, "snapshots", "deleted_at")[:3] == [None, None, ended[0]]


def test_each_intent_has_its_own_token_when_asked_and_none_is_replayed():
    mix = [{"instances": {"group": "g", "choose": "each"}}]
    result = run(HOURLY, mix, client={"token": "per-intent"})
    assert result.calls["outcome"].tolist() == ["available"] * 12


CLOSED = [{"instances": {"group": "g", "choose": "own"}, "name": "c{client}-{n}"}]


def test_clients_of_a_closed_loop_each_take_their_own_and_ask_again_after_thinking():
    loop = {"closed-loop": {"clients": 2, "think": "30s"}}
    result = run(loop, CLOSED, horizon="250s")
    assert result.calls["source"].tolist() == ["g-1", "g-2"] * 3
    assert seconds(result, "calls", "arrived_at") == [0, 0, 100, 100, 200, 200]
    assert result.intents["client"].tolist() == [0, 1] * 3
    assert result.images["name"].tolist() == ["c0-1", "c1-2", "c0-3", "c1-4", "c0-5", "c1-6"]


def test_a_closed_loop_makes_so_many_calls_in_all():
    loop = {"closed-loop": {"clients": 3, "calls": 7}}
    result = run(loop, CLOSED, horizon=None)
    assert result.intents["client"].value_counts().to_dict() == {0: 3, 1: 2, 2: 2}
    assert seconds(result, "calls", "arrived_at")[-1] == 140


def test_a_closed_loop_deletes_before_it_thinks_and_asks_again():
    loop = {"closed-loop": {"clients": 1, "calls": 3, "think": "5s"}}
    result = run(loop, CLOSED, horizon=None, delete={"after": "10s", "takes": "15s"})
    assert seconds(result, "images", "deleted_at") == [95, 195, 295]
    assert seconds(result, "calls", "arrived_at") == [0, 100, 200]


def test_a_closed_loop_that_is_denied_thinks_and_asks_again():
    loop = {"closed-loop": {"clients": 1, "calls": 3, "think": "5s"}}
    result = run(loop, [{"instances": {"group": "g"}, "name": "x"}], horizon=None)
    assert seconds(result, "calls", "arrived_at") == [0, 5, 10]
    assert set(result.calls["rule"]) == {"image_name_is_malformed"}
