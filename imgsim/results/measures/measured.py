"""What a measure gives, and the arithmetic that several of them share."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Literal, NamedTuple, Self

import numpy as np

from imgsim.results.facts import Facts
from imgsim.units import SECOND

Array = np.ndarray[Any, Any]
Kind = Literal["number", "share", "time", "amount of money"]
"""Of what a measure tells; times are told in seconds, amounts of money in CNY."""


class Measured(NamedTuple):
    """A measure's value, or None when there is none; ``at_least`` marks a lower bound."""

    value: float | None
    at_least: bool = False


class Share(Measured):
    """A measure that is ``part`` of ``whole`` things, so that several runs can be added up."""

    part: float
    whole: float

    def __new__(cls, part: float, whole: float) -> Self:
        """Return the share, without a value where the whole is nothing."""
        self = super().__new__(cls, part / whole if whole else None)
        self.part, self.whole = part, whole
        return self

    def __reduce__(self) -> tuple[type[Share], tuple[float, float]]:
        return Share, (self.part, self.whole)


Measure = Callable[[Facts], Measured]
"""A function of the facts of a run; the first line of its docstring says what it measures."""


Times = Callable[[Facts], tuple[Array, Array]]
"""A function of the facts of a run: the times that came to their end, and how long the others have
lasted when the run ends; in microseconds."""


class Parametric(NamedTuple):
    """Measures of one kind with arguments in brackets, such as ``refused_windows[1d,1%]``."""

    make: Callable[..., Measure]
    readers: tuple[Callable[[object], Any], ...]
    """What reads each argument from its text."""
    example: str
    """Arguments that stand in the catalogue."""

    def of(self, arguments: str) -> Measure:
        """Return the measure with these arguments; raise `ValueError` when they are none."""
        texts = [text.strip() for text in arguments.split(",")]
        if len(texts) != len(self.readers):
            raise ValueError(f"it takes {len(self.readers)} arguments, not {len(texts)}")
        return self.make(*(read(text) for read, text in zip(self.readers, texts, strict=True)))


def ratio(part: int, whole: int) -> Measured:
    """Return how much of the one there is for each of the other, or nothing when there is none."""
    return Measured(part / whole if whole else None)


def mean_seconds(durations: Array) -> Measured:
    """Return the mean of durations (microseconds) in seconds, or nothing when there are none."""
    if not len(durations):
        return Measured(None)
    return Measured(int(durations.sum()) / len(durations) / SECOND)


def quantile_seconds(share: float, times: Array, waited: Array) -> Measured:
    """Return a quantile of times (microseconds) in seconds: the inverse of the empirical function.

    ``waited`` tells how long those have lasted that are not at their end: they rank above all
    others, so that a quantile among them is a bound.
    """
    whole = len(times) + len(waited)
    if not whole:
        return Measured(None)
    rank = max(math.ceil(share * whole), 1)
    times = np.sort(times)
    if rank <= len(times):
        return Measured(int(times[rank - 1]) / SECOND)
    bound = int(np.sort(waited)[rank - len(times) - 1])
    return Measured(max(bound, int(times.max(initial=0))) / SECOND, at_least=True)


def measures_of_times(name: str, what: str, times: Times, *quantiles: float) -> dict[str, Measure]:
    """Return the measures of some times by name: ``NAME.mean``, ``NAME.p95`` ..., ``NAME.max``."""

    def mean(facts: Facts) -> Measured:
        ended, lasting = times(facts)
        return Measured(None) if len(lasting) else mean_seconds(ended)

    mean.__doc__ = f"Mean seconds {what}; none when an end is still to come."
    made: dict[str, Measure] = {f"{name}.mean": mean}
    for share in quantiles:
        made[f"{name}.p{share * 100:.0f}"] = _quantile(share, what, times)
    return made | {f"{name}.max": _quantile(1, what, times)}


def _quantile(share: float, what: str, times: Times) -> Measure:
    def quantile(facts: Facts) -> Measured:
        return quantile_seconds(share, *times(facts))

    which = "Longest" if share == 1 else f"{share:.0%} quantile of"
    quantile.__doc__ = f"{which} seconds {what}."
    return quantile
