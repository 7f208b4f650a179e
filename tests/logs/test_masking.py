"""Who made a call is not told by what was sent either."""

import pytest

from imgsim.logs.actiontrail import call_of

EVENT = {
    "eventName": "CreateImage",
    "eventSource": "ecs.aliyuncs.com",
    "eventTime": "2026-01-05T00:00:00Z",
    "acsRegion": "cn-hangzhou",
    "userIdentity": {"accountId": "1234567890123456", "userName": "jo.doe", "type": "ram-user"},
    "sourceIpAddress": "203.0.113.77",
}


def sent(**parameters):
    return call_of({**EVENT, "requestParameters": parameters}).parameters


@pytest.mark.parametrize("name", ["ImageName", "Description", "ClientToken"])
def test_texts_keep_their_length_and_not_their_caller(name):
    text = "by jo.doe of 1234567890123456 at 203.0.113.77"
    assert sent(**{name: text})[name] == f"by {'x' * 6} of {'x' * 16} at {'x' * 12}"


def test_access_keys_are_crossed_out_wherever_they_stand():
    assert sent(InstanceId="LTAI5tAbcdefgh1")["InstanceId"] == "x" * 15


def test_ids_of_things_stay_what_they_are():
    assert sent(InstanceId="i-jo.doe")["InstanceId"] == "i-jo.doe"
    assert sent(ImageName="build-17")["ImageName"] == "build-17"
