"""What clients do with their images."""

from __future__ import annotations

from dataclasses import dataclass

from imgsim.chance.distributions import STRICT, DurationDistribution
from imgsim.fields import Flag


@dataclass(frozen=True)
class Deletion:
    """A client deletes its image: some time after its end, and taking some time.

    Reading: a failed image holds its name and quota slot until it is deleted, so clients that
    delete their images delete failed ones too, unless they are told not to.
    """

    __pydantic_config__ = STRICT
    after: DurationDistribution | None = None
    """From the image's end, Available or CreateFailed, to the begin of the deletion."""
    takes: DurationDistribution | None = None
    """From the begin of the deletion to its end, when name and quota slot are free."""
    failed: Flag = True
    """Whether images that failed are deleted too."""
    snapshots: Flag = False
    """Whether the snapshots that were made for the image are deleted with it."""
