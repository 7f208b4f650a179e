"""What plots of studies show is what their frames say."""

import numpy as np
import pytest
from matplotlib.figure import Figure
from plots.gallery import clients_40, comparison, loads, many, solution, study, sweep, warmup

from imgsim import plots

pytestmark = pytest.mark.slow


def ax():
    return Figure(layout="constrained").add_subplot()


def test_each_replication_is_a_point_and_the_mean_a_line():
    drawn = plots.replications(study(), "rejection_rate", ax=ax())
    points, mean = drawn.lines
    assert points.get_ydata() == pytest.approx(study().replications["rejection_rate"] * 100)
    told = study().summary.loc["rejection_rate"]
    assert mean.get_ydata()[0] == pytest.approx(told["mean"] * 100)
    [band] = drawn.patches
    assert band.get_y() == pytest.approx(told["low"] * 100)
    assert band.get_height() == pytest.approx((told["high"] - told["low"]) * 100)
    assert drawn.get_ylabel() == "rejection_rate, percent"


def test_a_case_of_ones_own_has_plain_numbers():
    drawn = plots.replications(many(), "wait_s", ax=ax())
    assert len(drawn.lines[0].get_xdata()) == 1_000
    assert drawn.get_ylabel() == "wait_s"


def test_differences_are_paired_and_lie_beside_the_margin():
    drawn = plots.differences(comparison(), "rejection_rate", ax=ax())
    margin = drawn.patches[0]
    assert (margin.get_x(), margin.get_width()) == pytest.approx((-1, 2))
    table = comparison().table.loc["rejection_rate"]
    frame = comparison().replications
    first = frame.loc[frame["case"] == "quickstart", "rejection_rate"].to_numpy()
    bars = [one for one in drawn.containers if hasattr(one, "has_xerr")]
    for bar, (case, row) in zip(bars, table.iterrows(), strict=True):
        assert bar[0].get_xdata()[0] == pytest.approx(row["difference"] * 100)
        ends = bar[2][0].get_segments()[0][:, 0]
        assert ends == pytest.approx(np.array([row["low"], row["high"]]) * 100)
        other = frame.loc[frame["case"] == case, "rejection_rate"].to_numpy()
        faint = [line for line in drawn.lines if line.get_markersize() == 3]
        assert any(
            line.get_xdata() == pytest.approx((other - first) * 100)
            for line in faint
            if len(line.get_xdata()) == len(other)
        )
    words = {text.get_text() for text in drawn.texts}
    assert words == {*table["word"]}


def test_a_line_goes_through_the_means_of_a_sweep():
    drawn = plots.lines(loads(), "rejection_rate", ax=ax())
    frame = loads().to_frame().query("measure == 'rejection_rate'")
    [line] = drawn.lines
    assert line.get_xdata().tolist() == frame["load.builds.scale"].tolist() == [0.5, 1, 1.5, 2]
    assert line.get_ydata() == pytest.approx(frame["mean"] * 100)


def test_other_factors_are_lines_of_their_own():
    drawn = plots.lines(sweep(), "time_to_available.p95", "scale", ax=ax())
    assert [line.get_label() for line in drawn.lines] == [
        "image_quota 30", "image_quota 40", "image_quota 60",
    ]  # fmt: skip


def test_a_heat_map_has_each_mean_at_its_place():
    drawn = plots.heat_map(sweep(), "rejection_rate", "scale", ax=ax())
    values = np.asarray(drawn.collections[0].get_array()).reshape(3, 3)
    frame = sweep().to_frame().query("measure == 'rejection_rate'")
    wide = frame.pivot_table(
        index="regions.cn-hangzhou.image_quota", columns="load.builds.scale", values="mean"
    )
    assert values == pytest.approx(wide.to_numpy() * 100)
    assert [text.get_text() for text in drawn.get_xticklabels()] == ["0.5", "1", "1.5"]


def test_quantiles_lie_in_their_order_at_every_load():
    drawn = plots.load_quantiles(loads(), ax=ax())
    assert [line.get_label() for line in drawn.lines] == ["p50", "p90", "p95", "p99"]
    heights = np.array([line.get_ydata() for line in drawn.lines])
    assert (np.diff(heights, axis=0) >= 0).all()


def test_a_search_is_its_points_and_marks_the_answer():
    drawn = plots.solution(solution(), ax=ax())
    frame = solution().to_frame()
    heights = {
        x: y
        for bar in drawn.containers
        for x, y in zip(bar[0].get_xdata(), bar[0].get_ydata(), strict=True)
    }
    assert [heights[place] for place in range(len(frame))] == pytest.approx(frame["mean"] * 100)
    assert drawn.lines[0].get_ydata()[0] == pytest.approx(frame["limit"].iloc[0] * 100)
    answer = drawn.patches[0]
    place = frame["value"].tolist().index(solution().answer)
    assert answer.get_x() + answer.get_width() / 2 == pytest.approx(place)
    labels = {bar.get_label() for bar in drawn.containers}
    assert labels == {*frame["decision"].astype(str)}


def test_the_cut_of_a_warm_up_is_that_of_mser5():
    found = warmup()
    drawn = plots.welch(found, "slots busy", ax=ax())
    mean, smooth, cut = drawn.lines
    assert mean.get_ydata() == pytest.approx(found.averages["slots busy"])
    assert smooth.get_ydata()[250] == pytest.approx(mean.get_ydata()[225:276].mean())
    assert cut.get_xdata()[0] * 3600 == pytest.approx(found.cut_s("slots busy"))
    assert found.cut / 1e6 == max(found.cut_s(level) for level in found.averages)


def test_a_run_held_against_itself_lies_on_the_diagonal():
    made = clients_40(0)
    times = made.calls["total_s"].dropna().to_numpy(float)
    points, equal = plots.measured(times, made, ax=ax()).lines
    assert points.get_ydata() == pytest.approx(points.get_xdata())
    assert equal.get_ydata().tolist() == equal.get_xdata().tolist()
    with pytest.raises(ValueError, match="give measured times and one run or more"):
        plots.measured(times, ax=ax())


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda: plots.replications(study(), "rejection", ax=ax()), "there is no measure 'rejec"),
        (lambda: plots.differences(comparison(), "calls", ax=ax()), "there is no measure 'calls'"),
        (lambda: plots.lines(loads(), "call", ax=ax()), "there is no measure 'call'"),
        (lambda: plots.lines(loads(), "calls", "slots", ax=ax()), "there is no factor 'slots'"),
        (lambda: plots.heat_map(loads(), "calls", ax=ax()), "a heat map takes two factors"),
        (lambda: plots.load_quantiles(sweep(), "scale", ax=ax()), "other factors than load.bui"),
        (lambda: plots.solution(solution(), "calls", ax=ax()), "there is no measure 'calls'"),
        (lambda: plots.welch(warmup(), "queue", ax=ax()), "there is no level 'queue'"),
        (lambda: plots.sensitivity(loads(), "calls", ax=ax()), "Sobol indices need the points"),
    ],
)
def test_what_cannot_be_drawn_is_told(draw, message):
    with pytest.raises(ValueError, match=message):
        draw()
