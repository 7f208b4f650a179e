"""Intervals hold what they promise, on models of which the truth is known.

At reduced size the bounds are four standard errors of the coverage away from what is demanded at
full size; `python -m pytest -m long tests/study/test_coverage.py -s` runs that and prints it.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from study.cheap import erlang_b, loss, queue, queue_length, suite

import imgsim

SERVERS = 10
RARE = (2.5, 3.0, 3.5, 4.0, 4.5, 5.0)
"""Offered loads on ten servers at which 0.02 % to 1.8 % of calls are refused, in clusters."""


def coverage(model, parameters, measure, truth, studies, **asked):
    """Return the share of studies whose interval holds the truth, and the mean n."""
    held, numbers = 0, []
    for seed in range(studies):
        case = imgsim.Case(model, (seed, *parameters))
        study = imgsim.replicate(case, jobs=1, ledger=None, progress=False, **asked)
        found = study.estimates[measure]
        held += found.low <= truth <= found.high
        numbers.append(study.n)
    print(
        f"{model.__name__} {parameters} {asked}: {held / studies:.2%} of {studies}, "
        f"mean n {np.mean(numbers):.1f}, most {max(numbers)}"
    )
    return held / studies


def lowest(demanded, studies):
    """Return a bound that a coverage of just what is demanded meets but once in 30,000 times."""
    return demanded - 4 * math.sqrt(demanded * (1 - demanded) / studies)


def test_the_models_truth_is_theirs():
    found = np.mean([queue((1, 4, 2.8), r)["in system"] for r in range(1500)])
    assert found == pytest.approx(queue_length(4, 2.8), rel=0.01)
    shares = [loss((1, 10, 8.0), r)["refused"] for r in range(6000)]
    found = sum(s.part for s in shares) / sum(s.whole for s in shares)
    assert found == pytest.approx(erlang_b(10, 8.0), rel=0.03)


def test_fixed_n_covers():
    truth = erlang_b(SERVERS, 8.0)
    assert coverage(loss, (SERVERS, 8.0), "refused", truth, 150, n=30) > lowest(0.935, 150)


def test_stopping_by_precision_covers():
    truth = queue_length(4, 2.8)
    asked = {"until": {"in system": "4%"}, "n": 500}
    assert coverage(queue, (4, 2.8), "in system", truth, 60, **asked) > lowest(0.93, 60)


@pytest.mark.parametrize("load", [3.0, 4.0])
def test_rare_and_clustered_refusals_are_covered(load):
    truth = erlang_b(SERVERS, load)
    assert coverage(loss, (SERVERS, load), "refused", truth, 100, n=20) > lowest(0.93, 100)


def false_words(suites, n, margin):
    """Return the share of suites in which identical models got a word for a difference."""
    wrong = 0
    for number in range(suites):
        cases = [imgsim.Case(suite, (2 * number + k, 0.0), f"seed {k}") for k in range(2)]
        margins = dict.fromkeys(suite((0, 0.0), 0), margin)
        told = imgsim.compare(*cases, margins=margins, n=n, jobs=1, ledger=None, progress=False)
        wrong += any(one.word in ("better", "worse") for one in told.told.values())
    print(f"margin {margin}, n up to {n}: {wrong} of {suites} suites with a false word")
    return wrong / suites


def power(shift, margin, suites, n):
    """Return the share of measures that are told to be worse when all but shares are shifted."""
    told_worse = 0
    names = [name for name in suite((0, 0.0), 0) if not name.startswith("share")]
    for number in range(suites):
        cases = [
            imgsim.Case(suite, (number, 0.0), "as it is"),
            imgsim.Case(suite, (10**6 + number, shift), "shifted"),
        ]
        told = imgsim.compare(
            *cases, margins=dict.fromkeys(names, margin), n=n, jobs=1, ledger=None, progress=False
        )
        told_worse += sum(one.word == "worse" for one in told.told.values())
    share = told_worse / suites / len(names)
    print(f"shift {shift}, margin {margin}, n up to {n}: {share:.2%} told of {len(names)} measures")
    return share


def test_identical_models_get_no_false_word():
    assert false_words(25, 45, 0) <= 0.05 + 4 * math.sqrt(0.05 * 0.95 / 25)


def test_a_large_shift_is_told():
    assert power(1.5, 0.1, 4, 100) > 0.9


@pytest.mark.long
def test_fixed_n_covers_in_full():
    truth = queue_length(4, 2.8)
    assert 0.935 <= coverage(queue, (4, 2.8), "in system", truth, 2000, n=30) <= 0.965
    truth = erlang_b(SERVERS, 8.0)
    assert 0.935 <= coverage(loss, (SERVERS, 8.0), "refused", truth, 2000, n=30) <= 0.965


@pytest.mark.long
@pytest.mark.parametrize("width", ["5%", "4%", "3%"])
def test_stopping_by_precision_covers_in_full(width):
    truth = queue_length(4, 2.8)
    asked = {"until": {"in system": width}, "n": 500}
    assert coverage(queue, (4, 2.8), "in system", truth, 2000, **asked) >= 0.93


@pytest.mark.long
@pytest.mark.parametrize("width", [0.02, "10%"])
def test_stopping_by_precision_covers_shares_in_full(width):
    truth = erlang_b(SERVERS, 8.0)
    asked = {"until": {"refused": width}, "n": 500}
    assert coverage(loss, (SERVERS, 8.0), "refused", truth, 2000, **asked) >= 0.93


@pytest.mark.long
@pytest.mark.parametrize("n", [20, 30, 50])
@pytest.mark.parametrize("load", RARE)
def test_rare_and_clustered_refusals_are_covered_in_full(load, n):
    truth = erlang_b(SERVERS, load)
    assert coverage(loss, (SERVERS, load), "refused", truth, 2000, n=n) >= 0.93


@pytest.mark.long
@pytest.mark.parametrize("margin", [0, 0.1])
def test_identical_models_get_no_false_word_in_full(margin):
    assert false_words(500, 100, margin) <= 0.05


@pytest.mark.long
def test_power_in_full():
    shares = [power(shift, 0.1, 100, 100) for shift in (0.3, 0.5, 0.7, 0.9)]
    assert shares == sorted(shares)
