"""The rule book against a second opinion, and what holds of every call."""

import re
import sys
import unicodedata
from collections import Counter
from copy import deepcopy

import pytest
from api.second_opinion import NAME, TABLE, BoundToken, judge
from api.worlds import (
    DAY,
    FAULTS,
    HERE,
    SOURCES,
    Case,
    cases,
    cloud_of,
    since_start,
    small_world,
    wild_pairs,
)
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from imgsim.api.call import Call
from imgsim.api.create_image import create_image
from imgsim.api.request import CreateImageRequest
from imgsim.api.rules import RULEBOOK, request

NAMES = [rule.name for rule in RULEBOOK]
NEWER_HAN = re.compile("[\U0002b73a-\U0002b73f\U0002cea2-\U0002cead\U000323b0-\U00033479]")
"""Ideographs that Unicode assigned after the version that the second opinion was written from."""

wild_cases = wild_pairs.map(lambda pairs: Case(small_world(), {}, pairs))


def compared(case):
    """Return the verdict on which both judges agree."""
    expected, verdict = case.opinion(), create_image(case.call())
    assert (verdict.status, verdict.faults) == (expected.status, expected.faults)
    if verdict.status == "replayed":
        assert verdict.image_id == expected.image
    return verdict


def compare(examples):
    """Compare that many cases; return how often each rule was at fault, and each outcome came."""
    seen = Counter()

    @settings(max_examples=examples, deadline=None, database=None, derandomize=True)
    @given(cases())
    def agree(case):
        verdict = compared(case)
        seen.update([verdict.status, *verdict.faults])

    agree()
    return seen


def test_both_books_list_the_same_rules_in_the_same_order():
    ours = [(rule.name, rule.row, rule.http_status, rule.code) for rule in RULEBOOK]
    assert ours == [row[:4] for row in TABLE]


def test_the_rule_book_agrees_with_the_second_opinion_and_each_rule_is_met():
    seen = compare(2_000)
    assert {name: seen[name] for name in NAMES if seen[name] < 10} == {}
    assert min(seen["accepted"], seen["replayed"], seen["denied"]) > 20


@pytest.mark.long
def test_the_rule_book_agrees_with_the_second_opinion_a_hundred_thousand_times(capsys):
    seen = compare(100_000)
    with capsys.disabled():
        print("", *sorted(seen.items()), sep="\n")
    assert seen["accepted"] + seen["replayed"] + seen["denied"] >= 100_000


@settings(max_examples=400, deadline=None)
@given(wild_cases)
def test_parameters_of_any_name_and_text_are_judged_alike(case):
    assume(not any(NEWER_HAN.search(text) for pair in case.pairs for text in pair))
    compared(case)


@settings(max_examples=400, deadline=None)
@given(cases() | wild_cases)
def test_every_rule_answers_yes_or_no_to_every_call_and_yes_only_where_it_is_asked(case):
    call = case.call()
    for rule in RULEBOOK:
        answer = rule(call)
        assert answer is False or answer is True
        assert not answer or call.approach is None or call.approach in rule.about


@settings(max_examples=400, deadline=None)
@given(cases(), st.sampled_from(sorted(FAULTS)), st.data())
def test_one_more_fault_never_turns_a_denial_into_anything_else(case, fault, data):
    assume(case.opinion().status == "denied")
    FAULTS[fault][1](case, lambda choice: data.draw(st.sampled_from(choice)))
    assert create_image(case.call()).status == "denied"


@settings(max_examples=400, deadline=None)
@given(cases())
def test_a_call_takes_id_name_slot_and_token_when_accepted_and_else_nothing(case):
    call = case.call()
    region, account, images = call.region, call.cloud.account, call.cloud.images
    held = region and (region.images, set(region.names), len(images)), dict(account.tokens)
    verdict = create_image(call)
    if verdict.status != "accepted":
        assert (region and (region.images, region.names, len(images)), account.tokens) == held
        return
    image, sent = verdict.image, call.request
    assert images[verdict.image_id] is image
    assert (image.region, image.created) == (region, case.now)
    assert region.images == held[0][0] + 1 <= region.image_quota
    assert region.names == held[0][1] | ({sent.image_name} - {None})
    assert not sent.client_token or account.bound(sent.client_token, case.now).image is image


@settings(max_examples=400, deadline=None)
@given(cases())
def test_a_denied_call_reports_the_first_of_its_faults_in_the_order_of_checking(case):
    verdict = create_image(case.call())
    places = [NAMES.index(fault) for fault in verdict.faults]
    assert places == sorted(set(places))
    assert verdict.rule is (RULEBOOK[places[0]] if places else None)


calls = st.fixed_dictionaries(
    {},
    optional={
        "ClientToken": st.sampled_from(["t-1", "t-2"]),
        "ImageName": st.sampled_from(["one", "two"]),
        "Description": st.just("d"),
    },
)
steps = st.lists(
    st.tuples(st.just("call"), st.tuples(st.sampled_from(sorted(SOURCES)), calls))
    | st.tuples(st.just("wait"), st.sampled_from([1, DAY // 2, DAY - 1, DAY]))
    | st.tuples(st.just("delete"), st.integers(0, 4)),
    min_size=1,
    max_size=25,
)


@settings(max_examples=200, deadline=None)
@given(steps)
def test_a_history_of_calls_waits_and_deletions_is_judged_alike(history):
    world, now, outcomes = small_world(), 0, Counter()
    region = world.regions[HERE]
    region.images, region.image_quota = [], 3
    cloud = cloud_of(world)
    for what, how in history:
        if what == "wait":
            now += how
        elif what == "delete" and region.images:
            id, _ = region.images.pop(how % len(region.images))
            cloud.delete_image(cloud.images[id])
        elif what == "call":
            pairs = [*SOURCES[how[0]].items(), *how[1].items()]
            expected = judge(world, pairs, now)
            cut_off = since_start(world.cut_off)
            verdict = create_image(Call(CreateImageRequest.of(pairs), cloud, now, cut_off))
            assert (verdict.status, verdict.faults) == (expected.status, expected.faults)
            outcomes[verdict.status] += 1
            if expected.status == "replayed":
                assert verdict.image_id == expected.image
            if expected.status == "accepted":
                region.images.append((verdict.image_id, how[1].get("ImageName")))
                if token := how[1].get("ClientToken"):
                    world.tokens[token] = BoundToken(pairs, verdict.image_id, now)
        assert cloud.regions[HERE].images == len(region.images) <= region.image_quota
        assert cloud.regions[HERE].names == {name for _, name in region.images if name}
    assert outcomes.total() == sum(what == "call" for what, _ in history)


@settings(max_examples=200, deadline=None)
@given(cases(), st.data())
def test_the_order_of_distinct_parameters_does_not_matter(case, data):
    assume(not case.behind)
    shuffled = deepcopy(case)
    shuffled.sent = dict(data.draw(st.permutations(list(case.sent.items()))))
    first, second = create_image(case.call()), create_image(shuffled.call())
    assert (first.status, first.faults) == (second.status, second.faults)


def test_every_code_point_is_a_letter_of_names_to_both_judges_or_to_neither():
    everything = [chr(code) for code in range(sys.maxunicode + 1)]
    assert [
        character
        for character in everything
        for name in (f"{character}a", f"a{character}")
        if bool(NAME.fullmatch(name)) != bool(request._NAME.fullmatch(name))
        and not NEWER_HAN.match(character)
    ] == []


LETTERS = re.compile(
    "(HALFWIDTH )?(KATAKANA|HIRAGANA) LETTER .*|CJK (UNIFIED|COMPATIBILITY) IDEOGRAPH-.*"
    "|LATIN (CAPITAL|SMALL) LETTER [A-Z]"
)


def test_every_letter_that_python_knows_by_such_a_name_may_begin_a_name():
    for code in range(sys.maxunicode + 1):
        if LETTERS.fullmatch(unicodedata.name(chr(code), "")):
            assert request._NAME.fullmatch(f"{chr(code)}a"), hex(code)
