"""Measured against fitted durations, quantile by quantile."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from imgsim.fitting.durations import Candidate, DurationFit, seconds
from imgsim.fitting.likelihood import CONFIDENCE
from imgsim.plots.canvas import BLUE, GREY, RED, axes, unit_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_POINTS: Final = 200
_DRAWS: Final = 400


def qq(fit: DurationFit, candidate: Candidate | None = None, *, ax: Axes | None = None) -> Axes:
    """Draw quantiles measured against those of a candidate, by default of the best.

    With lower bounds the measured ones are by Kaplan and Meier, as far as these reach. The band
    holds 90 % of what the candidate itself would show at each quantile, seen as the log was.
    """
    ax = axes(ax)
    shown = candidate or fit.best or fit.candidates[0]
    u = (np.arange(count := min(len(fit.sample), _POINTS)) + 0.5) / count
    measured = fit.sample.quantiles(u)
    u, measured = u[~np.isnan(measured)], measured[~np.isnan(measured)]
    fitted = seconds(shown.distribution, u)
    low, high = _band(fit, shown, u)
    unit, size = unit_of(float(np.median(measured)))
    ax.fill_between(
        fitted / size, low / size, high / size, color=GREY, alpha=0.3, lw=0,
        label="90 % of what the fit would show",
    )  # fmt: skip
    ends = np.array([fitted[0], fitted[-1]]) / size
    ax.plot(ends, ends, color=GREY, lw=1.2, label="equal")
    ax.plot(
        fitted / size, measured / size, "o", ms=4, mew=0, alpha=0.8,
        color=BLUE if shown.fits else RED, label="measured",
    )  # fmt: skip
    word = "fits" if shown.fits else "does not fit"
    ax.set_title(f"{shown.name} {word} (p = {shown.p:.2g})", loc="left")
    ax.set_xlabel(f"duration by the fit, {unit}")
    ax.set_ylabel(f"measured duration, {unit}")
    ax.legend(loc="upper left", frameon=False)
    return ax


def _band(
    fit: DurationFit, shown: Candidate, u: np.ndarray[tuple[int], np.dtype[np.float64]]
) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    sample = fit.sample.some(5000, rng)
    drawn = seconds(shown.distribution, rng.random((_DRAWS, len(sample))))
    like = sample.like(drawn, rng)
    each = [
        type(sample)(values, seen).quantiles(u)
        for values, seen in zip(like.values, like.seen, strict=True)
    ]
    ends = [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2]
    low, high = np.nanquantile(each, ends, axis=0)
    return low, high
