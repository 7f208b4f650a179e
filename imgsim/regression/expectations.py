"""What a scenario expects, as claims."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Final

from imgsim.regression.checked import Checked
from imgsim.regression.claim import Claim, Status, Verdict
from imgsim.scenario.expect import Expectation
from imgsim.study.constraints import Check, Constraint, check, decide, enough, together
from imgsim.study.estimates import estimate
from imgsim.study.looks import looks
from imgsim.study.replicate import AT_MOST
from imgsim.study.sample import Sample

_STATUS: Final[dict[str, Status]] = {"proved": "passed", "disproved": "failed"}


def claims(checked: Checked) -> Iterator[Claim]:
    """Yield what the file expects, in its order.

    What has a confidence is looked at from 20 replications on, and its looks share the error; what
    has none when all replications are there, of a scenario without any when the first is.
    """
    said = checked.scenario.run.replications
    at_most = AT_MOST if said is None else said.at_most
    looked = (*looks(at_most),)
    when: tuple[int, ...]
    for one, place in zip(checked.scenario.expect, checked.places, strict=True):
        if one.confidence is None:
            when = (1 if said is None else at_most,)
            judge = partial(_as_it_is, one)
        else:
            alpha = (1 - float(one.confidence)) / len(looked)
            when, judge = looked, partial(_with_confidence, one, alpha, at_most)
        asked = (one.measure,)
        yield Claim(one.name, one.measure, str(one), place, one.severity, asked, when, judge)


def _as_it_is(expected: Expectation, samples: Mapping[str, Sample], n: int) -> Verdict:
    """Hold the mean of the replications against the limit, without confidence.

    A mean that is only a lower bound decides what no larger one would change. Without a value
    nothing is decided: it is neither known to hold nor not to.
    """
    found = estimate(samples[expected.measure], 0.95)
    if found.mean is None:
        return Verdict("undecided", n, reason=_missing(found.method))
    high = None if found.at_least else found.mean
    decisions = {decide(one, found.mean, high) for one in constraints(expected)}
    order: tuple[Status, ...] = ("failed", "undecided", "passed")
    told = {_STATUS.get(one, "undecided") for one in decisions}
    status = next(one for one in order if one in told)
    reason = "the value is only a lower bound" if status == "undecided" else ""
    return Verdict(status, n, found.mean, at_least=found.at_least, reason=reason)


def _with_confidence(
    expected: Expectation, alpha: float, at_most: int, samples: Mapping[str, Sample], n: int
) -> Verdict:
    """Hold the bounds of the measure against the limits; each word errs with chance ``alpha``.

    Passed when they lie inside, failed when they lie outside, else undecided; final then when not
    even ``at_most`` replications could decide it.
    """
    limits, sample = constraints(expected), samples[expected.measure]
    checks = {str(one): check(one, sample, alpha, len(limits)) for one in limits}
    found = [*checks.values()]
    mean, at_least = found[0].mean, found[0].at_least
    if mean is None:
        return Verdict("undecided", n, reason=_missing(estimate(sample, 0.95).method))
    low = max((one.low for one in found if one.low is not None), default=None)
    high = min((one.high for one in found if one.high is not None), default=None)
    status = _STATUS.get(together(checks), "undecided")
    if status != "undecided":
        return Verdict(status, n, mean, low, high, at_least)
    vain = _in_vain(limits, found, alpha, at_most)
    reason = vain or f"its bounds lie on both sides of a limit after {n} replications"
    return Verdict(status, n, mean, low, high, at_least, reason, is_final=bool(vain))


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
    return method.removeprefix("none: ")


def _in_vain(limits: list[Constraint], checks: list[Check], alpha: float, at_most: int) -> str:
    """Say how many replications without events would be needed, if too many; else nothing."""
    for one, found in zip(limits, checks, strict=True):
        if found.decision == "no events" and (needed := enough(one, alpha)) > at_most:
            return (
                f"nothing of the kind was seen, and it would take {needed} replications to show "
                "that it is rare enough"
            )
    return ""
