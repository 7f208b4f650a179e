"""Arrivals that come at regular times: by a cron schedule, or in equal bursts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any, Final

import numpy as np

from imgsim.chance.streams import Chance
from imgsim.fitting.blocks import number
from imgsim.fitting.instants import Arrivals, Whole, at, midnight
from imgsim.units import MINUTE, SECOND, format_duration, microseconds_between
from imgsim.workload.patterns import Cron

_FEWEST_BURSTS: Final = 4
_EVEN: Final = 0.02
"""Distances are regular when they differ by no more than such a part of them."""
_APART: Final = 5.0


def cron(arrivals: Arrivals) -> Mapping[str, Any] | None:
    """Return the schedule that has exactly these minutes, one call each, or None."""
    if arrivals.since is None:
        return None
    day = midnight(arrivals.since)
    minutes = (arrivals.micros + microseconds_between(day, arrivals.since)) // MINUTE
    if len(np.unique(minutes)) < len(minutes):
        return None
    weekdays = (minutes // 1440 + day.isoweekday()) % 7
    for schedule, times in _schedules(minutes, weekdays):
        if len(minutes) >= 2 * times and _same(arrivals, schedule, minutes):
            return {"cron": {"schedule": schedule}}
    return None


def _schedules(minutes: Whole, weekdays: Whole) -> Iterator[tuple[str, int]]:
    """Yield schedules to try, with how many different times each has."""
    of_hour, of_day = np.unique(minutes % 60), np.unique(minutes // 60 % 24)
    days = np.unique(weekdays)
    step = 60 // len(of_hour)
    each = np.array_equal(of_hour, np.arange(0, 60, step)) and len(of_hour) > 1
    minute = (f"*/{step}" if step > 1 else "*") if each else _listed(of_hour)
    yield f"{minute} * * * *", len(of_hour)
    yield f"{minute} {_listed(of_day)} * * *", len(of_hour) * len(of_day)
    yield (
        f"{minute} {_listed(of_day)} * * {_listed(days)}",
        len(of_hour) * len(of_day) * len(days),
    )


def _listed(values: Whole) -> str:
    return ",".join(map(str, values.tolist()))


def _same(arrivals: Arrivals, schedule: str, minutes: Whole) -> bool:
    """Return whether the schedule has these minutes, and no others between them."""
    assert arrivals.since is not None
    day = midnight(arrivals.since)
    begin = day + timedelta(minutes=int(minutes[0]))
    horizon = int(minutes[-1] - minutes[0] + 1) * MINUTE
    due = Cron(schedule).arrival_times(Chance(0, 0), "", begin, horizon)
    wanted = ((minutes - minutes[0]) * MINUTE).tolist()
    return all(one == other for one, other in _paired(wanted, due))


def _paired(wanted: list[int], due: Iterator[int]) -> Iterator[tuple[int | None, int | None]]:
    for one in wanted:
        yield one, next(due, None)
    yield None, next(due, None)


def bursts(arrivals: Arrivals) -> Mapping[str, Any] | None:
    """Return equal bursts at equal distances that have these arrivals, or None.

    Their begin counts from the begin of the first day, or from where the seconds do.
    """
    micros = arrivals.micros
    gaps = np.diff(micros)
    ranked = np.sort(gaps)
    jumps = ranked[1:] / np.maximum(ranked[:-1], 1)
    place = int(np.argmax(jumps)) if len(jumps) else 0
    within = ranked[place] if len(jumps) and jumps[place] >= _APART else -1
    groups = np.split(micros, np.flatnonzero(gaps > within) + 1)
    begins = np.array([group[0] for group in groups])
    calls, *others = {len(group) for group in groups}
    if others or len(groups) < _FEWEST_BURSTS:
        return None
    apart = np.diff(begins)
    if np.ptp(apart) > 2 * _EVEN * np.median(apart):
        return None
    origin = (
        0
        if arrivals.since is None
        else -microseconds_between(midnight(at(arrivals, int(micros[0]))), arrivals.since)
    )
    over = {} if calls == 1 else _over(np.stack([group - group[0] for group in groups]), calls)
    begin = max(0, int(micros[0]) - origin)
    return {"burst": {"calls": calls, "at": _neat(begin), **over, "every": _neat(_period(begins))}}


def _period(begins: Whole) -> int:
    return round(float(np.polyfit(np.arange(len(begins)), begins - begins[0], 1)[0]))


def _over(offsets: Whole, calls: int) -> dict[str, Any]:
    """Return the while of a burst, and how the calls lie in it."""
    longest = int(offsets[:, -1].max())
    if longest < SECOND:
        return {}
    even = np.median(offsets[:, -1]) * np.arange(calls) / (calls - 1)
    if np.abs(offsets - even).max() <= _EVEN * longest:
        return {"over": _neat(longest * calls / (calls - 1))}
    return {"over": _neat(longest * (calls + 1) / (calls - 1)), "spread": "random"}


def _neat(micros: float) -> str:
    """Write a time with four digits, whole minutes where it is within a fiftieth of one."""
    whole = round(micros / MINUTE) * MINUTE
    if whole and abs(micros - whole) <= _EVEN * MINUTE:
        return format_duration(whole)
    return format_duration(round(number(micros / SECOND) * SECOND))
