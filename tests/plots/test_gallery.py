"""Every plot: its axes, its labels, its texts, and that it changes nothing global."""

import random
import subprocess
import sys
import warnings
from itertools import combinations
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from plots.gallery import OF_STUDIES, PLOTS, figure

from imgsim import plots

NAMES = [
    pytest.param(name, marks=pytest.mark.slow) if name in OF_STUDIES else name for name in PLOTS
]


def seen(drawn):
    """Texts that can be seen: tick labels beyond the ends of an axis are not drawn."""
    width, height = drawn.canvas.get_width_height()
    ticks = {
        id(label)
        for ax in drawn.axes
        for axis in (ax.xaxis, ax.yaxis)
        for tick in (*axis.majorTicks, *axis.minorTicks)
        for label in (tick.label1, tick.label2)
    }
    drawn.canvas.draw()
    updated = {
        id(label)
        for ax in drawn.axes
        for axis in (ax.xaxis, ax.yaxis)
        for tick in axis._update_ticks()
        for label in (tick.label1, tick.label2)
        if label.get_visible()
    }
    renderer = drawn.canvas.get_renderer()
    found = []
    for one in drawn.findobj(mpl.text.Text):
        hidden = id(one) in ticks and id(one) not in updated
        if one.get_visible() and one.get_text().strip() and not hidden:
            box = one.get_window_extent(renderer)
            if box.x1 >= 0 and box.x0 <= width and box.y1 >= 0 and box.y0 <= height:
                found.append((one.get_text(), box))
    return found


def overlapping(drawn):
    """Pairs of texts whose boxes share more than a pixel."""
    return [
        (one, other)
        for (one, a), (other, b) in combinations(seen(drawn), 2)
        if min(a.x1, b.x1) - max(a.x0, b.x0) > 1 and min(a.y1, b.y1) - max(a.y0, b.y0) > 1
    ]


@pytest.mark.parametrize("name", NAMES)
def test_a_plot_is_legible_at_half_a_page(name):
    made = figure()
    ax = made.add_subplot()
    assert PLOTS[name](ax) is ax
    assert overlapping(made) == []
    for label in (ax.get_xlabel(), ax.get_ylabel()):
        assert label, name
    width, height = made.canvas.get_width_height()
    cut = [
        text for text, box in seen(made)
        if box.x0 < -1 or box.y0 < -1 or box.x1 > width + 1 or box.y1 > height + 1
    ]  # fmt: skip
    assert cut == []


def test_overlapping_texts_are_found():
    made = figure()
    ax = made.add_subplot()
    ax.text(0.5, 0.5, "one")
    ax.text(0.51, 0.5, "two")
    assert overlapping(made) == [("one", "two")]


@pytest.mark.parametrize("name", NAMES)
def test_a_plot_changes_nothing_global(name):
    made = figure().add_subplot()
    PLOTS[name](made)  # what is cached is made here
    before = held()
    PLOTS[name](figure().add_subplot())
    assert held() == before


def held():
    """What a plot could change for others."""
    luck = random.getstate(), np.random.get_state()  # noqa: NPY002  # others may use it
    pyplot = sys.modules.get("matplotlib.pyplot")
    figures = [] if pyplot is None else pyplot.get_fignums()
    return repr((dict(mpl.rcParams), list(warnings.filters), luck, figures))


def test_every_public_plot_is_in_the_gallery():
    drawn = {name.partition("-")[0] for name in PLOTS}
    by_hand = {"predicted"}  # drawn where the fit is made: tests/findings/test_rally.py
    assert {*plots.__all__} - drawn == by_hand
    assert all(callable(getattr(plots, name)) for name in plots.__all__)


def test_a_plot_and_the_module_it_lives_in_have_different_names():
    homes = {path.stem for path in Path(plots.__file__).parent.glob("*.py")}
    assert not homes & {*plots.__all__}


def test_importing_plots_imports_neither_matplotlib_nor_scipy():
    program = (
        "import sys, imgsim.plots\n"
        "print([name for name in ('matplotlib', 'scipy', 'simpy') if name in sys.modules])"
    )
    found = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "[]"


def test_without_axes_a_figure_of_pyplot_is_made():
    program = (
        "import matplotlib; matplotlib.use('agg')\n"
        "import matplotlib.pyplot as plt, imgsim\n"
        "from imgsim import plots\n"
        "before = dict(matplotlib.rcParams)\n"
        "plots.stages(imgsim.run(imgsim.load('scenarios/quickstart.yaml', {'run.horizon': '1h'})))\n"
        "assert dict(matplotlib.rcParams) == before\n"
        "print(len(plt.get_fignums()))"
    )
    root = Path(__file__).parents[2]
    found = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=root
    )
    assert found.stdout.strip() == "1"
