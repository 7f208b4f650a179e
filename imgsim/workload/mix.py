"""What is asked for: approach, source, name and token of the calls of a stream."""

from __future__ import annotations

import string
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from imgsim.chance.distributions import STRICT
from imgsim.fields import Number
from imgsim.workload.selection import Selection

_FIELDS: Final = ("stream", "n", "source", "client", "date", "time")


@dataclass(frozen=True)
class Choice(Selection):
    """Instances or snapshots, and which of them a call takes."""

    __pydantic_config__ = STRICT
    group: str | None = None
    """All of a group."""
    ids: tuple[str, ...] = ()
    """Those with these ids."""
    choose: Literal["round-robin", "random", "each", "own"] = "round-robin"
    """The next in turn; any, equally likely; one call for each at every arrival; in a closed loop,
    the client's own."""


@dataclass(frozen=True)
class Ask:
    """One kind of call of a stream. Give instances or snapshots, or a mapping in parameters."""

    __pydantic_config__ = STRICT
    weight: Number = 1.0
    """How often, relative to the other kinds of the mix."""
    region: str | None = None
    """RegionId; by default that of the instance or snapshot, or the scenario's only one."""
    instances: Choice | None = None
    """Instances to make images from (the approach by InstanceId)."""
    snapshots: Choice | None = None
    """Snapshots to make images from (the approach by SnapshotId)."""
    name: str | None = None
    """Template of ImageName with {stream}, {n} (a number of its own for each intent of the stream),
    {source} (id of the instance or snapshot), {client}, {date} (YYYYMMDD) and {time} (HHMMSS);
    without it images have no name."""
    parameters: Mapping[str, str] = field(default_factory=dict)
    """Further documented parameters as sent, such as Description or DiskDeviceMapping.1.Size."""

    def __post_init__(self) -> None:
        if self.weight <= 0:
            raise ValueError("weight must be above 0")
        if self.instances is not None and self.snapshots is not None:
            raise ValueError("give instances or snapshots, not both")
        try:
            for _, name, spec, conversion in string.Formatter().parse(self.name or ""):
                if name is not None and (name not in _FIELDS or spec or conversion):
                    raise ValueError(f"{{{name}}} is no field")
        except ValueError as error:
            known = ", ".join(f"{{{name}}}" for name in _FIELDS)
            raise ValueError(f"name: {error}; a template may hold {known}") from None
