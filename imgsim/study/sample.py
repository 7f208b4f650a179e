"""One measure over the replications of a case."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from imgsim.results.measures import Measured, Share

Floats = NDArray[np.float64]


class Sample(NamedTuple):
    """The values of a measure by replication, NaN where there is none; bounds are marked.

    Of a share, ``parts`` and ``wholes`` are there too.
    """

    name: str
    column: Floats
    at_least: NDArray[np.bool_]
    parts: Floats | None
    wholes: Floats | None

    def first(self, n: int) -> Sample:
        """Return the sample of the first n replications."""
        parts, wholes = (None if one is None else one[:n] for one in (self.parts, self.wholes))
        return Sample(self.name, self.column[:n], self.at_least[:n], parts, wholes)


def samples(measured: Sequence[dict[str, Measured]]) -> dict[str, Sample]:
    """Return the samples by name of the measure, of the measures of each replication."""
    names = dict.fromkeys(name for one in measured for name in one)
    return {name: _sample(name, [one.get(name) for one in measured]) for name in names}


def _sample(name: str, column: Sequence[Measured | None]) -> Sample:
    values = _floats(None if one is None else one.value for one in column)
    at_least = np.array([one is not None and one.at_least for one in column], bool)
    shares = [one for one in column if isinstance(one, Share)]
    if not column or len(shares) < len(column):
        return Sample(name, values, at_least, None, None)
    parts, wholes = (_floats(getattr(one, what) for one in shares) for what in ("part", "whole"))
    return Sample(name, values, at_least, parts, wholes)


def _floats(values: Any) -> Floats:
    return np.array([np.nan if value is None else value for value in values], np.float64)
