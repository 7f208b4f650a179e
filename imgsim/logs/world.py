"""What answers have told and calls have named -> the world at the start of a scenario."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from imgsim.logs.answers import Answers
from imgsim.logs.calls import Calls, Named
from imgsim.logs.described import Disk, Snapshot, usable, usable_region
from imgsim.logs.standins import StandIns
from imgsim.units import format_gib, format_instant

QUOTA: Final = 100
"""Images of an account in a region, where nothing tells it."""
_MOST_DISKS: Final = 17
_MOST_THINGS: Final = 12_000
"""Of which a scenario file can hold the description."""

Thing = dict[str, Any]


@dataclass
class World:
    """The blocks of a scenario as plain data, and in how many cases what was assumed or left."""

    quotas: dict[str, int] = field(default_factory=dict)
    instances: list[Thing] = field(default_factory=list)
    snapshots: list[Thing] = field(default_factory=list)
    images: list[Thing] = field(default_factory=list)
    assumed: Counter[str] = field(default_factory=Counter)
    """Things that no answer has described, by kind."""
    remarks: Counter[str] = field(default_factory=Counter)


class TooLargeError(ValueError):
    """The world has more things than a scenario file may describe."""


def world_of(
    answers: Answers,
    calls: Calls,
    start: datetime,
    stand_ins: StandIns,
    *,
    region: str | None = None,
    assumed_disk: int = 40,
) -> World:
    """Return the world at ``start``; raise `TooLargeError`.

    ``region`` is that of things of which no answer tells it, ``assumed_disk`` the size in GiB of
    disks of which none does.
    """
    joining = _Joining(answers, calls, start, region, assumed_disk)
    joining.instances()
    joining.snapshots()
    joining.images(stand_ins)
    joining.regions()
    world = joining.world
    things = len(world.instances) + len(world.snapshots) + len(world.images)
    if things > _MOST_THINGS:
        raise TooLargeError(
            f"the world has {things} instances, snapshots and images; a scenario file describes "
            f"{_MOST_THINGS} at most; import fewer files, or calls from --start on"
        )
    return world


class _Joining:
    """One joining of answers and calls; its steps build on each other in this order."""

    def __init__(
        self, answers: Answers, calls: Calls, start: datetime, region: str | None, assumed_disk: int
    ) -> None:
        self.world = World()
        self._answers = answers
        self._calls = calls
        self._start = start
        self._assumed_disk = assumed_disk
        self._region_of_disk: dict[str, str] = {}
        told = {i.region: None for i in answers.instances.values() if i.region}
        regions = [*dict.fromkeys([*filter(usable_region, calls.regions), *told])]
        self._default = region or (regions[0] if len(regions) == 1 else None)

    def instances(self) -> None:
        """Add the described instances with their disks, then those that calls alone name."""
        disks: defaultdict[str, list[Disk]] = defaultdict(list)
        for disk in self._answers.disks.values():
            if disk.instance is not None:
                disks[disk.instance].append(disk)
        named = self._calls.instances
        told = self._answers.instances
        for id in dict.fromkeys((*told, *filter(usable, disks))):
            one = told.get(id)
            own = disks.get(id, [])
            region = (one.region if one else None) or next(
                (d.region for d in own if d.region), None
            )
            region = region or (named[id].region if id in named else None) or self._default
            if region is None:
                self.world.remarks["instances of no known region, left out; give --region"] += 1
                continue
            thing: Thing = {"id": id, "region": region}
            if one and one.status != "Running":
                thing["status"] = one.status
            if one and one.locks:
                thing["locks"] = list(one.locks)
            self.world.assumed["system disks"] += not any(disk.kind == "system" for disk in own)
            self.world.instances.append(thing | {"disks": self._disks(own, region)})
        for id, call in named.items():
            if id not in told and id not in disks and self._is_assumed(id, call):
                self.world.assumed["instances"] += 1
                self.world.instances.append(
                    {"id": id, "region": call.region, "disks": self._disks([], call.region)}
                )

    def snapshots(self) -> None:
        """Add the snapshots that were there at the start, then those that calls alone name."""
        named = self._calls.snapshots
        for id, snapshot in self._answers.snapshots.items():
            disk = snapshot.disk if snapshot.disk in self._region_of_disk else None
            region = self._region_of_disk.get(disk or "") or snapshot.region
            region = region or (named[id].region if id in named else None) or self._default
            if region is None:
                self.world.remarks["snapshots of no known region, left out; give --region"] += 1
            elif snapshot.created <= self._start:
                self._add_snapshot(snapshot, region, disk, snapshot.created)
            elif id in named and not named[id].only_not_found:
                what = "snapshots made later, but named by calls, so there from the start"
                self.world.remarks[what] += 1
                self._add_snapshot(snapshot, region, None, self._start)
            else:
                self.world.remarks["snapshots made in the recorded time, left out"] += 1
        for id, call in named.items():
            if id not in self._answers.snapshots and self._is_assumed(id, call):
                self.world.assumed["snapshots"] += 1
                size = min(self._assumed_disk, max(1, call.least or self._assumed_disk))
                one = Snapshot(id, call.region, None, call.kind, size, "accomplished", self._start)
                self._add_snapshot(one, call.region, None, self._start)

    def images(self, stand_ins: StandIns) -> None:
        """Add the account's own images that were there at the start."""
        there = {thing["id"]: thing for thing in self.world.snapshots}
        names: set[tuple[str, str]] = set()
        for image in self._answers.images.values():
            region = image.region or self._default
            if not image.mine:
                self.world.remarks["images of others, which take no quota, left out"] += 1
            elif region is None:
                self.world.remarks["images of no known region, left out; give --region"] += 1
            elif image.created > self._start:
                self.world.remarks["images made in the recorded time, left out"] += 1
            else:
                thing: Thing = {"id": image.id, "region": region}
                name = stand_ins.image_name(image.name)
                if name is not None and (region, name) in names:
                    self.world.remarks["images whose name another has, taken as unnamed"] += 1
                elif name is not None:
                    names.add((region, name))
                    thing["name"] = name
                behind = [id for id in image.snapshots if self._may_stand_on(there.get(id), region)]
                if behind:
                    thing["snapshots"] = behind
                thing["created"] = format_instant(image.created)
                if image.status == "CreateFailed":
                    thing["status"] = image.status
                self.world.images.append(thing)

    def regions(self) -> None:
        """Add the regions of all these, with a quota that holds the images that are there."""
        world = self.world
        images = Counter(thing["region"] for thing in world.images)
        lived_in = [
            t["region"]
            for t in (*world.instances, *world.snapshots, *world.images)
            if "region" in t
        ]
        for id in dict.fromkeys((*filter(usable_region, self._calls.regions), *lived_in)):
            world.quotas[id] = max(QUOTA, images[id])

    def _disks(self, told: list[Disk], region: str) -> list[Thing]:
        """Return the disks of an instance: those told, of which one is the system disk."""
        system = [disk for disk in told if disk.kind == "system"][:1]
        second = [disk for disk in told if disk.kind == "system"][1:]
        if second:
            self.world.remarks["second system disks of an instance, left out"] += len(second)
        others = [disk for disk in told if disk.kind != "system"]
        data = others[: _MOST_DISKS - 1]
        if len(data) < len(others):
            what = "disks beyond 17 of an instance, left out"
            self.world.remarks[what] += len(others) - len(data)
        things = [
            {"id": disk.id, "kind": disk.kind, "size": format_gib(disk.size)} for disk in system
        ]
        if not system:
            things = [{"kind": "system", "size": format_gib(self._assumed_disk)}]
        things += [{"id": d.id, "kind": "data", "size": format_gib(d.size)} for d in data]
        self._region_of_disk.update((disk.id, region) for disk in (*system, *data))
        return things

    def _is_assumed(self, id: str, named: Named) -> bool:
        """Say whether a thing that no answer describes is assumed to be there."""
        return not named.only_not_found and usable(id) and usable_region(named.region)

    def _add_snapshot(
        self, snapshot: Snapshot, region: str, disk: str | None, created: datetime
    ) -> None:
        thing: Thing = {"id": snapshot.id}
        if disk is not None:
            thing["disk"] = disk
        else:
            thing |= {"region": region, "kind": snapshot.kind, "size": format_gib(snapshot.size)}
        thing["created"] = format_instant(created)
        if snapshot.status == "failed":
            thing["status"] = "failed"
        elif snapshot.status == "progressing":
            self.world.remarks["snapshots in progress, taken as accomplished"] += 1
        self.world.snapshots.append(thing)

    def _may_stand_on(self, snapshot: Mapping[str, Any] | None, region: str) -> bool:
        """Say whether an image of a region can stand on a snapshot."""
        if snapshot is None or "status" in snapshot:
            return False
        at = snapshot.get("region") or self._region_of_disk.get(snapshot.get("disk", ""))
        return at == region
