"""Images are reserved and deleted, snapshots issued, instances released."""

import pytest

from imgsim.cloud.account import Account
from imgsim.cloud.cloud import Cloud
from imgsim.cloud.disk import Disk
from imgsim.cloud.image import Image
from imgsim.cloud.instance import Instance
from imgsim.cloud.limits import Limits
from imgsim.cloud.snapshot import Snapshot


@pytest.fixture
def cloud():
    """Return a cloud of two regions with an instance of two disks in the first."""
    cloud = Cloud(Account(1000, 10, token_lifetime=100))
    region = cloud.add_region("cn-hangzhou", 3)
    cloud.add_region("cn-beijing", 5)
    disks = (Disk("d-1", "system", 40, 20 << 30), Disk("d-2", "data", 100, 0))
    cloud.instances["i-1"] = Instance(0, "i-1", region, disks, locks=frozenset({"financial"}))
    cloud.disks.update({disk.id: disk for disk in disks})
    return cloud


@pytest.fixture
def region(cloud):
    return cloud.regions["cn-hangzhou"]


def test_regions_are_numbered_as_they_are_opened(cloud):
    opened = [(region.number, region.id, region.image_quota) for region in cloud.regions.values()]
    assert opened == [(0, "cn-hangzhou", 3), (1, "cn-beijing", 5)]


def test_a_reserved_image_has_id_name_slot_and_source(cloud, region):
    image = cloud.reserve_image(region, 17, "web", "i-1")
    assert cloud.images["m-000000001"] is image
    assert (image.name, image.source, image.created, image.region) == ("web", "i-1", 17, region)
    assert (image.status, image.ended, image.intent, image.snapshots) == (
        "Creating",
        None,
        None,
        (),
    )
    assert (region.images, region.names) == (1, {"web"})


def test_unnamed_images_take_slots_and_no_name(cloud, region):
    for _ in range(2):
        cloud.reserve_image(region, 0, None, None)
    assert (region.images, region.names) == (2, set())


def test_each_region_keeps_its_own_names_and_slots(cloud, region):
    away = cloud.regions["cn-beijing"]
    cloud.reserve_image(region, 0, "web", None)
    cloud.reserve_image(away, 0, "web", None)
    assert (region.images, region.names) == (away.images, away.names) == (1, {"web"})


@pytest.mark.parametrize("name", ["web", None])
def test_a_deleted_image_frees_its_name_and_slot(cloud, region, name):
    kept = cloud.reserve_image(region, 0, "kept", None)
    cloud.delete_image(cloud.reserve_image(region, 0, name, None))
    assert [*cloud.images.things()] == [kept]
    assert (region.images, region.names) == (1, {"kept"})


def test_an_image_is_deleted_once(cloud, region):
    image = cloud.reserve_image(region, 0, "web", None)
    cloud.delete_image(image)
    with pytest.raises(KeyError):
        cloud.delete_image(image)
    assert region.images == 0


def test_an_image_of_its_own_id_takes_name_and_slot_too(cloud, region):
    cloud.add_image(Image(cloud.images.issue(), region, 0, name="golden", text="m-golden"))
    assert cloud.images["m-golden"].id == "m-golden"
    assert (region.images, region.names) == (1, {"golden"})


def test_a_new_snapshot_is_of_its_disk(cloud, region):
    disk = cloud.disks["d-2"]
    snapshot = cloud.new_snapshot(disk, region, 17)
    assert cloud.snapshots["s-000000001"] is snapshot
    assert (snapshot.kind, snapshot.size, snapshot.created) == ("data", 100, 17)
    assert (snapshot.status, snapshot.disk, snapshot.region) == ("progressing", disk, region)
    assert snapshot.imaging_allowed
    assert disk.last_began is None


def test_a_released_instance_goes_with_its_disks_and_its_snapshots_stay(cloud, region):
    instance = cloud.instances["i-1"]
    snapshot = cloud.new_snapshot(instance.disks[0], region, 0)
    cloud.release(instance)
    assert (cloud.instances, cloud.disks) == ({}, {})
    assert cloud.snapshots.has(snapshot)
    with pytest.raises(KeyError):
        cloud.release(instance)


def test_the_locks_of_an_instance_are_its_own(cloud):
    instance = cloud.instances["i-1"]
    instance.locks["security"] = {"patrol"}
    assert set(instance.locks) == {"financial", "security"}
    assert (instance.number, instance.group, instance.imaging_allowed) == (0, None, True)


def test_snapshots_are_counted_while_they_progress_and_while_they_are_kept(cloud, region):
    disk = cloud.instances["i-1"].disks[0]
    one, other = (cloud.new_snapshot(disk, region, 0) for _ in range(2))
    assert (region.snapshots_in_progress, disk.snapshots) == (2, 2)
    cloud.drop_snapshot(one)
    assert (region.snapshots_in_progress, disk.snapshots) == (1, 1)
    assert list(cloud.snapshots) == [other.id]


@pytest.mark.parametrize(
    ("limits", "allowed"),
    [
        (None, True),
        ({}, True),
        ({"snapshots_in_progress": 1}, False),
        ({"snapshots_in_progress": 2}, True),
        ({"snapshots_per_disk": 1}, False),
        ({"snapshots_per_disk": 2}, True),
    ],
)
def test_one_more_snapshot_is_allowed_as_the_limits_say(cloud, region, limits, allowed):
    disk = cloud.instances["i-1"].disks[0]
    cloud.new_snapshot(disk, region, 0)
    cloud.account.limits = None if limits is None else Limits(**limits)
    assert cloud.allows_snapshot(disk) is allowed


def test_calls_of_no_region_are_not_counted(region):
    limits = Limits(calls_per_minute=1)
    limits.count_call(None, 0)
    assert limits.calls_in_minute(region, 0) == 0
    limits.count_call(region, 59_999_999)
    assert limits.calls_in_minute(region, 59_999_999) == 1
    assert limits.calls_in_minute(region, 60_000_000) == 0


def test_a_snapshot_without_a_disk_counts_for_its_region_alone(cloud, region):
    number = cloud.snapshots.issue()
    cloud.add_snapshot(snapshot := Snapshot(number, region, "system", 40, 0))
    assert region.snapshots_in_progress == 1
    cloud.drop_snapshot(snapshot)
    assert region.snapshots_in_progress == 0
    assert not cloud.snapshots.has(snapshot)
