"""Where the bounds lie of account, instance, snapshots and mapping; which source counts."""

import pytest
from api.worlds import (
    FROM_INSTANCE,
    FROM_MAPPING,
    FROM_SNAPSHOT,
    HERE,
    MALFORMED_SIZES,
    accepted,
    asked,
    denied_for,
    simulation,
)

N1, N2 = "DiskDeviceMapping.1", "DiskDeviceMapping.2"
SYSTEM_DISK_AT_2 = {"RegionId": HERE, f"{N2}.SnapshotId": "s-system"}
OLD, YOUNG = "2013-07-15T23:59:59Z", "2013-07-16T00:00:00Z"

# Which source counts.

NOWHERE = {"SnapshotId": "s-nowhere", f"{N1}.SnapshotId": "s-nowhere", f"{N2}.Size": "1"}


def test_of_several_sources_the_instance_counts_and_the_others_are_not_checked():
    assert accepted(asked({}, FROM_INSTANCE | NOWHERE))


def test_without_an_instance_the_mapping_counts():
    assert accepted(asked({}, FROM_MAPPING | {"InstanceId": "", "SnapshotId": "s-nowhere"}))
    verdict = asked({}, FROM_SNAPSHOT | {f"{N1}.SnapshotId": "s-nowhere"})
    assert denied_for("mapped_snapshot_is_unknown", verdict)


def test_an_empty_mapping_leaves_the_snapshot():
    assert accepted(asked({}, FROM_SNAPSHOT | {f"{N1}.Size": "", f"{N1}.SnapshotId": ""}))


def test_a_refused_instance_is_not_saved_by_a_good_snapshot():
    verdict = asked({}, FROM_SNAPSHOT | {"InstanceId": "i-nowhere"})
    assert denied_for("instance_is_unknown", verdict)


@pytest.mark.parametrize(
    ("request_", "source"),
    [
        (FROM_INSTANCE | {"SnapshotId": "s-nowhere"}, "i-1"),
        (FROM_SNAPSHOT | {"InstanceId": ""}, "s-system"),
        (FROM_MAPPING | {"SnapshotId": ""}, None),
        (FROM_MAPPING | {"SnapshotId": "s-nowhere"}, None),
    ],
)
def test_the_image_tells_which_source_it_is_made_from(request_, source):
    assert asked({}, request_).image.source == source


def test_the_image_keeps_the_snapshots_it_is_made_from():
    mapping = FROM_MAPPING | {f"{N2}.SnapshotId": "s-data", "DiskDeviceMapping.3.Size": "5"}
    snapshots = asked({}, mapping | {"SnapshotId": "s-system-2"}).image.snapshots
    assert [snapshot.id for snapshot in snapshots] == ["s-system", "s-data"]
    assert [snapshot.id for snapshot in asked({}, FROM_SNAPSHOT).image.snapshots] == ["s-system"]


# The account, the instance.


def test_the_account_is_denied_below_the_minimum_balance():
    verdict = asked({"account.balance": "0.009999 CNY"}, FROM_SNAPSHOT)
    assert denied_for("balance_is_insufficient", verdict)


def test_an_invalid_payment_method_is_an_insufficient_balance():
    verdict = asked({"account.payment_method_valid": False}, FROM_SNAPSHOT)
    assert denied_for("balance_is_insufficient", verdict)


def test_a_top_up_cures_the_balance_and_opening_cures_the_service():
    sim = simulation({"account.balance": "0 CNY", "account.snapshot_service_open": False})
    assert denied_for("snapshot_service_is_not_open", sim.create_image(FROM_INSTANCE))
    sim.open_snapshot_service()
    assert denied_for("balance_is_insufficient", sim.create_image(FROM_INSTANCE))
    sim.top_up("0.01 CNY")
    assert accepted(sim.create_image(FROM_INSTANCE))


@pytest.mark.parametrize("status", ["Pending", "Starting", "Stopping"])
def test_a_status_that_is_neither_running_nor_stopped_is_denied(status):
    verdict = asked({"instances.0.status": status}, FROM_INSTANCE)
    assert denied_for("instance_is_neither_running_nor_stopped", verdict)


@pytest.mark.parametrize("reason", ["financial", "Security", "recycling", ""])
def test_other_locks_do_not_deny(reason):
    assert accepted(asked({"instances.0.locks": [reason]}, FROM_INSTANCE))


def test_a_security_lock_denies_among_others_and_until_it_is_taken_away():
    sim = simulation({"instances.0.locks": ["financial"]})
    sim.lock("i-1", "security")
    assert denied_for("instance_is_locked_for_security", sim.create_image(FROM_INSTANCE))
    sim.unlock("i-1", "security")
    assert accepted(sim.create_image(FROM_INSTANCE))


def test_a_released_instance_is_unknown():
    sim = simulation()
    sim.release("i-1")
    assert denied_for("instance_is_unknown", sim.create_image(FROM_INSTANCE))


# The snapshots and the mapping.


@pytest.mark.parametrize("status", ["progressing", "failed"])
@pytest.mark.parametrize("request_", [FROM_SNAPSHOT, FROM_MAPPING])
def test_a_snapshot_that_is_not_accomplished_is_not_ready(request_, status):
    verdict = asked({"snapshots.0.status": status}, request_)
    assert denied_for("snapshot_is_not_ready", verdict)


def test_a_progressing_snapshot_is_ready_when_it_is_finished():
    sim = simulation({"snapshots.0.status": "progressing"})
    assert denied_for("snapshot_is_not_ready", sim.create_image(FROM_SNAPSHOT))
    sim.finish_snapshot("s-system")
    assert accepted(sim.create_image(FROM_SNAPSHOT))


@pytest.mark.parametrize(
    "member",
    [{}, {f"{N2}.SnapshotId": "s-data"}],
)
def test_each_snapshot_of_a_mapping_must_be_young_enough(member):
    changes = {f"snapshots.{1 if member else 0}.created": OLD}
    assert denied_for("snapshot_is_too_old", asked(changes, FROM_MAPPING | member))


def test_the_cut_off_is_a_parameter():
    changes = {"rules.too_old_before": "2018-01-10T03:04:05Z"}
    assert accepted(asked(changes, FROM_SNAPSHOT))
    changes = {"rules.too_old_before": "2018-01-10T03:04:06Z"}
    assert denied_for("snapshot_is_too_old", asked(changes, FROM_SNAPSHOT))


def test_each_snapshot_of_a_mapping_must_be_allowed_and_ready():
    mapping = FROM_MAPPING | {f"{N2}.SnapshotId": "s-data"}
    verdict = asked({"snapshots.1.imaging_allowed": False}, mapping)
    assert denied_for("snapshot_may_not_be_imaged", verdict)
    verdict = asked({"snapshots.1.status": "failed"}, mapping)
    assert denied_for("snapshot_is_not_ready", verdict)


def test_one_system_disk_snapshot_must_stand_at_n_1():
    assert denied_for("snapshot_is_not_of_a_system_disk", asked({}, SYSTEM_DISK_AT_2))
    verdict = asked({}, SYSTEM_DISK_AT_2 | {f"{N1}.SnapshotId": "s-data"})
    assert denied_for("snapshot_is_not_of_a_system_disk", verdict)
    assert verdict.faults == ("snapshot_is_not_of_a_system_disk",)


def test_several_system_disk_snapshots_are_several_wherever_they_stand():
    mapping = SYSTEM_DISK_AT_2 | {"DiskDeviceMapping.3.SnapshotId": "s-system"}
    verdict = asked({}, mapping)
    assert denied_for("several_system_disk_snapshots_are_mapped", verdict)
    assert verdict.faults == ("several_system_disk_snapshots_are_mapped",)


def test_a_mapping_of_sizes_alone_has_no_system_disk():
    verdict = asked({}, {"RegionId": HERE, f"{N1}.Size": "40"})
    assert denied_for("no_system_disk_snapshot_is_mapped", verdict)


def test_an_unknown_snapshot_brings_the_missing_system_disk_as_a_further_fault():
    verdict = asked({}, {"RegionId": HERE, f"{N1}.SnapshotId": "s-nowhere"})
    assert verdict.faults == ("mapped_snapshot_is_unknown", "no_system_disk_snapshot_is_mapped")


def test_the_mapping_may_have_gaps():
    gaps = {"DiskDeviceMapping.17.SnapshotId": "s-data", "DiskDeviceMapping.4.Size": "5"}
    assert accepted(asked({}, FROM_MAPPING | gaps))


@pytest.mark.parametrize("size", MALFORMED_SIZES)
def test_a_size_is_out_of_range(size):
    verdict = asked({}, FROM_MAPPING | {f"{N2}.Size": size})
    assert denied_for("disk_size_is_out_of_range", verdict)


@pytest.mark.parametrize("size", ["5", "6", "19999", "20000", ""])
def test_a_size_is_within_the_range_or_left_to_the_default(size):
    assert accepted(asked({}, FROM_MAPPING | {f"{N2}.Size": size}))


@pytest.mark.parametrize(("size", "fits"), [("39", False), ("40", True), ("41", True), ("", True)])
def test_a_size_is_not_below_its_snapshot(size, fits):
    verdict = asked({}, FROM_MAPPING | {f"{N1}.Size": size})
    assert accepted(verdict) if fits else denied_for("disk_size_is_out_of_range", verdict)


def test_the_largest_snapshot_fits_the_largest_disk():
    mapping = FROM_MAPPING | {f"{N2}.SnapshotId": "s-full"}
    assert accepted(asked({}, mapping | {f"{N2}.Size": "20000"}))
    verdict = asked({}, mapping | {f"{N2}.Size": "19999"})
    assert denied_for("disk_size_is_out_of_range", verdict)


def test_the_default_size_is_that_of_the_snapshot_else_5_gib():
    mapping = FROM_MAPPING | {f"{N2}.SnapshotId": "s-data", "DiskDeviceMapping.3.Size": "7"}
    sim = simulation()
    sim.create_image(mapping | {"DiskDeviceMapping.4.Size": ""})
    assert sim.finish().calls["gib"].tolist() == [40 + 100 + 7]


def test_a_snapshot_below_5_gib_needs_no_size():
    changes = {"snapshots.0.size": "4 GiB"}
    assert accepted(asked(changes, FROM_MAPPING))
    verdict = asked(changes, FROM_MAPPING | {f"{N1}.Size": "4"})
    assert denied_for("disk_size_is_out_of_range", verdict)
