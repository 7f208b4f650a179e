"""The points that a search has looked at, and what was decided there."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, Protocol

import pandas as pd

from imgsim.plots.canvas import BLACK, BLUE, GREY, ORANGE, RED, SKY, axes, legend
from imgsim.plots.quantities import demand_measure, scale_of
from imgsim.results.written import form_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LOOKS: Final = {
    "proved": (BLUE, "o", BLUE),
    "disproved": (RED, "X", "white"),
    "near": (BLACK, "D", SKY),
    "undecided": (ORANGE, "s", ORANGE),
    "no events": (GREY, "v", "white"),
}
"""Colour, marker and its inside, told apart in grey too."""
_MOST_TICKS: Final = 10


class Solved(Protocol):
    """What is drawn of a solution."""

    @property
    def path(self) -> str:
        """What was sought."""

    @property
    def answer(self) -> object:
        """The value that was found, None when there is none."""

    def to_frame(self) -> pd.DataFrame:
        """Return a row for each constraint at each point."""


def solution(solution: Solved, measure: str | None = None, *, ax: Axes | None = None) -> Axes:
    """Draw what a measure is at each value that was looked at, with its bounds, and its limit.

    Colour and marker are the decision on this measure alone; the answer, which keeps all limits, is
    marked. The measure is by default the first that is constrained. Raises `ValueError` for another
    one.
    """
    frame = solution.to_frame()
    there = [*frame["measure"].astype(str).unique()]
    measure = there[0] if measure is None else measure
    demand_measure(measure, there)
    ax = axes(ax)
    rows = frame[frame["measure"] == measure].reset_index(drop=True)
    limit = float(rows["limit"].iloc[0])
    scale = scale_of(measure, max(limit, float(rows["mean"].max())))
    write = form_of(measure)
    texts = rows["value"].astype(str)
    ax.axhline(
        limit / scale.size, color=BLACK, linestyle="--", linewidth=1, label=f"limit, {write(limit)}"
    )
    for decision, (colour, marker, face) in _LOOKS.items():
        mine = rows[(rows["alone"] == decision) & rows["mean"].notna()]
        if mine.empty:
            continue
        mean = mine["mean"] / scale.size
        reach = [
            (mean - mine["low"] / scale.size).fillna(0).clip(lower=0),
            (mine["high"] / scale.size - mean).fillna(0).clip(lower=0),
        ]
        ax.errorbar(
            mine.index, mean, yerr=reach, fmt=marker, color=colour, capsize=4, markersize=8,
            markerfacecolor=face, label=decision,
        )  # fmt: skip
    if solution.answer is not None:
        at = texts.tolist().index(str(solution.answer))
        ax.axvspan(at - 0.4, at + 0.4, color=SKY, alpha=0.25, linewidth=0,
                   label=f"the answer, {solution.answer}")  # fmt: skip
    told = [f"{text}\nn {n}" for text, n in zip(texts, rows["n"], strict=True)]
    step = math.ceil(len(rows) / _MOST_TICKS)
    ax.set_xticks(rows.index[::step], told[::step])
    ax.set_xlim(-0.6, len(rows) - 0.4)
    ax.set(xlabel=solution.path, ylabel=scale.label)
    legend(ax, 4)
    return ax
