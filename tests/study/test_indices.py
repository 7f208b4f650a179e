"""Sobol indices: the truth of known functions, scipy's numbers without luck, and what luck does."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats
from study.cheap import luck

import imgsim
from imgsim.results.measures import Share
from imgsim.scenario.sweep import SweepSpec
from imgsim.study.designs import points_of
from imgsim.study.indices import sobol_indices, values_of
from imgsim.study.sample import samples

PI = 3.14159265
RANGES = {name: {"low": -PI, "high": PI} for name in "abc"}
FIRST = np.array([0.3139, 0.4424, 0.0])
TOTAL = np.array([0.5576, 0.4424, 0.2437])
"""Of the function of Ishigami and Homma (1990) with 7 and 0.1."""


def ishigami(parameters, replication):
    a, b, c = (parameters[name] for name in "abc")
    height = math.sin(a) + 7 * math.sin(b) ** 2 + 0.1 * c**4 * math.sin(a)
    rng = luck(1, replication)
    rate = 0.5 + height / 100
    return {"height": height, "share": Share(rng.binomial(400, rate), 400), "none": None}


def sweep(base, n, seed=1, **asked):
    case = imgsim.Case(ishigami, dict.fromkeys("abc", 0.0))
    design = {"sobol": {"base": base, "seed": seed, "ranges": RANGES}}
    return imgsim.sweep(case, design, n, ledger=None, jobs=1, progress=False, **asked)


def drawn(base, n, seed, size):
    """Return values of the function with luck of three kinds: common, with a slope, and alone."""
    design = SweepSpec.model_validate({"sobol": {"base": base, "seed": seed, "ranges": RANGES}})
    points = np.array([[*point.values.values()] for point in points_of(design)])
    x = points.reshape(5, base, 3)
    height = np.sin(x[..., 0]) + 7 * np.sin(x[..., 1]) ** 2
    height = height + 0.1 * x[..., 2] ** 4 * np.sin(x[..., 0])
    rng = np.random.default_rng([seed, 7])
    common = rng.normal(size=(n, 1, 1))
    slope = np.einsum("cpd,nd->ncp", x / PI, rng.normal(size=(n, 3)))
    alone = rng.normal(size=(n, 5, base))
    return height + size * (common + slope + alone)


def test_without_luck_they_are_those_of_scipy():
    values = drawn(64, 1, 3, 0.0)
    found = sobol_indices(values, 0.95, 1)
    f = values[0]
    theirs = stats.sobol_indices(func={"f_A": f[:1], "f_B": f[1:2], "f_AB": f[2:, None]}, n=64)
    assert found.first_order[0] == pytest.approx(theirs.first_order.clip(0, 1))
    assert found.total[0] == pytest.approx(theirs.total_order.clip(0, 1))
    assert found.method == "64 base points, the luck of one replication"


def test_many_base_points_tell_the_truth():
    table = sweep(1024, 1, measures=["height"]).indices
    assert table["path"].tolist() == ["a", "b", "c"]
    assert table["first_order"].to_numpy() == pytest.approx(FIRST, abs=0.06)
    assert table["total"].to_numpy() == pytest.approx(TOTAL, abs=0.06)


def coverage(repetitions, base, n, size):
    """Return for each index the share of intervals that hold the truth, and the mean index."""
    truth = np.array([FIRST, TOTAL])
    holds, found = np.zeros((2, 3)), np.zeros((2, 3))
    for seed in range(repetitions):
        told = sobol_indices(drawn(base, n, seed, size), 0.95, seed)
        both = np.array([told.first_order, told.total])
        holds += (both[:, 1] <= truth) & (truth <= both[:, 2])
        found += both[:, 0]
    return holds / repetitions, found / repetitions


def test_intervals_hold_the_truth_under_luck():
    holds, _ = coverage(40, 64, 10, 4.0)
    # of 40 intervals that hold with 95 % each 33 or more hold with more than 99.9 %
    assert (holds >= 33 / 40).all(), holds


@pytest.mark.long
@pytest.mark.parametrize("size", [0.0, 4.0])
@pytest.mark.parametrize("base", [64, 256])
def test_intervals_hold_the_truth_in_the_stated_share(base, size):
    holds, found = coverage(400, base, 10, size)
    print(
        f"\n{base} base points, luck {size}: {holds.round(3).tolist()}; {found.round(3).tolist()}"
    )
    assert (holds >= 0.92).all(), holds


def test_luck_that_is_left_in_the_points_is_not_taken_for_an_effect():
    rng = np.random.default_rng(4)
    a, b = rng.normal(size=(2, 512))
    height = np.array([a, b, b, a])  # the second factor does nothing
    values = height + 2 * rng.normal(size=(4, 4, 512))  # so the means vary twice as much
    found = sobol_indices(values, 0.95, 1)
    assert found.total[0] == pytest.approx([1, 0], abs=0.12)
    naive = sobol_indices(values.mean(axis=0, keepdims=True), 0.95, 1)
    assert naive.total[0][1] > 0.35


def test_nothing_but_luck_has_no_indices():
    values = np.random.default_rng(1).normal(size=(10, 5, 64))
    found = sobol_indices(values, 0.95, 1)
    assert np.isnan(found.total).all()
    assert found.method == "none: the points do not differ beyond luck"
    assert np.isnan(sobol_indices(np.ones((1, 5, 64)), 0.95, 1).total).all()


def test_measures_without_values_have_none_and_say_why():
    table = sweep(4, 2, measures=["none"]).indices
    assert table["total"].isna().all()
    what = "none: a value is missing or only a bound at 20 of 20 points"
    assert table["method"].tolist() == [what] * 3


def test_a_share_is_told_by_the_ratio_of_sums():
    told = [{"share": Share(1, 4)}, {"share": Share(5, 8)}]
    values = values_of(samples(told)["share"])
    assert values.mean() == pytest.approx(6 / 12)
    assert values[1] - values[0] == pytest.approx((5 - 4 - (1 - 2)) / 6)
    table = sweep(64, 4, measures=["share"]).indices
    assert (table["total_low"].to_numpy() <= TOTAL + 0.02).all()
    assert (table["total_high"].to_numpy() >= TOTAL - 0.02).all()


def test_the_same_sweep_tells_the_same_and_other_base_points_others():
    one, two, other = (sweep(16, 2, seed, measures=["height"]).indices for seed in (1, 1, 2))
    assert one.equals(two)
    assert not one["total"].equals(other["total"])


def test_only_the_points_of_sobol_have_indices():
    case = imgsim.Case(ishigami, dict.fromkeys("abc", 0.0))
    swept = imgsim.sweep(case, {"a": [1, 2]}, 2, ledger=None, jobs=1, progress=False)
    with pytest.raises(ValueError, match="Sobol indices need the points of a sobol design"):
        _ = swept.indices
