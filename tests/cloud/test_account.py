"""Client tokens are bound, and forgotten at the end of their lifetime."""

import pytest

from imgsim.cloud.account import Account
from imgsim.cloud.image import Image
from imgsim.cloud.region import Region

IMAGE = Image(1, Region(0, "cn-hangzhou", 1), 0)
OTHER = Image(2, Region(0, "cn-hangzhou", 1), 0)
SENT = (("RegionId", "cn-hangzhou"),)


@pytest.fixture
def account():
    return Account(1000, 10, token_lifetime=100)


def test_an_account_may_pay_and_snapshot_unless_told_otherwise(account):
    assert account.payment_method_valid
    assert account.snapshot_service_open
    refused = Account(
        0, 10, payment_method_valid=False, snapshot_service_open=False, token_lifetime=1
    )
    assert not refused.payment_method_valid
    assert not refused.snapshot_service_open


def test_an_unknown_token_is_bound_to_nothing(account):
    assert account.bound("t", 0) is None


@pytest.mark.parametrize(("now", "known"), [(5, True), (104, True), (105, False), (106, False)])
def test_a_token_is_bound_until_its_lifetime_has_passed(account, now, known):
    account.bind("t", SENT, IMAGE, 5)
    bound = account.bound("t", now)
    assert bound == ((SENT, IMAGE, 5) if known else None)


def test_tokens_are_case_sensitive(account):
    account.bind("t", SENT, IMAGE, 0)
    assert account.bound("T", 0) is None


def test_binding_forgets_the_expired_tokens_and_no_other(account):
    for token, now in (("a", 0), ("b", 1), ("c", 50)):
        account.bind(token, SENT, IMAGE, now)
    account.bind("d", SENT, IMAGE, 101)
    assert list(account.tokens) == ["c", "d"]


def test_a_token_is_kept_to_its_last_microsecond(account):
    account.bind("a", SENT, IMAGE, 0)
    account.bind("b", SENT, IMAGE, 99)
    assert list(account.tokens) == ["a", "b"]


def test_a_token_bound_anew_is_the_youngest(account):
    account.bind("a", SENT, IMAGE, 0)
    account.bind("b", SENT, IMAGE, 10)
    account.bind("a", SENT, OTHER, 100)
    assert list(account.tokens) == ["b", "a"]
    account.bind("c", SENT, IMAGE, 110)
    assert list(account.tokens) == ["a", "c"]
    assert account.bound("a", 110).image is OTHER


def test_a_lifetime_of_nothing_keeps_nothing():
    account = Account(1000, 10, token_lifetime=0)
    account.bind("a", SENT, IMAGE, 0)
    assert account.tokens == {}
