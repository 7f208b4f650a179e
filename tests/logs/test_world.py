"""Describe answers, joined with what calls name, become the world at the start."""

import json
from datetime import timedelta

import pytest
from logs.invented import REGION, START, answer, disks, event, images, instances, snapshots
from ruamel.yaml import YAML

import imgsim
from imgsim.logs.imported import read
from imgsim.logs.world import TooLargeError, world_of
from imgsim.logs.writing import hour_of, write

LATER = "2026-03-02T18:00:30Z"


def joined(folder, *values, **options):
    path = folder / "log.json"
    path.write_text("\n".join(map(json.dumps, values)))
    found = read([path])
    assert len(found.unread) == 0
    return world_of(found.answers, found.calls, START, found.stand_ins, **options)


def test_disks_are_joined_to_instances_whichever_comes_first(tmp_path):
    world = joined(tmp_path, disks("i-bp1000", 40, 500), instances("i-bp1000", Status="Stopped"))
    assert world.instances == [
        {
            "id": "i-bp1000",
            "region": REGION,
            "status": "Stopped",
            "disks": [
                {"id": "d-bp1000", "kind": "system", "size": "40 GiB"},
                {"id": "d-bp10001", "kind": "data", "size": "500 GiB"},
            ],
        }
    ]
    assert not +world.assumed


def test_pages_and_flat_lists_give_the_same_world(tmp_path):
    paged = joined(tmp_path, instances("i-1"), instances("i-2"), disks("i-1", 20), disks("i-2", 30))
    items = [
        *instances("i-1", "i-2")["Instances"]["Instance"],
        *disks("i-1", 20)["Disks"]["Disk"],
        *disks("i-2", 30)["Disks"]["Disk"],
    ]
    assert joined(tmp_path, items) == paged
    bare = {"Instances": instances("i-1", "i-2")["Instances"]["Instance"]}
    assert joined(tmp_path, {"body": bare}, *items[2:]) == paged
    small = [{key[0].lower() + key[1:]: value for key, value in item.items()} for item in items]
    assert joined(tmp_path, small) == paged
    assert len(paged.instances) == 2


def test_a_thing_named_by_several_pages_is_there_once(tmp_path):
    path = tmp_path / "log"
    path.write_text(json.dumps([instances("i-1"), instances("i-1")]))
    found = read([path])
    assert len(found.answers.instances) == 1
    assert found.answers.duplicates == 1


def test_an_instance_that_only_calls_name_is_assumed_unless_it_was_not_found(tmp_path):
    world = joined(
        tmp_path,
        event(1, {"InstanceId": "i-a"}),
        event(2, {"InstanceId": "i-b"}, "InvalidInstanceId.NotFound"),
        event(3, {"InstanceId": "i-c"}, "InvalidInstanceId.NotFound"),
        event(4, {"InstanceId": "i-c"}, "IncorrectInstanceStatus"),
        event(5, {"InstanceId": "i \n"}, "InvalidInstanceId.Malformed"),
        assumed_disk=70,
    )
    assert [(i["id"], i["disks"][0]["size"]) for i in world.instances] == [
        ("i-a", "70 GiB"),
        ("i-c", "70 GiB"),
    ]
    assert world.assumed == {"instances": 2}


def test_sources_that_the_service_ignores_are_not_assumed(tmp_path):
    both = {"SnapshotId": "s-1", "DiskDeviceMapping.1.SnapshotId": "s-2"}
    world = joined(tmp_path, event(1, both), event(2, {**both, "InstanceId": None}))
    assert [thing["id"] for thing in world.snapshots] == ["s-2"]
    assert len(world.instances) == 1


def test_assumed_snapshots_have_the_kind_and_at_most_the_size_of_their_call(tmp_path):
    mapped = {
        "InstanceId": None,
        "DiskDeviceMapping.1.SnapshotId": "s-1",
        "DiskDeviceMapping.2.SnapshotId": "s-2",
        "DiskDeviceMapping.2.Size": 20,
    }
    world = joined(tmp_path, event(1, mapped))
    assert [(s["id"], s["kind"], s["size"]) for s in world.snapshots] == [
        ("s-1", "system", "40 GiB"),
        ("s-2", "data", "20 GiB"),
    ]


def test_what_was_made_in_the_recorded_time_is_not_there_at_the_start(tmp_path):
    world = joined(
        tmp_path,
        disks("i-bp1000", 40),
        images("m-old"),
        images("m-new", created=LATER),
        snapshots("s-old"),
        snapshots("s-new", created=LATER),
    )
    assert [thing["id"] for thing in world.images] == ["m-old"]
    assert [thing["id"] for thing in world.snapshots] == ["s-old"]
    assert world.remarks == {
        "snapshots made in the recorded time, left out": 1,
        "images made in the recorded time, left out": 1,
    }


def test_a_snapshot_made_later_that_a_call_names_is_there_from_the_start(tmp_path):
    call = event(1, {"InstanceId": None, "SnapshotId": "s-new"})
    world = joined(tmp_path, disks("i-bp1000", 40), snapshots("s-new", created=LATER), call)
    (snapshot,) = world.snapshots
    assert snapshot["created"] == "2026-03-02T18:00:00Z"
    assert "disk" not in snapshot
    assert sum(world.remarks.values()) == 1


def test_images_of_others_take_no_quota(tmp_path):
    system = images("m-s", ImageOwnerAlias="system")
    world = joined(tmp_path, system, images("m-1"))
    assert [thing["id"] for thing in world.images] == ["m-1"]


def test_images_stand_on_snapshots_that_are_there(tmp_path):
    answers = (disks("i-bp1000", 40), snapshots("s-of-m-1"), images("m-1", "m-2"))
    world = joined(tmp_path, *answers)
    assert [thing.get("snapshots") for thing in world.images] == [["s-of-m-1"], None]


def test_the_region_of_snapshots_is_that_of_their_disk_or_the_one_given(tmp_path):
    found = joined(tmp_path, disks("i-bp1000", 40), snapshots("s-1"))
    assert found.snapshots[0]["disk"] == "d-bp1000"
    alone = joined(tmp_path, snapshots("s-1"))
    assert alone.snapshots == []
    assert alone.remarks == {"snapshots of no known region, left out; give --region": 1}
    given = joined(tmp_path, snapshots("s-1"), region="cn-shanghai")
    assert given.snapshots[0]["region"] == "cn-shanghai"
    assert given.quotas == {"cn-shanghai": 100}


def test_the_assumed_quota_holds_the_images_that_are_there(tmp_path):
    many = images(*(f"m-{n}x" for n in range(130)))
    assert joined(tmp_path, many).quotas == {REGION: 130}


def test_locks_are_told_and_words_of_others_are_not(tmp_path):
    locks = {"LockReason": [{"LockReason": "security"}, {"LockReason": "because of me"}]}
    world = joined(tmp_path, instances("i-1", OperationLocks=locks))
    assert world.instances[0]["locks"] == ["security"]


def test_everything_at_once_is_a_valid_scenario_and_runs(tmp_path):
    names = ["on", "null", 'a"b\\c', "构建", "a: b", "- x", "\x85\u2028", "1e3"]
    answers = [
        instances("i-bp1000", "i-bp1001", "i-bp1002"),
        disks("i-bp1000", 40, *[10] * 20),
        disks("i-bp1001", 40, Type="data"),
        disks("i-lonely", 40),
        disks("", 40, InstanceId=""),
        snapshots("s-of-m-1", "s-of-m-2", "s-p", Status="progressing"),
        snapshots("s-f", Status="failed"),
        images("m-1", "m-2"),
        images("m-3", "m-4", ImageName="same", Status="Creating"),
        images("m-5", Status="UnAvailable"),
        *(images(f"m-n{n}", ImageName=name) for n, name in enumerate(names)),
    ]
    path = tmp_path / "log"
    path.write_text(json.dumps([*answers, *(event(n) for n in range(8))]))
    found = read([path])
    assert len(found.unread) == 0
    world = world_of(found.answers, found.calls, START, found.stand_ins)
    write(tmp_path, found.calls.table(), world, START, ["a remark: 1"])
    scenario = imgsim.load(tmp_path / "scenario.yaml")
    assert [image.name for image in scenario.images if image.id.startswith("m-n")] == names
    assert scenario.start == START
    assert scenario.run.horizon == timedelta(hours=1) / timedelta(microseconds=1)
    assert YAML(typ="safe").load(tmp_path / "world.yaml")["instances"] == world.instances
    run = imgsim.run(scenario)
    assert len(run.calls) == 8
    assert (run.intents["outcome"] == "available").all()


def test_a_world_beyond_a_scenario_file_is_refused(tmp_path):
    with pytest.raises(TooLargeError, match="13000 instances, snapshots and images"):
        joined(tmp_path, instances(*(f"i-{n}x" for n in range(13_000))))


@pytest.mark.slow
def test_the_largest_world_is_a_valid_scenario(tmp_path):
    items = images(*(f"m-{n}x" for n in range(3_999)))["Images"]["Image"]
    items += instances(*(f"i-{n}x" for n in range(3_999)))["Instances"]["Instance"]
    items += snapshots(*(f"s-of-m-{n}x" for n in range(3_999)))["Snapshots"]["Snapshot"]
    path = tmp_path / "log"
    path.write_text(json.dumps([answer("Images", "Image", [], RegionId=REGION), items, event(1)]))
    found = read([path])
    world = world_of(found.answers, found.calls, START, found.stand_ins)
    write(tmp_path, found.calls.table(), world, hour_of(START), [])
    assert len(imgsim.load(tmp_path / "scenario.yaml").images) == 3_999
