"""Whatever text arrives, it gets a verdict; and whatever is called, the tables add up."""

from collections import Counter
from urllib.parse import urlencode

from api.worlds import HERE, SOURCES, THERE, anything, simulation, wild_pairs
from hypothesis import given, settings
from hypothesis import strategies as st

import imgsim
from imgsim.api.request import CreateImageRequest

pieces = st.sampled_from(
    ["https://ecs.aliyuncs.com/", "HTTP://", "?", "&", "&&", "=", "#", ";", "%", "%20", "%ff", "+",
     "%ED%A0%80", "\0", "[", "Action=", "CreateImage", "RegionId=", HERE, "InstanceId", "=i-1",
     "SnapshotId=s-system", "DiskDeviceMapping.", "1.Size=", "18.", "ImageName=", "ClientToken=t"]
)  # fmt: skip
like_urls = st.lists(pieces | anything, max_size=12).map("".join)
verdicts = ("accepted", "replayed", "denied")


@settings(max_examples=500, deadline=None)
@given(anything | like_urls)
def test_any_text_is_a_request_and_gets_a_verdict(text):
    verdict = SIMULATION.create_image(text)
    assert verdict.status in verdicts
    assert verdict.to_json()
    assert verdict.to_xml()


@settings(max_examples=300, deadline=None)
@given(wild_pairs)
def test_any_pairs_are_a_request_and_get_a_verdict(pairs):
    assert SIMULATION.create_image(pairs).status in verdicts


@settings(max_examples=300, deadline=None)
@given(
    st.dictionaries(anything, st.none() | st.booleans() | st.floats() | st.integers() | anything)
)
def test_any_flat_mapping_is_a_request_and_gets_a_verdict(mapping):
    assert SIMULATION.create_image(mapping).status in verdicts


@settings(max_examples=300, deadline=None)
@given(wild_pairs)
def test_every_parameter_is_read_counted_as_unknown_or_counted_as_repeated(pairs):
    request = CreateImageRequest.of(pairs)
    read = len(request.parameters()) + len(request.bad_members)
    read += (request.action is not None) + (request.client_token is not None)
    assert read + request.unknown + request.repeated == len(pairs)


texts = st.text()
encodable = st.dictionaries(texts, texts, max_size=8)


@settings(max_examples=300, deadline=None)
@given(encodable)
def test_a_query_string_says_what_the_mapping_says(mapping):
    told, sent = (CreateImageRequest.of(form) for form in (urlencode(mapping), mapping))
    assert told.parameters() == sent.parameters()
    assert (told.unknown, told.bad_members) == (sent.unknown, sent.bad_members)


details = st.fixed_dictionaries(
    {},
    optional={
        "ClientToken": st.sampled_from(["t-1", "t-2", "é"]),
        "ImageName": st.sampled_from(["one", "two", "1"]),
        "RegionId": st.sampled_from([THERE, "cn-nowhere"]),
    },
)
acts = st.lists(
    st.tuples(st.just("call"), st.sampled_from(sorted(SOURCES)), details)
    | st.tuples(st.just("wait"), st.sampled_from(["0s", "1us", "3m", "1h", "1d"]))
    | st.tuples(st.just("delete"), st.integers(0, 5)),
    max_size=20,
)


@settings(max_examples=60, deadline=None)
@given(acts)
def test_images_stay_within_the_quota_and_every_call_has_one_outcome(history):
    sim = simulation({f"regions.{id}.image_quota": 3 for id in (HERE, THERE)})
    given_out, made = Counter(), []
    for what, *how in history:
        if what == "call":
            verdict = sim.create_image(SOURCES[how[0]] | how[1])
            given_out[verdict.status] += 1
            made += [verdict.image_id] * (verdict.status == "accepted")
        elif what == "wait":
            now = round(sim.now * 1_000_000)
            sim.run(until=f"{now + imgsim.units.parse_duration(how[0])}us")
        elif made:
            sim.delete_image(made.pop(how[0] % len(made)))
        assert all(region.images <= region.image_quota for region in sim.cloud.regions.values())
    told = Counter(sim.finish().calls["outcome"])
    assert told["denied"] == given_out["denied"]
    assert told["replayed"] == given_out["replayed"]
    assert told["available"] + told["failed"] + told["unfinished"] == given_out["accepted"]
    assert told.total() == given_out.total() == sum(what == "call" for what, *_ in history)


def test_a_run_that_was_asked_for_any_text_can_be_finished():
    sim = simulation()
    sim.create_image({"RegionId": "\ud800", "InstanceId": "\udc00"})
    sim.use_image("RunInstances", "\ud800")
    assert len(sim.finish().calls) == 1


SIMULATION = simulation({f"regions.{HERE}.image_quota": 1_000_000})
