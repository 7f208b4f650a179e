"""What a scenario names must be there: references, duplicates, and patterns that need more."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from typing import NamedTuple

from imgsim.scenario.mistakable import things_of
from imgsim.scenario.spec import Image, Instance, Scenario, Snapshot, Stream
from imgsim.scenario.words import nearest
from imgsim.workload.mistakes import faults_of
from imgsim.workload.mix import Choice
from imgsim.workload.patterns import ClosedLoop, Trace

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
    yield from _measures(scenario)
    unbounded = [name for name, s in scenario.load.items() if not s.arrivals.bounded]
    if scenario.run.horizon is None and unbounded:
        yield Fault(
            ("run",),
            f"the load of {unbounded[0]} never ends by itself; give a horizon such as horizon: 24h",
        )


def _measures(scenario: Scenario) -> Iterator[Fault]:
    wanted = scenario.run.replications
    if wanted is not None and wanted.until:
        from imgsim.results.measures import fault_of_name

        for name in wanted.until:
            if (what := fault_of_name(name, scenario.regions)) is not None:
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


def disk_ids(scenario: Scenario) -> Iterator[str]:
    """Yield the ids of all disks, in order."""
    for instance in scenario.instances:
        for id in instance.ids():
            yield from instance.disk_ids(id)


def _disks(scenario: Scenario) -> Iterator[Fault]:
    for index, image in enumerate(scenario.images):
        if image.created is not None and image.created > scenario.start:
            yield Fault(("images", index, "created"), "created after the scenario's start")
    known = set(disk_ids(scenario)) if scenario.snapshots else set()
    for index, snapshot in enumerate(scenario.snapshots):
        if snapshot.disk is not None and snapshot.disk not in known:
            there = _known("disks", disk_ids(scenario), snapshot.disk)
            yield Fault(("snapshots", index, "disk"), f"unknown disk {snapshot.disk!r}; {there}")
        if snapshot.created > scenario.start:
            yield Fault(("snapshots", index, "created"), "created after the scenario's start")


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


def _chosen(scenario: Scenario, at: Path, kind: str, choice: Choice) -> Generator[Fault, None, int]:
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
        ids = [snapshot.id for snapshot in scenario.snapshots]
    else:
        ids = [id for instance in scenario.instances for id in instance.ids()]
    known_ids = set(ids)
    for number, id in enumerate(choice.ids):
        if id not in known_ids:
            there = _known(kind, ids, id)
            yield Fault((*at, "ids", number), f"unknown {kind[:-1]} {id!r}; {there}")
    return len(choice.ids)
