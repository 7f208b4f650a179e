"""Every rule: one explained call of a run, its facts held against the tables and the scenario."""

from functools import cache
from pathlib import Path

import pandas as pd
import pytest

import imgsim
from imgsim.api.rules import RULEBOOK
from imgsim.explanation.calls import explain_calls
from imgsim.explanation.recorded import of_scenario
from imgsim.explanation.witness import CIRCUMSTANCES

ROOT = Path(__file__).parents[2]
US = pd.Timedelta(1, "us")
SETTINGS = {
    "call_is_throttled": {"account.limits.calls_per_minute": 2},
    "snapshot_service_is_not_open": {"account.snapshot_service_open": False},
    "balance_is_insufficient": {"account.balance": "0 CNY"},
    "too_many_snapshots_are_in_progress": {"account.limits.snapshots_in_progress": 2},
    "disk_has_too_many_snapshots": {"account.limits.snapshots_per_disk": 1},
}


@cache
def recorded(rule=None):
    changes = {"run.horizon": "4h", **SETTINGS.get(rule, {})}
    return of_scenario(imgsim.load(ROOT / "scenarios/mistakes.yaml", changes))


@cache
def explained(rule):
    """Return the last call that the rule denied, as the tables have it and as it is explained."""
    run = recorded(rule if rule in SETTINGS else None)
    calls = run.tables["calls"]
    number = int(calls.index[calls["rule"] == rule][-1])
    (told,) = explain_calls(run, [number])
    return run, calls.loc[number], told


def us(run, instant):
    return int((instant - pd.Timestamp(run.scenario.start)) // US)


STATIC = {
    "action_is_not_create_image": {"action": "CopyImage"},
    "region_is_missing": {"sent": False},
    "disk_index_is_out_of_range": {"parameters": ["DiskDeviceMapping.18.Size"]},
    "token_is_malformed": {"characters": 65, "ascii": True},
    "no_source_is_given": {"empty": []},
    "image_name_is_malformed": {"name": "1st image", "characters": 9},
    "image_version_is_malformed": {"version": "1.0"},
    "description_is_malformed": {"characters": 20},
    "region_is_unknown": {"regions": ["cn-hangzhou", "cn-full"]},
    "snapshot_service_is_not_open": {"suspended": False, "since_us": None},
    "balance_is_insufficient": {"balance_micro_cny": 0, "minimum_micro_cny": 10_000},
    "instance_is_unknown": {"instance": "no-such-instance", "in_region": None},
    "instance_may_not_be_imaged": {"instance": "sealed-1"},
    "instance_is_locked_for_security": {"instance": "locked-1", "holders": [], "since_us": None},
    "instance_is_neither_running_nor_stopped": {"instance": "starting-1", "status": "Starting"},
    "snapshot_is_unknown": {"snapshot": "no-such-snapshot", "deleted": False},
    "mapped_snapshot_is_unknown": {"n": 1, "snapshot": "no-such-snapshot"},
    "no_system_disk_snapshot_is_mapped": {"disks": 1, "snapshots": 0},
    "snapshot_is_not_of_a_system_disk": {"snapshot": "s-data"},
    "snapshot_may_not_be_imaged": {"snapshots": ["s-sealed"]},
    "snapshot_is_too_old": {"snapshot": "s-2012"},
    "disk_size_is_out_of_range": {"n": 1, "size": "4", "least_gib": 40},
    "snapshot_is_not_ready": {"snapshots": {"s-young": "progressing"}},
    "image_quota_is_exhausted": {"in_use": 0, "quota": 0, "oldest_us": None},
}
"""What `mistakes.yaml` says of the thing that each mistake is about."""


def test_every_rule_can_be_told():
    assert CIRCUMSTANCES.keys() == {rule.name for rule in RULEBOOK}


@pytest.mark.parametrize("rule", [rule.name for rule in RULEBOOK])
def test_the_facts_of_a_denied_call_are_those_of_the_world(rule):
    run, row, told = explained(rule)
    assert told.facts["not_told"] is None
    first, *further = told.facts["faults"]
    assert [first["rule"], *(each["rule"] for each in further)] == row["faults"].split()
    assert first["rule"] == rule
    assert f"{row['http_status']} {row['code']}: " in " ".join(str(told).split())
    assert " ".join(first["told"].split()) in " ".join(str(told).split())
    for name, value in STATIC.get(rule, {}).items():
        assert first[name] == value, name
    if rule in DYNAMIC:
        DYNAMIC[rule](run, row, first)
    assert rule in STATIC or rule in DYNAMIC


def _conflict(run, row, fact):
    calls = run.tables["calls"]
    bound = calls[calls["image_id"] == fact["image_id"]].iloc[0]
    assert fact["bound_us"] == us(run, bound["arrived_at"]) < us(run, row["arrived_at"])
    assert fact["differ"]


def _throttled(run, row, fact):
    calls = run.tables["calls"]
    minute = calls["arrived_at"].dt.floor("min") == row["arrived_at"].floor("min")
    before = minute & (calls["arrived_at"] <= row["arrived_at"])
    assert fact["calls"] == int((before & (calls["region"] == row["region"])).sum()) > 2
    assert fact["limit"] == 2


def _in_progress(run, row, fact):
    snapshots, at = run.tables["snapshots"], row["arrived_at"]
    made_before = snapshots["ended_at"].isna() & (snapshots["status"] == "accomplished")
    level = (snapshots["created_at"] < at) & ~(snapshots["ended_at"] <= at) & ~made_before
    assert fact["in_progress"] == int(level.sum())  # s-young is progressing all the time
    assert (fact["more"], fact["limit"]) == (1, 2)


def _of_disk(run, row, fact):
    snapshots, at = run.tables["snapshots"], row["arrived_at"]
    ((disk, number),) = fact["snapshots"].items()
    mine = snapshots[(snapshots["disk"] == disk) & (snapshots["created_at"] < at)]
    assert disk == f"{row['source']}-disk-1"
    assert number == int((mine["status"] != "failed").sum()) == fact["limit"] == 1


def _named(run, row, fact):
    images, at = run.tables["images"], row["arrived_at"]
    holder = images[images["image_id"] == fact["image_id"]].iloc[0]
    assert (holder["name"], holder["region"]) == (fact["name"], row["region"])
    assert fact["created_us"] == us(run, holder["created_at"])
    assert holder["created_at"] <= at
    assert not holder["deleted_at"] <= at
    assert fact["status"] == ("Available" if holder["ended_at"] <= at else "Creating")


def _too_old(run, _, fact):
    start = pd.Timestamp(run.scenario.start)
    assert start + fact["created_us"] * US == pd.Timestamp("2012-06-01", tz="UTC")
    assert start + fact["least_us"] * US == pd.Timestamp("2013-07-16", tz="UTC")


def _several(run, _, fact):
    assert len(fact["system"]) == 2
    kinds = {one.id: one.kind for one in run.scenario.snapshots}
    assert {kinds[id] for id in fact["system"].values()} == {"system"}


DYNAMIC = {
    "call_is_throttled": _throttled,
    "token_was_used_with_other_parameters": _conflict,
    "too_many_snapshots_are_in_progress": _in_progress,
    "disk_has_too_many_snapshots": _of_disk,
    "image_name_is_taken": _named,
    "snapshot_is_too_old": _too_old,
    "several_system_disk_snapshots_are_mapped": _several,
}


def test_a_full_quota_is_that_of_the_images_table():
    run = of_scenario(imgsim.load(ROOT / "scenarios/quickstart.yaml"))
    calls, images = run.tables["calls"], run.tables["images"]
    numbers = [int(n) for n in calls.index[calls["rule"] == "image_quota_is_exhausted"]]
    assert len(numbers) > 20
    for number, told in zip(numbers, explain_calls(run, numbers), strict=True):
        at = calls.loc[number, "arrived_at"]
        held = images[(images["created_at"] <= at) & ~(images["deleted_at"] <= at)]
        failed = held[(held["status"] == "CreateFailed") & (held["ended_at"] <= at)]
        fact = told.facts["faults"][0]
        assert fact["in_use"] == fact["quota"] == len(held) == 40
        assert fact["oldest_us"] == us(run, held["created_at"].min())
        assert fact["failed"] == len(failed)


_BURST = {
    "imgsim": 1,
    "name": "burst",
    "regions": {"r": {"image_quota": 3, "snapshot_service": {"duration": "5m"}}},
    "instances": [
        {"group": "web", "count": 5, "region": "r", "disks": [{"kind": "system", "size": "5 GiB"}]}
    ],
    "run": {"horizon": "2h"},
    "load": {
        "all": {
            "arrivals": {"cron": {"schedule": "0 1 * * *"}},
            "mix": [{"instances": {"group": "web", "choose": "each"}}],
            "client": {"retry": {"wait": "1m", "attempts": 3}},
        }
    },
}


def test_calls_of_one_instant_are_looked_at_in_their_order():
    run = of_scenario(imgsim.Scenario.from_mapping(_BURST))
    first = run.tables["calls"].query("attempt == 1").index
    told = explain_calls(run, [int(number) for number in first])
    assert [one.facts["region"]["images"] for one in told] == [0, 1, 2, 3, 3]
    assert [one.facts["outcome"] for one in told] == ["available"] * 3 + ["denied"] * 2
    fourth, fifth = (one.facts["faults"][0] for one in told[3:])
    assert fourth["oldest_us"] == fifth["oldest_us"] == 3_600_000_000
    assert (fourth["others_waited"], fifth["others_waited"]) == (0, 1)


def test_others_wait_until_they_ask_or_give_up():
    run = of_scenario(imgsim.Scenario.from_mapping(_BURST))
    again = run.tables["calls"].query("outcome == 'denied' and attempt > 1")
    numbers = again.sort_values(["arrived_at", "intent"]).index
    told = explain_calls(run, [int(number) for number in numbers])
    waited = [one.facts["faults"][0]["others_waited"] for one in told]
    assert waited == [1, 1, 1, 0]  # the last attempt of the fourth is its end


def test_locks_are_told_with_their_begin_and_who_holds_them():
    changes = {
        "processes.scan": {
            "locks": {
                "instances": {"group": "web"},
                "when": {"cron": {"schedule": "50 0 * * *"}},
                "lasts": "20m",
            }
        }
    }
    run = of_scenario(imgsim.Scenario.from_mapping(_BURST, changes))
    (told,) = explain_calls(run, [0])
    fact = told.facts["faults"][0]
    assert fact["rule"] == "instance_is_locked_for_security"
    assert (fact["holders"], fact["since_us"]) == (["scan"], 50 * 60_000_000)
    assert "web-1 is locked for security for 10m, by scan" in " ".join(str(told).split())


def test_an_instance_that_is_elsewhere_or_released_is_told_so():
    mapping = {**_BURST, "regions": {"r": _BURST["regions"]["r"], "s": _BURST["regions"]["r"]}}
    sim = imgsim.Simulation(imgsim.Scenario.from_mapping(mapping | {"load": {}}))
    from imgsim.explanation.witness import Witness

    witness = Witness(sim.world, {1, 2})
    sim.create_image({"RegionId": "s", "InstanceId": "web-1"})
    sim.release("web-2")
    sim.run("1m")
    sim.create_image({"RegionId": "r", "InstanceId": "web-2"})
    elsewhere, released = (witness.seen[number, 1].faults[0] for number in (1, 2))
    assert elsewhere.text.endswith("; it is in r")
    assert elsewhere.facts["in_region"] == "r"
    assert released.text.endswith("; it was released 1m before")
    assert released.facts["released_us"] == 0
