"""What all plots share: axes, colours that are told apart in grey too, calendar time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLOURS: Final = ("#0072B2", "#E69F00", "#000000", "#009E73", "#CC79A7", "#56B4E9", "#D55E00")
"""The palette of Okabe and Ito ("Color universal design", 2008), neighbours of unlike lightness."""
BLUE, ORANGE, BLACK, GREEN, _, SKY, RED = COLOURS
GREY: Final = "#767676"
"""What is not data: limits, medians, diagonals."""
DASHES: Final = ("-", "--", ":", "-.", (0, (5, 1)), (0, (1, 1)), (0, (3, 1, 1, 1, 1, 1)))
MARKERS: Final = ("o", "s", "^", "D", "v", "P", "X")
"""Lines and points of one colour each; so they are told apart without it."""

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


def legend(ax: Axes, columns: int = 2, **more: Any) -> None:
    """Put the legend above the axes, where it hides no data."""
    ax.legend(
        loc="lower left",
        bbox_to_anchor=(0, 1.01),
        ncols=columns,
        frameon=False,
        borderaxespad=0,
        columnspacing=1.5,
        fontsize="small",
        **more,
    )


def nothing(ax: Axes, what: str) -> Axes:
    """Say in empty axes that there is nothing to draw."""
    from matplotlib.ticker import NullFormatter

    ax.xaxis.set_major_formatter(NullFormatter())
    ax.text(0.5, 0.5, what, transform=ax.transAxes, ha="center", va="center", color=GREY)
    ax.set(xticks=[], yticks=[])
    return ax
