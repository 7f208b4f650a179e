"""Where the bounds lie of what the request alone shows."""

import pytest
from api.worlds import (
    FORMED_NAMES,
    FROM_INSTANCE,
    FROM_MAPPING,
    FROM_SNAPSHOT,
    HERE,
    MALFORMED_NAMES,
    STRAY_MEMBERS,
    accepted,
    asked,
    denied_for,
)

N1, N2 = "DiskDeviceMapping.1", "DiskDeviceMapping.2"


@pytest.mark.parametrize("action", ["", "createimage", "CreateImage ", "RunInstances"])
def test_another_action_is_denied(action):
    assert denied_for("action_is_not_create_image", asked({}, FROM_INSTANCE | {"Action": action}))


def test_a_missing_action_means_create_image():
    assert accepted(asked({}, FROM_INSTANCE))


def test_an_empty_region_is_missing_and_not_unknown():
    verdict = asked({}, FROM_INSTANCE | {"RegionId": ""})
    assert denied_for("region_is_missing", verdict)
    assert verdict.faults == ("region_is_missing",)


@pytest.mark.parametrize("member", STRAY_MEMBERS)
@pytest.mark.parametrize("request_", [FROM_INSTANCE, FROM_SNAPSHOT, FROM_MAPPING])
def test_anything_else_behind_the_mapping_s_name_is_out_of_range(request_, member):
    verdict = asked({}, request_ | {f"DiskDeviceMapping.{member}": "40"})
    assert denied_for("disk_index_is_out_of_range", verdict)


@pytest.mark.parametrize("n", range(1, 18))
def test_every_n_from_1_to_17_is_a_disk(n):
    assert accepted(asked({}, FROM_MAPPING | {f"DiskDeviceMapping.{n}.Size": "40"}))


@pytest.mark.parametrize("token", ["t" * 65, "é", "t" * 63 + "あ", "\udc80"])
def test_a_token_is_malformed_when_too_long_or_not_ascii(token):
    assert denied_for("token_is_malformed", asked({}, FROM_INSTANCE | {"ClientToken": token}))


@pytest.mark.parametrize("token", ["", "t", "~ !\x7f\x00", "t" * 64])
def test_a_token_is_any_ascii_text_of_at_most_64(token):
    assert accepted(asked({}, FROM_INSTANCE | {"ClientToken": token}))


@pytest.mark.parametrize(
    "sources",
    [
        {"InstanceId": ""},
        {"SnapshotId": ""},
        {f"{N1}.Size": "", f"{N1}.SnapshotId": ""},
        {"InstanceId": "", "SnapshotId": "", f"{N2}.SnapshotId": ""},
    ],
)
def test_empty_sources_are_none(sources):
    assert denied_for("no_source_is_given", asked({}, {"RegionId": HERE} | sources))


@pytest.mark.parametrize("name", MALFORMED_NAMES)
def test_a_name_is_malformed(name):
    assert denied_for("image_name_is_malformed", asked({}, FROM_INSTANCE | {"ImageName": name}))


@pytest.mark.parametrize("name", [*FORMED_NAMES[:-2], "Golden"])
def test_a_name_is_well_formed(name):
    assert accepted(asked({}, FROM_INSTANCE | {"ImageName": name}))


@pytest.mark.parametrize(
    ("name", "formed"),
    [
        ("x", False),
        ("xx", True),
        ("𠮷" * 128, True),
        ("𠮷" * 129, False),
        ("\u30fcx", False),
        ("x\u30fc", True),
        ("ア\u30fbイ", False),
        ("ｱ\uff65ｲ", False),
        ("x\u3005", True),
        ("\u3005x", True),
        ("http:/x", False),
        ("http:--", True),
        ("x ", False),
        ("xx\n", False),
    ],
)
def test_the_bounds_of_a_name(name, formed):
    verdict = asked({}, FROM_INSTANCE | {"ImageName": name})
    assert accepted(verdict) if formed else denied_for("image_name_is_malformed", verdict)


@pytest.mark.parametrize(
    ("version", "formed"),
    [("", False), ("1", True), ("aZ9" + "0" * 37, True), ("0" * 41, False), ("1 ", False),
     ("v_1", False), ("é", False), ("\uff11", False), ("1\n", False)],
)  # fmt: skip
def test_the_bounds_of_a_version(version, formed):
    verdict = asked({}, FROM_INSTANCE | {"ImageVersion": version})
    assert accepted(verdict) if formed else denied_for("image_version_is_malformed", verdict)


@pytest.mark.parametrize(
    ("text", "formed"),
    [("", True), ("あ" * 256, True), ("あ" * 257, False), ("𠮷" * 256, True), ("https://", False),
     ("http://", False), ("http:/", True), (" http://", True), ("HTTP://", True)],
)  # fmt: skip
def test_the_bounds_of_a_description(text, formed):
    verdict = asked({}, FROM_INSTANCE | {"Description": text})
    assert accepted(verdict) if formed else denied_for("description_is_malformed", verdict)
