"""Pictures are small, always the same, and leave matplotlib as it was."""

import subprocess
import sys
from base64 import b64decode
from pathlib import Path
from xml.etree import ElementTree as ET

import matplotlib as mpl
import numpy as np
import pytest

from imgsim.report.pictures import picture

MANY = 100_000
RNG = np.random.default_rng(1)
X, Y = np.sort(RNG.random(MANY)), RNG.random(MANY)

DENSE = {
    "scatter": lambda ax: ax.scatter(X, Y, s=1),
    "dots": lambda ax: ax.plot(X, Y, "."),
    "bars": lambda ax: ax.vlines(X[::10], 0, Y[::10]),
    "patches": lambda ax: ax.bar(range(2_000), Y[:2_000]),
    "lines": lambda ax: [ax.plot(X[:100], Y[i : i + 100], color="0.5", lw=0.5) for i in range(200)],
}


def line(ax):
    ax.plot([1, 2, 3], [2, 3, 1], label="calls")
    ax.legend()


@pytest.mark.parametrize("name", DENSE)
def test_the_picture_of_many_calls_stays_small(name):
    svg = picture(DENSE[name], "-", "-").svg
    assert len(svg) < 300_000  # about what noise in 975 x 480 pixels takes
    assert b"<image" in svg


def test_a_picture_of_few_stays_sharp():
    svg = picture(line, "-", "-").svg
    assert b"<image" not in svg
    assert len(svg) < 40_000


def test_the_same_drawing_gives_the_same_bytes_whatever_the_style():
    first = picture(line, "-", "-").svg
    with mpl.rc_context({"font.size": 30, "axes.facecolor": "black", "svg.fonttype": "none"}):
        assert picture(line, "-", "-").svg == first


def test_matplotlib_is_left_as_it_was():
    before = dict.copy(mpl.rcParams)
    picture(line, "-", "-")
    assert dict.copy(mpl.rcParams) == before


def test_pyplot_is_not_needed():
    code = (
        "import sys\nfrom imgsim.report.pictures import picture\n"
        "picture(lambda ax: ax.plot([1, 2]), '-', '-')\n"
        "assert 'matplotlib.figure' in sys.modules\n"
        "print('matplotlib.pyplot' in sys.modules)"
    )
    root = Path(__file__).parents[2]
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
    )
    assert found.stdout == "False\n"


def test_the_address_holds_the_whole_picture():
    made = picture(line, "-", "-", size=(4, 2))
    kind, _, data = made.uri.partition(",")
    assert kind == "data:image/svg+xml;base64"
    root = ET.fromstring(b64decode(data))
    assert root.attrib["width"] == "288pt"
    assert root.attrib["height"] == "144pt"
    assert b"date" not in b64decode(data)
