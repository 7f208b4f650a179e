"""Whether what was seen can be of a condition that only begins, or only ceases, to hold."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import NamedTuple

from imgsim.study.constraints import Constraint
from imgsim.study.differences import difference
from imgsim.study.point import Point
from imgsim.study.sample import Sample
from imgsim.study.search import Find


class Disorder(NamedTuple):
    """A measure, and two points that lie in the wrong order."""

    measure: str
    one: Point
    other: Point


def wrong_order(
    points: Sequence[Point], constraints: Sequence[Constraint], find: Find, alpha: float
) -> Disorder | None:
    """Return the first measure, and two points, that lie in the wrong order; None where none do.

    Where the smallest value is sought every measure must get better towards larger ones. The
    differences are paired, as luck is common, and all intervals together err with chance ``alpha``
    (Bonferroni). A measure that is proved wherever it was seen may go either way.
    """
    pairs = [*combinations(sorted(points, key=lambda point: point.number), 2)]
    level = alpha / max(len(pairs) * len(constraints), 1)
    for constraint in constraints:
        name = constraint.name
        if all(point.checks[name].decision == "proved" for point in points):
            continue
        worse = 1 if constraint.below == (find == "smallest") else -1
        for one, other in pairs:
            if _steps(one.study.samples[name], other.study.samples[name], worse, level):
                return Disorder(name, one, other)
    return None


def _steps(one: Sample, other: Sample, sign: int, level: float) -> bool:
    """Say whether the second differs from the first in this direction, beyond luck."""
    n = min(len(one.column), len(other.column))
    one, other = one.first(n), other.first(n)
    if not sign * (other.column.mean() - one.column.mean()) > 0:
        return False
    found = difference(one, other, level)
    if found.low is None or found.high is None:
        return False
    return found.low > 0 if sign > 0 else found.high < 0
