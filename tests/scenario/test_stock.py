"""A scenario may begin with snapshots and images of given numbers and ages."""

from __future__ import annotations

import pandas as pd
import pytest

import imgsim
from imgsim import Scenario, Simulation

OLD = {"region": "r", "kind": "system", "size": "40 GiB"}
SPREAD = {"uniform": {"low": "1d", "high": "30d"}}


def told(snapshots=(), images=(), **more):
    service = {"snapshot_service": {"bandwidth": "1 GiB/s"}}
    disks = [{"kind": "system", "size": "40 GiB", "used": "20 GiB"}]
    return Scenario.from_mapping(
        {
            "imgsim": 1,
            "name": "stock",
            "regions": {"r": service, "q": service},
            "instances": [{"id": "i", "region": "r", "disks": disks}],
            "snapshots": list(snapshots),
            "images": list(images),
        }
        | more
    )


def test_so_many_snapshots_of_drawn_ages_are_there_numbered_by_age():
    run = Simulation(told([OLD | {"count": 80, "age": SPREAD}, OLD | {"age": "2h"}])).finish()
    ages = (pd.Timestamp(run.scenario.start) - run.snapshots["created_at"]) / pd.Timedelta(days=1)
    assert len(ages) == 81
    assert ages.is_monotonic_decreasing
    assert ages.iloc[-1] == pytest.approx(1 / 12)
    assert ages[:-1].between(1, 30).all()
    assert ages[:-1].nunique() == 80
    assert run.snapshots["snapshot_id"].iloc[0] == "s-000000001"
    other = Simulation(told([OLD | {"count": 80, "age": SPREAD}]), replication=1).finish()
    assert other.snapshots["created_at"][0] != run.snapshots["created_at"][0]


def test_snapshots_of_a_disk_make_its_next_one_smaller_by_the_newest():
    sim = Simulation(told([{"disk": "i-disk-1", "count": 5, "age": SPREAD}]))
    newest = max(snapshot.created for snapshot in sim.cloud.snapshots.things())
    assert sim.cloud.disks["i-disk-1"].last_began == newest
    assert Simulation(told([OLD | {"count": 0, "age": SPREAD}])).finish().snapshots.empty


def test_a_source_is_that_of_the_row_and_its_snapshots_cannot_be_deleted_first():
    snapshots = [{"id": "s", "disk": "i-disk-1", "age": "1d"}, OLD | {"id": "t", "age": "1d"}]
    images = [
        {"id": "m", "region": "r", "source": "i", "snapshots": ["s"]},
        {"region": "r", "count": 3, "source": "t", "age": SPREAD},
        {"id": "f", "region": "r", "snapshots": ["t"], "status": "CreateFailed"},
    ]
    sim = Simulation(told(snapshots, images))
    with pytest.raises(ValueError, match="an image stands on s"):
        sim.world.drop_snapshot(sim.cloud.snapshots["s"])
    sim.delete_image("m", snapshots=True)
    assert "s" not in sim.cloud.snapshots
    sim.delete_image("f", snapshots=True)
    assert "t" not in sim.cloud.snapshots
    run = sim.finish()
    assert run.images["source"].astype(object).fillna("none").tolist() == [
        "i",
        "t",
        "t",
        "t",
        "none",
    ]


@pytest.mark.parametrize(
    ("snapshot", "message"),
    [
        ({"id": "s", "count": 2, "age": "1d"}, "id goes with a single snapshot, not with count"),
        ({"count": 2}, "give created or age"),
        ({"age": "1d", "created": "2026-01-01"}, "give created or age"),
        ({"age": "1 day"}, "age: '1 day' is not a duration"),
        ({"count": -1, "age": "1d"}, "count: -1 is not a whole number from 0 on"),
        ({"created": "2026-02-01"}, "created: created after the scenario's start"),
        ({"count": 1_000_001, "age": "1d"}, "more than 1000000 snapshots"),
    ],
)
def test_what_a_stock_of_snapshots_cannot_be_is_told(snapshot, message):
    with pytest.raises(imgsim.ScenarioError, match=r"snapshots\[0\]") as raised:
        told([OLD | snapshot])
    assert message in str(raised.value)


@pytest.mark.parametrize(
    ("image", "message"),
    [
        ({"source": "j"}, "images[0].source: unknown source 'j'; sources: i, s, bad"),
        ({"snapshots": ["x"]}, "images[0].snapshots[0]: unknown snapshot 'x'"),
        ({"region": "q", "snapshots": ["s"]}, "the snapshot 's' lies in another region"),
        ({"snapshots": ["s", "bad"]}, "snapshots[1]: the snapshot 'bad' is failed"),
        ({"count": 2, "snapshots": ["s"]}, "snapshots go with a single image, not with count"),
    ],
)
def test_what_an_image_cannot_be_made_from_is_told(image, message):
    snapshots = [
        {"id": "s", "disk": "i-disk-1", "age": "1d"},
        OLD | {"id": "bad", "age": "1d", "status": "failed"},
    ]
    with pytest.raises(imgsim.ScenarioError) as raised:
        told(snapshots, [{"region": "r"} | image])
    assert message in str(raised.value)


def test_unnamed_snapshots_are_not_what_a_mix_can_name():
    load = {
        "s": {
            "arrivals": {"instants": {"at": ["1h"]}},
            "mix": [{"snapshots": {"ids": ["t"]}}],
            "mistakes": {"snapshot_is_too_old": "50%"},
        }
    }
    snapshots = [OLD | {"count": 3, "age": "1d"}, OLD | {"id": "t", "age": "10d"}]
    with pytest.raises(imgsim.ScenarioError, match="snapshot_is_too_old"):
        told(snapshots, load=load)
    old = [*snapshots, OLD | {"id": "ancient", "age": "9999d"}]
    assert told(old, load=load)
