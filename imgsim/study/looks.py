"""When a study that adds replications looks at its numbers."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

FIRST: Final = 20
"""Replications before the first look; intervals from fewer are too easily narrow by chance."""
GROWTH: Final = 1.5


def looks(at_most: int) -> Iterator[int]:
    """Yield the numbers of replications at which to look: 20, then half as many more, to the end.

    Few looks, far apart, leave little room for stopping where chance makes an interval narrow.
    They are known beforehand, so that they can share one error.
    """
    n = FIRST
    while n < at_most:
        yield n
        n = math.ceil(n * GROWTH)
    yield at_most
