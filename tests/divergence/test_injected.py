"""`imgsim.diff` names the first difference that was put in, whichever it is."""

import random

import pytest
from divergence import injections, rich

import imgsim

KINDS = ("draw", "setting", "rule", "order")


def _is_found(seed, monkeypatch):
    luck, kind = random.Random(f"injected {seed}"), KINDS[seed % len(KINDS)]
    inject = {
        "draw": injections.a_draw,
        "setting": injections.a_setting,
        "rule": lambda luck: injections.a_rule(luck, monkeypatch),
        "order": injections.an_order,
    }[kind]
    a, b, check = inject(luck)
    found = imgsim.diff(a, b)
    check(found.first)
    assert not found.same


@pytest.mark.parametrize("seed", range(4))
def test_an_injected_first_difference_is_named(seed, monkeypatch):
    _is_found(seed, monkeypatch)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4, 50))
def test_each_of_fifty_injected_first_differences_is_named(seed, monkeypatch):
    _is_found(seed, monkeypatch)


def test_what_is_not_injected_is_not_found():
    found = imgsim.diff(rich.scenario(), rich.scenario())
    assert found.same
    assert found.first is None
    assert found.events[0] == found.events[1] == len(rich.probe()[0])


def test_a_kind_of_events_that_has_moved_behind_another_is_an_order(monkeypatch):
    """Locks that stand at the instant of hourly arrivals come behind them."""
    from imgsim.processes import locks
    from imgsim.processes.order import rank

    a = rich.simulation()
    monkeypatch.setattr(locks, "rank", lambda _, ordinal: rank(18) + ordinal)
    b = rich.simulation()
    found = imgsim.diff(a, b)
    assert found.first.kind == "order"
    assert found.first.instant == 0
    assert "lock or unlock, instance a-1" in found.first.before
    assert "lock" not in found.first.after
