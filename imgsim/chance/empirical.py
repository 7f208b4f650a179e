"""A distribution of values seen, written in the scenario or read from a column of a data file."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Generic

import numpy as np

from imgsim.chance.base import STRICT, Floats, Q, demand
from imgsim.chance.column import DataColumn
from imgsim.fields import DataFile


@dataclass(frozen=True)
class Empirical(Generic[Q]):
    """One of the values seen, each as likely as it was frequent. Give values, or file and column.

    The numbers in a file's column are seconds where durations are asked for, else plain numbers.
    """

    __pydantic_config__ = STRICT
    values: tuple[Q, ...] | None = None
    """The values seen, in any order."""
    file: DataFile | None = None
    """Path of a CSV or Parquet file, from the scenario file's folder; with column."""
    column: DataColumn[Q] | None = None
    """Column of the file that holds the values: seconds for durations, numbers alone; with file."""

    def __post_init__(self) -> None:
        given = [field is not None for field in (self.values, self.file, self.column)]
        demand(
            given in ([True, False, False], [False, True, True]), "give values, or file and column"
        )
        demand(len(self._sorted) > 0, "values must not be empty")
        demand(self._sorted[0] >= 0, "values must not be negative")

    @cached_property
    def _sorted(self) -> Floats:
        if self.file is not None and self.column is not None:
            return np.sort(self.column.read(self.file))
        return np.sort(np.asarray(self.values, dtype=np.float64))

    @cached_property
    def _sums(self) -> Floats:
        return np.concatenate([[0.0], np.cumsum(self._sorted)])

    @property
    def average(self) -> float:
        """The mean of the values."""
        return math.fsum(self._sorted) / len(self._sorted)

    def quantile(self, u: Floats) -> Floats:
        """Return the quantiles at ``u``: the inverse of the empirical distribution function."""
        values = self._sorted
        return values[np.minimum((u * len(values)).astype(np.int64), len(values) - 1)]

    def cdf(self, x: Floats) -> Floats:
        """Return the shares of values of ``x`` or less."""
        return np.searchsorted(self._sorted, x, side="right") / len(self._sorted)

    def mean_to(self, x: Floats) -> Floats:
        """Return what values of ``x`` or less contribute to the mean."""
        return self._sums[np.searchsorted(self._sorted, x, side="right")] / len(self._sorted)
