"""What a measure must stay below or above, and whether a sample shows that it does."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from imgsim.study.estimates import estimate
from imgsim.study.sample import Sample
from imgsim.study.search import Decision


@dataclass(frozen=True)
class Constraint:
    """A measure's limit, and how near to it nothing matters, both in the measure's unit.

    ``shown`` is the limit as people write it.
    """

    name: str
    limit: float
    below: bool
    zone: float = 0.0
    shown: str = ""

    def __str__(self) -> str:
        return f"{self.name} {'<' if self.below else '>'} {self.shown or self.limit}"


class Check(NamedTuple):
    """What is known of a measure at a point, beside its limit; None where there is no bound."""

    n: int
    mean: float | None
    low: float | None
    high: float | None
    at_least: bool
    decision: Decision


def check(constraint: Constraint, sample: Sample, alpha: float, of: int) -> Check:
    """Return what a sample shows of one of so many constraints, with one-sided bounds.

    Only one kind of error is possible at a point. Where the constraint is violated, that it is
    called kept: the bound on that side errs with chance ``alpha``, and a point is called good only
    when all its bounds are, so that the one of the violated constraint suffices (intersection-union
    test; Berger, "Multiparameter hypothesis testing and acceptance sampling", Technometrics 24,
    1982). Where all are kept, that any is called violated: the bounds on the other side share
    ``alpha`` (Bonferroni). A two-sided interval of confidence 1 - 2a ends in one-sided bounds at
    level a.
    """
    keeping, breaking = (estimate(sample, 1 - 2 * level) for level in (alpha, alpha / of))
    below = constraint.below
    low, high = (breaking.low, keeping.high) if below else (keeping.low, breaking.high)
    decision = decide(constraint, low, high)
    without = sample.parts is not None and keeping.mean == (0 if below else 1)
    if decision == "undecided" and without and 0 < constraint.limit < 1:
        decision = "no events"
    return Check(keeping.n, keeping.mean, low, high, keeping.at_least, decision)


def decide(constraint: Constraint, low: float | None, high: float | None) -> Decision:
    """Return what bounds of a measure, None where there is none, say of its limit."""
    limit, zone = constraint.limit, constraint.zone
    if constraint.below:
        is_kept, is_broken = high is not None and high < limit, low is not None and low >= limit
    else:
        is_kept, is_broken = low is not None and low > limit, high is not None and high <= limit
    if is_kept or is_broken:
        return "proved" if is_kept else "disproved"
    if low is not None and high is not None and limit - zone < low and high < limit + zone:
        return "near"
    return "undecided"


def enough(constraint: Constraint, alpha: float) -> int:
    """Return how many replications without any event prove a share, at level alpha."""
    rest = constraint.limit if constraint.below else 1 - constraint.limit
    return math.floor(math.log(alpha) / math.log1p(-rest)) + 1


def in_vain(
    constraints: Sequence[Constraint], checks: Mapping[str, Check], alpha: float, at_most: int
) -> bool:
    """Say whether even all replications without any event would not prove what has none yet."""
    return any(
        checks[one.name].decision == "no events" and enough(one, alpha) > at_most
        for one in constraints
    )


def judge(
    constraints: Sequence[Constraint], samples: Mapping[str, Sample], alpha: float
) -> dict[str, Check]:
    """Return what the samples of a point show of each constraint; all err with chance alpha."""
    return {one.name: check(one, samples[one.name], alpha, len(constraints)) for one in constraints}


def together(checks: Mapping[str, Check]) -> Decision:
    """Return the decision on a point: proved when all are, disproved when any is."""
    found = {one.decision for one in checks.values()}
    order: tuple[Decision, ...] = ("disproved", "undecided", "no events", "near")
    for decision in order:
        if decision in found:
            return decision
    return "proved"
