"""The result does not depend on the order in which simultaneous events were scheduled."""

from __future__ import annotations

import random
from collections import Counter
from heapq import heappush

import pandas as pd
import pytest

import imgsim
from imgsim import Scenario
from imgsim.processes.order import Clock, Happening, pair, rank
from imgsim.processes.transfer import SharedBandwidth
from imgsim.records.rows import TABLES

DISKS = [
    {"kind": "system", "size": "40 GiB", "used": "30 GiB"},
    {"kind": "data", "size": "40 GiB", "used": "15 GiB"},
]
BATCH = {"arrivals": {"cron": {"schedule": "*/10 * * * *"}}}
DRAWN = {"slots": 4, "duration": "5m", "schedule": [{"at": "40m", "slots": 9}]}
SHARED = {
    "slots": 6,
    "bandwidth": "3 GiB/s",
    "setup": "60s",
    "incremental": False,
    "failure": "5%",
    "schedule": [
        {"at": "40m", "slots": 3, "bandwidth": "0 GiB/s"},
        {"at": "50m", "slots": 12},
        {"at": "60m", "bandwidth": "6 GiB/s"},
    ],
}


def scenario(service):
    region = {"image_quota": 25, "registration": "5m", "snapshot_service": service}
    delete = {"after": "10m", "takes": "5m"}
    return Scenario.from_mapping(
        {
            "imgsim": 1,
            "name": "ties",
            "run": {"horizon": "4h"},
            "regions": {"a": region, "b": region},
            "instances": [
                {"group": "x", "count": 6, "region": "a", "disks": DISKS},
                {"group": "y", "count": 6, "region": "b", "disks": DISKS},
            ],
            "load": {
                "one": BATCH
                | {"mix": [{"instances": {"group": "x", "choose": "each"}}], "delete": delete},
                "two": BATCH
                | {"mix": [{"instances": {"group": "y", "choose": "each"}}], "delete": delete},
                "three": BATCH | {"mix": [{"instances": {"group": "x"}}], "delete": delete},
                "loop": {
                    "arrivals": {"closed-loop": {"clients": 4, "think": "5m"}},
                    "mix": [{"instances": {"group": "y", "choose": "own"}}],
                    "delete": delete,
                },
            },
        }
    )


def shuffled(seed):
    """Return a `schedule` that breaks ties of ranked events at random."""
    tie = random.Random(seed)

    def schedule(clock, event, priority=1, delay=0):
        number = next(clock._eid)
        if priority > 1:
            number = tie.random() * 2**60
        heappush(clock._queue, (clock._now + delay, priority, number, event))

    return schedule


@pytest.mark.parametrize("service", [DRAWN, SHARED], ids=["durations", "bandwidth"])
def test_tables_are_the_same_whichever_of_two_simultaneous_events_was_scheduled_first(
    service, monkeypatch
):
    usual = imgsim.run(scenario(service))
    assert len(usual.calls) > 200
    for seed in range(3):
        monkeypatch.setattr(Clock, "schedule", shuffled(seed), raising=False)
        other = imgsim.run(scenario(service))
        for table in TABLES:
            pd.testing.assert_frame_equal(usual.tables[table.name], other.tables[table.name])
        assert usual.ended_at == other.ended_at


@pytest.mark.parametrize("service", [DRAWN, SHARED], ids=["durations", "bandwidth"])
def test_no_two_pending_events_share_instant_and_rank(service, monkeypatch):
    pending, most = Counter(), Counter()
    superseded = SharedBandwidth._arrived  # an end that an earlier one has replaced does nothing
    ordinary = Clock.schedule

    def schedule(clock, event, priority=1, delay=0):
        ordinary(clock, event, priority, delay)
        if priority > 1 and not any(
            getattr(then, "__func__", None) is superseded for then in event.callbacks
        ):
            place = (clock.now + delay, priority)
            pending[place] += 1
            most[place[0]] += 1
            event.callbacks.insert(0, lambda _: pending.subtract([place]))
            assert pending[place] == 1, place

    monkeypatch.setattr(Clock, "schedule", schedule, raising=False)
    imgsim.run(scenario(service))
    assert max(most.values()) >= 10  # there were ties to tell apart


def test_ranks_order_by_kind_then_by_ordinal_and_stand_behind_simpys_own():
    ordered = [
        rank(kind, pair(high, low))
        for kind in Happening
        for high in (0, 1, 2**10)
        for low in (0, 1, 2**39)
    ]
    assert ordered == sorted(ordered)
    assert min(ordered) > 1


def test_kinds_stand_in_the_order_of_the_model():
    names = [kind.name for kind in sorted(Happening)]
    changes = ["CAPACITY", "DISTURBANCE", "LOCK", "STATUS", "MONEY"]
    ends = ["TRANSFER_END", "SET_UP_END", "SNAPSHOT_END", "REGISTRATION"]
    clients = ["NOTICE", "DEADLINE", "DELETION", "RETENTION"]
    assert names == [*changes, *ends, *clients, "POLICY", "ARRIVAL", "RETRY", "USE"]


def test_a_place_that_is_freed_at_an_instant_is_there_for_a_call_at_that_instant():
    region = {"image_quota": 1, "registration": "1m", "snapshot_service": {"duration": "9m"}}
    data = scenario(DRAWN).plain() | {
        "regions": {"a": region},
        "instances": [{"group": "x", "count": 1, "region": "a", "disks": DISKS}],
        "load": {"one": BATCH | {"mix": [{"instances": {"group": "x"}}], "delete": {}}},
    }
    run = imgsim.run(Scenario.from_mapping(data))
    assert set(run.calls["outcome"]) == {"available"}
    assert len(run.calls) == 24
