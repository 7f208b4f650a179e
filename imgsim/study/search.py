"""Where to look next for the place at which a condition begins, or ceases, to hold."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import takewhile
from typing import Final, Literal

import numpy as np

from imgsim.scenario.grid import Grid

Find = Literal["smallest", "largest"]
Decision = Literal["proved", "disproved", "near", "no events", "undecided"]
"""Of a point: that it holds, that it does not, that it is about at the limit; that it probably
holds, as nothing was ever seen of what is limited; or nothing."""

SCANNED: Final = 64
"""So many points are looked at, one after the other, where the condition is not monotone."""

_REFUTED: Final = ("disproved", "near")
_LIKELY: Final[Mapping[Decision, Decision]] = {"no events": "proved"}


def spent(alpha: float, decision: int) -> float:
    """Return the error that the i-th decision spends, counted from 1: all of them at most alpha.

    6 alpha / (pi^2 i^2), as nobody knows beforehand how many there will be (Bonferroni, with the
    series of Basel).
    """
    return 6 * alpha / (math.pi * decision) ** 2


def next_place(decisions: Mapping[int, Decision], find: Find, grid: Grid) -> int | None:
    """Return the place on the grid to decide next; None when no other can tell more.

    From the first on outwards by doubling and halving until both sides are there, then in the
    middle between. Where a place stays undecided both ends go on towards those that are. A place
    without events counts as proved here, which another one, nearer to the limit, settles sooner.
    """
    last = grid.last
    if not decisions:
        return grid.first
    likely = {place: _LIKELY.get(one, one) for place, one in decisions.items()}
    below, above = between(likely, find, last)
    if above > last and last not in decisions:
        return min(max(2 * max(decisions), 1), last)
    if below < 0 and 0 not in decisions:
        return min(decisions) // 2
    inner = [place for place in decisions if below < place < above]
    gaps = (below, min(inner, default=above)), (max(inner, default=below), above)
    for low, high in gaps:
        if high - low > 1:
            return (low + high) // 2
    return None


def left_open(decisions: Mapping[int, Decision], find: Find) -> int | None:
    """Return the place on which the answer rests, when it only probably holds; None else."""
    good = [place for place, one in decisions.items() if one in ("proved", "no events")]
    if not good:
        return None
    place = min(good) if find == "smallest" else max(good)
    return place if decisions[place] == "no events" else None


def between(decisions: Mapping[int, Decision], find: Find, last: int) -> tuple[int, int]:
    """Return the last place known to lie before the change, and the first known to lie behind it.

    -1 and last + 1 where there is none.
    """
    proved = [place for place, one in decisions.items() if one == "proved"]
    refuted = [place for place, one in decisions.items() if one in _REFUTED]
    before, behind = (refuted, proved) if find == "smallest" else (proved, refuted)
    return max(before, default=-1), min(behind, default=last + 1)


def scan(decisions: Mapping[int, Decision], find: Find, last: int) -> list[int]:
    """Return the places to look at, one after the other, where nothing is monotone.

    From the wanted end to the nearest that is proved: all, or 64 that lie evenly.
    """
    proved = [place for place, one in decisions.items() if one == "proved"]
    is_smallest = find == "smallest"
    end, nearest = (0, min([*proved, last])) if is_smallest else (last, max([*proved, 0]))
    count = min(abs(nearest - end) + 1, SCANNED)
    return [int(place) for place in np.linspace(end, nearest, count).round()]


def refuted_from_end(decisions: Mapping[int, Decision], find: Find, last: int) -> tuple[int, int]:
    """Return the ends of the doubt where nothing is monotone, as `between` does.

    Only places next to each other from the wanted end on count as known.
    """
    below, above = between(decisions, find, last)
    places = range(last + 1) if find == "smallest" else range(last, -1, -1)
    known = list(takewhile(lambda place: decisions.get(place) in _REFUTED, places))
    if find == "smallest":
        return (known[-1] if known else -1), above
    return below, (known[-1] if known else last + 1)
