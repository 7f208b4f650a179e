"""The catalogue of measures: each is one function of a finished run, found by its name.

Where a measure takes arguments they stand in brackets: ``refused_windows[1d,1%]``. A name may end
in ``@region``: the same measure of one region alone. What a run has not seen the end of ranks above
everything finished: a quantile that it could move is a bound ("at least"), a mean is not given. A
file for each topic; a measure is added in its file alone.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from imgsim.records.journal import Journal
from imgsim.results.facts import Facts
from imgsim.results.measures import calls, in_use, intents, money, states, times, uses, windows
from imgsim.results.measures.measured import Measure, Measured, Parametric

PARAMETRIC: Final[Mapping[str, Parametric]] = {**windows.PARAMETRIC}
"""The measures that take arguments, by the name before the bracket."""

CATALOGUE: Final[Mapping[str, Measure]] = {
    **calls.MEASURES,
    **intents.MEASURES,
    **times.MEASURES,
    **in_use.MEASURES,
    **uses.MEASURES,
    **money.MEASURES,
    **states.MEASURES,
    **{f"{name}[{kind.example}]": kind.of(kind.example) for name, kind in PARAMETRIC.items()},
}
"""The measures by name; the first line of each function says what it is, with its unit.

Of the parametric ones an example stands for all."""


def _found(name: str) -> Measure | None:
    """Return the measure of the name, with its arguments if it takes some."""
    base, bracket, rest = name.partition("[")
    kind = PARAMETRIC.get(base)
    if name in CATALOGUE or kind is None:
        return CATALOGUE.get(name)
    try:
        if not bracket or not rest.endswith("]"):
            raise ValueError("it takes arguments in brackets")
        return kind.of(rest.removesuffix("]"))
    except ValueError as error:
        wanted = f"{base}[{kind.example}]"
        raise KeyError(f"{name!r} is no measure such as {wanted}: {error}") from None


class Measures(Mapping[str, float]):
    """The measures of one run, computed when asked for; NaN where there is none.

    A name that is not in the catalogue raises `KeyError` with the nearest one, and so do arguments
    that its measure does not take.
    """

    def __init__(
        self,
        journal: Journal,
        begin: int,
        end: int,
        quotas: Mapping[str, int],
        *,
        into_hour: int,
        minimum_balance: int,
        instances: Sequence[tuple[str, str, bool]],
    ) -> None:
        self._journal = journal
        self._begin = begin
        self._end = end
        self._quotas = quotas
        self._into_hour = into_hour
        self._minimum_balance = minimum_balance
        self._instances = instances
        self._facts: dict[str | None, Facts] = {}

    def of(self, name: str) -> Measured:
        """Return a measure with the mark of a lower bound."""
        base, at, region = name.partition("@")
        measure = _found(base)
        if measure is None or (at and region not in self._quotas):
            known = [*CATALOGUE, *(f"{each}@{at}" for each in CATALOGUE for at in self._quotas)]
            close = difflib.get_close_matches(name, known, n=1)
            raise KeyError(
                f"there is no measure {name!r}" + (f"; did you mean {close[0]}?" if close else "")
            )
        return measure(self.facts(region or None))

    def facts(self, region: str | None = None) -> Facts:
        """Return what the measures of a region, or of all, are computed from."""
        if region not in self._facts:
            self._facts[region] = Facts(
                self._journal,
                self._begin,
                self._end,
                region,
                quotas=self._quotas,
                into_hour=self._into_hour,
                minimum_balance=self._minimum_balance,
                instances=self._instances,
            )
        return self._facts[region]

    def __getitem__(self, name: str) -> float:
        value = self.of(name).value
        return math.nan if value is None else float(value)

    def __iter__(self) -> Iterator[str]:
        return iter(CATALOGUE)

    def __len__(self) -> int:
        return len(CATALOGUE)
