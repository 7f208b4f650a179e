"""What a scenario names must be there: references, duplicates, and patterns that need more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from imgsim.scenario import around, expected, sought
from imgsim.scenario.mistakable import things_of
from imgsim.scenario.naming import Fault, Path, chosen, meant
from imgsim.scenario.spec import Scenario, Stream
from imgsim.scenario.things import Image, Instance, Snapshot
from imgsim.scenario.tolerance import misfit
from imgsim.workload.mistakes import faults_of
from imgsim.workload.mix import Choice
from imgsim.workload.patterns import ClosedLoop, Trace

_LONGEST_TOKEN_NAME = 32
"""With ordinal and attempt behind it, a token still has at most 64 characters."""


def faults(scenario: Scenario) -> Iterator[Fault]:
    """Yield what is wrong between the parts of a scenario that are each right by themselves."""
    yield from _regions(scenario)
    yield from _duplicates(scenario)
    yield from _disks(scenario)
    for name, stream in scenario.load.items():
        yield from _stream(scenario, ("load", name), stream)
    yield from _stock(scenario)
    yield from around.faults(scenario)
    yield from _measures(scenario)
    yield from _tolerances(scenario)
    yield from sought.faults(scenario)
    yield from expected.faults(scenario)
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
    wanted, sweep = scenario.run.replications, scenario.sweep
    named: dict[Path, str] = {}
    if wanted is not None:
        named |= {("run", "replications", "until", name): name for name in wanted.until}
    if sweep is not None:
        named |= {("sweep", "measures", place): name for place, name in enumerate(sweep.measures)}
    if named:
        from imgsim.results.measures import fault_of_name

        for path, name in named.items():
            if (what := fault_of_name(name, scenario.regions, scenario.load)) is not None:
                yield Fault(path, what)


def _tolerances(scenario: Scenario) -> Iterator[Fault]:
    wanted = scenario.run.replications
    for name, tolerance in () if wanted is None else wanted.until.items():
        if (what := misfit(name, tolerance)) is not None:
            yield Fault(("run", "replications", "until", name), what)


def _regions(scenario: Scenario) -> Iterator[Fault]:
    located: tuple[tuple[str, Sequence[Instance | Snapshot | Image]], ...] = (
        ("instances", scenario.instances),
        ("snapshots", scenario.snapshots),
        ("images", scenario.images),
    )
    for kind, things in located:
        for index, thing in enumerate(things):
            if thing.region is not None and thing.region not in scenario.regions:
                known = meant("regions", scenario.regions, thing.region)
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
            there = meant("disks", disk_ids(*scenario.instances), snapshot.disk)
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
            known = meant("sources", [*instances, *snapshots], image.source)
            yield Fault(("images", index, "source"), f"unknown source {image.source!r}; {known}")
        for number, id in enumerate(image.snapshots):
            at = ("images", index, "snapshots", number)
            behind = snapshots.get(id)
            if behind is None:
                yield Fault(at, f"unknown snapshot {id!r}; {meant('snapshots', snapshots, id)}")
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
    if stream.carries_tokens and len(str(path[-1])) > _LONGEST_TOKEN_NAME:
        longest = f"a name of at most {_LONGEST_TOKEN_NAME} characters"
        yield Fault((*path, "client"), f"a stream whose calls carry tokens has {longest}")
    if not stream.mix and not isinstance(stream.arrivals, Trace):
        yield Fault((*path, "mix"), "a mix is needed, which says what the calls ask for")
    for number, ask in enumerate(stream.mix):
        at = (*path, "mix", number)
        if ask.region is not None and ask.region not in scenario.regions:
            known = meant("regions", scenario.regions, ask.region)
            yield Fault((*at, "region"), f"unknown region {ask.region!r}; {known}")
        for kind in ("instances", "snapshots"):
            choice: Choice | None = getattr(ask, kind)
            if choice is None:
                continue
            found = yield from chosen(scenario, (*at, kind), kind, choice)
            if choice.choose == "own" and closed is None:
                yield Fault((*at, kind, "choose"), "own is for a closed loop; use round-robin")
            if choice.choose == "each" and closed is not None:
                yield Fault((*at, kind, "choose"), "each is not for a closed loop; use own")
            if choice.choose == "own" and closed is not None and found < closed.clients:
                yield Fault(
                    (*at, kind),
                    f"{closed.clients} clients need as many {kind} of their own, not {found}",
                )
