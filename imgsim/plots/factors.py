"""The factors of a sweep as axes show them: numbers at their size, all else side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from numbers import Real
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from imgsim.plots.canvas import unit_of
from imgsim.plots.quantities import wrapped
from imgsim.scenario.oneline import text_of
from imgsim.study.factors import short_names
from imgsim.units import (
    CNY,
    GIB,
    HOUR,
    HOURS_OF_A_MONTH,
    MIB,
    SECOND,
    UnitError,
    parse_bytes,
    parse_data_rate,
    parse_duration,
    parse_money,
    parse_price,
    parse_rate,
    parse_share,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_QUANTITIES: Final[Sequence[tuple[Callable[[object], Any], str, float]]] = (
    (parse_duration, "seconds", SECOND),
    (parse_bytes, "GiB", GIB),
    (parse_data_rate, "MiB/s", MIB),
    (parse_money, "CNY", CNY),
    (parse_price, "CNY/GiB/month", CNY / HOURS_OF_A_MONTH),
    (parse_rate, "per hour", SECOND / HOUR),
    (parse_share, "percent", 0.01),
)
"""What reads a quantity, the unit in which it is shown, and how much that is."""
_MOST_TICKS: Final = 10
_ROOM: Final = 0.06
"""So much of an axis a tick's text takes, at half a page."""
_LINE: Final = 66
"""So many letters stand beside each other below an axis, at half a page."""


class Factor:
    """What is set at each row of a frame by a path: its place on an axis, and its text.

    Numbers and quantities of one kind lie at their size, in ``unit``; other values, also where it
    is not set everywhere, lie side by side in order of appearance.
    """

    def __init__(self, path: str, name: str, values: pd.Series[Any]) -> None:
        self.path = path
        self.name = name
        said = [None if pd.isna(value) else value for value in values]
        each = ["not set" if value is None else _text(value) for value in said]
        numbers, self.unit = _numbers(said)
        self.is_number = numbers is not None
        known = dict.fromkeys(each)
        self.places = np.array(numbers or [[*known].index(text) for text in each], float)
        self._texts = dict(sorted(zip(self.places.tolist(), each, strict=True)))

    @property
    def texts(self) -> list[str]:
        """The different values as texts, in order of their places."""
        return [*self._texts.values()]

    @property
    def ranks(self) -> list[int]:
        """The number of each row's value in that order."""
        order = [*self._texts]
        return [order.index(place) for place in self.places.tolist()]

    def label(self, ax: Axes) -> None:
        """Let the horizontal axis show the values where there is room for them, and their name."""
        where = "" if self.name == self.path else f"  ({self.path})"
        unit = ""
        if not self.is_number or self._has_room:
            ax.set_xticks([*self._texts], beside(self.texts))
        elif self.unit:
            unit = f", {self.unit}"
        if not self.is_number:
            ax.set_xlim(-0.5, len(self._texts) - 0.5)
        ax.set_xlabel(f"{self.name}{unit}{where}")

    @property
    def _has_room(self) -> bool:
        places = np.array([*self._texts])
        gaps = np.diff(places)
        is_wide = len(places) < 2 or gaps.min() >= _ROOM * (places[-1] - places[0])
        return len(places) <= _MOST_TICKS and is_wide


def factors_of(frame: pd.DataFrame, least: int = 1) -> dict[str, Factor]:
    """Return by path the factors of rows of `Sweep.to_frame`: those that vary, if there are enough.

    With fewer than ``least`` of these all are returned.
    """
    columns = [*frame.columns]
    paths = [name for name in columns[: columns.index("measure")] if name != "point"]
    varying = [path for path in paths if len(frame[path].unique()) > 1]
    short = short_names(paths)
    shown = varying if len(varying) >= least else paths
    return {path: Factor(path, short[path], frame[path]) for path in shown}


def factor(factors: dict[str, Factor], name: str | None) -> Factor:
    """Return the factor of a path or of the end of one; None: the first that is a number.

    Raises `ValueError`.
    """
    if name is None:
        there = [*factors.values()]
        return next((one for one in there if one.is_number), there[0])
    found = [path for path in factors if path == name or path.endswith(f".{name}")]
    if len(found) != 1:
        raise ValueError(f"there is no factor {name!r}; there are {', '.join(factors)}")
    return factors[found[0]]


def beside(texts: Sequence[str]) -> list[str]:
    """Return texts in lines so short that all can stand beside each other below an axis."""
    return [wrapped(text, _LINE // len(texts)) for text in texts]


def _numbers(values: Sequence[Any]) -> tuple[list[float] | None, str]:
    """Return values as numbers with their unit; None where they are not all of one kind."""
    if all(isinstance(one, Real) and not isinstance(one, (bool, np.bool_)) for one in values):
        return [float(one) for one in values], ""
    for parse, unit, size in _QUANTITIES:
        try:
            found = [float(parse(one)) / size for one in values]
        except UnitError:
            continue
        if parse is parse_duration:
            fitting, seconds = unit_of(float(np.median(found)))
            return [one / seconds for one in found], fitting
        return found, unit
    return None, ""


def _text(value: Any) -> str:
    is_plain = isinstance(value, (float, np.floating))
    return f"{value:g}" if is_plain else text_of(value.item() if hasattr(value, "item") else value)
