"""The picture of a fit."""

import numpy as np
from fitting.covering import TRUTHS, log_of
from matplotlib.figure import Figure

from imgsim.fitting.durations import fit_durations
from imgsim.plots.durations import qq


def test_points_of_a_good_fit_lie_in_the_band():
    fit = fit_durations(*log_of(TRUTHS["gamma"], 0.0, 5))
    shown = next(one for one in fit.candidates if one.name == "gamma")
    ax = Figure().add_subplot()
    assert qq(fit, shown, ax=ax) is ax
    (_, points), (band,) = ax.lines, ax.collections
    x, y = points.get_data()
    edges = band.get_paths()[0].vertices
    high, low = (np.array([p(edges[edges[:, 0] == one, 1]) for one in x]) for p in (max, min))
    assert np.mean((low <= y) & (y <= high)) > 0.8
    assert ax.get_xlabel() == "duration by the fit, minutes"
    assert ax.get_title(loc="left").startswith("gamma fits")


def test_with_lower_bounds_points_end_where_these_begin():
    values, censored = log_of(TRUTHS["gamma"], 0.2, 5)
    fit = fit_durations(values, censored)
    ax = qq(fit, ax=Figure().add_subplot())
    measured = ax.lines[1].get_ydata()
    assert measured.max() * 60 <= values.max()
    assert len(measured) == int((~censored).sum())
