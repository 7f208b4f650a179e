"""What all plots share: axes, colours told apart by all eyes and in grey, and calendar time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLOURS: Final = ("#0072B2", "#E69F00", "#000000", "#009E73", "#CC79A7", "#56B4E9", "#D55E00")
"""The palette of Okabe and Ito ("Color universal design", 2008), neighbours of unlike lightness."""
BLUE, ORANGE, BLACK, GREEN, PINK, SKY, RED = COLOURS
GREY: Final = "#999999"
"""What is not data: limits, medians, diagonals."""
DASHES: Final = ("-", "--", ":", "-.", (0, (5, 1)), (0, (1, 1)), (0, (3, 1, 1, 1, 1, 1)))
MARKERS: Final = ("o", "s", "^", "D", "v", "P", "X")
HATCHES: Final = ("", "//", "..", "\\\\", "xx", "--", "++")
"""Lines, points and areas of one colour each; so they are told apart without it."""

_UNITS: Final = (("days", 86_400.0), ("hours", 3600.0), ("minutes", 60.0), ("seconds", 1.0))


def axes(ax: Axes | None) -> Axes:
    """Return the axes that are given, else those of a new figure of pyplot; without a box."""
    if ax is None:
        from matplotlib import pyplot as plt

        _, ax = plt.subplots(figsize=(7, 3.6), layout="constrained")
    ax.spines[["top", "right"]].set_visible(False)
    return ax


def unit_of(seconds: float) -> tuple[str, float]:
    """Return the unit in which a typical time is best told, and its seconds."""
    return next((one for one in _UNITS if seconds >= 2 * one[1]), ("milliseconds", 0.001))


def calendar(ax: Axes) -> None:
    """Let the horizontal axis show calendar time, in UTC as all timestamps of the tables."""
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

    locator = AutoDateLocator(minticks=3, maxticks=8)
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(ConciseDateFormatter(locator))
    ax.set_xlabel("time, UTC")
