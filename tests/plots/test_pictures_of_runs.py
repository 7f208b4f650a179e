"""Pictures of runs are told apart, and what is short or rare is seen."""

import numpy as np
import pytest
from matplotlib.figure import Figure
from plots.gallery import figure, quick, run

from imgsim import plots


def ax():
    return Figure(layout="constrained").add_subplot()


def test_an_outcome_has_its_colour_whatever_else_there_is():
    colours = [
        {bars.get_label().partition(",")[0]: bars[0].get_facecolor() for bars in drawn.containers}
        for drawn in (
            plots.outcomes(one, ax=ax()) for one in (quick(), run("timeout-choice", "1d"))
        )
    ]
    assert [*colours[0]] != [*colours[1]]
    for outcome in ("available", "failed"):
        assert colours[0][outcome] == colours[1][outcome]
    assert len({*colours[0].values()}) == len(colours[0])


def test_the_shortest_snapshots_are_seen_in_a_long_run():
    made = run("which-quota", "30d")
    canvas = figure()
    drawn = plots.queue(made, ax=canvas.add_subplot())
    canvas.canvas.draw()
    seen = np.asarray(canvas.canvas.buffer_rgba())[..., :3].astype(float)
    left, low, right, high = drawn.get_window_extent().extents.round().astype(int)
    inside = seen[len(seen) - high : len(seen) - low, left + 3 : right]
    middle = inside[len(inside) // 2]
    blue = middle[:, 2] - middle[:, 0] > 60
    nights = made.snapshots["began_at"].dt.date.nunique()
    assert (blue[1:] > blue[:-1]).sum() == nights == 30


@pytest.mark.parametrize("name", ["which-quota", "orphans"])
def test_snapshots_of_a_night_are_wide_enough_to_be_seen(name):
    drawn = plots.gantt(run(name, "30d"), ax=ax())
    low, high = drawn.get_xlim()
    widths = [bar.get_width() for bar in drawn.containers[-1]]
    assert np.median(widths) > (high - low) / 70


def test_runs_of_one_scenario_are_told_by_labels():
    drawn = plots.time_to_available(quick(), quick(), labels=["as is", "again"], ax=ax())
    told = [text.get_text() for text in drawn.get_legend().get_texts()]
    assert [text.partition(",")[0] for text in told] == ["as is", "again"]
    with pytest.raises(ValueError, match="a label for each of 2 runs, not 1"):
        plots.time_to_available(quick(), quick(), labels=["as is"], ax=ax())


def test_rows_are_by_disk_or_by_slot():
    with pytest.raises(ValueError, match="by disk or by slot, not by 'slots'"):
        plots.gantt(quick(), by="slots", ax=ax())


def test_a_time_without_snapshots_says_so():
    drawn = plots.gantt(quick(), since="20d", ax=ax())
    assert [text.get_text() for text in drawn.texts] == ["no snapshots in this time"]
