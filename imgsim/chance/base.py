"""What every kind of distribution offers, and what all of them are made with."""

from __future__ import annotations

from typing import Any, Final, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

Q = TypeVar("Q", int, float)
Q_co = TypeVar("Q_co", covariant=True)
Floats = NDArray[np.floating[Any]]

STRICT: Final = {"extra": "forbid", "use_attribute_docstrings": True}


class Distribution(Protocol[Q_co]):
    """What every kind offers; no value is negative."""

    @property
    def average(self) -> float:
        """The exact mean, in the distribution's unit (microseconds for durations)."""

    def quantile(self, u: Floats) -> Floats:
        """Return the quantiles at ``u``, any shape, values inside (0, 1)."""

    def cdf(self, x: Floats) -> Floats:
        """Return the probabilities of ``x`` or less, any shape, infinity included."""

    def mean_to(self, x: Floats) -> Floats:
        """Return what values of ``x`` or less contribute to the mean: all of it at infinity."""


def demand(holds: bool, what: str) -> None:
    """Raise ValueError, saying what would be right, unless it holds."""
    if not holds:
        raise ValueError(what)
