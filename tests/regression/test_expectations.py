"""When an expectation passes, fails or stays undecided, and how often it errs."""

import numpy as np
import pytest

from imgsim.regression.checked import Checked
from imgsim.regression.expectations import claims
from imgsim.scenario.expect import Expectation
from imgsim.scenario.runs import Replications, Run
from imgsim.scenario.yaml import Place
from imgsim.study.looks import looks
from imgsim.study.sample import Sample


class Expecting:
    """What `claims` reads of a scenario."""

    def __init__(self, at_most, *expected):
        replications = None if at_most is None else Replications(at_most=at_most)
        self.run = Run(replications=replications)
        self.expect = expected


def claim_of(at_most=100, **said):
    one = Expectation.model_validate({"measure": "calls", **said})
    here = Place("a.yaml", 1, 1)
    checked = Checked("a.yaml", Expecting(at_most, one), (here,), here, {})
    [claim] = claims(checked)
    return claim


def sample_of(values, at_least=False):
    column = np.array(values, float)
    return {"calls": Sample("calls", column, np.full(len(column), at_least), None, None)}


def shares_of(parts, wholes):
    parts, wholes = np.array(parts, float), np.array(wholes, float)
    none = np.zeros(len(parts), bool)
    return {"calls": Sample("calls", parts / wholes, none, parts, wholes)}


@pytest.mark.parametrize(
    ("said", "values", "status"),
    [
        ({"below": 5}, [4, 5], "passed"),
        ({"below": 5}, [5, 5], "failed"),
        ({"above": 5}, [5, 6], "passed"),
        ({"above": 5}, [5, 5], "failed"),
        ({"between": [4, 5]}, [5, 5], "passed"),
        ({"between": [4, 5]}, [4, 4], "passed"),
        ({"between": [4, 5]}, [5, 6], "failed"),
        ({"between": [-5, -4]}, [-4, -4], "passed"),
        ({"between": [-5, -4]}, [-3, -4], "failed"),
        ({"between": [0, 4]}, [0, 0], "passed"),
        ({"equals": 5}, [5, 5], "passed"),
        ({"equals": 5}, [5, 6], "failed"),
        ({"equals": 0.1}, [0.1, 0.1], "passed"),
        ({"below": 5}, [4, np.nan], "undecided"),
    ],
)
def test_without_confidence_the_mean_is_held_against_the_limit(said, values, status):
    claim = claim_of(2, **said)
    assert claim.planned == (2,)
    assert claim.judge(sample_of(values), 2).status == status


def test_without_replications_the_only_run_is_held_against_the_limit():
    assert claim_of(None, below=5).planned == (1,)


@pytest.mark.parametrize(
    ("said", "status"),
    [({"above": 3}, "passed"), ({"below": 3}, "failed"), ({"below": 5}, "undecided")],
)
def test_a_lower_bound_decides_what_no_larger_value_would_change(said, status):
    assert claim_of(2, **said).judge(sample_of([4, 4], at_least=True), 2).status == status


def test_with_confidence_bounds_decide_and_looks_share_the_error():
    wide, narrow = np.tile([0, 10], 10), np.tile([4.9, 5.1], 10)
    claim = claim_of(below=6, confidence="95%")
    assert claim.planned == tuple(looks(100))
    assert claim.judge(sample_of(wide), 20).status == "undecided"
    assert not claim.judge(sample_of(wide), 20).is_final
    assert claim.judge(sample_of(narrow), 20).status == "passed"
    assert claim_of(below=4, confidence="95%").judge(sample_of(narrow), 20).status == "failed"
    one_look = claim_of(20, below=6, confidence="95%").judge(sample_of(wide), 20)
    assert one_look.high < claim.judge(sample_of(wide), 20).high


def test_both_limits_of_a_range_must_lie_around_the_bounds():
    claim = claim_of(between=[4, 6], confidence="95%")
    assert claim.judge(sample_of(np.tile([4.9, 5.1], 10)), 20).status == "passed"
    assert claim.judge(sample_of(np.tile([6.9, 7.1], 10)), 20).status == "failed"
    assert claim.judge(sample_of(np.tile([2.9, 3.1], 10)), 20).status == "failed"
    assert claim.judge(sample_of(np.tile([5.0, 6.9], 10)), 20).status == "undecided"


def test_more_is_not_run_where_all_that_is_allowed_could_not_show_it():
    claim = claim_of(100, below=0.001, confidence="95%")
    found = claim.judge(shares_of(np.zeros(20), np.full(20, 50)), 20)
    assert (found.status, found.is_final) == ("undecided", True)
    assert "replications to show that it is rare enough" in found.reason
    often = claim_of(100, below=0.5, confidence="95%")
    assert often.judge(shares_of(np.zeros(20), np.full(20, 50)), 20).status == "passed"


@pytest.mark.parametrize("side", ["below", "above"])
def test_what_lies_at_its_limit_is_seldom_called_passed(side):
    claim, rng, trials = claim_of(**{side: 5}, confidence="90%"), np.random.default_rng(7), 2000
    passed = 0
    for _ in range(trials):
        values = rng.normal(5, 1, 100)
        found = (claim.judge(sample_of(values[:n]), n) for n in claim.planned)
        first = next((one.status for one in found if one.status != "undecided"), "undecided")
        passed += first == "passed"
    assert 0.02 * trials < passed < 0.1 * trials
