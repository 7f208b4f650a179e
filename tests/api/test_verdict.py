"""The documented answers, and what the use of an image is answered."""

import json
import re
from xml.etree import ElementTree as ET

import pytest
from api.worlds import FROM_INSTANCE, FROM_SNAPSHOT, HERE, simulation

from imgsim.api.rules import RULEBOOK
from imgsim.api.use_image import USES
from imgsim.api.verdict import Accepted, Denied, Replayed
from imgsim.cloud.image import Image
from imgsim.cloud.region import Region

REQUEST_ID = re.compile("[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}")
IMAGE = Image(1, Region(0, HERE, 1), 0)
STRANGE = Image(2, Region(0, HERE, 1), 0, text='m-<a>&"b"]]>漢')


def parsed(verdict):
    """Return the fields of the JSON body and of the XML body, and the root of the latter."""
    root = ET.fromstring(verdict.to_xml())
    return json.loads(verdict.to_json()), {field.tag: field.text for field in root}, root.tag


@pytest.mark.parametrize("kind", [Accepted, Replayed])
@pytest.mark.parametrize("image", [IMAGE, STRANGE])
def test_success_is_answered_as_documented(kind, image):
    verdict = kind(7, image)
    said, written, root = parsed(verdict)
    assert said == written == {"RequestId": verdict.request_id, "ImageId": image.id}
    assert (list(said), root) == (["RequestId", "ImageId"], "CreateImageResponse")


@pytest.mark.parametrize("rule", RULEBOOK, ids=lambda rule: rule.name)
def test_an_error_is_answered_as_documented(rule):
    verdict = Denied(7, (rule,))
    said, written, root = parsed(verdict)
    assert (
        said
        == written
        == {
            "RequestId": verdict.request_id,
            "HostId": "ecs.aliyuncs.com",
            "Code": rule.code,
            "Message": rule.message,
        }
    )
    assert (list(said), root) == (["RequestId", "HostId", "Code", "Message"], "Error")


def test_the_xml_body_has_the_shape_of_the_page_s_sample():
    assert re.fullmatch(
        "<CreateImageResponse><RequestId>[0-9A-F-]{36}</RequestId>"
        "<ImageId>m-000000001</ImageId></CreateImageResponse>",
        Accepted(1, IMAGE).to_xml(),
    )


def test_request_ids_have_the_documented_shape_and_differ():
    ids = {Denied(number, RULEBOOK[:1]).request_id for number in range(10_000)}
    assert len(ids) == 10_000
    assert all(REQUEST_ID.fullmatch(id) for id in ids)
    assert REQUEST_ID.fullmatch("C8B26B44-0189-443E-9816-D951F59623A9")


def test_each_answer_of_a_simulation_has_its_own_request_id_replays_too():
    sim = simulation()
    request = FROM_SNAPSHOT | {"ClientToken": "t"}
    verdicts = [sim.create_image(request) for _ in range(3)] + [sim.create_image({})]
    assert [verdict.status for verdict in verdicts] == [
        "accepted",
        "replayed",
        "replayed",
        "denied",
    ]
    assert len({verdict.request_id for verdict in verdicts}) == 4


def test_calls_are_numbered_from_one_on():
    sim = simulation()
    verdicts = [sim.create_image(request) for request in ({}, FROM_SNAPSHOT, {})]
    assert [verdict.number for verdict in verdicts] == [1, 2, 3]


def test_a_verdict_shows_what_it_says():
    assert repr(Accepted(1, IMAGE)) == "<accepted m-000000001>"
    assert repr(Replayed(1, IMAGE)) == "<replayed m-000000001>"
    assert repr(Denied(1, RULEBOOK[-1:])) == "<denied 403 QuotaExceed.Image>"


# The use of an image.


def used(sim, image, action="RunInstances"):
    use = sim.use_image(action, image)
    assert (use.action, use.image_id) == (action, image)
    assert use.granted == (use.code is None) == (use.message is None) == (use.http_status == 200)
    return use.http_status, use.code


@pytest.mark.parametrize("action", USES)
def test_an_image_is_used_only_after_it_has_become_available(action):
    sim = simulation()
    image = sim.create_image(FROM_SNAPSHOT).image_id
    assert used(sim, image, action) == (400, "IncorrectImageStatus")
    sim.run(until="1s")
    assert used(sim, image, action) == (400, "IncorrectImageStatus")
    sim.run(until="1000001us")
    assert used(sim, image, action) == (200, None)


def test_a_failed_image_cannot_be_used():
    sim = simulation()
    image = sim.create_image(FROM_INSTANCE).image_id
    sim.stop("i-1")
    assert used(sim, image) == (400, "IncorrectImageStatus")


def test_an_unknown_image_is_not_found_and_a_deleted_one_is_not_valid():
    sim = simulation()
    image = sim.create_image(FROM_SNAPSHOT).image_id
    sim.delete_image(image)
    assert used(sim, image) == (403, "OperationDenied.ImageNotValid")
    for unknown in ("m-999999999", "m-000000000", "m-0000000001", "s-000000001", "golden-2", ""):
        assert used(sim, unknown) == (404, "InvalidImageId.NotFound")


def test_an_image_of_the_scenario_can_be_used():
    assert used(simulation(), "golden") == (200, None)


def test_a_deleted_image_of_the_scenario_is_not_valid():
    sim = simulation()
    sim.delete_image("golden")
    assert used(sim, "golden") == (403, "OperationDenied.ImageNotValid")


def test_a_number_that_no_image_was_given_as_id_is_not_found():
    assert used(simulation(), "m-000000001") == (404, "InvalidImageId.NotFound")


@pytest.mark.parametrize("action", ["", "CreateImage", "runinstances"])
def test_another_action_does_not_use_an_image(action):
    with pytest.raises(ValueError, match="write RunInstances or ReplaceSystemDisk"):
        simulation().use_image(action, "golden")


@pytest.mark.parametrize("kind", [Accepted, Replayed])
def test_a_success_shows_its_image(kind):
    shown = str(kind(7, IMAGE)).split()
    assert shown == [kind.status, "ImageId", IMAGE.id, "HTTP", "status", "200"]


@pytest.mark.parametrize("rule", RULEBOOK, ids=lambda rule: rule.name)
def test_a_denial_shows_its_rule_and_whether_waiting_cures_it(rule):
    [table] = Denied(7, (rule, RULEBOOK[-1])).shown().blocks
    told = dict(table.rows)
    assert (told["code"], told["HTTP status"]) == (rule.code, str(rule.http_status))
    page = "not from the page" if rule.row is None else f"row {rule.row} of the error table"
    assert (told["rule"], told["page"]) == (rule.name, page)
    assert told["waiting"] == ("cures it" if rule.waiting_cures else "does not cure it")
    assert told["all faults"] == f"{rule.name}\n{RULEBOOK[-1].name}"
