"""Every rule denies an example and spares its neighbour."""

import pytest
from api.worlds import (
    FROM_INSTANCE,
    FROM_MAPPING,
    FROM_SNAPSHOT,
    HERE,
    THERE,
    accepted,
    asked,
    denied_for,
)

from imgsim.api.rules import RULEBOOK

N1, N2 = "DiskDeviceMapping.1", "DiskDeviceMapping.2"
QUOTA = f"regions.{HERE}.image_quota"
ASKED = FROM_INSTANCE | {"ClientToken": "asked-before"}
CALLS = "account.limits.calls_per_minute"
IN_PROGRESS = "account.limits.snapshots_in_progress"
PER_DISK = "account.limits.snapshots_per_disk"
TWO_SYSTEM_DISKS = FROM_MAPPING | {f"{N2}.SnapshotId": "s-system-2"}
OLD, YOUNG = "2013-07-15T23:59:59Z", "2013-07-16T00:00:00Z"

# rule: (what is different in the world, request, the request before it)
FIRES = {
    "call_is_throttled": ({CALLS: 1}, FROM_INSTANCE, {"RegionId": HERE}),
    "action_is_not_create_image": ({}, FROM_INSTANCE | {"Action": "CopyImage"}),
    "region_is_missing": ({}, {"InstanceId": "i-1"}),
    "disk_index_is_out_of_range": ({}, FROM_MAPPING | {"DiskDeviceMapping.18.Size": "40"}),
    "token_is_malformed": ({}, FROM_INSTANCE | {"ClientToken": "t" * 65}),
    "no_source_is_given": ({}, {"RegionId": HERE}),
    "image_name_is_malformed": ({}, FROM_INSTANCE | {"ImageName": "1st"}),
    "image_version_is_malformed": ({}, FROM_INSTANCE | {"ImageVersion": "1.0"}),
    "description_is_malformed": ({}, FROM_INSTANCE | {"Description": "http://a"}),
    "token_was_used_with_other_parameters": ({}, ASKED | {"Description": "other"}, ASKED),
    "region_is_unknown": ({}, {"RegionId": "cn-nowhere", "InstanceId": "i-1"}),
    "snapshot_service_is_not_open": ({"account.snapshot_service_open": False}, FROM_INSTANCE),
    "balance_is_insufficient": ({"account.balance": "0 CNY"}, FROM_INSTANCE),
    "instance_is_unknown": ({}, {"RegionId": HERE, "InstanceId": "i-nowhere"}),
    "instance_may_not_be_imaged": ({"instances.0.imaging_allowed": False}, FROM_INSTANCE),
    "instance_is_locked_for_security": ({"instances.0.locks": ["security"]}, FROM_INSTANCE),
    "instance_is_neither_running_nor_stopped": ({"instances.0.status": "Pending"}, FROM_INSTANCE),
    "too_many_snapshots_are_in_progress": ({IN_PROGRESS: 3}, FROM_INSTANCE, FROM_INSTANCE),
    "disk_has_too_many_snapshots": ({PER_DISK: 1}, FROM_INSTANCE, FROM_INSTANCE),
    "snapshot_is_unknown": ({}, {"RegionId": HERE, "SnapshotId": "s-nowhere"}),
    "mapped_snapshot_is_unknown": ({}, FROM_MAPPING | {f"{N2}.SnapshotId": "s-nowhere"}),
    "no_system_disk_snapshot_is_mapped": ({}, {"RegionId": HERE, f"{N1}.SnapshotId": "s-data"}),
    "several_system_disk_snapshots_are_mapped": ({}, TWO_SYSTEM_DISKS),
    "snapshot_is_not_of_a_system_disk": ({}, {"RegionId": HERE, "SnapshotId": "s-data"}),
    "snapshot_may_not_be_imaged": ({"snapshots.0.imaging_allowed": False}, FROM_SNAPSHOT),
    "snapshot_is_too_old": ({"snapshots.0.created": OLD}, FROM_SNAPSHOT),
    "disk_size_is_out_of_range": ({}, FROM_MAPPING | {f"{N2}.Size": "4"}),
    "snapshot_is_not_ready": ({"snapshots.0.status": "progressing"}, FROM_SNAPSHOT),
    "image_name_is_taken": ({}, FROM_INSTANCE | {"ImageName": "golden"}),
    "image_quota_is_exhausted": ({QUOTA: 1}, FROM_INSTANCE),
}
SPARES = {
    "call_is_throttled": ({CALLS: 1}, FROM_INSTANCE, {"RegionId": THERE}),
    "action_is_not_create_image": ({}, FROM_INSTANCE | {"Action": "CreateImage"}),
    "region_is_missing": ({}, {"RegionId": THERE, "InstanceId": "i-away"}),
    "disk_index_is_out_of_range": ({}, FROM_MAPPING | {"DiskDeviceMapping.17.Size": "40"}),
    "token_is_malformed": ({}, FROM_INSTANCE | {"ClientToken": "t" * 64}),
    "no_source_is_given": ({}, {"RegionId": HERE, f"{N1}.SnapshotId": "s-system"}),
    "image_name_is_malformed": ({}, FROM_INSTANCE | {"ImageName": "first-1"}),
    "image_version_is_malformed": ({}, FROM_INSTANCE | {"ImageVersion": "v10"}),
    "description_is_malformed": ({}, FROM_INSTANCE | {"Description": "see http://a"}),
    "token_was_used_with_other_parameters": ({}, ASKED | {"ClientToken": "another"}, ASKED),
    "region_is_unknown": ({}, {"RegionId": THERE, "SnapshotId": "s-away"}),
    "snapshot_service_is_not_open": ({"account.snapshot_service_open": True}, FROM_INSTANCE),
    "balance_is_insufficient": ({"account.balance": "0.01 CNY"}, FROM_INSTANCE),
    "instance_is_unknown": ({}, FROM_INSTANCE),
    "instance_may_not_be_imaged": ({"instances.1.imaging_allowed": False}, FROM_INSTANCE),
    "instance_is_locked_for_security": ({"instances.0.locks": ["financial"]}, FROM_INSTANCE),
    "instance_is_neither_running_nor_stopped": ({"instances.0.status": "Stopped"}, FROM_INSTANCE),
    "too_many_snapshots_are_in_progress": ({IN_PROGRESS: 4}, FROM_INSTANCE, FROM_INSTANCE),
    "disk_has_too_many_snapshots": ({PER_DISK: 2}, FROM_INSTANCE, FROM_INSTANCE),
    "snapshot_is_unknown": ({}, FROM_SNAPSHOT),
    "mapped_snapshot_is_unknown": ({}, FROM_MAPPING | {f"{N2}.SnapshotId": "s-data"}),
    "no_system_disk_snapshot_is_mapped": ({}, FROM_MAPPING | {f"{N2}.Size": "5"}),
    "several_system_disk_snapshots_are_mapped": ({}, FROM_MAPPING | {f"{N2}.SnapshotId": "s-data"}),
    "snapshot_is_not_of_a_system_disk": ({}, {"RegionId": HERE, "SnapshotId": "s-system-2"}),
    "snapshot_may_not_be_imaged": ({"snapshots.1.imaging_allowed": False}, FROM_SNAPSHOT),
    "snapshot_is_too_old": ({"snapshots.0.created": YOUNG}, FROM_SNAPSHOT),
    "disk_size_is_out_of_range": ({}, FROM_MAPPING | {f"{N2}.Size": "5"}),
    "snapshot_is_not_ready": ({"snapshots.1.status": "progressing"}, FROM_SNAPSHOT),
    "image_name_is_taken": ({}, FROM_INSTANCE | {"ImageName": "golden-away"}),
    "image_quota_is_exhausted": ({QUOTA: 2}, FROM_INSTANCE),
}


def test_every_rule_has_an_example_that_fires_and_one_that_spares():
    assert list(FIRES) == list(SPARES) == [rule.name for rule in RULEBOOK]


@pytest.mark.parametrize("name", FIRES)
def test_a_rule_fires_alone(name):
    verdict = asked(*FIRES[name])
    assert denied_for(name, verdict)
    assert verdict.faults == (name,)


@pytest.mark.parametrize("name", SPARES)
def test_a_rule_spares(name):
    assert accepted(asked(*SPARES[name]))
