"""What a scenario names must be there: references, duplicates, and patterns that need more."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from typing import NamedTuple

from imgsim.processes.charges import StorageCharges
from imgsim.processes.registry import PROCESSES, Process
from imgsim.processes.service_faults import ServiceFaults
from imgsim.scenario.mistakable import things_of
from imgsim.scenario.spec import Image, Instance, Scenario, Snapshot, Stream
from imgsim.scenario.words import nearest
from imgsim.workload.mistakes import faults_of
from imgsim.workload.mix import Choice
from imgsim.workload.patterns import ClosedLoop, Trace
from imgsim.workload.selection import Selection

Path = tuple[str | int, ...]


class Fault(NamedTuple):
    """One thing that is wrong with a scenario, and where."""

    path: Path
    what: str


def faults(scenario: Scenario) -> Iterator[Fault]:
    """Yield what is wrong between the parts of a scenario that are each right by themselves."""
    yield from _regions(scenario)
    yield from _duplicates(scenario)
    yield from _disks(scenario)
    for name, stream in scenario.load.items():
        yield from _stream(scenario, ("load", name), stream)
    yield from _stock(scenario)
    for name, process in scenario.processes.items():
        yield from _process(scenario, ("processes", name), process)
    charging = [n for n, p in scenario.processes.items() if isinstance(p, StorageCharges)]
    for name in charging[1:]:
        yield Fault(("processes", name), f"storage is charged by {charging[0]} already")
    yield from _measures(scenario)
    unbounded = [f"the load of {n}" for n, s in scenario.load.items() if not s.arrivals.bounded]
    if scenario.processes:  # which go on while a client waits, if need be for ever
        looping = (n for n, s in scenario.load.items() if isinstance(s.arrivals, ClosedLoop))
        unbounded += [f"with processes around it the closed loop of {name}" for name in looping]
    if scenario.run.horizon is None and unbounded:
        yield Fault(
            ("run",),
            f"{unbounded[0]} never ends by itself; give a horizon such as horizon: 24h",
        )


def _measures(scenario: Scenario) -> Iterator[Fault]:
    wanted = scenario.run.replications
    if wanted is not None and wanted.until:
        from imgsim.results.measures import fault_of_name

        for name in wanted.until:
            if (what := fault_of_name(name, scenario.regions, scenario.load)) is not None:
                yield Fault(("run", "replications", "until", name), what)


def _known(kinds: str, known: Iterable[str], wanted: str) -> str:
    """Return what was perhaps meant, else the first names there are."""
    names = list(known)
    if (close := nearest(wanted, names)) is not None:
        return f"did you mean {close}?"
    shown = ", ".join(names[:8]) + (", ..." if len(names) > 8 else "")
    return f"{kinds}: {shown}" if names else f"there are no {kinds}"


def _regions(scenario: Scenario) -> Iterator[Fault]:
    located: tuple[tuple[str, Sequence[Instance | Snapshot | Image]], ...] = (
        ("instances", scenario.instances),
        ("snapshots", scenario.snapshots),
        ("images", scenario.images),
    )
    for kind, things in located:
        for index, thing in enumerate(things):
            if thing.region is not None and thing.region not in scenario.regions:
                known = _known("regions", scenario.regions, thing.region)
                yield Fault((kind, index, "region"), f"unknown region {thing.region!r}; {known}")


def _duplicates(scenario: Scenario) -> Iterator[Fault]:
    ids: set[str] = set()
    disks: set[str] = set()
    for index, instance in enumerate(scenario.instances):
        for id in instance.ids():
            if id in ids:
                yield Fault(("instances", index), f"there is an instance {id!r} already")
                break
            ids.add(id)
        else:  # of an instance that is there already the disks are too
            for disk in (disk for id in instance.ids() for disk in instance.disk_ids(id)):
                if disk in disks:
                    yield Fault(("instances", index, "disks"), f"there is a disk {disk!r} already")
                    break
                disks.add(disk)
    identified: tuple[tuple[str, Sequence[Snapshot | Image]], ...] = (
        ("snapshots", scenario.snapshots),
        ("images", scenario.images),
    )
    for kind, things in identified:
        seen: set[str] = set()
        for index, thing in enumerate(things):
            if thing.id is not None and thing.id in seen:
                yield Fault((kind, index, "id"), f"there is one of the id {thing.id!r} already")
            seen.add(thing.id or "")
    names: set[tuple[str, str]] = set()
    for index, image in enumerate(scenario.images):
        if image.name is not None and (image.region, image.name) in names:
            yield Fault(
                ("images", index, "name"),
                f"an image of the region {image.region!r} has the name {image.name!r} already",
            )
        names.add((image.region, image.name or ""))


def disk_ids(*instances: Instance) -> Iterator[str]:
    """Yield the ids of all disks of the instances, in order."""
    for instance in instances:
        for id in instance.ids():
            yield from instance.disk_ids(id)


def _disks(scenario: Scenario) -> Iterator[Fault]:
    for index, image in enumerate(scenario.images):
        if image.created is not None and image.created > scenario.start:
            yield Fault(("images", index, "created"), "created after the scenario's start")
    known = set(disk_ids(*scenario.instances)) if scenario.snapshots else set()
    for index, snapshot in enumerate(scenario.snapshots):
        if snapshot.disk is not None and snapshot.disk not in known:
            there = _known("disks", disk_ids(*scenario.instances), snapshot.disk)
            yield Fault(("snapshots", index, "disk"), f"unknown disk {snapshot.disk!r}; {there}")
        if snapshot.created is not None and snapshot.created > scenario.start:
            yield Fault(("snapshots", index, "created"), "created after the scenario's start")


def _stock(scenario: Scenario) -> Iterator[Fault]:
    """Yield what is wrong with what images of the beginning are made from and stand on."""
    if not any(image.source is not None or image.snapshots for image in scenario.images):
        return
    instances = [id for instance in scenario.instances for id in instance.ids()]
    snapshots = {s.id: s for s in scenario.snapshots if s.id is not None}
    sources = {*instances, *snapshots}
    region_of = {disk: i.region for i in scenario.instances for disk in disk_ids(i)}
    for index, image in enumerate(scenario.images):
        if image.source is not None and image.source not in sources:
            known = _known("sources", [*instances, *snapshots], image.source)
            yield Fault(("images", index, "source"), f"unknown source {image.source!r}; {known}")
        for number, id in enumerate(image.snapshots):
            at = ("images", index, "snapshots", number)
            behind = snapshots.get(id)
            if behind is None:
                yield Fault(at, f"unknown snapshot {id!r}; {_known('snapshots', snapshots, id)}")
            elif region_of.get(behind.disk or "", behind.region) != image.region:
                yield Fault(at, f"the snapshot {id!r} lies in another region than the image")
            elif image.status == "Available" and behind.status != "accomplished":
                yield Fault(at, f"the snapshot {id!r} is {behind.status}; the image is Available")


def _stream(scenario: Scenario, path: Path, stream: Stream) -> Iterator[Fault]:
    pattern = stream.arrivals
    closed = pattern.scaled(stream.scale) if isinstance(pattern, ClosedLoop) else None
    if stream.mistakes:
        for rule, what in faults_of(stream.mistakes, things_of(scenario, stream)):
            yield Fault((*path, "mistakes", *([rule] if rule is not None else [])), what)
    if not stream.mix and not isinstance(stream.arrivals, Trace):
        yield Fault((*path, "mix"), "a mix is needed, which says what the calls ask for")
    for number, ask in enumerate(stream.mix):
        at = (*path, "mix", number)
        if ask.region is not None and ask.region not in scenario.regions:
            known = _known("regions", scenario.regions, ask.region)
            yield Fault((*at, "region"), f"unknown region {ask.region!r}; {known}")
        for kind in ("instances", "snapshots"):
            choice: Choice | None = getattr(ask, kind)
            if choice is None:
                continue
            found = yield from _chosen(scenario, (*at, kind), kind, choice)
            if choice.choose == "own" and closed is None:
                yield Fault((*at, kind, "choose"), "own is for a closed loop; use round-robin")
            if choice.choose == "each" and closed is not None:
                yield Fault((*at, kind, "choose"), "each is not for a closed loop; use own")
            if choice.choose == "own" and closed is not None and found < closed.clients:
                yield Fault(
                    (*at, kind),
                    f"{closed.clients} clients need as many {kind} of their own, not {found}",
                )


def _process(scenario: Scenario, at: Path, process: Process) -> Iterator[Fault]:
    """Yield what a process names and is not there: instances, regions, streams, by its fields.

    A group may be empty: then nothing happens to it.
    """
    path = (*at, next(kind for kind, made in PROCESSES.items() if made is type(process)))
    if isinstance(process, ServiceFaults):
        yield from _without_effect(scenario, path, process)
    for field, value in vars(process).items():
        if isinstance(value, Selection):
            chosen = _chosen(scenario, (*path, field), "instances", value)
            yield from (fault for fault in chosen if not fault.what.endswith("is empty"))
        if field not in ("regions", "streams"):
            continue
        known = {*(scenario.regions if field == "regions" else scenario.load)}
        for number, name in enumerate(value):
            if name not in known:
                what = f"unknown {field[:-1]} {name!r}; {_known(field, known, name)}"
                yield Fault((*path, field, number), what)


def _without_effect(scenario: Scenario, path: Path, faults: ServiceFaults) -> Iterator[Fault]:
    """Yield the effects of faults that none of the services meant can show."""
    regions = [scenario.regions.get(id) for id in faults.regions or scenario.regions]
    services = [region.snapshot_service for region in regions if region is not None]
    if faults.slower is not None and all(service.duration is None for service in services):
        yield Fault((*path, "slower"), "no service meant has a drawn duration; use bandwidth")
    if faults.bandwidth is not None and all(service.bandwidth is None for service in services):
        yield Fault((*path, "bandwidth"), "no service meant shares bandwidth; use slots or slower")


def _chosen(
    scenario: Scenario, at: Path, kind: str, choice: Selection
) -> Generator[Fault, None, int]:
    """Yield what is wrong with a choice; return how many things it selects."""
    if choice.group is not None and kind == "snapshots":
        yield Fault((*at, "group"), "snapshots have no groups; give ids")
        return 0
    if choice.group is not None:
        groups = {i.group: i.count or 0 for i in scenario.instances if i.group is not None}
        if choice.group not in groups:
            known = _known("groups", [str(group) for group in groups], choice.group)
            yield Fault((*at, "group"), f"unknown group {choice.group!r}; {known}")
            return 0
        if not groups[choice.group]:
            yield Fault((*at, "group"), f"the group {choice.group!r} is empty")
        return groups[choice.group]
    if kind == "snapshots":
        ids = [snapshot.id for snapshot in scenario.snapshots if snapshot.id is not None]
    else:
        ids = [id for instance in scenario.instances for id in instance.ids()]
    known_ids = set(ids)
    for number, id in enumerate(choice.ids):
        if id not in known_ids:
            there = _known(kind, ids, id)
            yield Fault((*at, "ids", number), f"unknown {kind[:-1]} {id!r}; {there}")
    return len(choice.ids)
