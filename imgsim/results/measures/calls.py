"""What became of the calls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from imgsim.api.rules import RULEBOOK
from imgsim.results.facts import Facts
from imgsim.results.measures.measured import Measure, Measured, Share
from imgsim.units import HOUR


def _calls(facts: Facts) -> Measured:
    """Number of calls."""
    return Measured(len(facts.calls))


def _rejection_rate(facts: Facts) -> Measured:
    """Share of calls that were denied."""
    return Share(len(facts.outcome("denied")), len(facts.calls))


def _failure_rate(facts: Facts) -> Measured:
    """Share of accepted calls whose image failed."""
    return Share(
        len(facts.outcome("failed")), len(facts.outcome("available", "failed", "unfinished"))
    )


def _unfinished(facts: Facts) -> Measured:
    """Number of calls whose image was still in the making when the run ended."""
    return Measured(len(facts.outcome("unfinished")))


def _available(facts: Facts) -> Measured:
    """Number of calls whose image became Available."""
    return Measured(len(facts.outcome("available")))


def _throughput(facts: Facts) -> Measured:
    """Images that became Available per hour, from the end of the warm-up to the end of the run."""
    span = facts.end - facts.begin
    return Measured(facts.became_available() * HOUR / span if span > 0 else None)


def _rejected_by(number: int, name: str) -> Measure:
    def rate(facts: Facts) -> Measured:
        return Share(int((facts.calls["rule"] == number).sum()), len(facts.calls))

    rate.__doc__ = f"Share of calls that were denied because {name.replace('_', ' ')}."
    return rate


MEASURES: Final[Mapping[str, Measure]] = {
    "calls": _calls,
    "rejection_rate": _rejection_rate,
    **{
        f"rejection_rate.{rule.name}": _rejected_by(number, rule.name)
        for number, rule in enumerate(RULEBOOK)
    },
    "failure_rate": _failure_rate,
    "available": _available,
    "unfinished": _unfinished,
    "throughput_per_h": _throughput,
}
