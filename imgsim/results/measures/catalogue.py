"""The catalogue of measures: each is one function of a finished run, found by its name.

A name may end in ``@region``: the same measure of one region alone. What a run has not seen the end
of ranks above everything finished: a quantile that it could move is a bound ("at least"), a mean is
not given. A file for each topic; a measure is added in its file alone.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterator, Mapping
from typing import Final

from imgsim.records.journal import Journal
from imgsim.results.facts import Facts
from imgsim.results.measures import calls, in_use, times
from imgsim.results.measures.measured import Measure, Measured

CATALOGUE: Final[Mapping[str, Measure]] = {
    **calls.MEASURES,
    **times.MEASURES,
    **in_use.MEASURES,
}
"""The measures by name; the first line of each function says what it is, with its unit."""


class Measures(Mapping[str, float]):
    """The measures of one run, computed when asked for; NaN where there is none.

    A name that is not in the catalogue raises `KeyError` with the nearest one.
    """

    def __init__(self, journal: Journal, begin: int, end: int, regions: tuple[str, ...]) -> None:
        self._journal = journal
        self._begin = begin
        self._end = end
        self._regions = regions
        self._facts: dict[str | None, Facts] = {}

    def of(self, name: str) -> Measured:
        """Return a measure with the mark of a lower bound."""
        base, at, region = name.partition("@")
        if base not in CATALOGUE or (at and region not in self._regions):
            known = [*CATALOGUE, *(f"{each}@{at}" for each in CATALOGUE for at in self._regions)]
            close = difflib.get_close_matches(name, known, n=1)
            raise KeyError(
                f"there is no measure {name!r}" + (f"; did you mean {close[0]}?" if close else "")
            )
        return CATALOGUE[base](self.facts(region or None))

    def facts(self, region: str | None = None) -> Facts:
        """Return what the measures of a region, or of all, are computed from."""
        if region not in self._facts:
            self._facts[region] = Facts(self._journal, self._begin, self._end, region)
        return self._facts[region]

    def __getitem__(self, name: str) -> float:
        value = self.of(name).value
        return math.nan if value is None else float(value)

    def __iter__(self) -> Iterator[str]:
        return iter(CATALOGUE)

    def __len__(self) -> int:
        return len(CATALOGUE)
