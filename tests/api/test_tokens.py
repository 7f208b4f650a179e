"""What a client token is compared by, how long it lives, and what a replay skips."""

import pytest
from api.worlds import (
    FROM_INSTANCE,
    FROM_SNAPSHOT,
    HERE,
    THERE,
    accepted,
    denied_for,
    simulation,
)

QUOTA = f"regions.{HERE}.image_quota"


def without(request, name):
    return {key: value for key, value in request.items() if key != name}


TOKEN = {"ClientToken": "asked-before"}
FIRST = FROM_SNAPSHOT | TOKEN | {"ImageName": "web"}


def test_other_parameters_conflict_and_the_same_are_answered_again():
    sim = simulation()
    first = sim.create_image(FIRST)
    assert accepted(first)
    name = "token_was_used_with_other_parameters"
    assert denied_for(name, sim.create_image(FIRST | {"ImageName": "other"}))
    again = sim.create_image(FIRST)
    assert (again.status, again.image, again.faults) == ("replayed", first.image, ())
    assert (again.image_id, again.http_status, again.rule) == (first.image_id, 200, None)
    assert len(sim.cloud.images) == 3


@pytest.mark.parametrize(
    "other",
    [
        FIRST | {"Description": ""},
        FIRST | {"ImageVersion": "1"},
        FIRST | {"DiskDeviceMapping.2.Size": ""},
        FIRST | {"InstanceId": ""},
        FIRST | {"RegionId": THERE},
        without(FIRST, "ImageName"),
    ],
)
def test_every_documented_parameter_is_compared_as_sent(other):
    sim = simulation()
    assert accepted(sim.create_image(FIRST))
    assert denied_for("token_was_used_with_other_parameters", sim.create_image(other))


@pytest.mark.parametrize(
    "same",
    [
        dict(reversed(FIRST.items())),
        FIRST | {"Timestamp": "then", "SignatureNonce": "1", "Format": "XML"},
        FIRST | {"Action": "CreateImage"},
        [*FIRST.items(), ("ImageName", "repeated")],
    ],
)
def test_order_common_parameters_and_repetitions_are_not_compared(same):
    sim = simulation()
    first = sim.create_image(FIRST)
    again = sim.create_image(same)
    assert (again.status, again.image_id) == ("replayed", first.image_id)


def test_a_token_is_forgotten_at_24_hours_and_not_a_microsecond_earlier():
    sim = simulation()
    first = sim.create_image(FIRST)
    sim.run(until="86399999999us")
    assert sim.create_image(FIRST).image_id == first.image_id
    assert sim.create_image(FIRST | {"ImageName": "other"}).row == 15
    sim.run(until="24h")
    assert denied_for("image_name_is_taken", sim.create_image(FIRST))
    later = sim.create_image(FIRST | {"ImageName": "other"})
    assert accepted(later)
    assert later.image_id != first.image_id


def test_a_replay_does_not_prolong_the_token():
    sim = simulation()
    sim.create_image(FIRST)
    sim.run(until="23h")
    assert sim.create_image(FIRST).status == "replayed"
    sim.run(until="24h")
    assert sim.create_image(FIRST).status == "denied"


def test_the_lifetime_of_a_token_is_a_parameter():
    sim = simulation({"rules.token_lifetime": "1h"})
    sim.create_image(FIRST)
    sim.run(until="1h")
    assert accepted(sim.create_image(FIRST | {"ImageName": "other"}))


def test_a_lifetime_of_nothing_forgets_at_once():
    sim = simulation({"rules.token_lifetime": "0s"})
    assert accepted(sim.create_image(FIRST))
    assert accepted(sim.create_image(FIRST | {"ImageName": "other"}))


def test_a_replay_outlives_the_image():
    sim = simulation()
    first = sim.create_image(FIRST)
    sim.delete_image(first.image_id)
    again = sim.create_image(FIRST)
    assert (again.status, again.image_id) == ("replayed", first.image_id)
    assert first.image_id not in sim.cloud.images


def test_a_replay_outlives_failure():
    sim = simulation()
    request = FROM_INSTANCE | TOKEN
    first = sim.create_image(request)
    sim.stop("i-1")
    assert first.image.status == "CreateFailed"
    assert sim.create_image(request).image is first.image


def test_a_replay_asks_nothing_behind_it():
    sim = simulation({QUOTA: 2})
    first = sim.create_image(FIRST)
    assert denied_for("image_quota_is_exhausted", sim.create_image(FROM_SNAPSHOT))
    sim.close_snapshot_service()
    assert sim.create_image(FIRST).image is first.image


def test_a_replay_asks_the_rules_before_it():
    sim = simulation()
    sim.create_image(FIRST)
    verdict = sim.create_image(FIRST | {"Action": "RunInstances"})
    assert denied_for("action_is_not_create_image", verdict)


def test_a_denied_call_binds_no_token():
    sim = simulation()
    assert denied_for("image_name_is_taken", sim.create_image(FIRST | {"ImageName": "golden"}))
    assert accepted(sim.create_image(FIRST))


def test_an_empty_token_is_none():
    sim = simulation()
    request = FROM_SNAPSHOT | {"ClientToken": ""}
    assert accepted(sim.create_image(request))
    assert accepted(sim.create_image(request | {"Description": "other"}))


def test_tokens_are_those_of_the_account_whatever_the_region():
    sim = simulation()
    assert accepted(sim.create_image(FIRST))
    verdict = sim.create_image({"RegionId": THERE, "SnapshotId": "s-away"} | TOKEN)
    assert denied_for("token_was_used_with_other_parameters", verdict)
