"""Where the time of an image went: parts that add up to the microsecond, and what is said of them."""

from functools import cache
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest

import imgsim
from imgsim.explanation.parts import PARTS, SETUP, SLOT, SNAPSHOT, TRANSFER, TURN, parts_of, stages
from imgsim.explanation.recorded import of_scenario

ROOT = Path(__file__).parents[2]
SCENARIOS = {
    "quickstart": {"run.horizon": "8h"},
    "backup-collides": {"run.horizon": "2d", "run.warmup": "0s"},
    "nightly-golden-images": {"run.horizon": "1d"},
    "lost-answers": {"run.horizon": "4h"},
}
US = pd.Timedelta(1, "us")
IMAGE = {"kind": "system", "size": "40 GiB"}


@cache
def recorded(name):
    return of_scenario(imgsim.load(ROOT / f"scenarios/{name}.yaml", SCENARIOS[name]))


def made(run, *outcomes):
    calls = run.tables["calls"]
    return list(calls[calls["outcome"].isin(outcomes)].itertuples())


@pytest.mark.parametrize("name", SCENARIOS)
def test_parts_add_up_to_the_microsecond(name):
    run = recorded(name)
    rows = made(run, "available", "failed")
    assert len(rows) > 50
    for row in rows[:: len(rows) // 50]:
        parts = parts_of(run, row)
        assert sum(part.us for part in parts) == (row.ended_at - row.arrived_at) // US
        assert all(part.us >= 0 for part in parts)
        assert [part.name for part in parts] == sorted(
            (part.name for part in parts), key=PARTS.index
        )


@pytest.mark.parametrize("name", SCENARIOS)
def test_parts_of_all_images_are_those_of_each(name):
    run = recorded(name)
    table = stages(run)
    assert (table.drop(columns="total").sum(axis=1) == table["total"]).all()
    for row in made(run, "available")[::11]:
        told = {part.name: part.us for part in parts_of(run, row)}
        assert {name: int(us) for name, us in table.loc[row.Index].items() if name in told} == told


@pytest.mark.parametrize("name", SCENARIOS)
def test_parts_are_the_stages_of_the_calls_table(name):
    run = recorded(name)
    for row in made(run, "available")[::10]:
        told = {part.name: part.us for part in parts_of(run, row)}
        snapshot = told.get(SNAPSHOT, told.get(SETUP, 0) + told.get(TRANSFER, 0))
        for us, column in (
            (told.get(TURN), row.turn_wait_s),
            (told.get(SLOT), row.slot_wait_s),
            (snapshot, row.snapshotting_s),
            (told["registration"], row.registering_s),
        ):
            assert (us or 0) == (0 if pd.isna(column) else round(column * 1e6))


def test_who_shares_a_transfer_is_counted_instant_by_instant():
    run = recorded("nightly-golden-images")
    snapshots = run.tables["snapshots"].dropna(subset="transfer_at")
    seen = 0
    for row in made(run, "available")[::9]:
        (part,) = (part for part in parts_of(run, row) if part.name == TRANSFER)
        mine = snapshots[snapshots["image_id"] == row.image_id]
        mine = mine[mine["ended_at"] == row.snapshotted_at].iloc[0]
        others = snapshots.drop(index=mine.name)
        points = sorted({mine["transfer_at"], mine["ended_at"], *others["transfer_at"]})
        points = sorted({*points, *others["ended_at"].dropna()})
        points = [at for at in points if mine["transfer_at"] <= at <= mine["ended_at"]]
        area = sum(
            ((others["transfer_at"] <= a) & (others["ended_at"] > a)).sum() * ((b - a) // US)
            for a, b in pairwise(points)
        )
        assert part.facts["shared_with_us"] == area
        assert part.facts["bytes"] == mine["bytes"]
        seen += area > 0
    assert seen > 3


def _three(slots, disks, count, **service):
    return of_scenario(
        imgsim.Scenario.from_mapping(
            {
                "imgsim": 1,
                "name": "three",
                "regions": {
                    "r": {
                        "registration": "10s",
                        "snapshot_service": {"slots": slots, "duration": "5m", **service},
                    }
                },
                "instances": [{"group": "w", "count": count, "region": "r", "disks": disks}],
                "run": {"horizon": "2h"},
                "load": {
                    "all": {
                        "arrivals": {"burst": {"calls": 3, "at": "1h"}},
                        "mix": [{"instances": {"group": "w"}}],
                    }
                },
            }
        )
    )


def test_a_wait_for_the_turn_says_who_was_before():
    run = _three(3, [IMAGE], 1)
    parts = [parts_of(run, row) for row in made(run, "available")]
    waits = sorted((each[0].us // 60_000_000, each[0].facts.get("before", 0)) for each in parts)
    assert waits == [(0, 0), (5, 1), (10, 2)]
    assert {each[0].facts["of_images"] for each in parts if each[0].us} == {1, 2}


def test_a_wait_for_a_slot_says_who_was_busy_and_who_waited_before():
    run = _three(1, [IMAGE], 40)
    parts = [parts_of(run, row) for row in made(run, "available")]
    waits = [(each[1].us, *each[1].facts.values()) for each in parts]
    assert waits == [(0,), (300_000_000, 1, 0), (600_000_000, 1, 1)]


def test_a_failed_image_is_told_to_its_failure():
    run = _three(3, [IMAGE], 3, failure="100%")
    for row in made(run, "failed"):
        told = {part.name: part.us for part in parts_of(run, row)}
        assert told == {TURN: 0, SLOT: 0, SNAPSHOT: 300_000_000, "registration": 0} or told[TURN]
        assert sum(told.values()) == (row.ended_at - row.arrived_at) // US
