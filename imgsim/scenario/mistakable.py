"""What a scenario has from the beginning that calls can be mistaken about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from imgsim.scenario.spec import Scenario, Stream
from imgsim.scenario.things import Snapshot
from imgsim.units import microseconds_between
from imgsim.workload.patterns import Trace
from imgsim.workload.slips import Thing, Things, instance_fault, snapshot_fault


def things_of(scenario: Scenario, stream: Stream) -> Things:
    """Return what calls of the stream can be pointed at."""
    held: Counter[str] = Counter()
    for image in scenario.images:
        held[image.region] += image.count
    recorded = isinstance(stream.arrivals, Trace)
    return Things(
        regions=frozenset(scenario.regions),
        full=frozenset(
            id for id, region in scenario.regions.items() if held[id] >= region.image_quota
        ),
        instances=tuple(_instances(scenario)),
        snapshots=tuple(_snapshots(scenario)),
        names=tuple(
            Thing(image.name, image.region) for image in scenario.images if image.name is not None
        ),
        named=recorded or any(ask.name is not None for ask in stream.mix),
        tokens=recorded or stream.carries_tokens,
    )


def _instances(scenario: Scenario) -> Iterator[Thing]:
    for instance in scenario.instances:
        fault = instance_fault(
            allowed=instance.imaging_allowed,
            locked="security" in instance.locks,
            status=instance.status,
        )
        for id in instance.ids():
            yield Thing(id, instance.region, fault, "instance")


def _snapshots(scenario: Scenario) -> Iterator[Thing]:
    disks = {}
    for instance in scenario.instances if scenario.snapshots else ():
        ordered = sorted(instance.disks, key=lambda disk: disk.kind != "system")
        for id in instance.ids():
            for number, disk in enumerate(ordered, 1):
                disks[disk.id or f"{id}-disk-{number}"] = (instance.region, disk.kind)
    for snapshot in scenario.snapshots:
        if snapshot.id is None:
            continue
        region, kind = disks.get(snapshot.disk or "", (snapshot.region, snapshot.kind))
        yield Thing(snapshot.id, region, _fault(scenario, snapshot, kind), kind or "system")


def _fault(scenario: Scenario, snapshot: Snapshot, kind: str | None) -> str | None:
    too_old_before = microseconds_between(scenario.start, scenario.rules.too_old_before)
    return snapshot_fault(
        kind=kind or "system",
        allowed=snapshot.imaging_allowed,
        too_old=_created(scenario, snapshot) < too_old_before,
        status=snapshot.status,
    )


def _created(scenario: Scenario, snapshot: Snapshot) -> float:
    """Return when a snapshot was created (microseconds since the start), on average if drawn."""
    if snapshot.created is not None:
        return microseconds_between(scenario.start, snapshot.created)
    return -snapshot.age.average if snapshot.age is not None else 0
