"""Measures of windows of time, such as nights: the window stands in the name."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Final

import numpy as np

from imgsim.records.rows import CALLS
from imgsim.results.facts import Facts
from imgsim.results.measures.measured import Measure, Measured, Parametric, Share
from imgsim.units import format_duration, format_share, parse_duration, parse_share

_DENIED: Final = CALLS.codes("outcome")["denied"]


def _refused_windows(window: int, threshold: Fraction) -> Measure:
    if window < 1:
        raise ValueError("a window must be longer than 0")

    def refused(facts: Facts) -> Measured:
        calls = facts.calls
        windows, place = np.unique(calls["arrived_at"] // window, return_inverse=True)
        asked = np.bincount(place, minlength=len(windows))
        denied = np.bincount(place[calls["outcome"] == _DENIED], minlength=len(windows))
        limit = threshold.denominator
        return Share(int((denied * limit > asked * threshold.numerator).sum()), len(windows))

    refused.__doc__ = (
        f"Share of windows of {format_duration(window)}, counted from the scenario's start, in "
        f"which more than {format_share(threshold)} of the calls was denied; windows without calls "
        "do not count."
    )
    return refused


PARAMETRIC: Final[Mapping[str, Parametric]] = {
    "refused_windows": Parametric(_refused_windows, (parse_duration, parse_share), "1d,1%"),
}
