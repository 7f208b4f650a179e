"""What the processes of a scenario name must be there, and do something."""

from __future__ import annotations

from collections.abc import Iterator

from imgsim.processes.charges import StorageCharges
from imgsim.processes.registry import PROCESSES, Process
from imgsim.processes.service_faults import ServiceFaults
from imgsim.scenario.naming import Fault, Path, chosen, meant
from imgsim.scenario.spec import Scenario
from imgsim.workload.selection import Selection


def faults(scenario: Scenario) -> Iterator[Fault]:
    """Yield what is wrong with the processes of a scenario."""
    for name, process in scenario.processes.items():
        yield from _process(scenario, ("processes", name), process)
    charging = [n for n, p in scenario.processes.items() if isinstance(p, StorageCharges)]
    for name in charging[1:]:
        yield Fault(("processes", name), f"storage is charged by {charging[0]} already")


def _process(scenario: Scenario, at: Path, process: Process) -> Iterator[Fault]:
    """Yield what a process names and is not there: instances, regions, streams, by its fields.

    A group may be empty: then nothing happens to it.
    """
    path = (*at, next(kind for kind, made in PROCESSES.items() if made is type(process)))
    if isinstance(process, ServiceFaults):
        yield from _without_effect(scenario, path, process)
    for field, value in vars(process).items():
        if isinstance(value, Selection):
            found = chosen(scenario, (*path, field), "instances", value)
            yield from (fault for fault in found if not fault.what.endswith("is empty"))
        if field not in ("regions", "streams"):
            continue
        there = {*(scenario.regions if field == "regions" else scenario.load)}
        for number, name in enumerate(value):
            if name not in there:
                what = f"unknown {field[:-1]} {name!r}; {meant(field, there, name)}"
                yield Fault((*path, field, number), what)


def _without_effect(scenario: Scenario, path: Path, faults: ServiceFaults) -> Iterator[Fault]:
    """Yield the effects of faults that none of the services meant can show."""
    regions = [scenario.regions.get(id) for id in faults.regions or scenario.regions]
    services = [region.snapshot_service for region in regions if region is not None]
    if faults.slower is not None and all(service.duration is None for service in services):
        yield Fault((*path, "slower"), "no service meant has a drawn duration; use bandwidth")
    if faults.bandwidth is not None and all(service.bandwidth is None for service in services):
        yield Fault((*path, "bandwidth"), "no service meant shares bandwidth; use slots or slower")
