"""How large a scenario may be, so that it is refused before it fills the memory or the calendar."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Final

from imgsim.chance.streams import Chance
from imgsim.processes.registry import PROCESSES
from imgsim.scenario.naming import Fault
from imgsim.scenario.spec import Scenario, Stream
from imgsim.units import DAY, microseconds_between
from imgsim.workload.burst import Burst
from imgsim.workload.patterns import ClosedLoop, OpenPattern, Trace
from imgsim.workload.selection import Selection

MOST_THINGS: Final = 1_000_000
"""Instances, and snapshots and images that are there from the beginning, of a scenario."""
MOST_CALLS: Final = 50_000_000
"""Calls of a scenario; each takes some 200 bytes until the tables are written."""
_LONGEST: Final = 36_525 * DAY
_END_OF_CALENDAR: Final = datetime(9900, 1, 1, tzinfo=UTC)
"""Before what looks for a next time, such as 29 February, leaves the calendar."""
_ARRIVALS: Final = 2_000
"""Arrivals from which the number of others is estimated."""


def faults(scenario: Scenario) -> Iterator[Fault]:
    """Yield in what a scenario is too large; call it before anything is laid out."""
    wrong = list(_of_world(scenario))
    yield from wrong
    if not wrong:
        yield from _calls(scenario)
        yield from _occasions(scenario)


def _of_world(scenario: Scenario) -> Iterator[Fault]:
    counts = [1 if instance.count is None else instance.count for instance in scenario.instances]
    yield from _things("instances", counts)
    yield from _things("snapshots", (snapshot.count for snapshot in scenario.snapshots))
    yield from _things("images", (image.count for image in scenario.images))
    horizon, drain = scenario.run.horizon or 0, scenario.run.drain
    for key, duration in (("horizon", horizon), ("drain", drain)):
        if duration > _LONGEST:
            yield Fault(("run", key), f"{key} must be at most {_LONGEST // DAY}d (a century)")
            return
    left = microseconds_between(scenario.start, _END_OF_CALENDAR)
    if left <= horizon + drain:
        what = "with its horizon and its drain the run would last beyond the year 9899"
        yield Fault(("start",), what)
    for name, stream in scenario.load.items() if scenario.run.horizon is None else ():
        pattern = stream.arrivals
        if isinstance(pattern, Trace) and pattern.last(scenario.start) + drain >= left:
            what = "the trace goes on beyond the year 9899; give a horizon, such as horizon: 24h"
            yield Fault(("load", name, "arrivals"), what)


def _things(kind: str, counts: Iterable[int]) -> Iterator[Fault]:
    total = 0
    for index, count in enumerate(counts):
        total += count
        if total > MOST_THINGS:
            what = f"more than {MOST_THINGS} {kind} with those before; that is the most"
            yield Fault((kind, index), what)
            return


def _calls(scenario: Scenario) -> Iterator[Fault]:
    total = 0.0
    for name, stream in scenario.load.items():
        total += _calls_of(scenario, name, stream)
        if total > MOST_CALLS:
            yield Fault(
                ("load", name, "arrivals"),
                f"some {total:.2g} calls with those before; a run holds {MOST_CALLS} at most",
            )
            return


def _occasions(scenario: Scenario) -> Iterator[Fault]:
    """Yield the processes that have more to do than a run may have calls."""
    span = scenario.run.drain if scenario.run.horizon is None else scenario.run.horizon
    for name, process in scenario.processes.items():
        fields = vars(process)
        pattern, field = fields.get("when"), "when"
        if isinstance(pattern, OpenPattern):
            times = _arrivals(scenario, name, pattern, span)
        elif fields.get("up") is not None:
            times = span / max(1, fields["up"].average + fields["lasts"].average)
            field = "up"
        else:
            continue
        each = [v for v in fields.values() if isinstance(v, Selection)]
        total = times * max((_selected(scenario, choice) for choice in each), default=1)
        if total > MOST_CALLS:
            what = f"happens some {total:.2g} times; in a run it can {MOST_CALLS} times at most"
            kind = next(kind for kind, made in PROCESSES.items() if made is type(process))
            yield Fault(("processes", name, kind, field), what)


def _calls_of(scenario: Scenario, name: str, stream: Stream) -> float:
    pattern, horizon = stream.arrivals, scenario.run.horizon
    if isinstance(pattern, ClosedLoop):
        return float(pattern.calls or 0)
    if not stream.scale:
        return 0.0
    width = max((_width(scenario, stream, number) for number in range(len(stream.mix))), default=1)
    if isinstance(pattern, Trace):
        return pattern.calls * stream.scale * width
    return width * _arrivals(scenario, name, pattern, horizon, stream.scale)


def _arrivals(
    scenario: Scenario, name: str, pattern: OpenPattern, span: int | None, scale: float = 1.0
) -> float:
    """Return how often a pattern comes in a time, some of it estimated; 0 if it has no end."""
    if isinstance(pattern, Burst):
        bursts = 1.0 if pattern.every is None else float(pattern.times or math.inf)
        if span is not None and pattern.every is not None:
            bursts = min(bursts, max(0, span - pattern.at) / pattern.every + 1)
        return 0.0 if math.isinf(bursts) else bursts * pattern.calls * scale
    if span is None:
        return 0.0
    chance = Chance(scenario.run.seed, 0)
    times = pattern.arrival_times(chance, name, scenario.start, span, scale)
    first = list(islice(times, _ARRIVALS))
    whole = len(first) < _ARRIVALS
    return len(first) if whole else len(first) * span / max(1, first[-1])


def _width(scenario: Scenario, stream: Stream, number: int) -> int:
    """Return how many calls an arrival makes that asks so."""
    choice = stream.mix[number].instances or stream.mix[number].snapshots
    if choice is None or choice.choose != "each":
        return 1
    return _selected(scenario, choice)


def _selected(scenario: Scenario, choice: Selection) -> int:
    if choice.group is None:
        return len(choice.ids)
    return sum(i.count or 0 for i in scenario.instances if i.group == choice.group)
