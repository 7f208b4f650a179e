from __future__ import annotations

import pytest
from bench.bandwidth import MIB, agree
from bench.compare import run_imgsim, run_textbook
from bench.work import work

BOTH_LOADS = pytest.mark.parametrize("load", [0.8, 1.25])


def grows_by(few: int, many: int, load: float) -> tuple[float, float]:
    less, more = work(few, load), work(many, load)
    return more.events / less.events, more.functions / less.functions


@BOTH_LOADS
def test_a_call_costs_the_same_work_however_many_there_are(load):
    assert grows_by(3_000, 9_000, load) == pytest.approx((1, 1), abs=0.02)


@pytest.mark.slow
@BOTH_LOADS
def test_a_call_costs_the_same_work_among_a_hundred_thousand(load):
    assert grows_by(10_000, 100_000, load) == pytest.approx((1, 1), abs=0.02)


@pytest.mark.long
@BOTH_LOADS
def test_a_call_costs_the_same_work_among_a_million(load):
    assert grows_by(100_000, 1_000_000, load) == pytest.approx((1, 1), abs=0.02)


def test_the_textbook_gives_the_same_outcomes_and_latencies():
    ours, theirs = run_imgsim(3_000, quota=320), run_textbook(3_000, quota=320)
    assert ours["outcome"] == theirs["outcome"]
    denied = ours["outcome"][1]
    assert denied > 0


@pytest.mark.parametrize(("inside", "cap"), [(1, None), (8, None), (30, 8 * MIB)])
def test_shared_bandwidth_ends_transfers_as_interrupting_everyone_does(inside, cap):
    assert agree(inside, 200, cap)
