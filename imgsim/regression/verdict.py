"""What a sample says of an expectation."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal

from imgsim.scenario.expect import Expectation
from imgsim.study.constraints import Check, Constraint, check, decide, enough, together
from imgsim.study.estimates import estimate
from imgsim.study.sample import Sample

Status = Literal["passed", "failed", "undecided"]
_STATUS: Final[dict[str, Status]] = {"proved": "passed", "disproved": "failed"}


@dataclass(frozen=True)
class Verdict:
    """What became of an expectation: value, bounds where there is a confidence, and why not.

    ``is_final`` says that more replications would not change it.
    """

    expected: Expectation
    status: Status
    n: int
    value: float | None = None
    low: float | None = None
    high: float | None = None
    at_least: bool = False
    reason: str = ""
    is_final: bool = True


def exact(expected: Expectation, sample: Sample) -> Verdict:
    """Hold the mean of the replications against the limit; it is as it is, without confidence.

    A mean that is only a lower bound decides what no larger one would change. Without a value
    nothing is decided: it is neither known to hold nor not to.
    """
    found = estimate(sample, 0.95)
    if found.mean is None:
        return Verdict(expected, "undecided", found.n, reason=_missing(found.method))
    high = None if found.at_least else found.mean
    decisions = {decide(one, found.mean, high) for one in constraints(expected)}
    order: tuple[Status, ...] = ("failed", "undecided", "passed")
    told = {_STATUS.get(one, "undecided") for one in decisions}
    status = next(one for one in order if one in told)
    reason = "the value is only a lower bound" if status == "undecided" else ""
    return Verdict(expected, status, found.n, found.mean, at_least=found.at_least, reason=reason)


def confident(expected: Expectation, sample: Sample, alpha: float, at_most: int) -> Verdict:
    """Hold the bounds of the measure against the limits; each word errs with chance ``alpha``.

    Passed when they lie inside, failed when they lie outside, else undecided; final then when not
    even ``at_most`` replications could decide it.
    """
    limits = constraints(expected)
    checks = {str(one): check(one, sample, alpha, len(limits)) for one in limits}
    first = next(iter(checks.values()))
    if first.mean is None:
        reason = _missing(estimate(sample, 0.95).method)
        return Verdict(expected, "undecided", first.n, reason=reason)
    status = _STATUS.get(together(checks), "undecided")
    reason = ""
    if status == "undecided":
        reason = _in_vain(limits, [*checks.values()], alpha, at_most)
    lows = [one.low for one in checks.values() if one.low is not None]
    highs = [one.high for one in checks.values() if one.high is not None]
    return Verdict(
        expected,
        status,
        first.n,
        first.mean,
        max(lows, default=None),
        min(highs, default=None),
        first.at_least,
        reason or ("its bounds lie on both sides of a limit" if status == "undecided" else ""),
        is_final=status != "undecided" or bool(reason),
    )


def constraints(expected: Expectation) -> list[Constraint]:
    """Return the limits as constraints; what may be reached ends at the next number beyond."""
    beyond = {"<": 0.0, ">": 0.0, "<=": math.inf, ">=": -math.inf}
    return [
        Constraint(
            expected.measure,
            math.nextafter(amount.number, beyond[sign]) if beyond[sign] else amount.number,
            below=sign.startswith("<"),
            shown=str(amount),
        )
        for sign, amount in expected.limits.items()
    ]


def _missing(method: str) -> str:
    return f"it has no value: {method.removeprefix('none: ')}"


def _in_vain(limits: list[Constraint], checks: list[Check], alpha: float, at_most: int) -> str:
    """Say how many replications without events would be needed, if too many; else nothing."""
    for one, found in zip(limits, checks, strict=True):
        if found.decision == "no events" and (needed := enough(one, alpha)) > at_most:
            return (
                f"nothing of the kind was seen, and it would take {needed} replications to show "
                "that it is rare enough"
            )
    return ""
