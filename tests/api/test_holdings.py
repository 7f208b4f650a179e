"""Names and quota are held from acceptance until deletion, each region for itself."""

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
    simulation,
)

N1, N2 = "DiskDeviceMapping.1", "DiskDeviceMapping.2"
QUOTA = f"regions.{HERE}.image_quota"


def test_a_failed_image_holds_its_name_and_slot_until_it_is_deleted():
    sim = simulation({QUOTA: 2})
    request = FROM_INSTANCE | {"ImageName": "web"}
    first = sim.create_image(request)
    sim.stop("i-1")
    assert first.image.status == "CreateFailed"
    verdict = sim.create_image(request)
    assert verdict.faults == ("image_name_is_taken", "image_quota_is_exhausted")
    sim.delete_image(first.image_id)
    assert accepted(sim.create_image(request))


def test_names_are_case_sensitive_and_unnamed_images_do_not_collide():
    sim = simulation()
    assert accepted(sim.create_image(FROM_SNAPSHOT | {"ImageName": "Golden"}))
    assert accepted(sim.create_image(FROM_SNAPSHOT))
    assert accepted(sim.create_image(FROM_SNAPSHOT))


def test_of_two_calls_in_one_microsecond_a_quota_of_one_accepts_the_first():
    sim = simulation({QUOTA: 2})
    assert accepted(sim.create_image(FROM_INSTANCE))
    assert denied_for("image_quota_is_exhausted", sim.create_image(FROM_SNAPSHOT))
    assert sim.now == 0


def test_of_two_calls_in_one_microsecond_a_name_goes_to_the_first():
    sim = simulation()
    assert accepted(sim.create_image(FROM_INSTANCE | {"ImageName": "web"}))
    verdict = sim.create_image(FROM_SNAPSHOT | {"ImageName": "web"})
    assert denied_for("image_name_is_taken", verdict)


def test_a_call_that_fails_elsewhere_takes_no_slot():
    sim = simulation({QUOTA: 2})
    assert sim.create_image(FROM_INSTANCE | {"ImageName": "golden"}).status == "denied"
    assert accepted(sim.create_image(FROM_INSTANCE))


def test_a_quota_of_nothing_denies():
    verdict = asked({f"regions.{THERE}.image_quota": 0, "images.1.region": HERE}, FROM_SNAPSHOT)
    assert accepted(verdict)
    changes = {f"regions.{THERE}.image_quota": 0}
    verdict = asked(changes, {"RegionId": THERE, "SnapshotId": "s-away"})
    assert denied_for("image_quota_is_exhausted", verdict)


@pytest.mark.parametrize(
    ("request_", "name"),
    [
        (FROM_INSTANCE | {"InstanceId": "i-away"}, "instance_is_unknown"),
        (FROM_SNAPSHOT | {"SnapshotId": "s-away"}, "snapshot_is_unknown"),
        (FROM_MAPPING | {f"{N2}.SnapshotId": "s-away"}, "mapped_snapshot_is_unknown"),
    ],
)
def test_things_of_another_region_are_unknown(request_, name):
    verdict = asked({}, request_)
    assert denied_for(name, verdict)
    assert verdict.faults == (name,)


def test_names_and_quota_are_those_of_the_region():
    sim = simulation({QUOTA: 1})
    away = {"RegionId": THERE, "SnapshotId": "s-away", "ImageName": "golden"}
    assert accepted(sim.create_image(away))
    assert denied_for("image_name_is_taken", sim.create_image(away))


def test_an_unknown_region_hides_what_lies_in_one():
    verdict = asked({}, FROM_MAPPING | {"RegionId": "cn-nowhere", "ImageName": "golden"})
    assert verdict.faults == ("region_is_unknown",)


def test_a_denied_call_reports_every_fault_in_the_order_of_checking():
    verdict = asked(
        {"account.balance": "0 CNY", QUOTA: 0},
        FROM_INSTANCE | {"InstanceId": "i-nowhere", "ImageName": "1", "Action": "x"},
    )
    assert verdict.faults == (
        "action_is_not_create_image",
        "image_name_is_malformed",
        "balance_is_insufficient",
        "instance_is_unknown",
        "image_quota_is_exhausted",
    )
