"""Section 2, up to 2.4: how the model works, and what differs between scenarios."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from imgsim.api.rules import RULEBOOK
from imgsim.processes.registry import PROCESSES
from imgsim.report.stress.phrases import phrase, summary
from imgsim.report.stress.subject import Entries, Entry, Subject
from imgsim.scenario.spec import Scenario

_DIAGRAM: Final = """\
load stream <───────── learns ────────┐
     │                                │
     │ call                           │
     v                                │
rules, in order ──> denied ───────────┤
     │                                │
     │ accepted: a quota slot and     │
     │ the image name are held        │
     v                                │
a snapshot of each disk:              │
its turn ──> slot ──> copy            │
     │                                │
     v                                │
registration ──> Available, or failed ┘
     │
     v
used; deleted: slot and name are free
"""


def entries(subject: Subject) -> Entries:
    """Return what is said of diagram, logic, scenarios and algorithms."""
    return {
        "2.1": Entry(diagram=_DIAGRAM),
        "2.2": Entry(tuple(_logic(subject.scenario))),
        "2.3": Entry(tuple(_differences(subject))),
        "2.4": Entry(tuple(_algorithms(subject.scenario)) or ("There are none beyond 2.2.",)),
    }


def _logic(scenario: Scenario) -> Iterator[str]:
    asked = [rule for rule in RULEBOOK if not rule.optional or scenario.account.limits is not None]
    yield (
        f"A call is checked against {len(asked)} rules in a fixed order, and answered at once: the "
        "first fault denies it. An accepted call holds its image name and a slot of the region's "
        "image quota from the same instant on, until the image is deleted."
    )
    yield (
        "An image of an instance takes one snapshot of each of its disks; snapshots of one disk "
        "are made one after the other. When the last has ended, and after the time of "
        "registration, the image is Available; when one has failed, so has the image. An image "
        "of a snapshot that is there already, or of a mapping, takes the registration alone."
    )


def _differences(subject: Subject) -> Iterator[str]:
    if subject.others:
        yield from (
            f"{name}, against {subject.scenario.name}: {' '.join(what.split()) or 'no difference'}"
            for name, what in subject.others.items()
        )
    elif subject.kind in ("sweep", "solution"):
        yield "Points differ in the values alone that 1.3 names; the logic is that of 2.2."
    else:
        yield "There is one scenario, the base model itself."


def _algorithms(scenario: Scenario) -> Iterator[str]:
    services = {id: region.snapshot_service for id, region in scenario.regions.items()}
    shared = [id for id, service in services.items() if service.bandwidth is not None]
    if shared:
        yield (
            f"Bandwidth ({', '.join(shared)}): shared equally among the snapshots in transfer, "
            "each with at most its own limit; shares change at once when one joins or leaves."
        )
    grows = [id for id in shared if services[id].incremental]
    if grows:
        yield (
            f"Incremental snapshots ({', '.join(grows)}): the first of a disk moves all used "
            "bytes, a later one used x (1 - exp(-rate of change x age of the one before))."
        )
    for name, stream in scenario.load.items():
        if (retry := stream.client.whole.retry) is not None:
            grown = "alike" if retry.factor == 1 else f"wait x {retry.factor:g}^(n-1)"
            limit = "" if retry.longest is None else ", at most the longest wait"
            jitter = ", shortened by jitter x u with u uniform on (0, 1)" if retry.jitter else ""
            yield f"Repetition ({name}): waits are {grown}{limit}{jitter}; values stand in 2.5.2."
    for name, process in scenario.plain()["processes"].items():
        [(kind, block)] = process.items()
        yield f"{name} ({kind}): {summary(PROCESSES[kind])} Here: {phrase(block)}."
