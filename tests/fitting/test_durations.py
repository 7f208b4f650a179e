"""Durations: what is fitted, how sure it is, and what a scenario makes of it."""

import numpy as np
import pytest
from fitting.covering import CASES, TRUTHS, held, log_of
from scipy import stats

import imgsim
from imgsim.fitting.durations import distribution_of, fit_durations
from imgsim.fitting.families import FAMILIES
from imgsim.fitting.goodness import anderson_darling
from imgsim.fitting.sample import sample_of

SCENARIO = """
imgsim: 1
name: pasted
run: {{horizon: 1h}}
regions: {{cn-hangzhou: {{snapshot_service: {{slots: 1, duration: {block}}}}}}}
"""


@pytest.mark.parametrize(("kind", "share"), CASES)
def test_parameters_lie_in_their_intervals(kind, share):
    assert min(held(kind, share, range(20)).values()) >= 15


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "share"), CASES)
def test_parameters_lie_in_their_intervals_in_85_of_100_logs(kind, share):
    assert min(held(kind, share, range(300)).values()) >= 0.85 * 300


@pytest.mark.parametrize("kind", ["lognormal", "gamma", "weibull"])
def test_a_summit_is_where_scipy_finds_it(kind):
    values, censored = log_of(TRUTHS[kind], 0.2, 7)
    data = stats.CensoredData.right_censored(values, censored)
    law = {"lognormal": stats.lognorm, "gamma": stats.gamma, "weibull": stats.weibull_min}[kind]
    theirs = law(*law.fit(data, floc=0))
    (family,) = (one for one in FAMILIES if one.name == kind)
    ours = family.of(family.fit(family, sample_of(values, censored)).parameters)
    u = np.array([0.1, 0.5, 0.9])
    assert ours.cdf(theirs.ppf(u)) == pytest.approx(u, abs=2e-4)


@pytest.mark.parametrize(("kind", "share"), CASES)
def test_the_block_pasted_into_a_scenario_is_what_was_fitted(kind, share, tmp_path):
    fit = fit_durations(*log_of(TRUTHS[kind], share, 3), draws=19)
    u = np.array([0.05, 0.5, 0.95])
    for one in fit.candidates:
        (tmp_path / "pasted.yaml").write_text(SCENARIO.format(block=one.yaml))
        scenario = imgsim.load(tmp_path / "pasted.yaml")
        read = scenario.regions["cn-hangzhou"].snapshot_service.duration
        assert read == one.distribution
        (family,) = (family for family in FAMILIES if family.name == one.name)
        fitted = family.fit(family, fit.sample).parameters
        assert family.of(fitted).cdf(read.quantile(u) / 1e6) == pytest.approx(u, abs=2e-3)
        if "mean" in one.parameters and "low" not in one.parameters:
            assert read.average / 1e6 == pytest.approx(one.parameters["mean"].value, rel=1e-3)


@pytest.mark.parametrize("kind", list(TRUTHS))
def test_the_family_of_a_log_is_found(kind):
    fit = fit_durations(*log_of(TRUTHS[kind], 0.0, 11, rows=2000))
    assert fit.best.name == kind
    assert fit.best is fit.candidates[0]


def test_two_kinds_of_durations_are_told_apart():
    rng = np.random.default_rng(5)
    fit = fit_durations(np.concatenate([rng.lognormal(3, 0.2, 300), rng.lognormal(5, 0.2, 100)]))
    assert fit.best.name == "two lognormals"
    low, high = fit.best.parameters["share 1"][1:]
    assert low <= 0.75 <= high
    assert fit.best.distribution.average / 1e6 == pytest.approx(
        np.mean(fit.sample.values), rel=0.02
    )


def test_where_nothing_fits_the_values_themselves_are_offered():
    rng = np.random.default_rng(5)
    fit = fit_durations(np.concatenate([rng.normal(m, 1, 100) for m in (10, 50, 90)]))
    assert fit.best is None
    assert all(one.p < 0.05 for one in fit.candidates)
    again = distribution_of(fit.block)
    u = np.array([0.1, 0.5, 0.9])
    assert again.quantile(u) / 1e6 == pytest.approx(np.quantile(fit.sample.values, u), rel=0.02)
    assert fit.yaml.startswith("{empirical: {values: [")


def test_the_product_limit_of_freireichs_patients():
    """Remission in weeks under 6-MP, 1963; the estimates are those of every textbook."""
    weeks = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
    ended = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
    sample = sample_of(weeks, ~np.array(ended, dtype=bool))
    left = {week: 1 - at for week, at in zip(sample.values, sample.reached, strict=True)}
    assert left[10] == pytest.approx(0.753, abs=5e-4)
    assert left[23] == pytest.approx(0.448, abs=5e-4)
    assert sample.quantiles(np.array([0.5, 0.6])) == pytest.approx([23, np.nan], nan_ok=True)


def test_the_distance_is_that_of_anderson_and_darling():
    u = np.sort(np.random.default_rng(1).random(50))
    odd = 2 * np.arange(1, 51) - 1
    theirs = -50 - np.mean(odd * (np.log(u) + np.log(1 - u[::-1])))
    assert anderson_darling(u, np.ones(50, dtype=bool)) == pytest.approx(theirs)


def test_a_wrong_family_is_refused_with_lower_bounds_too():
    fit = fit_durations(*log_of(TRUTHS["lognormal"], 0.2, 4), draws=99)
    named = {one.name: one for one in fit.candidates}
    assert not named["exponential"].fits
    assert named["lognormal"].fits


@pytest.mark.slow
@pytest.mark.parametrize(("share", "most"), [(0.0, 11), (0.2, 18)])
def test_a_right_family_is_refused_once_in_twenty_or_with_lower_bounds_in_ten(share, most):
    refused = 0
    for seed in range(100):
        fit = fit_durations(*log_of(TRUTHS["gamma"], share, seed), draws=99)
        refused += not next(one for one in fit.candidates if one.name == "gamma").fits
    assert 1 <= refused <= most


def test_equal_seeds_give_equal_fits_and_units_do_not_matter():
    values, _ = log_of(TRUTHS["gamma"], 0.0, 9, rows=40)
    one, other = (fit_durations(values, draws=19, seed=3).to_frame() for _ in range(2))
    assert one.equals(other)
    assert (one[["distribution", "parameter"]].dtypes == "category").all()
    deltas = np.rint(values * 1e9).astype("timedelta64[ns]")
    again = fit_durations(deltas).candidates
    mean = next(c for c in again if c.name == "gamma").parameters["mean"].value
    assert mean == pytest.approx(one[one.distribution == "gamma"].value.iloc[0], rel=1e-6)


@pytest.mark.parametrize(
    ("values", "censored", "said"),
    [
        ([], None, "no durations"),
        ([1.0, 2, 0], None, "row 3 holds a duration of 0 s"),
        ([1.0, -2, 3], None, "row 2"),
        ([1.0, float("inf")], None, "row 2"),
        ([1.0, float("nan")], None, "row 2"),
        ([1.0, 2, 3], None, "3 complete durations are too few"),
        ([5.0] * 50, None, "write duration: 5s"),
        ([5.0, 6] * 9, [True] * 18, "only a lower bound"),
        (["5m"] * 9, None, "numbers of seconds"),
        ([[1.0, 2.0]], None, "a column"),
        ([1.0, 2.0], [True], "one for each duration"),
    ],
)
def test_what_cannot_be_fitted_is_said(values, censored, said):
    with pytest.raises(ValueError, match=said):
        fit_durations(values, censored)


def test_many_rows_are_fitted_by_some_of_them():
    fit = fit_durations(np.random.default_rng(1).lognormal(3, 0.5, 300_000), draws=19)
    assert (fit.rows, len(fit.sample)) == (300_000, 20_000)
    assert fit.best.name == "lognormal"
