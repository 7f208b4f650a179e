"""The processes and policies around the calls, by the name of their kind in a scenario file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Protocol

from imgsim.kinds import OneOf

if TYPE_CHECKING:
    from imgsim.processes.world import World


class Process(Protocol):
    """What a scenario says of a process: a frozen dataclass, in a file of its own."""

    def begin(self, world: World, name: str, number: int) -> None:
        """Set to work what the scenario calls ``name``, the ``number``-th of its processes.

        Draws are of purposes that begin with the name, ordinals of events with the number.
        """


PROCESSES: Mapping[str, type[Any]] = {}
"""The kinds by the name they have in a scenario file."""

AnyProcess = Annotated[Process, OneOf("a process", PROCESSES)]
