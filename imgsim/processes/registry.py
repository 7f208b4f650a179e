"""The processes and policies around the calls, by the name of their kind in a scenario file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Protocol

from imgsim.kinds import OneOf
from imgsim.processes.automatic import AutomaticSnapshots
from imgsim.processes.charges import StorageCharges
from imgsim.processes.locks import Locks
from imgsim.processes.newest import Uses
from imgsim.processes.retention import Retention
from imgsim.processes.service_faults import ServiceFaults
from imgsim.processes.status import StatusChanges
from imgsim.processes.top_ups import TopUps

if TYPE_CHECKING:
    from imgsim.processes.world import World


class Process(Protocol):
    """What a scenario says of a process: a frozen dataclass, in a file of its own."""

    def begin(self, world: World, name: str, number: int) -> None:
        """Set to work what the scenario calls ``name``, the ``number``-th of its processes.

        Draws are of purposes that begin with the name, ordinals of events with the number.
        """


PROCESSES: Mapping[str, type[Any]] = {
    "automatic-snapshots": AutomaticSnapshots,
    "locks": Locks,
    "retention": Retention,
    "service-faults": ServiceFaults,
    "status": StatusChanges,
    "storage-charges": StorageCharges,
    "top-ups": TopUps,
    "uses": Uses,
}
"""The kinds by the name they have in a scenario file."""

AnyProcess = Annotated[Process, OneOf("a process", PROCESSES)]
