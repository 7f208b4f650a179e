"""What a sweep tells over its factors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np
import pandas as pd

from imgsim.plots.canvas import BLUE, COLOURS, DASHES, MARKERS, ORANGE, axes, legend
from imgsim.plots.factors import Factor, beside, factor, factors_of
from imgsim.plots.quantities import demand_measure, scale_of, wrapped
from imgsim.results.written import form_of
from imgsim.study.factors import short_names

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_QUANTILES: Final = tuple(f"time_to_available.p{percent}" for percent in (50, 90, 95, 99))
_MOST_CELLS: Final = 80
_MOST_LINES: Final = 7
_NAME: Final = 18
_LONG: Final = 36
_LONGEST: Final = 80
"""So many letters stand in a tick beside an axis, in a legend of two columns, and of one."""
_APART: Final = 0.15
Ints = np.ndarray[tuple[int], np.dtype[np.int_]]


class Swept(Protocol):
    """What is drawn of a sweep."""

    def to_frame(self) -> pd.DataFrame:
        """Return a row for each point and measure: factors, measure, mean, low, high and more."""

    @property
    def indices(self) -> pd.DataFrame:
        """The Sobol indices, a row for each measure and factor."""


def lines(sweep: Swept, measure: str, x: str | None = None, *, ax: Axes | None = None) -> Axes:
    """Draw a measure over a factor with its intervals, a line for each setting of the others.

    ``x`` is a path or the end of one, by default the first that is a number. Where it is none,
    points stand beside each other. Open triangles are lower bounds. Raises `ValueError` for an
    unknown measure or factor, or with more than seven lines.
    """
    frame = _rows(sweep, [measure])
    factors = factors_of(frame)
    across = factor(factors, x)
    groups = _groups(frame, [one for one in factors.values() if one is not across])
    if len(groups) > _MOST_LINES:
        raise ValueError(
            f"{len(groups)} lines are too many to be told apart; draw a heat_map, or sweep fewer"
        )
    ax, scale = axes(ax), scale_of(measure, float(frame["mean"].median()))
    _draw(ax, frame, across, scale.size, groups)
    ax.set_ylabel(scale.label)
    if len(groups) > 1:
        legend(ax, 1 if max(map(len, groups)) > _LONG else 2)
    return ax


def load_quantiles(sweep: Swept, x: str | None = None, *, ax: Axes | None = None) -> Axes:
    """Draw quantiles of the time to Available over a factor such as ``load.builds.scale``.

    Those of the median, 90, 95 and 99% that the sweep has told. Raises `ValueError` when it has
    told none, for an unknown factor, or when other factors than it are swept.
    """
    frame = sweep.to_frame()
    told = [name for name in _QUANTILES if (frame["measure"] == name).any()]
    if not told:
        raise ValueError(f"the sweep tells no quantile; ask for measures such as {_QUANTILES[2]}")
    frame = _rows(sweep, told)
    factors = factors_of(frame)
    across = factor(factors, x)
    if len(factors) > 1:
        raise ValueError(f"other factors than {across.path} are swept; sweep it alone")
    ax, scale = axes(ax), scale_of(told[0], float(frame["mean"].median()))
    groups = {name.rpartition(".")[2]: np.flatnonzero(frame["measure"] == name) for name in told}
    _draw(ax, frame, across, scale.size, groups)
    ax.set_ylabel(scale.label.replace(told[0], "time to Available"))
    legend(ax, 4)
    return ax


def heat_map(
    sweep: Swept,
    measure: str,
    x: str | None = None,
    y: str | None = None,
    *,
    ax: Axes | None = None,
) -> Axes:
    """Draw a measure over two factors as colours, with its values where there is room for them.

    ``x`` and ``y`` are paths or ends of them. Raises `ValueError` for an unknown measure or factor,
    or when the sweep has not two factors.
    """
    frame = _rows(sweep, [measure])
    factors = factors_of(frame, least=2)
    if len(factors) != 2:
        raise ValueError(f"a heat map takes two factors; the sweep has {', '.join(factors)}")
    up = None if y is None else factor(factors, y)
    others = {path: one for path, one in factors.items() if one is not up}
    across = factor(others, x)
    up = up or next(one for one in others.values() if one is not across)
    ax, scale = axes(ax), scale_of(measure, float(frame["mean"].median()))
    shape = len(up.texts), len(across.texts)
    values, are_bounds = np.full(shape, np.nan), np.full(shape, fill_value=False)
    values[up.ranks, across.ranks] = frame["mean"].to_numpy(float)
    are_bounds[up.ranks, across.ranks] = frame["at_least"].to_numpy(bool)
    drawn = ax.pcolormesh(values / scale.size, cmap="cividis", edgecolors="white", linewidth=0.5)
    figure = ax.get_figure()
    assert figure is not None
    figure.colorbar(drawn, ax=ax, label=scale.label)
    if values.size <= _MOST_CELLS:
        known, write = values[np.isfinite(values)], form_of(measure)
        middle = (known.min(initial=np.inf) + known.max(initial=-np.inf)) / 2
        for (row, column), value in np.ndenumerate(values):
            if np.isfinite(value):
                ax.text(
                    column + 0.5, row + 0.5,
                    f"{'≥ ' if are_bounds[row, column] else ''}{write(float(value))}",
                    ha="center", va="center", fontsize="x-small",
                    color="white" if value < middle else "black",
                )  # fmt: skip
    ax.set_xticks(np.arange(len(across.texts)) + 0.5, beside(across.texts))
    ax.set_yticks(np.arange(len(up.texts)) + 0.5, [wrapped(text, _NAME) for text in up.texts])
    ax.set(xlabel=across.name, ylabel=up.name)
    return ax


def sensitivity(sweep: Swept, measure: str, *, ax: Axes | None = None) -> Axes:
    """Draw what share of a measure's variance each factor brings, alone and in all (Sobol).

    Raises `ValueError` for another design than sobol, an unknown measure, or when there is none.
    """
    indices = sweep.indices
    demand_measure(measure, indices["measure"].unique())
    rows = indices[indices["measure"] == measure].sort_values("total", ascending=False)
    if rows["total"].isna().any():
        raise ValueError(f"{measure} has no indices: {rows['method'].iloc[0]}")
    ax, short = axes(ax), short_names([*rows["path"]])
    places = np.arange(len(rows))
    for offset, index, what, colour, hatch in (
        (-0.19, "first_order", "alone", BLUE, ""),
        (0.19, "total", "with all its interactions", ORANGE, "//"),
    ):
        value = rows[index].to_numpy(float)
        reach = [value - rows[f"{index}_low"], rows[f"{index}_high"] - value]
        ax.barh(
            places + offset, value, 0.36, xerr=np.maximum(reach, 0), color=colour, hatch=hatch,
            edgecolor="white", label=what, error_kw={"capsize": 3, "linewidth": 1},
        )  # fmt: skip
    ax.set_yticks(places, [short[path] for path in rows["path"]])
    ax.invert_yaxis()
    ax.set_xlim(0, 1)
    ax.set(xlabel=f"share of the variance of {measure}", ylabel="factor")
    legend(ax, 2)
    return ax


def _rows(sweep: Swept, measures: Sequence[str]) -> pd.DataFrame:
    frame = sweep.to_frame()
    for name in measures:
        demand_measure(name, frame["measure"].unique())
    return frame[frame["measure"].isin(measures)].reset_index(drop=True)


def _groups(frame: pd.DataFrame, others: Sequence[Factor]) -> dict[str, Ints]:
    """Return by what is set there the numbers of the rows in which the others are the same."""
    told = [
        ", ".join(f"{one.name} {one.texts[one.ranks[row]]}" for one in others)
        for row in range(len(frame))
    ]
    return {name: np.flatnonzero(np.array(told) == name) for name in dict.fromkeys(told)}


def _draw(
    ax: Axes, frame: pd.DataFrame, across: Factor, size: float, groups: dict[str, Ints]
) -> None:
    """Draw means and intervals of groups of rows: as lines over numbers, else beside each other."""
    means, lows, highs = (frame[one].to_numpy(float) / size for one in ("mean", "low", "high"))
    are_bounds = frame["at_least"].to_numpy(bool)
    apart = np.linspace(-_APART, _APART, len(groups)) if len(groups) > 1 else np.zeros(1)
    for number, (name, some) in enumerate(groups.items()):
        rows = some[np.argsort(across.places[some], kind="stable")]
        at, mean, low, high = (one[rows] for one in (across.places, means, lows, highs))
        colour, marker = COLOURS[number], MARKERS[number]
        label = wrapped(name, _LONGEST) or None
        if across.is_number:
            ax.fill_between(at, low, high, color=colour, alpha=0.2, linewidth=0)
            ax.plot(at, mean, color=colour, linestyle=DASHES[number], marker=marker, markersize=5,
                    label=label)  # fmt: skip
        else:
            at = at + apart[number]
            reach = np.nan_to_num([mean - low, high - mean])
            ax.errorbar(at, mean, yerr=reach, fmt=marker, color=colour, capsize=4, label=label)
        if (bounds := are_bounds[rows]).any():
            ax.plot(
                at[bounds], mean[bounds], "^", color="white", markeredgecolor=colour, markersize=8
            )
    across.label(ax)
