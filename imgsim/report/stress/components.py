"""Items 2.5.1 to 2.5.5: what flows, what is done by what, what waits, where the edges are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from imgsim.records.rows import CALLS, IMAGES, INTENTS, SNAPSHOTS
from imgsim.report.stress.phrases import phrase, summary
from imgsim.report.stress.subject import Entries, Entry, Subject
from imgsim.scenario.spec import Scenario
from imgsim.workload.patterns import PATTERNS

_ROLES: Final = (
    (INTENTS, "Intents, wishes for an image, which may take several calls"),
    (CALLS, "Calls of CreateImage"),
    (IMAGES, "Images, one an accepted call"),
    (SNAPSHOTS, "Snapshots, one a disk of an instance that is imaged, or made by a policy"),
)


def entries(subject: Subject) -> Entries:
    """Return what is said of entities, activities, resources, queues, and entry and exit."""
    scenario = subject.scenario
    plain = scenario.plain()
    return {
        "2.5.1": Entry(tuple(_entities())),
        "2.5.2": Entry(tuple(_activities(scenario, plain))),
        "2.5.3": Entry(tuple(_resources(scenario, plain))),
        "2.5.4": Entry(tuple(_queues(scenario))),
        "2.5.5": Entry(tuple(_edges(scenario, plain))),
    }


def _entities() -> Iterator[str]:
    for table, role in _ROLES:
        yield f"{role}. Attributes: {', '.join(field.name for field in table.fields)}."


def _activities(scenario: Scenario, plain: dict[str, Any]) -> Iterator[str]:
    for name, stream in scenario.load.items():
        whole = stream.model_copy(update={"client": stream.client.whole})
        client = whole.model_dump(mode="json", exclude_none=True)["client"]
        yield f"Calling ({name}): " + (f"{phrase(client)}." if client else "once, without wait.")
    for id, region in plain["regions"].items():
        service = region["snapshot_service"]
        told = {key: service[key] for key in _OF_SNAPSHOTS if key in service}
        yield f"Snapshot ({id}): {phrase(told)}."
        yield f"Registration ({id}): {phrase(region['registration'])}."
    for name, stream in plain["load"].items():
        if "delete" in stream:
            yield f"Deletion ({name}): {phrase(stream['delete']) or 'at once'}."
        if "use" in stream:
            yield f"Use ({name}): {phrase(stream['use'])}."
    for name, process in plain["processes"].items():
        yield f"{name}: {next(iter(process))}, as in 2.4."


_OF_SNAPSHOTS: Final = ("duration", "setup", "per_snapshot_rate", "noise", "failure")


def _resources(scenario: Scenario, plain: dict[str, Any]) -> Iterator[str]:
    for id, region in scenario.regions.items():
        service = plain["regions"][id]["snapshot_service"]
        yield f"Image quota ({id}): {region.image_quota} slots, held from acceptance to deletion."
        slots = service.get("slots", "unlimited")
        yield f"Snapshot slots ({id}): {slots}, held while a snapshot progresses."
        if "bandwidth" in service:
            yield f"Bandwidth ({id}): {service['bandwidth']}, shared by snapshots in transfer."
        if service["schedule"]:
            yield f"Changes of capacity ({id}): {phrase(service['schedule'])}."
    yield "Disks: each makes one snapshot at a time."
    if limits := plain["account"].get("limits"):
        yield f"Limits of the account: {phrase(limits)}."
    if any("storage-charges" in process for process in plain["processes"].values()):
        yield f"Balance of the account: {plain['account']['balance']} at the start."


def _queues(scenario: Scenario) -> Iterator[str]:
    yield "Calls do not queue: one that finds no room is denied at once (balking)."
    yield "Disk: snapshots of one disk wait for their turn, first in first out, without limit."
    for id, region in scenario.regions.items():
        slots = region.snapshot_service.slots
        if slots is None and not region.snapshot_service.schedule:
            yield f"Snapshot service ({id}): no queue, slots are unlimited."
        else:
            yield f"Snapshot service ({id}): first in first out, without limit, no jockeying."
    for name, stream in scenario.load.items():
        client = stream.client.whole
        if client.timeout is not None:
            what = client.at_timeout or "leave"
            yield f"Clients ({name}) stop waiting after their timeout (reneging), then {what}."
        if client.retry is not None:
            yield f"Clients ({name}) may ask again (orbit), when and how long 2.5.2 says."


def _edges(scenario: Scenario, plain: dict[str, Any]) -> Iterator[str]:
    for name, stream in plain["load"].items():
        [(kind, block)] = stream["arrivals"].items()
        scaled = "" if stream["scale"] == 1 else f" Scaled by {stream['scale']:g}."
        yield f"Entry, {name}: {kind} ({phrase(block)}). {summary(PATTERNS[kind])}{scaled}"
        if stream["mistakes"]:
            yield f"Broken calls of {name}: {phrase(stream['mistakes'])}."
    for name, process in plain["processes"].items():
        if "automatic-snapshots" in process:
            yield f"Entry, {name}: snapshots by a policy, without calls."
    if not plain["load"]:
        yield "Entry: no load stream."
    yield "Exit: a denied call that is not repeated; an image or snapshot that is deleted."
    kept = [name for name, stream in scenario.load.items() if stream.delete is None]
    if kept:
        yield f"Images of {', '.join(kept)} are not deleted by their clients."
