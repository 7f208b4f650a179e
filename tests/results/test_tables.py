"""People's tables: missing values, ids, names, faults."""

from __future__ import annotations

import pandas as pd

import imgsim
from imgsim import Scenario, Simulation
from imgsim.records.rows import TABLES

OLD = {"region": "r", "kind": "system", "size": "40 GiB"}
ASK = {"RegionId": "r", "InstanceId": "i"}


def simulation(**more):
    disks = [{"kind": "system", "size": "40 GiB", "used": "20 GiB"}]
    return Simulation(
        Scenario.from_mapping(
            {
                "imgsim": 1,
                "name": "tables",
                "start": "2026-03-01T12:00:00Z",
                "regions": {
                    "r": {"snapshot_service": {"bandwidth": "1 GiB/s", "incremental": False}}
                },
                "instances": [{"id": "i", "region": "r", "disks": disks}],
            }
            | more
        )
    )


def plain(frame):
    return frame.astype(object).where(frame.notna(), None)


def test_what_is_missing_is_missing_in_every_type_of_column():
    sim = simulation()
    sim.create_image({"Action": "CreateImage"})
    sim.create_image(ASK)
    run = sim.finish()
    denied = plain(run.calls).iloc[0]
    assert denied[["region", "approach", "source", "image_id", "disks", "gib"]].isna().all()
    assert denied[["began_at", "snapshotted_at"]].isna().all()
    assert denied[["turn_wait_s", "slot_wait_s", "snapshotting_s", "registering_s"]].isna().all()
    unfinished = plain(run.calls).iloc[1]
    assert unfinished[["rule", "row", "code", "faults", "ended_at", "total_s"]].isna().all()
    assert run.calls["http_status"].tolist() == [400, 200]
    assert plain(run.images)[["ended_at", "deleted_at", "name"]].isna().all(axis=None)
    assert plain(run.intents)[["stream", "client"]].isna().all(axis=None)


def test_instants_are_calendar_instants_and_durations_seconds():
    sim = simulation()
    sim.run(until="1h0.25s")
    sim.create_image(ASK)
    sim.run()
    run = sim.finish()
    assert run.calls["arrived_at"].iloc[0] == pd.Timestamp("2026-03-01T13:00:00.25Z")
    assert run.calls["snapshotting_s"].tolist() == [20.0]
    assert run.calls["total_s"].tolist() == [21.0]
    assert run.intents["total_s"].tolist() == [21.0]
    assert run.snapshots["bytes"].tolist() == [20 * 2**30]


def test_ids_are_the_scenarios_own_or_issued_from_the_number():
    snapshots = [
        OLD | {"id": "later", "created": "2025-02-01"},
        OLD | {"id": "first", "created": "2025-01-01"},
    ]
    images = [{"id": "golden", "region": "r"}, {"region": "r", "count": 2}]
    sim = simulation(snapshots=snapshots, images=images)
    verdict = sim.create_image(ASK)
    sim.delete_image("golden")
    run = sim.finish()
    assert run.snapshots["snapshot_id"].tolist() == ["first", "later", "s-000000003"]
    ids = ["golden", "m-000000002", "m-000000003", "m-000000004"]
    assert run.images["image_id"].tolist() == ids
    assert run.calls["image_id"].tolist() == [ids[3]] == [verdict.image_id]
    assert run.snapshots["image_id"].astype(object).fillna("-").tolist() == ["-", "-", ids[3]]
    assert run.images["deleted_at"].notna().tolist() == [True, False, False, False]
    assert run.snapshots["created_at"].iloc[0] == pd.Timestamp("2025-01-01T00:00:00Z")


def test_names_are_the_texts_they_were():
    names = ["plain", None, "夜間イメージ", "𠀀𠀁", "plain:2", None, "ｱｲｳ-々ー"]
    sim = simulation()
    for name in names:
        assert sim.create_image(ASK | {"ImageName": name}).status == "accepted"
    run = sim.finish()
    assert plain(run.images)["name"].tolist() == names


def test_faults_name_every_rule_in_checking_order_the_reported_one_first():
    sim = simulation(account={"balance": "0 CNY"})
    sim.lock("i", "security")
    verdict = sim.create_image(ASK | {"ImageName": "1", "Description": "http://x", "Bogus": "1"})
    sim.create_image({"RegionId": "mars", "InstanceId": "i"})
    run = sim.finish()
    first = run.calls.iloc[0]
    assert first["rule"] == "image_name_is_malformed"
    assert first["faults"].split() == list(verdict.faults)
    assert first["faults"].split() == [
        "image_name_is_malformed",
        "description_is_malformed",
        "balance_is_insufficient",
        "instance_is_locked_for_security",
    ]
    assert (first["row"], first["code"], first["http_status"]) == (
        5,
        "InvalidImageName.Malformed",
        400,
    )
    assert first["unknown"] == 1
    assert run.calls["rule"].tolist()[1] == "region_is_unknown"
    assert run.calls["region"].tolist() == ["r", "mars"]


def test_a_rule_without_a_row_on_the_page_has_none():
    sim = simulation()
    sim.create_image({})
    (call,) = sim.finish().calls.itertuples()
    assert call.rule == "region_is_missing"
    assert pd.isna(call.row)
    assert (call.code, call.http_status) == ("MissingParameter", 400)


def test_a_replayed_call_shows_the_first_ones_image_and_no_stages():
    sim = simulation()
    first = sim.create_image(ASK | {"ClientToken": "t"})
    sim.create_image(ASK | {"ClientToken": "t"})
    sim.run()
    run = sim.finish()
    assert run.calls["outcome"].tolist() == ["available", "replayed"]
    assert run.calls["image_id"].tolist() == [first.image_id] * 2
    assert run.calls["total_s"].fillna(-1).tolist() == [21.0, -1]
    assert run.calls["disks"].isna().tolist() == [False, True]
    assert len(run.images) == 1


def test_disks_and_their_size_are_told_for_every_approach():
    sim = simulation(snapshots=[OLD | {"id": "old", "created": "2025-01-01"}])
    mapping = {
        "DiskDeviceMapping.1.SnapshotId": "old",
        "DiskDeviceMapping.3.Size": "100",
        "DiskDeviceMapping.9.Size": "",
        "DiskDeviceMapping.17.SnapshotId": "",
        "DiskDeviceMapping.2.SnapshotId": "",
    }
    sim.create_image(ASK)
    sim.create_image({"RegionId": "r", "SnapshotId": "old"})
    sim.create_image({"RegionId": "r"} | mapping)
    run = sim.finish()
    assert run.calls[["disks", "gib"]].to_numpy().tolist() == [[1, 40], [1, 40], [2, 140]]


def test_a_table_is_made_once_and_again_when_forgotten():
    run = imgsim.run(simulation().scenario)
    assert run.tables["calls"] is run.calls
    before = run.calls
    run.tables.forget("calls")
    assert run.calls is not before
    pd.testing.assert_frame_equal(run.calls, before)


def test_tables_survive_a_round_trip_through_parquet(tmp_path):
    sim = simulation()
    sim.create_image(ASK | {"ImageName": "夜間"})
    sim.create_image({})
    sim.run()
    run = sim.finish()
    for table in TABLES:
        file = tmp_path / f"{table.name}.parquet"
        run.tables[table.name].to_parquet(file)
        back = pd.read_parquet(file)
        assert plain(back).equals(plain(run.tables[table.name]))
