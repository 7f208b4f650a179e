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
    """
    n = FIRST
    while n < at_most:
        yield n
        n = math.ceil(n * GROWTH)
    yield at_most


def spent(alpha: float, look: int) -> float:
    """Return the part of ``alpha`` that look 1, 2, ... may spend: 6 / (pi look)^2 of it.

    All parts add up to it, so the looks share one error however many follow (Bonferroni).
    """
    return alpha * 6 / (math.pi * look) ** 2
