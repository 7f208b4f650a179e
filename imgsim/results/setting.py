"""What measures need to know of a run besides its rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple


class Located(NamedTuple):
    """An instance of the start: its id, its region, and whether it was locked for security."""

    id: str
    region: str
    locked: bool


@dataclass(frozen=True)
class Setting:
    """The setting of a run; instants and times in microseconds, money in 1e-6 CNY."""

    begin: int
    """End of the warm-up, since the scenario's start."""
    end: int
    """Where the run ended."""
    quotas: Mapping[str, int]
    """Image quotas by region."""
    streams: Sequence[str] = ()
    """Names of the load streams."""
    instances: Sequence[Located] = ()
    """The instances that were there at the start."""
    into_hour: int = 0
    """How far into a calendar hour the scenario starts."""
    minimum_balance: int = 0
    """Balance below which calls are denied."""
