"""How a good request is broken so that a certain rule denies it.

A slip changes what the request says, points it at a thing of the scenario that the rule is about,
or lets it repeat what the stream has asked before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from imgsim.api.request import CreateImageRequest, MappedDisk
from imgsim.cloud.cloud import Cloud
from imgsim.cloud.lifecycle import InstanceStatus, SnapshotStatus


@dataclass(frozen=True, slots=True)
class Thing:
    """What a request can be pointed at: its id, its region, and the rule that denies it, if any.

    ``kind`` is ``instance``, or for a snapshot that of its disk, ``system`` or ``data``.
    """

    id: str
    region: str | None = None
    fault: str | None = None
    kind: str = "system"


@dataclass(frozen=True, slots=True)
class Things:
    """What the scenario has from the beginning, and whether the stream's calls have names, tokens.

    ``names`` are those of images; ``full`` are the regions without room.
    """

    regions: frozenset[str] = frozenset()
    full: frozenset[str] = frozenset()
    instances: tuple[Thing, ...] = ()
    snapshots: tuple[Thing, ...] = ()
    names: tuple[Thing, ...] = ()
    named: bool = False
    tokens: bool = False


def instance_fault(*, allowed: bool, locked: bool, status: InstanceStatus) -> str | None:
    """Return the first rule, in the order of checking, that denies images of an instance."""
    if not allowed:
        return "instance_may_not_be_imaged"
    if locked:
        return "instance_is_locked_for_security"
    if status not in (InstanceStatus.RUNNING, InstanceStatus.STOPPED):
        return "instance_is_neither_running_nor_stopped"
    return None


def snapshot_fault(
    *, kind: str, allowed: bool, too_old: bool, status: SnapshotStatus
) -> str | None:
    """Return the first rule, in the order of checking, that denies images of a snapshot."""
    if kind != "system":
        return "snapshot_is_not_of_a_system_disk"
    if not allowed:
        return "snapshot_may_not_be_imaged"
    if too_old:
        return "snapshot_is_too_old"
    return None if status is SnapshotStatus.ACCOMPLISHED else "snapshot_is_not_ready"


@dataclass(frozen=True, slots=True)
class Slip:
    """One mistake about to be made: the request, the thing that was chosen, and what went before.

    ``past`` holds the stream's own good requests, the newest first.
    """

    request: CreateImageRequest
    thing: Thing
    things: Things
    past: Iterable[CreateImageRequest]
    cloud: Cloud
    now: int


Break = Callable[[Slip], bool]
"""Breaks the request; says whether that could be done."""
Find = Callable[[Things], Sequence[Thing]]


def say(**changes: Any) -> Break:
    """Return what lets the request say something else."""

    def break_(slip: Slip) -> bool:
        for attribute, value in changes.items():
            setattr(slip.request, attribute, value)
        return True

    return break_


def point(slip: Slip) -> bool:
    """Ask for an image of the thing, in its region if it has one."""
    request, thing = slip.request, slip.thing
    by_instance = thing.kind == "instance"
    request.instance_id = thing.id if by_instance else None
    request.snapshot_id = None if by_instance else thing.id
    request.mapping = {}
    if thing.region is not None:
        request.region_id = thing.region
    return True


def map_disks(*disks: tuple[str | None, bool]) -> Break:
    """Return what maps disks from n = 1 on: each a Size and whether it has the snapshot found."""

    def break_(slip: Slip) -> bool:
        point(slip)
        slip.request.snapshot_id = None
        slip.request.mapping = {
            n: MappedDisk(size, slip.thing.id if has_snapshot else None)
            for n, (size, has_snapshot) in enumerate(disks, 1)
        }
        return True

    return break_


def go_elsewhere(slip: Slip) -> bool:
    """Ask in the region that the thing stands for."""
    slip.request.region_id = slip.thing.id
    return True


def name_again(slip: Slip) -> bool:
    """Take the newest name of the stream in the region that an image has, else an initial one."""
    region = slip.cloud.regions.get(slip.request.region_id or "")
    if region is None:
        return False
    own = (said.image_name for said in slip.past if said.region_id == region.id)
    initial = (name.id for name in slip.things.names if name.region == region.id)
    for names in (own, initial):
        for name in names:
            if name is not None and name in region.names:
                slip.request.image_name = name
                return True
    return False


def token_again(slip: Slip) -> bool:
    """Take the newest token of the stream that an accepted call has bound, for something else."""
    request = slip.request
    for token in (said.client_token for said in slip.past):
        bound = slip.cloud.account.bound(token, slip.now) if token else None
        if bound is not None:
            request.client_token = token
            if bound.parameters == request.parameters():
                request.description = "again" if request.description != "again" else "once more"
            return True
    return False


def nothing(_: Things) -> Sequence[Thing]:
    """Find nothing in particular, which is enough where the request alone is changed."""
    return (Thing(""),)


def unused(word: str, kind: str = "system") -> Find:
    """Return what finds an id that nothing in the scenario has."""

    def find(things: Things) -> Sequence[Thing]:
        taken = {thing.id for thing in (*things.instances, *things.snapshots)} | things.regions
        id = word
        while id in taken:
            id += "-x"
        return (Thing(id, kind=kind),)

    return find


def instances(fault: str) -> Find:
    """Return what finds the instances that the rule denies."""
    return lambda things: [thing for thing in things.instances if thing.fault == fault]


def snapshots(*faults: str | None) -> Find:
    """Return what finds the snapshots that one of the rules denies, or None denies."""
    return lambda things: [thing for thing in things.snapshots if thing.fault in faults]


def system_snapshots(things: Things) -> Sequence[Thing]:
    """Find the snapshots of system disks."""
    return [thing for thing in things.snapshots if thing.kind == "system"]


def in_full_regions(things: Things) -> Sequence[Thing]:
    """Find what images could be made of if only there were room."""
    sources = (*things.instances, *things.snapshots)
    return [thing for thing in sources if thing.fault is None and thing.region in things.full]


def taken_names(things: Things) -> Sequence[Thing]:
    """Find names that images have, or will have by the stream's own calls."""
    return (*things.names, Thing("")) if things.named else things.names


def bound_tokens(things: Things) -> Sequence[Thing]:
    """Find whether there will be tokens."""
    return (Thing(""),) if things.tokens else ()
