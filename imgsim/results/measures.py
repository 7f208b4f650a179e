"""The catalogue of measures: each is one function of a finished run, found by its name.

A name may end in ``@region``: the same measure of one region alone. What a run has not seen the end
of ranks above everything finished: a quantile that it could move is a bound ("at least"), a mean is
not given.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple, Self

import numpy as np

from imgsim.api.rules import RULEBOOK
from imgsim.records.journal import Journal
from imgsim.records.rows import MISSING
from imgsim.results.facts import Facts
from imgsim.results.levels import integral, peak
from imgsim.units import HOUR, SECOND

Array = np.ndarray[Any, Any]


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


def _share(part: int, whole: int) -> Measured:
    return Share(part, whole)


def _mean_seconds(durations: Array) -> Measured:
    if not len(durations):
        return Measured(None)
    return Measured(int(durations.sum()) / len(durations) / SECOND)


def _calls(facts: Facts) -> Measured:
    """Number of calls."""
    return Measured(len(facts.calls))


def _rejection_rate(facts: Facts) -> Measured:
    """Share of calls that were denied."""
    return _share(len(facts.outcome("denied")), len(facts.calls))


def _failure_rate(facts: Facts) -> Measured:
    """Share of accepted calls whose image failed."""
    return _share(
        len(facts.outcome("failed")), len(facts.outcome("available", "failed", "unfinished"))
    )


def _unfinished(facts: Facts) -> Measured:
    """Number of calls whose image was still in the making when the run ended."""
    return Measured(len(facts.outcome("unfinished")))


def _available(facts: Facts) -> Measured:
    """Number of calls whose image became Available."""
    return Measured(len(facts.outcome("available")))


def _throughput(facts: Facts) -> Measured:
    """Images that became Available per hour, from the end of the warm-up to the end of the run."""
    span = facts.end - facts.begin
    return Measured(facts.became_available() * HOUR / span if span > 0 else None)


def _time_to_available_mean(facts: Facts) -> Measured:
    """Mean seconds from call to Available; none when a call is unfinished."""
    if len(facts.outcome("unfinished")):
        return Measured(None)
    done = facts.outcome("available")
    return _mean_seconds(done["ended_at"] - done["arrived_at"])


def _time_to_available(share: float) -> Callable[[Facts], Measured]:
    def quantile(facts: Facts) -> Measured:
        done = facts.outcome("available")
        open_calls = facts.outcome("unfinished")
        times = np.sort(done["ended_at"] - done["arrived_at"])
        whole = len(times) + len(open_calls)
        if not whole:
            return Measured(None)
        rank = max(math.ceil(share * whole), 1)
        if rank <= len(times):
            return Measured(int(times[rank - 1]) / SECOND)
        waited = np.sort(facts.end - open_calls["arrived_at"])
        bound = max(int(waited[rank - len(times) - 1]), int(times[-1]) if len(times) else 0)
        return Measured(bound / SECOND, at_least=True)

    what = "Longest" if share == 1 else f"{share:.0%} quantile of"
    quantile.__doc__ = f"{what} seconds from call to Available (inverse of the empirical function)."
    return quantile


def _stage(column: str, what: str) -> Callable[[Facts], Measured]:
    def mean(facts: Facts) -> Measured:
        if len(facts.outcome("unfinished")):
            return Measured(None)
        times = facts.outcome("available")[column]
        return _mean_seconds(np.where(times == MISSING, 0, times))

    mean.__doc__ = (
        f"Mean seconds of {what}, of images that became Available; 0 where there is none."
    )
    return mean


def _quota_mean(facts: Facts) -> Measured:
    """Mean number of quota slots in use."""
    span = facts.end - facts.begin
    area = integral(*facts.image_level(), facts.begin, facts.end)
    return Measured(area / span if span > 0 else None)


def _quota_peak(facts: Facts) -> Measured:
    """Highest number of quota slots in use."""
    return Measured(peak(*facts.image_level(), facts.begin))


def _slots_mean(facts: Facts) -> Measured:
    """Mean number of busy slots of the snapshot service."""
    span = facts.end - facts.begin
    area = integral(*facts.slot_level(), facts.begin, facts.end)
    return Measured(area / span if span > 0 else None)


def _slots_peak(facts: Facts) -> Measured:
    """Highest number of busy slots of the snapshot service."""
    return Measured(peak(*facts.slot_level(), facts.begin))


def _rejected_by(number: int, name: str) -> Callable[[Facts], Measured]:
    def rate(facts: Facts) -> Measured:
        return _share(int((facts.calls["rule"] == number).sum()), len(facts.calls))

    rate.__doc__ = f"Share of calls that were denied because {name.replace('_', ' ')}."
    return rate


CATALOGUE: Final[Mapping[str, Callable[[Facts], Measured]]] = {
    "calls": _calls,
    "rejection_rate": _rejection_rate,
    **{
        f"rejection_rate.{rule.name}": _rejected_by(number, rule.name)
        for number, rule in enumerate(RULEBOOK)
    },
    "failure_rate": _failure_rate,
    "available": _available,
    "unfinished": _unfinished,
    "throughput_per_h": _throughput,
    "time_to_available.mean": _time_to_available_mean,
    "time_to_available.p50": _time_to_available(0.5),
    "time_to_available.p90": _time_to_available(0.9),
    "time_to_available.p95": _time_to_available(0.95),
    "time_to_available.p99": _time_to_available(0.99),
    "time_to_available.max": _time_to_available(1),
    "turn_wait.mean": _stage("turn_wait", "waiting for the disk's turn"),
    "slot_wait.mean": _stage("slot_wait", "waiting for a slot of the service"),
    "snapshotting.mean": _stage("snapshotting", "set-up and transfer of the last snapshot"),
    "registering.mean": _stage("registering", "registration"),
    "quota_use.mean": _quota_mean,
    "quota_use.peak": _quota_peak,
    "busy_slots.mean": _slots_mean,
    "busy_slots.peak": _slots_peak,
}
"""The measures by name; the first line of each function says what it is, with its unit."""


def fault_of_name(name: str, regions: Iterable[str]) -> str | None:
    """Say what is wrong with the name of a measure, and the nearest one; None when nothing is."""
    base, at, region = name.partition("@")
    places = [*regions]
    if base in CATALOGUE and (not at or region in places):
        return None
    known = [*CATALOGUE, *(f"{each}@{place}" for each in CATALOGUE for place in places)]
    close = difflib.get_close_matches(name, known, n=1)
    return f"there is no measure {name!r}" + (f"; did you mean {close[0]}?" if close else "")


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
        if (what := fault_of_name(name, self._regions)) is not None:
            raise KeyError(what)
        base, _, region = name.partition("@")
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
