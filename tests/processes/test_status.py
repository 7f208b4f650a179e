"""Instances are stopped, started, restarted and released while images are asked for."""

from __future__ import annotations

import pandas as pd
import pytest

import imgsim
from imgsim import Scenario, ScenarioError, Simulation

DISKS = [{"kind": "system", "size": "40 GiB"}]
CALL = {"RegionId": "r", "InstanceId": "g-1"}


def scenario(change=None, *, status="Running", count=2, **more):
    group = {"group": "g", "count": count, "region": "r", "status": status, "disks": DISKS}
    every = {"instances": {"group": "g"}}
    data = {
        "imgsim": 1,
        "name": "status",
        "run": {"horizon": "24h"},
        "regions": {"r": {"registration": "1s", "snapshot_service": {"duration": "60s"}}},
        "instances": [group],
        "processes": {} if change is None else {"boot": {"status": every | change}},
    }
    return Scenario.from_mapping(data | more)


def at(*instants):
    return {"instants": {"at": list(instants)}}


def moves(run, id="g-1"):
    rows = run.states[(run.states["attribute"] == "status") & (run.states["id"] == id)]
    since = (rows["changed_at"] - pd.Timestamp(run.scenario.start)).dt.total_seconds()
    return list(zip(since, rows["value"], strict=True))


@pytest.mark.parametrize(
    ("status", "action", "expected"),
    [
        ("Running", "stop", [(100, "Stopping"), (120, "Stopped")]),
        ("Stopped", "start", [(100, "Starting"), (120, "Running")]),
        ("Pending", "start", [(100, "Starting"), (120, "Running")]),
        (
            "Running",
            "restart",
            [(100, "Stopping"), (120, "Stopped"), (120, "Starting"), (140, "Running")],
        ),
        ("Running", "release", [(100, "Released")]),
        ("Stopped", "stop", []),
        ("Stopped", "restart", []),
        ("Running", "start", []),
        ("Starting", "start", []),
        ("Stopping", "stop", []),
        ("Pending", "release", [(100, "Released")]),
    ],
)
def test_an_action_takes_its_time_and_one_that_does_not_fit_is_left_out(status, action, expected):
    change = {"when": at("100s"), "action": action, "takes": "20s"}
    run = imgsim.run(scenario(change, status=status))
    assert moves(run) == moves(run, "g-2") == expected


def test_a_change_takes_30_seconds_by_default():
    run = imgsim.run(scenario({"when": at("100s"), "action": "stop"}))
    assert moves(run) == [(100, "Stopping"), (130, "Stopped")]


def test_calls_are_refused_while_the_status_changes_and_not_before_or_after():
    sim = Simulation(scenario({"when": at("100s"), "action": "restart", "takes": "20s"}))
    answers = []
    for until in ("30s", "101s", "121s", "139s", "141s"):
        sim.run(until=until)
        answers.append(sim.create_image(CALL).row)
    assert answers == [None, 1, 1, 1, None]


@pytest.mark.parametrize("action", ["stop", "restart", "release"])
def test_an_image_being_made_fails_when_the_status_begins_to_change(action):
    sim = Simulation(scenario({"when": at("100s"), "action": action, "takes": "20s"}))
    sim.run(until="50s")
    sim.create_image(CALL)
    sim.run(until="500s")
    run = sim.finish()
    assert run.calls["outcome"].tolist() == ["failed"]
    assert run.calls["total_s"].tolist() == [50]


def test_an_image_that_ends_in_the_microsecond_of_the_change_is_too_late():
    sim = Simulation(scenario({"when": at("100s", "161s"), "action": "stop", "takes": "20s"}))
    sim.run(until="39s")
    sim.create_image(CALL)  # Available at 100 s
    sim.run(until="500s")
    assert sim.finish().calls["outcome"].tolist() == ["failed"]


def test_an_action_that_is_due_during_the_last_one_is_left_out():
    change = {"when": at("100s", "110s", "139s", "140s"), "action": "restart", "takes": "20s"}
    run = imgsim.run(scenario(change))
    assert [instant for instant, status in moves(run) if status == "Stopping"] == [100, 140]


def test_stop_and_start_by_two_processes_meet():
    when = {"instances": {"group": "g"}, "takes": "20s"}
    processes = {
        "evening": {"status": when | {"when": at("100s", "500s"), "action": "stop"}},
        "morning": {"status": when | {"when": at("110s", "200s"), "action": "start"}},
    }
    run = imgsim.run(scenario(processes=processes))
    assert moves(run) == [
        *((100, "Stopping"), (120, "Stopped")),  # the start at 110 does not fit
        *((200, "Starting"), (220, "Running")),
        *((500, "Stopping"), (520, "Stopped")),
    ]


def test_whoever_moves_the_instance_meanwhile_breaks_the_action_off():
    sim = Simulation(scenario({"when": at("100s"), "action": "restart", "takes": "20s"}))
    sim.run(until="110s")
    sim.stop("g-1")
    sim.run(until="115s")
    sim.start("g-1")
    sim.stop("g-1")
    sim.run(until="500s")
    statuses = [status for _, status in moves(sim.finish())]
    assert statuses == ["Stopping", "Stopped", "Starting", "Running", "Stopping", "Stopped"]


def test_an_action_on_what_somebody_else_stops_meanwhile_does_not_end_that_stop():
    sim = Simulation(
        scenario(
            processes={
                name: {
                    "status": {
                        "instances": {"ids": ["g-1"]},
                        "when": at(when),
                        "action": "stop",
                        "takes": "60s",
                    }
                }
                for name, when in (("one", "100s"), ("two", "130s"))
            }
        )
    )
    sim.run(until="120s")
    sim.stop("g-1")
    sim.start("g-1")
    sim.run(until="500s")
    assert moves(sim.finish())[-2:] == [(130, "Stopping"), (190, "Stopped")]


def test_an_instance_that_is_released_meanwhile_is_let_be():
    sim = Simulation(scenario({"when": at("100s", "300s"), "action": "restart", "takes": "20s"}))
    sim.run(until="110s")
    sim.release("g-1")
    sim.run(until="150s")
    sim.release("g-2")
    sim.run(until="500s")
    run = sim.finish()
    assert moves(run) == [(100, "Stopping"), (110, "Released")]
    assert moves(run, "g-2")[-1] == (150, "Released")


def test_each_instance_has_draws_of_its_own():
    drawn = {"when": {"poisson": {"rate": "1/h"}}, "takes": {"exponential": {"mean": "1m"}}}
    few, many = (imgsim.run(scenario(drawn | {"action": "restart"}, count=n)) for n in (2, 4))
    assert moves(few, "g-2") == moves(many, "g-2") != moves(few)
    assert len(moves(few)) > 20


def test_an_empty_group_is_nothing_and_an_unknown_action_is_an_error():
    empty = scenario({"when": at("1s"), "action": "stop"}, count=0)
    assert len(imgsim.run(empty).states) == 0
    with pytest.raises(ScenarioError, match=r"processes\.boot\.status\.action"):
        scenario({"when": at("1s"), "action": "pause"})
