"""What a sweep tells over its factors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np
import pandas as pd

from imgsim.plots.canvas import BLUE, COLOURS, DASHES, MARKERS, ORANGE, axes, legend
from imgsim.plots.quantities import scale_of
from imgsim.plots.ticks import Ticks, text_of
from imgsim.results.written import form_of
from imgsim.study.factors import short_names

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_QUANTILES: Final = tuple(f"time_to_available.p{percent}" for percent in (50, 90, 95, 99))
_MOST_CELLS: Final = 80
_MOST_LINES: Final = 7


class Swept(Protocol):
    """What is drawn of a sweep."""

    def to_frame(self) -> pd.DataFrame:
        """Return a row for each point and measure: factors, measure, mean, low, high and more."""

    @property
    def indices(self) -> pd.DataFrame:
        """The Sobol indices, a row for each measure and factor."""


def lines(sweep: Swept, measure: str, x: str | None = None, *, ax: Axes | None = None) -> Axes:
    """Draw a measure over a factor with its intervals, a line for each setting of the others.

    ``x`` is a path or the end of one, by default the only factor or the first. Raises `ValueError`
    for an unknown measure or factor, or with more than seven lines.
    """
    ax, frame = axes(ax), _rows(sweep, [measure])
    factors = _factors(frame)
    x = _factor(factors, x)
    others = [path for path in factors if path != x]
    scale = scale_of(measure, float(frame["mean"].median()))
    groups = [("", frame)] if not others else [*_groups(frame, others)]
    if len(groups) > _MOST_LINES:
        raise ValueError(
            f"{len(groups)} lines are too many to be told apart; draw a heat_map, or sweep fewer"
        )
    ticks = Ticks(frame[x])
    for number, (name, rows) in enumerate(groups):
        _line(ax, ticks.places(rows[x]), rows, scale.size, number, name)
    ticks.label(ax, short_names(factors)[x], x)
    ax.set_ylabel(scale.label)
    if others:
        legend(ax, 2)
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
    ax, frame = axes(ax), _rows(sweep, told)
    factors = _factors(frame)
    x = _factor(factors, x)
    if len(factors) > 1:
        raise ValueError(f"other factors than {x} are swept; sweep it alone")
    scale = scale_of(told[0], float(frame["mean"].median()))
    ticks = Ticks(frame[x])
    for number, name in enumerate(told):
        rows = frame[frame["measure"] == name]
        _line(ax, ticks.places(rows[x]), rows, scale.size, number, name.rpartition(".")[2])
    ticks.label(ax, short_names(factors)[x], x)
    ax.set_ylabel(scale.label.replace(f"{told[0]}", "time to Available"))
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
    ax, frame = axes(ax), _rows(sweep, [measure])
    factors = _factors(frame)
    if len(factors) != 2:
        raise ValueError(f"a heat map takes two factors; the sweep has {', '.join(factors)}")
    y = _factor(factors, y) if y is not None else None
    x = _factor([path for path in factors if path != y], x)
    y = y or next(path for path in factors if path != x)
    across, up = Ticks(frame[x]), Ticks(frame[y])
    scale = scale_of(measure, float(frame["mean"].median()))
    values = np.full((len(up.texts), len(across.texts)), np.nan)
    values[up.ranks(frame[y]), across.ranks(frame[x])] = frame["mean"].to_numpy(float)
    drawn = ax.pcolormesh(values / scale.size, cmap="cividis", edgecolors="white", linewidth=0.5)
    figure = ax.get_figure()
    assert figure is not None
    figure.colorbar(drawn, ax=ax, label=scale.label)
    if values.size <= _MOST_CELLS:
        middle = np.nanmean([np.nanmin(values), np.nanmax(values)])
        write = form_of(measure)
        for (row, column), value in np.ndenumerate(values):
            if np.isfinite(value):
                ax.text(
                    column + 0.5, row + 0.5, write(float(value)), ha="center", va="center",
                    fontsize="x-small", color="white" if value < middle else "black",
                )  # fmt: skip
    ax.set_xticks(np.arange(len(across.texts)) + 0.5, across.texts)
    ax.set_yticks(np.arange(len(up.texts)) + 0.5, up.texts)
    short = short_names(factors)
    ax.set(xlabel=short[x], ylabel=short[y])
    return ax


def sensitivity(sweep: Swept, measure: str, *, ax: Axes | None = None) -> Axes:
    """Draw what share of a measure's variance each factor brings, alone and in all (Sobol).

    Raises `ValueError` for another design than sobol, an unknown measure, or when there is none.
    """
    indices, ax = sweep.indices, axes(ax)
    if measure not in {*indices["measure"]}:
        raise ValueError(f"the sweep does not tell {measure!r}")
    rows = indices[indices["measure"] == measure].sort_values("total", ascending=False)
    if rows["total"].isna().any():
        raise ValueError(f"{measure} has no indices: {rows['method'].iloc[0]}")
    short = short_names([*rows["path"]])
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
    there = [*frame["measure"].unique()]
    for name in measures:
        if name not in there:
            raise ValueError(f"the sweep does not tell {name!r}; it tells {', '.join(there)}")
    return frame[frame["measure"].isin(measures)]


def _factors(frame: pd.DataFrame) -> list[str]:
    columns = [*frame.columns]
    return [name for name in columns[: columns.index("measure")] if name != "point"]


def _factor(factors: Sequence[str], name: str | None) -> str:
    if name is None:
        return factors[0]
    found = [path for path in factors if path == name or path.endswith(f".{name}")]
    if len(found) != 1:
        raise ValueError(f"there is no factor {name!r}; there are {', '.join(factors)}")
    return found[0]


def _groups(frame: pd.DataFrame, others: list[str]) -> Any:
    short = short_names(others)
    for values, rows in frame.groupby(others, sort=False, dropna=False):
        told = zip(others, values, strict=True)
        yield ", ".join(f"{short[path]} {text_of(value)}" for path, value in told), rows


def _line(ax: Axes, places: Any, rows: pd.DataFrame, size: float, number: int, name: str) -> None:
    order = np.argsort(places, kind="stable")
    at = np.asarray(places)[order]
    mean, low, high = (rows[one].to_numpy(float)[order] / size for one in ("mean", "low", "high"))
    colour = COLOURS[number]
    ax.fill_between(at, low, high, color=colour, alpha=0.2, linewidth=0)
    ax.plot(
        at, mean, color=colour, linestyle=DASHES[number], marker=MARKERS[number], markersize=5,
        label=name or None,
    )  # fmt: skip
