"""What faults do to a snapshot service, and how the effects of several compose."""

from __future__ import annotations

import math
from collections.abc import Iterable
from fractions import Fraction
from typing import NamedTuple


class Effect(NamedTuple):
    """The effect of one fault: factors of slots and bandwidth, of durations; failure probability.

    None is no factor.
    """

    slots: Fraction | None = None
    bandwidth: Fraction | None = None
    slower: float = 1.0
    failure: float = 0.0


def left_of(limit: int | None, factors: Iterable[Fraction | None]) -> int | None:
    """Return floor(limit x the factors); None is unlimited and stays so but for a factor of 0."""
    product = math.prod(factor for factor in factors if factor is not None)
    if limit is None:
        return None if product else 0
    return math.floor(limit * product)
