"""Studies that are hard to draw: lower bounds, blocks, units, many values, long names."""

import math

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from plots.gallery import comparison, figure, loads, run, sobol, solution, study, sweep, warmup
from plots.test_gallery import overlapping, seen

import imgsim
from imgsim import Case, plots
from imgsim.plots.quantities import wrapped
from imgsim.results.measures import Measured

P95 = "time_to_available.p95"
CHEAP = {"jobs": 1, "ledger": None, "progress": False}


@pytest.fixture
def ax():
    return figure().add_subplot()


def labelled(ax, start):
    """The one artist or container with a label that begins so."""
    drawn = (*ax.lines, *ax.patches, *ax.collections, *ax.containers)
    [found] = [one for one in drawn if str(one.get_label()).startswith(start)]
    return found


def legend(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def ticks(axis):
    return [label.get_text() for label in axis.get_ticklabels()]


def marked(ax, marker):
    """Places of all points with a marker."""
    return [
        point for line in ax.lines if line.get_marker() == marker for point in line.get_xydata()
    ]


def waits(scale, replication):
    """A wait that a run does not see the end of when it is longer than 1.5."""
    if replication == 3:
        raise ArithmeticError("three is too many")
    value = scale * float(np.random.default_rng(replication).exponential())
    return {"wait": Measured(min(value, 1.5), at_least=value > 1.5), "known": value}


def censored():
    return imgsim.replicate(Case(waits, 1), 20, partial=True, **CHEAP)


def of_parameters(parameters, replication):
    """The sum of what can be added up; with luck of its own."""
    numbers = (one for one in parameters.values() if isinstance(one, (int, float)))
    return {"m": sum(numbers) + float(np.random.default_rng(replication).normal())}


def swept(parameters, design, n=2):
    return imgsim.sweep(Case(of_parameters, parameters), design, n=n, **CHEAP)


# replications


def test_lower_bounds_point_upwards_and_their_mean_is_at_least_what_is_told(ax):
    told = censored()
    plots.replications(told, "wait", ax=ax)
    is_bound = told.replications["wait.at_least"].fillna(value=False).to_numpy(bool)
    assert 0 < is_bound.sum() < 19
    bounds = labelled(ax, "at least")
    assert (bounds.get_marker(), bounds.get_markerfacecolor()) == ("^", "none")
    assert bounds.get_xdata().tolist() == np.flatnonzero(is_bound).tolist()
    assert set(bounds.get_ydata()) == {1.5}
    assert "mean, at least 0." in legend(ax)[-1]


# differences


def test_pairs_with_a_lower_bound_are_not_drawn(ax):
    cases = {name: Case(waits, scale) for name, scale in (("a", 1), ("b", 1.4))}
    told = imgsim.compare(cases, margins={"wait": 0.1}, n=20, partial=True, **CHEAP)
    plots.differences(told, "wait", ax=ax)
    one, other = (
        some.reset_index(drop=True) for _, some in told.replications.groupby("case", sort=False)
    )
    known = (one["error"].isna() & ~one["wait.at_least"] & ~other["wait.at_least"]).sum()
    assert 0 < known < 19
    [points] = [line for line in ax.lines if line.get_markersize() == 3]
    assert len(points.get_xdata()) == known


# sweeps


@pytest.mark.slow
def test_bars_of_sensitivity_are_the_indices_the_largest_first(ax):
    plots.sensitivity(sobol(), P95, ax=ax)
    rows = sobol().indices.sort_values("total", ascending=False)
    for what, index in (("alone", "first_order"), ("with all", "total")):
        bars = labelled(ax, what)
        np.testing.assert_allclose([bar.get_width() for bar in bars], rows[index])
        [ends] = bars.errorbar.lines[2]
        expected = rows[[f"{index}_low", f"{index}_high"]].to_numpy()
        np.testing.assert_allclose([one[:, 0] for one in ends.get_segments()], expected, atol=1e-12)
    assert ticks(ax.yaxis)[0] == rows["path"].iloc[0].rpartition(".")[2]


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        (["5m", "20s", "1h"], ["20s", "5m", "1h"]),
        (["1000 CNY", "20 CNY", "300 CNY"], ["20 CNY", "300 CNY", "1000 CNY"]),
        (["2/min", "30/h", "1000/d"], ["30/h", "1000/d", "2/min"]),
        (["2 TiB", "40 GiB"], ["40 GiB", "2 TiB"]),
        ([3, 1, 2], ["1", "2", "3"]),
        (["slow", "5m", "fast"], ["slow", "5m", "fast"]),
        ([True, False], ["true", "false"]),
        ([{"poisson": {"rate": "25/h"}}, "none"], ["{poisson: {rate:\n25/h}}", "none"]),
    ],
)  # fmt: skip
def test_quantities_stand_in_order_of_size_and_others_as_they_were_given(ax, values, shown):
    told = swept({"x": values[0], "y": 1}, {"x": values, "y": [1, 2]})
    plots.heat_map(told, "m", "x", ax=ax)
    assert [wrapped(text, 22) for text in ticks(ax.xaxis)] == [wrapped(one, 22) for one in shown]


def test_many_durations_are_drawn_in_a_unit_that_is_named(ax):
    told = swept({"x": "1m"}, {"x": [f"{one * 60 + 90}s" for one in range(12)]})
    plots.lines(told, "m", ax=ax)
    np.testing.assert_allclose(ax.lines[0].get_xdata(), np.arange(12) + 1.5)
    assert ax.get_xlabel() == "x, minutes"


def test_a_line_does_not_join_what_has_no_order(ax):
    plots.lines(swept({"x": "a", "y": 1}, {"x": ["a", "b"], "y": [1, 2]}), "m", "x", ax=ax)
    points = [one.lines[0] for one in ax.containers]
    assert [one.get_linestyle() for one in points] == ["None", "None"]
    assert legend(ax) == ["y 1", "y 2"]
    assert len({tuple(one.get_xdata()) for one in points}) == 2  # beside each other


def test_by_default_lines_go_over_what_is_a_number(ax):
    plots.lines(swept({"x": "a", "y": 1}, {"x": ["a", "b"], "y": [1, 2]}), "m", ax=ax)
    assert ax.get_xlabel() == "y"


def test_what_is_the_same_at_all_points_is_not_told_of_each_line(ax):
    told = swept({"x": 1, "y": 1, "z": 1}, {"x": [1, 2], "y": [1, 2], "z": [5]})
    plots.lines(told, "m", "x", ax=ax)
    assert legend(ax) == ["y 1", "y 2"]
    plots.heat_map(told, "m", ax=figure().add_subplot())
    plots.heat_map(swept({"x": 1, "y": 1}, {"x": [1, 2], "y": [5]}), "m", ax=figure().add_subplot())


def test_where_a_factor_is_not_set_it_is_said_so(ax):
    told = swept({"x": 1, "y": 1}, {"list": [{"x": 2}, {"y": 3}, {"x": 2, "y": 3}]})
    plots.heat_map(told, "m", "x", "y", ax=ax)
    assert (ticks(ax.xaxis), ticks(ax.yaxis)) == (["2", "not set"], ["not set", "3"])


def test_lower_bounds_of_a_sweep_are_marked(ax):
    design = {"scale": [0.1, 1], "y": [1, 2]}
    case = Case(of_scale, {"scale": 1, "y": 1})
    told = imgsim.sweep(case, design, n=2, **CHEAP)
    plots.heat_map(told, "wait", "scale", "y", ax=ax)
    assert [text.get_text()[:2] == "≥ " for text in ax.texts] == [False, True, False, True]
    over = plots.lines(told, "wait", "scale", ax=figure().add_subplot())
    assert [tuple(one) for one in marked(over, "^")] == [(1.0, 1.5), (1.0, 1.5)]


def of_scale(parameters, _):
    is_long = parameters["scale"] == 1
    return {"wait": Measured(1.5 if is_long else 0.1, at_least=is_long)}


# searches


def over_two(parameters, replication):
    noise = 0.01 * float(np.random.default_rng(replication).normal())
    return {"falls": 10 - parameters["x"] + noise, "rises": parameters["x"] + noise}


def test_a_measure_that_keeps_its_limit_is_not_told_by_the_other_one(ax):
    limits = {"falls": "< 4.5", "rises": "< 20"}
    told = imgsim.solve(
        Case(over_two, {"x": 1}), "x", low=1, high=9, constraints=limits, n=20, **CHEAP
    )
    assert "disproved" in {*told.to_frame()["decision"]}
    plots.solution(told, "rises", ax=ax)
    assert legend(ax)[-1] == "proved"
    assert "disproved" not in legend(ax)


def hill(parameters, replication):
    x = parameters["x"]
    height = 2 + 2 * math.exp(-((x - 60) ** 2) / 900) if x < 150 else 0.5
    return {"m": height + 0.05 * float(np.random.default_rng(replication).normal())}


def test_a_search_through_many_values_is_legible():
    told = imgsim.solve(
        Case(hill, {"x": 1}), "x", low=1, high=200, constraints={"m": "< 1"}, n=20, **CHEAP
    )
    assert len(told.points) > 40
    assert_legible(lambda ax: plots.solution(told, ax=ax))


# warm-up and measured times


def test_measured_quantiles_stand_beside_those_of_the_runs(ax):
    runs = [run("rally-filesystem", replication=number) for number in range(3)]
    seconds = pd.Series([40.0, math.nan, 20.0, 30.0])
    plots.measured(seconds, *runs, ax=ax)
    points = labelled(ax, "simulated").get_xydata()
    assert points[:, 0].tolist() == [20, 30, 40]
    shares = [1 / 6, 1 / 2, 5 / 6]
    times = [one.calls.query("outcome == 'available'")["total_s"] for one in runs]
    each = [np.quantile(one, shares, method="hazen") for one in times]
    np.testing.assert_allclose(points[:, 1], np.mean(each, axis=0))
    line = labelled(ax, "equal").get_xydata()
    assert (line[:, 0] == line[:, 1]).all()
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("measured, seconds", "simulated, seconds")


# all of them


def assert_legible(draw):
    made = figure()
    draw(made.add_subplot())
    width, height = made.canvas.get_width_height()
    cut = [
        text for text, box in seen(made)
        if box.x0 < -1 or box.y0 < -1 or box.x1 > width + 1 or box.y1 > height + 1
    ]  # fmt: skip
    assert cut == []
    assert overlapping(made) == []


BLOCKS = [
    {"poisson": {"rate": "25/h"}},
    {"burst": {"calls": 150, "over": "1h"}},
    {"renewal": {"gap": {"lognormal": {"mean": "2m", "cv": 0.5}}}},
]
DESIGN = {"x": BLOCKS, "y": [1, 2]}


@pytest.mark.slow
@pytest.mark.parametrize(
    "draw",
    [
        lambda ax: plots.lines(swept({"x": "a", "y": 1}, DESIGN), "m", "x", ax=ax),
        lambda ax: plots.lines(swept({"x": "a", "y": 1}, DESIGN), "m", "y", ax=ax),
        lambda ax: plots.heat_map(swept({"x": "a", "y": 1}, DESIGN), "m", "x", ax=ax),
        lambda ax: plots.heat_map(swept({"x": "a", "y": 1}, DESIGN), "m", "y", ax=ax),
        lambda ax: plots.lines(swept({"x": 1}, {"x": [30, 32, 34, 36, 60, 200]}), "m", ax=ax),
        lambda ax: plots.replications(
            study(), "rejection_rate.instance_is_locked_for_security", ax=ax
        ),
    ],
)
def test_what_is_long_or_near_each_other_is_legible_too(draw):
    assert_legible(draw)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("draw", "what"),
    [
        (lambda: plots.replications(study(), "rejection_rat"), "there is no measure 'rejection_rat'; did you mean rejection_rate?"),
        (lambda: plots.differences(comparison(), "rejection_rat"), "did you mean rejection_rate?"),
        (lambda: plots.lines(loads(), "rejection_rat"), "did you mean rejection_rate?"),
        (lambda: plots.heat_map(sweep(), "rejection_rat"), "did you mean rejection_rate?"),
        (lambda: plots.sensitivity(sobol(), "calls"), "there is no measure 'calls'; measures: time_to_available.p95"),
        (lambda: plots.solution(solution(), "calls"), "there is no measure 'calls'; measures: rejection_rate"),
        (lambda: plots.lines(loads(), "calls", "quota"), "there is no factor 'quota'; there are load.builds.scale"),
        (lambda: plots.heat_map(loads(), "calls"), "a heat map takes two factors; the sweep has load.builds.scale"),
        (lambda: plots.heat_map(sweep(), "calls", "scale", "scale"), "there is no factor 'scale'"),
        (lambda: plots.load_quantiles(sweep()), "other factors than regions.cn-hangzhou.image_quota are swept"),
        (lambda: plots.load_quantiles(swept({"x": 1}, {"x": [1, 2]})), "the sweep tells no quantile"),
        (lambda: plots.lines(swept({"x": 1, "y": 1}, {"x": [1, 2], "y": [*range(8)]}), "m"), "8 lines are too many"),
        (lambda: plots.welch(warmup(), "calls"), "there is no level 'calls'"),
        (lambda: plots.measured([], run("quickstart", "8h")), "give measured times"),
        (lambda: plots.measured([math.nan], run("quickstart", "8h")), "give measured times"),
    ],
)  # fmt: skip
def test_what_cannot_be_drawn_is_said_and_leaves_no_empty_figure(draw, what, monkeypatch):
    def never(*_, **__):
        raise AssertionError("a figure was made before what is asked for was looked at")

    monkeypatch.setattr("matplotlib.pyplot.subplots", never)
    with pytest.raises(ValueError) as error:  # noqa: PT011  # the text is compared below
        draw()
    assert what in str(error.value)


def test_decisions_are_told_apart_without_colour():
    from imgsim.plots.searches import _LOOKS

    looks = [
        (marker, np.dot(mpl.colors.to_rgb(to_hex(face)), [0.2126, 0.7152, 0.0722]) > 0.5)
        for _, marker, face in _LOOKS.values()
    ]
    assert len({*looks}) == len(looks)
    by_decision = dict(zip(_LOOKS, looks, strict=True))
    assert by_decision["proved"][1] != by_decision["disproved"][1]
