"""Verbs act at once and leave a row, and do not act when they may not."""

from __future__ import annotations

import pandas as pd
import pytest

from imgsim import Scenario, Simulation
from imgsim.cloud.lifecycle import IllegalMove

OLD = {"region": "r", "kind": "system", "size": "40 GiB", "created": "2025-01-01"}


def simulation(**more):
    disks = [{"kind": "system", "size": "40 GiB"}]
    instance = {"region": "r", "disks": disks}
    return Simulation(
        Scenario.from_mapping(
            {
                "imgsim": 1,
                "name": "verbs",
                "regions": {"r": {"snapshot_service": {"duration": "60s"}}},
                "instances": [
                    instance | {"id": "i", "locks": ["financial"]},
                    instance | {"id": "starting", "status": "Starting"},
                    instance | {"id": "pending", "status": "Pending"},
                    instance | {"id": "stopping", "status": "Stopping"},
                ],
                "snapshots": [
                    OLD | {"id": "ready"},
                    OLD | {"id": "running", "status": "progressing"},
                    OLD | {"id": "broken", "status": "failed"},
                ],
                "images": [{"id": "golden", "region": "r", "name": "golden"}],
            }
            | more
        )
    )


def states(run):
    since = (run.states["changed_at"] - pd.Timestamp(run.scenario.start)).dt.total_seconds()
    columns = run.states[["kind", "id", "attribute", "value"]].to_numpy().tolist()
    return [(at, *row) for at, row in zip(since, columns, strict=True)]


@pytest.mark.parametrize(
    ("verb", "arguments", "rows"),
    [
        ("lock", ("i", "security"), [("instance", "i", "lock security", "on")]),
        ("unlock", ("i", "financial"), [("instance", "i", "lock financial", "off")]),
        (
            "stop",
            ("i",),
            [("instance", "i", "status", "Stopping"), ("instance", "i", "status", "Stopped")],
        ),
        ("start", ("starting",), [("instance", "starting", "status", "Running")]),
        (
            "start",
            ("pending",),
            [
                ("instance", "pending", "status", "Starting"),
                ("instance", "pending", "status", "Running"),
            ],
        ),
        ("stop", ("stopping",), [("instance", "stopping", "status", "Stopped")]),
        ("release", ("i",), [("instance", "i", "status", "Released")]),
        (
            "open_snapshot_service",
            (),
            [("account", "account", "snapshot service", "open")],
        ),
        (
            "close_snapshot_service",
            (),
            [("account", "account", "snapshot service", "closed")],
        ),
        (
            "finish_snapshot",
            ("running",),
            [("snapshot", "running", "status", "accomplished")],
        ),
        ("delete_image", ("golden",), [("image", "golden", "status", "Deleted")]),
    ],
)
def test_a_verb_that_no_other_table_tells_leaves_its_rows_in_states(verb, arguments, rows):
    sim = simulation()
    sim.run(until="5s")
    getattr(sim, verb)(*arguments)
    assert states(sim.finish()) == [(5, *row) for row in rows]


@pytest.mark.parametrize(
    ("verb", "arguments", "error"),
    [
        ("lock", ("x", "security"), KeyError),
        ("unlock", ("i", "security"), ValueError),
        ("start", ("i",), IllegalMove),
        ("stop", ("starting",), IllegalMove),
        ("start", ("stopping",), IllegalMove),
        ("stop", ("x",), KeyError),
        ("release", ("x",), KeyError),
        ("finish_snapshot", ("ready",), IllegalMove),
        ("finish_snapshot", ("broken",), IllegalMove),
        ("finish_snapshot", ("x",), KeyError),
        ("delete_image", ("x",), KeyError),
        ("top_up", ("0 CNY",), ValueError),
        ("top_up", ("-1 CNY",), ValueError),
        ("top_up", ("100",), ValueError),
        ("use_image", ("StartInstance", "golden"), ValueError),
        ("run", ("1s",), ValueError),
        ("create_image", (3,), TypeError),
    ],
)
def test_a_verb_that_may_not_act_raises_and_changes_nothing(verb, arguments, error):
    sim = simulation()
    sim.run(until="5s")
    with pytest.raises(error):
        getattr(sim, verb)(*arguments)
    run = sim.finish()
    assert run.states.empty
    assert len(run.ledger) == 1
    assert run.uses.empty


def test_a_snapshot_in_the_hands_of_the_service_is_not_finished_by_hand():
    sim = simulation()
    sim.create_image({"RegionId": "r", "InstanceId": "i"})
    with pytest.raises(IllegalMove):
        sim.finish_snapshot("s-000000004")


def test_money_moves_with_a_row_in_the_ledger():
    sim = simulation(account={"balance": "0.5 CNY"})
    sim.run(until="5s")
    sim.top_up("200 CNY")
    run = sim.finish()
    assert run.ledger["cause"].tolist() == ["opening", "top-up"]
    assert run.ledger["amount_cny"].tolist() == [0.5, 200]
    assert run.ledger["balance_cny"].tolist() == [0.5, 200.5]


def test_uses_are_granted_or_refused_with_a_row_each():
    sim = simulation()
    made = sim.create_image({"RegionId": "r", "InstanceId": "i"}).image_id
    early = sim.use_image("RunInstances", made)
    sim.run(until="5m")
    good = sim.use_image("ReplaceSystemDisk", made)
    sim.delete_image(made)
    gone = sim.use_image("RunInstances", made)
    never = sim.use_image("RunInstances", "m-x")
    run = sim.finish()
    assert [use.granted for use in (early, good, gone, never)] == [False, True, False, False]
    assert run.uses["image_id"].tolist() == [made, made, made, "m-x"]
    assert run.uses["outcome"].tolist() == ["denied", "granted", "denied", "denied"]
    assert run.uses["http_status"].tolist() == [400, 200, 403, 404]
    assert run.uses["code"].isna().tolist() == [False, True, False, False]


def test_a_verb_acts_before_the_events_of_its_instant():
    sim = simulation()
    sim.create_image({"RegionId": "r", "InstanceId": "i"})
    sim.run(until="60s")
    sim.stop("i")
    assert sim.finish().images["status"].tolist()[1:] == ["CreateFailed"]


def test_what_is_released_is_unknown_and_its_snapshots_and_images_stay():
    sim = simulation()
    made = sim.create_image({"RegionId": "r", "InstanceId": "i"})
    sim.run(until="2m")
    sim.release("i")
    assert sim.create_image({"RegionId": "r", "InstanceId": "i"}).row == 7
    assert made.image_id in sim.cloud.images
    assert len(sim.cloud.snapshots) == 4
    sim.finish()


def test_initial_things_stay_as_they_are_until_a_verb_moves_them():
    sim = simulation()
    sim.run(until="30d")
    assert sim.cloud.instances["starting"].status == "Starting"
    assert sim.cloud.snapshots["running"].status == "progressing"


def test_a_finished_simulation_does_nothing_more():
    sim = simulation()
    sim.finish()
    with pytest.raises(ValueError, match="finished"):
        sim.run()
    with pytest.raises(ValueError, match="finished"):
        sim.create_image({})
    with pytest.raises(ValueError, match="finished"):
        sim.stop("i")


def test_calls_by_hand_have_no_stream_and_are_numbered_from_nought():
    sim = simulation()
    for _ in range(3):
        sim.create_image({"RegionId": "r", "InstanceId": "i"})
    intents = sim.finish().intents
    assert intents["stream"].isna().all()
    assert intents["ordinal"].tolist() == [0, 1, 2]


def test_an_initial_snapshot_in_progress_has_the_turn_on_its_disk_until_it_is_finished():
    scenario = Scenario.from_mapping(
        {
            "imgsim": 1,
            "name": "turn",
            "regions": {"r": {"snapshot_service": {"duration": "60s"}, "registration": "1s"}},
            "instances": [
                {
                    "id": "i-1",
                    "region": "r",
                    "disks": [{"id": "d-1", "kind": "system", "size": "40 GiB"}],
                }
            ],
            "snapshots": [
                {"id": "s-1", "disk": "d-1", "created": "2026-01-04", "status": "progressing"}
            ],
        }
    )
    sim = Simulation(scenario)
    sim.create_image({"RegionId": "r", "InstanceId": "i-1"})
    sim.run(until="10m")
    sim.finish_snapshot("s-1")
    sim.run()
    call = sim.finish().calls.iloc[0]
    assert (call["turn_wait_s"], call["snapshotting_s"]) == (600, 60)


def test_a_progressing_snapshot_that_is_deleted_passes_its_turn_on():
    sim = Simulation(
        Scenario.from_mapping(
            {
                "imgsim": 1,
                "name": "turns",
                "regions": {"r": {"snapshot_service": {"duration": "60s"}}},
                "instances": [
                    {"id": "i", "region": "r", "disks": [{"kind": "system", "size": "40 GiB"}]}
                ],
                "snapshots": [
                    {
                        "id": "running",
                        "disk": "i-disk-1",
                        "created": "2026-01-04",
                        "status": "progressing",
                    }
                ],
            }
        )
    )
    taken = sim.create_image({"RegionId": "r", "InstanceId": "i"}).image_id
    sim.run(until="10m")
    assert sim.cloud.images[taken].status == "Creating"
    sim.world.drop_snapshot(sim.cloud.snapshots["running"])
    sim.run()
    assert sim.cloud.images[taken].status == "Available"
