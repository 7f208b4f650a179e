"""Replications of one case, and differences between cases."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Protocol

import numpy as np
import pandas as pd

from imgsim.plots.canvas import BLACK, BLUE, GREY, ORANGE, SKY, axes, legend
from imgsim.plots.quantities import scale_of, whole_numbers
from imgsim.results.written import form_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes


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
    frame, ax = study.replications, axes(ax)
    _demand(measure, study.summary.index)
    ends = study.summary.loc[[measure], ["mean", "low", "high"]].to_numpy(float)
    mean, low, high = ends[0].tolist()
    values = frame[measure].to_numpy(float)
    scale = scale_of(measure, mean)
    bounds = frame.get(f"{measure}.at_least", pd.Series(data=False, index=frame.index))
    is_bound = bounds.to_numpy(bool)
    alpha = 0.9 if len(frame) <= 100 else 0.4
    for some, marker, what in (
        (~is_bound, "o", "replications"),
        (is_bound, "^", "at least, not known at a run's end"),
    ):
        if some.any():
            ax.plot(
                frame["replication"][some], values[some] / scale.size, marker, markersize=4,
                color=SKY, markeredgecolor=BLUE, markeredgewidth=0.4, alpha=alpha, label=what,
            )  # fmt: skip
    if not math.isnan(low + high):
        what = f"{study.confidence * 100:.6g}% interval of the mean"
        ax.axhspan(
            low / scale.size, high / scale.size, color=ORANGE, alpha=0.45, linewidth=0, label=what
        )
    if not math.isnan(mean):
        what = f"mean, {form_of(measure)(mean)}"
        ax.axhline(mean / scale.size, color=BLACK, linewidth=1, label=what)
    ax.set(xlabel="number of the replication", ylabel=scale.label)
    whole_numbers(ax.xaxis)
    legend(ax, 3)
    return ax


def differences(comparison: Compared, measure: str, *, ax: Axes | None = None) -> Axes:
    """Draw how each case differs from the first, replication by replication, beside the margin.

    A bar is the interval of the mean difference, with the word for it; of shares of calls it is
    the difference of the ratios of sums. Raises `ValueError` for an unknown measure.
    """
    ax, table = axes(ax), comparison.table
    _demand(measure, table.index.get_level_values("measure").unique())
    rows = table.loc[measure]
    wide = comparison.replications.pivot_table(
        index="replication", columns="case", values=measure, observed=True
    )
    first = next(case for case in comparison.replications["case"] if case not in rows.index)
    pairs = {case: (wide[case] - wide[first]).dropna().to_numpy() for case in rows.index}
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
    ax.set_yticks(range(len(rows)), [_wrapped(str(case)) for case in rows.index], fontsize="small")
    ax.set_ylim(len(rows) - 0.4, -0.5)
    ax.set(xlabel=f"{scale.label}, less that of {first}", ylabel="case")
    legend(ax, 3)
    return ax


def _demand(measure: str, there: pd.Index) -> None:
    if measure not in there:
        raise ValueError(f"there is no measure {measure!r}; there are {', '.join(there)}")


def _wrapped(name: str, width: int = 22) -> str:
    """Return a long name in lines, broken behind dots and signs of equality."""
    lines = [""]
    for part in name.replace(".", ".\0").replace("=", "=\0").replace(" ", " \0").split("\0"):
        if lines[-1] and len(lines[-1]) + len(part) > width:
            lines.append("")
        lines[-1] += part
    return "\n".join(lines)
