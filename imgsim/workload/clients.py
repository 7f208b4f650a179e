"""What clients do with their images."""

from __future__ import annotations

from dataclasses import dataclass

from imgsim.chance.distributions import STRICT, DurationDistribution
from imgsim.fields import Flag


@dataclass(frozen=True)
class Deletion:
    """A client deletes its image: some time after it became Available, and taking some time."""

    __pydantic_config__ = STRICT
    after: DurationDistribution | None = None
    """From Available to the begin of the deletion."""
    takes: DurationDistribution | None = None
    """From the begin of the deletion to its end, when name and quota slot are free."""
    snapshots: Flag = False
    """Whether the snapshots behind the image are deleted with it."""
