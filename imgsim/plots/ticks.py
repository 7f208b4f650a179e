"""Where the values of a factor stand on an axis."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from imgsim.units import (
    UnitError,
    parse_bytes,
    parse_data_rate,
    parse_duration,
    parse_rate,
    parse_share,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class Ticks:
    """Where the values of a factor stand on an axis: numbers and quantities at their size."""

    def __init__(self, values: pd.Series[Any]) -> None:
        known = {text_of(value): _number(value) for value in values}
        self._are_numbers = all(number is not None for number in known.values())
        if self._are_numbers:
            known = dict(sorted(known.items(), key=lambda one: one[1] or 0.0))
        self.texts = [*known]
        self._places = {
            text: number if self._are_numbers and number is not None else place
            for place, (text, number) in enumerate(known.items())
        }

    def places(self, values: pd.Series[Any]) -> list[float]:
        """Return where values stand on a line."""
        return [self._places[text_of(value)] for value in values]

    def ranks(self, values: pd.Series[Any]) -> list[int]:
        """Return the numbers of values in order of their size."""
        return [self.texts.index(text_of(value)) for value in values]

    def label(self, ax: Axes, name: str, path: str) -> None:
        """Put the values on the horizontal axis."""
        if len(self.texts) <= 10:
            ax.set_xticks([*self._places.values()], self.texts)
        ax.set_xlabel(name if name == path else f"{name}  ({path})")


def text_of(value: Any) -> str:
    """Return how the value of a factor is written."""
    return f"{value:g}" if isinstance(value, float) else str(value)


def _number(value: Any) -> float | None:
    if isinstance(value, (int, float, np.number)) and not isinstance(value, bool):
        return float(value)
    for parse in (parse_duration, parse_bytes, parse_data_rate, parse_rate, parse_share):
        try:
            return float(parse(str(value)))
        except UnitError:
            continue
    return None
