"""The points that a search has looked at, and what was decided there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

import pandas as pd

from imgsim.plots.canvas import BLACK, BLUE, GREY, ORANGE, RED, SKY, axes, legend
from imgsim.plots.quantities import scale_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LOOKS: Final = {
    "proved": (BLUE, "o"),
    "disproved": (RED, "X"),
    "near": (SKY, "D"),
    "undecided": (ORANGE, "s"),
    "no events": (GREY, "v"),
}


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

    Colour and marker are the decision on the value; the answer is marked. The measure is by default
    the first that is constrained. Raises `ValueError` for another one.
    """
    ax, frame = axes(ax), solution.to_frame()
    there = [*frame["measure"].astype(str).unique()]
    measure = there[0] if measure is None else measure
    if measure not in there:
        raise ValueError(f"{measure!r} is not constrained; {', '.join(there)} is")
    rows = frame[frame["measure"] == measure].reset_index(drop=True)
    limit = float(rows["limit"].iloc[0])
    scale = scale_of(measure, max(limit, float(rows["mean"].max())))
    texts = rows["value"].astype(str)
    ax.axhline(limit / scale.size, color=BLACK, linestyle="--", linewidth=1, label="limit")
    for decision, (colour, marker) in _LOOKS.items():
        mine = rows[(rows["decision"] == decision) & rows["mean"].notna()]
        if mine.empty:
            continue
        mean = mine["mean"] / scale.size
        reach = [
            (mean - mine["low"] / scale.size).fillna(0).clip(lower=0),
            (mine["high"] / scale.size - mean).fillna(0).clip(lower=0),
        ]
        ax.errorbar(
            mine.index, mean, yerr=reach, fmt=marker, color=colour, capsize=4, label=decision
        )
    if solution.answer is not None:
        at = texts.tolist().index(str(solution.answer))
        ax.axvspan(at - 0.4, at + 0.4, color=SKY, alpha=0.25, linewidth=0, label="the answer")
    ax.set_xticks(rows.index, [f"{text}\nn {n}" for text, n in zip(texts, rows["n"], strict=True)])
    ax.set_xlim(-0.6, len(rows) - 0.4)
    ax.set(xlabel=solution.path, ylabel=scale.label)
    legend(ax, 4)
    return ax
