"""What a request is read from, and what is counted on the way."""

from types import MappingProxyType

import pytest

import imgsim
from imgsim.api.request import CreateImageRequest, MappedDisk

SAMPLE = (
    "https://ecs.aliyuncs.com/?Action=CreateImage&RegionId=cn-hangzhou&SnapshotId=s-snapshot1"
    "&ImageName=demo_image&<Common Request Parameters>"
)
"""The page's own sample request, placeholder included."""
FLAT = {
    "Action": "CreateImage",
    "RegionId": "cn-hangzhou",
    "SnapshotId": "s-snapshot1",
    "ImageName": "demo_image",
}
QUERY = "Action=CreateImage&RegionId=cn-hangzhou&SnapshotId=s-snapshot1&ImageName=demo_image"
of = CreateImageRequest.of


@pytest.mark.parametrize(
    "form",
    [
        FLAT,
        MappingProxyType(FLAT),
        list(FLAT.items()),
        [list(pair) for pair in FLAT.items()],
        iter(FLAT.items()),
        QUERY,
        f"?{QUERY}",
        f"  {QUERY}\n",
        f"https://ecs.aliyuncs.com/?{QUERY}",
        f"HTTP://ecs.aliyuncs.com/?{QUERY}#part",
        SAMPLE,
    ],
)
def test_every_form_says_the_same(form):
    request = of(form)
    assert request.action == "CreateImage"
    assert request.region_id == "cn-hangzhou"
    assert request.snapshot_id == "s-snapshot1"
    assert request.image_name == "demo_image"
    assert request.instance_id is request.client_token is request.description is None
    assert request.image_version is None
    assert dict(request.mapping) == {}
    assert request.repeated == 0


def test_the_placeholder_of_the_sample_request_is_one_unknown_parameter():
    assert of(SAMPLE).unknown == 1


def test_a_url_without_a_query_sends_nothing():
    assert of("https://ecs.aliyuncs.com/CreateImage").parameters() == ()
    assert of("").parameters() == ()


@pytest.mark.parametrize("blank", ["%20", "+"])
def test_a_blank_is_written_in_two_ways(blank):
    assert of(f"Description=a{blank}b").description == "a b"


def test_percent_signs_are_utf_8():
    assert of("ImageName=%E6%BC%A2%E5%AD%97").image_name == "漢字"
    assert of("ImageName=%E6").image_name == "\ufffd"
    assert of("Description=a%2Bb%26c%3Dd").description == "a+b&c=d"


def test_empty_values_are_sent_in_a_query_too():
    request = of("ImageName=&Description=&ImageVersion")
    assert (request.image_name, request.description, request.image_version) == ("", "", "")


def test_a_link_as_value_does_not_make_a_url_of_a_query():
    assert of("Description=https://a?b#c").description == "https://a?b#c"


def test_of_a_repeated_parameter_the_first_counts_and_the_others_are_counted():
    request = of([("ImageName", "one"), ("ImageName", "two"), ("ImageName", "one"), ("x", "1")])
    assert (request.image_name, request.repeated, request.unknown) == ("one", 2, 1)
    assert of("ImageName=one&ImageName=two").repeated == 1


def test_a_repeated_unknown_parameter_is_counted_once_as_each():
    request = of("Format=XML&Format=JSON")
    assert (request.unknown, request.repeated) == (1, 1)


def test_a_repeated_mapping_member_is_counted_too():
    request = of([("DiskDeviceMapping.1.Size", "5"), ("DiskDeviceMapping.1.Size", "6")])
    assert request.mapping == {1: MappedDisk("5")}
    assert request.repeated == 1


def test_unknown_parameters_are_counted_and_names_are_case_sensitive():
    request = of({"Signature": "x", "imagename": "y", "DiskDeviceMapping": "z", "": ""})
    assert (request.unknown, request.image_name, request.bad_members) == (4, None, ())


def test_the_mapping_is_read_by_n_whatever_the_order():
    request = of(
        {
            "DiskDeviceMapping.17.Size": "20",
            "DiskDeviceMapping.2.SnapshotId": "s-2",
            "DiskDeviceMapping.2.Size": "",
            "DiskDeviceMapping.1.SnapshotId": "s-1",
        }
    )
    assert list(request.mapping) == [1, 2, 17]
    assert request.mapping[1] == MappedDisk(snapshot_id="s-1")
    assert request.mapping[2] == MappedDisk("", "s-2")
    assert request.mapping[17] == MappedDisk("20")


def test_disks_are_those_with_a_member_that_is_not_empty():
    request = of({"DiskDeviceMapping.2.Size": "", "DiskDeviceMapping.3.Size": "5"})
    assert list(request.disks()) == [3]
    assert list(request.mapping) == [2, 3]


def test_bad_members_are_kept_by_name_in_their_order():
    names = ("DiskDeviceMapping.18.Size", "DiskDeviceMapping.0.Size", "DiskDeviceMapping.")
    assert of(dict.fromkeys(names, "5")).bad_members == names


def test_none_is_not_sent_and_a_later_value_counts():
    request = of([("ImageName", None), ("ImageName", "one"), ("Nothing", None)])
    assert (request.image_name, request.repeated, request.unknown) == ("one", 0, 0)


@pytest.mark.parametrize(
    ("value", "text"), [(40, "40"), (5.0, "5.0"), (True, "true"), (False, "false"), (-1, "-1")]
)
def test_numbers_and_truth_values_are_written_as_text(value, text):
    assert of({"DiskDeviceMapping.2.Size": value}).mapping[2].size == text
    assert of({"ImageVersion": value}).image_version == text


def test_a_number_of_any_length_is_a_text():
    assert len(of({"ImageVersion": 10**5000}).image_version) > 4000


@pytest.mark.parametrize("form", [None, 40, b"Action=x", bytearray(b"Action=x"), object()])
def test_anything_else_is_a_type_error_that_says_what_a_request_is(form):
    with pytest.raises(TypeError, match=r"^a request is a CreateImageRequest, a mapping"):
        of(form)


@pytest.mark.parametrize("pair", ["ab", b"ab", ("RegionId",), ("RegionId", "a", "b"), 3])
def test_a_pair_of_another_shape_is_a_type_error_that_says_what_a_pair_is(pair):
    with pytest.raises(TypeError, match=r"^a parameter is a pair of name and value, not"):
        of([pair])


def test_a_request_is_taken_as_a_copy_that_nobody_changes():
    request = CreateImageRequest(region_id="cn-hangzhou", snapshot_id="s-1", unknown=3)
    taken = of(request)
    request.snapshot_id = "s-2"
    assert (taken.region_id, taken.snapshot_id, taken.unknown) == ("cn-hangzhou", "s-1", 3)


def test_a_request_made_by_hand_is_read_like_any_other():
    disks = {2: MappedDisk(size=40), 99: MappedDisk(size="10")}
    taken = of(CreateImageRequest(region_id="r", image_name=5, mapping=disks))
    assert taken.image_name == "5"
    assert dict(taken.mapping) == {2: MappedDisk("40")}
    assert taken.bad_members == ("DiskDeviceMapping.99.Size",)


def test_the_public_request_is_this_one():
    assert imgsim.CreateImageRequest is CreateImageRequest


def test_a_request_made_by_hand_starts_without_a_mapping():
    assert dict(CreateImageRequest().mapping) == {}
    assert CreateImageRequest().disks() == {}


def test_compared_are_the_documented_parameters_but_the_token_sorted_by_name():
    request = of(
        FLAT
        | {
            "ClientToken": "t",
            "Format": "XML",
            "Description": "",
            "DiskDeviceMapping.2.Size": "5",
            "DiskDeviceMapping.2.SnapshotId": "",
            "DiskDeviceMapping.3.SnapshotId": "s-1",
            "DiskDeviceMapping.18.Size": "5",
        }
    )
    assert request.parameters() == (
        ("Description", ""),
        ("DiskDeviceMapping.2.Size", "5"),
        ("DiskDeviceMapping.2.SnapshotId", ""),
        ("DiskDeviceMapping.3.SnapshotId", "s-1"),
        ("ImageName", "demo_image"),
        ("RegionId", "cn-hangzhou"),
        ("SnapshotId", "s-snapshot1"),
    )
