"""How images are used: by which call, and how often a refused one is tried again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from imgsim.chance.distributions import STRICT, DurationDistribution
from imgsim.fields import Count, Duration

Action = Literal["RunInstances", "ReplaceSystemDisk"]


@dataclass(frozen=True)
class Use:
    """Clients use the images that they have asked for.

    They do not ask first whether it is Available: a use that comes too early is refused.
    """

    __pydantic_config__ = STRICT
    after: DurationDistribution
    """From the accepted call to the first try."""
    action: Action = "RunInstances"
    """The call that uses the image."""
    retry_every: Duration | None = None
    """Time from a refused try to the next; without it there is one try."""
    tries: Count = 1
    """Most tries; there are fewer when the image fails or is deleted."""

    def __post_init__(self) -> None:
        check_tries(self.tries, self.retry_every)


def check_tries(tries: int, retry_every: int | None) -> None:
    """Raise `ValueError` unless the number of tries and the time between them fit."""
    if retry_every == 0 or tries == 0:
        raise ValueError("retry_every and tries must be above 0")
    if (tries > 1) != (retry_every is not None):
        raise ValueError("give retry_every with tries: 2 or more, or neither")
