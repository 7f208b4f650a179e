"""Replications of one case, and differences between cases."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np
import pandas as pd

from imgsim.plots.canvas import BLACK, BLUE, GREY, ORANGE, SKY, axes, legend
from imgsim.plots.quantities import demand_measure, scale_of, whole_numbers, wrapped
from imgsim.results.written import form_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_NAME: Final = 22
"""So many letters of a case's name stand beside an axis."""


class Replicated(Protocol):
    """What is drawn of a study."""

    confidence: float
    replications: pd.DataFrame
    summary: pd.DataFrame


class Compared(Protocol):
    """What is drawn of a comparison."""

    @property
    def replications(self) -> pd.DataFrame:
        """A row for each case and replication."""

    @property
    def table(self) -> pd.DataFrame:
        """A row for each measure and case."""


def replications(study: Replicated, measure: str, *, ax: Axes | None = None) -> Axes:
    """Draw a measure of each replication, their mean, and its interval.

    Values that are only lower bounds point upwards. Raises `ValueError` for an unknown measure.
    """
    demand_measure(measure, study.summary.index)
    frame, ax = study.replications, axes(ax)
    ends = study.summary.loc[[measure], ["mean", "low", "high"]].to_numpy(float)
    mean, low, high = ends[0].tolist()
    values = frame[measure].to_numpy(float)
    scale = scale_of(measure, mean)
    is_bound = _are_bounds(frame, measure)
    alpha = 0.9 if len(frame) <= 100 else 0.4
    for some, marker, face, what in (
        (~is_bound, "o", SKY, "replications"),
        (is_bound, "^", "none", "at least, not known at a run's end"),
    ):
        if some.any():
            ax.plot(
                frame["replication"][some], values[some] / scale.size, marker, markersize=4,
                color=face, markeredgecolor=BLUE, markeredgewidth=0.6, alpha=alpha, label=what,
            )  # fmt: skip
    if not math.isnan(low + high):
        what = f"{study.confidence * 100:.6g}% interval of the mean"
        ax.axhspan(
            low / scale.size, high / scale.size, color=ORANGE, alpha=0.45, linewidth=0, label=what
        )
    if not math.isnan(mean):
        least = "at least " if study.summary.loc[measure, "at_least"] else ""
        what = f"mean, {least}{form_of(measure)(mean)}"
        ax.axhline(mean / scale.size, color=BLACK, linewidth=1, label=what)
    ax.set(xlabel="number of the replication", ylabel=scale.label)
    whole_numbers(ax.xaxis)
    legend(ax, 3)
    return ax


def differences(comparison: Compared, measure: str, *, ax: Axes | None = None) -> Axes:
    """Draw how each case differs from the first, replication by replication, beside the margin.

    A bar is the interval of the mean difference, with the word for it; of shares of calls it is
    the difference of the ratios of sums. Pairs with a value that is only a lower bound are left
    out. Raises `ValueError` for an unknown measure.
    """
    table, frame = comparison.table, comparison.replications
    demand_measure(measure, table.index.get_level_values("measure").unique())
    rows, ax = table.loc[measure], axes(ax)
    first = next(case for case in frame["case"] if case not in rows.index)
    known = frame.assign(value=frame[measure].mask(_are_bounds(frame, measure)))
    values = {
        case: some.set_index("replication")["value"]
        for case, some in known.groupby("case", sort=False)
    }
    pairs = {case: (values[case] - values[first]).dropna().to_numpy(float) for case in rows.index}
    scale = scale_of(measure, float(rows["difference"].abs().max()))
    margin = float(rows["margin"].iloc[0]) / scale.size
    ax.axvspan(-margin, margin, color=GREY, alpha=0.25, linewidth=0, label="does not matter")
    ax.axvline(0, color=GREY, linewidth=1)
    for place, (case, row) in enumerate(rows.iterrows()):
        each = pairs[case] / scale.size
        spread = np.linspace(0.12, 0.34, len(each)) if len(each) > 1 else np.array([0.2])
        ax.plot(each, place + spread, "o", markersize=3, color=SKY, markeredgewidth=0,
                label=None if place else "each replication")  # fmt: skip
        if pd.notna(row["difference"]):
            mean, low, high = (row[one] / scale.size for one in ("difference", "low", "high"))
            ax.errorbar(
                mean, place, xerr=[[mean - low], [high - mean]], fmt="s", color=BLUE, capsize=4,
                label=None if place else "mean and its interval",
            )  # fmt: skip
        ax.annotate(
            str(row["word"]), (0.99, place - 0.18), xycoords=("axes fraction", "data"), ha="right",
            va="center", fontsize="small",
        )  # fmt: skip
    ax.set_yticks(
        range(len(rows)), [wrapped(str(case), _NAME) for case in rows.index], fontsize="small"
    )
    ax.set_ylim(len(rows) - 0.4, -0.5)
    ax.set(xlabel=f"{scale.label}, less that of {first}", ylabel="case")
    legend(ax, 3)
    return ax


def _are_bounds(frame: pd.DataFrame, measure: str) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Say of each replication whether the measure is only a lower bound."""
    none = pd.Series(data=False, index=frame.index)
    return frame.get(f"{measure}.at_least", none).fillna(value=False).to_numpy(bool)
