"""Does the load fit the snapshot service? A warning with the numbers where it does not."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Final

from imgsim.chance.streams import Chance
from imgsim.processes.service import ServiceSpec
from imgsim.scenario.spec import Scenario
from imgsim.scenario.things import Instance
from imgsim.units import HOUR, MIB, MINUTE, SECOND, format_duration
from imgsim.workload.mix import Ask
from imgsim.workload.patterns import ClosedLoop, OpenPattern

_ARRIVALS: Final = 2_000
"""Arrivals from which the rate of a stream is taken."""


def warnings(scenario: Scenario) -> Iterator[str]:
    """Yield a sentence for each region whose snapshots are asked for faster than they are made.

    Offered load is the rate of the streams (that of their first 2,000 arrivals) x the mean work of
    the snapshots that each arrival asks for; it is held against slots or bandwidth. Incremental
    snapshots count at the age that they have in the long run. Denials are left out of account,
    and so is a load that ends by itself in a run without a horizon.
    """
    rates = {
        name: _rate(scenario, name, stream.arrivals, stream.scale)
        for name, stream in scenario.load.items()
        if not isinstance(stream.arrivals, ClosedLoop)
        and (scenario.run.horizon is not None or not stream.arrivals.bounded)
    }
    for id, region in scenario.regions.items():
        service = region.snapshot_service
        limit = _limit(service)
        if limit is None:
            continue
        unit = "busy slots" if service.bandwidth is None else "MiB/s"
        offered = math.fsum(
            _work(scenario, ask, rate * ask.weight / _weight(scenario, name), id)
            for name, rate in rates.items()
            for ask in scenario.load[name].mix
        )
        if offered > limit:
            passes = f"after {_hour_of_backlog(offered / limit)}" if limit else "at once"
            yield (
                f"regions.{id}.snapshot_service: the load is beyond its capacity: {offered:.4g} "
                f"{unit} offered, {limit:.4g} there; the backlog passes one hour {passes}"
            )


def _limit(service: ServiceSpec) -> float | None:
    """Return the slots, or the MiB/s that the service can move with its slots; None: no limit."""
    if service.bandwidth is None:
        return service.slots
    limit = service.bandwidth
    if service.slots is not None and service.per_snapshot_rate is not None:
        limit = min(limit, service.slots * service.per_snapshot_rate)
    return limit / MIB


def _hour_of_backlog(utilisation: float) -> str:
    """Return after how long an hour of work waits."""
    delay = HOUR / (utilisation - 1)
    step = MINUTE if delay > 2 * HOUR else SECOND
    return format_duration(round(delay / step) * step)


def _rate(scenario: Scenario, name: str, pattern: OpenPattern, scale: float) -> float:
    """Return arrivals per second."""
    chance, horizon = Chance(scenario.run.seed, 0), scenario.run.horizon
    times = pattern.arrival_times(chance, name, scenario.start, horizon, scale)
    first = list(islice(times, _ARRIVALS))
    span = horizon if horizon is not None and len(first) < _ARRIVALS else max(first, default=0)
    return len(first) * SECOND / span if span else 0.0


def _weight(scenario: Scenario, stream: str) -> float:
    return math.fsum(ask.weight for ask in scenario.load[stream].mix)


def _work(scenario: Scenario, ask: Ask, rate: float, region: str) -> float:
    """Return the work that calls of this kind bring a second: busy slots, or MiB/s."""
    chosen = _chosen(scenario, ask)
    if not chosen or not rate:
        return 0.0
    assert ask.instances is not None
    each = rate if ask.instances.choose == "each" else rate / len(chosen)
    return each * math.fsum(
        count * _snapshots(instance, scenario.regions[region].snapshot_service, 1 / each)
        for instance, count in Counter(chosen).items()
        if instance.region == region
    )


def _chosen(scenario: Scenario, ask: Ask) -> list[Instance]:
    """Return what an ask chooses from, one entry an instance."""
    choice = ask.instances
    if choice is None:
        return []
    if choice.group is not None:
        return [i for i in scenario.instances if i.group == choice.group for _ in i.ids()]
    wanted = set(choice.ids)
    return [i for i in scenario.instances for id in i.ids() if id in wanted]


def _snapshots(instance: Instance, service: ServiceSpec, interval: float) -> float:
    """Return the work of one image's snapshots, with so many seconds between two of them."""
    if service.duration is not None:
        return len(instance.disks) * service.duration.average / SECOND
    changed = -math.expm1(-float(service.change_rate) * interval) if service.incremental else 1.0
    used = sum(disk.size << 30 if disk.used is None else disk.used for disk in instance.disks)
    return used * changed / MIB
