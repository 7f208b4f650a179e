"""The catalogue of measures: each is one function of a finished run, found by its name.

Where a measure takes arguments they stand in brackets: ``refused_windows[1d,1%]``. A name may end
in ``@region``: the same measure of one region alone; or, where it tells of intents, calls or uses,
in ``@stream``: of one load stream (a region of that name comes first).

What a run has not seen the end of ranks above everything finished: a quantile that it could move is
a bound ("at least"), a mean is not given. A file for each topic; a measure is added in its file
alone.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from imgsim.records.journal import Journal
from imgsim.results.facts import Facts
from imgsim.results.measures import calls, in_use, intents, money, states, times, uses, windows
from imgsim.results.measures.measured import Kind, Measure, Measured, Parametric
from imgsim.results.setting import Setting

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


_OF_STREAMS: Final = {
    *(*calls.MEASURES, *intents.MEASURES, *times.MEASURES, *uses.MEASURES),
    *PARAMETRIC,
}


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


def about(name: str) -> str:
    """Return the line that says what a measure is, with its unit; raise `KeyError` with a fault."""
    found = _found(name.partition("@")[0])
    if found is None:
        raise KeyError(f"there is no measure {name!r}")
    return (found.__doc__ or "").splitlines()[0]


def kind_of(name: str) -> Kind:
    """Return of which kind a measure is, by what it is about; raise `KeyError` with a fault."""
    line = about(name)
    if "CNY" in line:
        return "amount of money"
    if "seconds" in line.lower():
        return "time"
    return "share" if line.startswith("Share") else "number"


def fault_of_name(name: str, regions: Iterable[str], streams: Iterable[str]) -> str | None:
    """Say what is wrong with the name of a measure, and the nearest one; None when nothing is.

    Raises no error, whatever the name.
    """
    base, at, place = name.partition("@")
    regions, streams = [*regions], [*streams]
    try:
        found = _found(base)
    except KeyError as error:
        return str(error.args[0])
    of_streams = base.partition("[")[0] in _OF_STREAMS
    if found is not None and (not at or place in regions or (place in streams and of_streams)):
        return None
    if found is not None and place in streams:
        return f"{base} is not measured for a load stream, but for regions: {', '.join(regions)}"
    known = [*CATALOGUE, *(f"{each}@{one}" for each in CATALOGUE for one in regions)]
    known += [f"{each}@{one}" for each in _OF_STREAMS for one in streams]
    spelt = {one.lower(): one for one in known}
    close = difflib.get_close_matches(name.lower(), spelt, n=1)
    return f"there is no measure {name!r}" + (f"; did you mean {spelt[close[0]]}?" if close else "")


class Measures(Mapping[str, float]):
    """The measures of one run, computed when asked for; NaN where there is none.

    A name that is not in the catalogue raises `KeyError` with the nearest one, and so do arguments
    that its measure does not take.
    """

    def __init__(self, journal: Journal, setting: Setting) -> None:
        self._journal = journal
        self._setting = setting
        self._facts: dict[str | None, Facts] = {}

    def of(self, name: str) -> Measured:
        """Return a measure with the mark of a lower bound."""
        what = fault_of_name(name, self._setting.quotas, self._setting.streams)
        base, _, place = name.partition("@")
        measure = _found(base) if what is None else None
        if measure is None:
            raise KeyError(what)
        return measure(self.facts(place or None))

    def facts(self, place: str | None = None) -> Facts:
        """Return what the measures of a region, of a load stream, or of all are computed from."""
        if place not in self._facts:
            self._facts[place] = Facts(self._journal, self._setting, place)
        return self._facts[place]

    def __getitem__(self, name: str) -> float:
        value = self.of(name).value
        return math.nan if value is None else float(value)

    def __iter__(self) -> Iterator[str]:
        return iter(CATALOGUE)

    def __len__(self) -> int:
        return len(CATALOGUE)
