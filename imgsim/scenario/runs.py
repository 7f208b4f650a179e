"""How long a scenario is run, with which luck, and how often."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Literal

from pydantic import (
    ConfigDict,
    model_validator,
)

from imgsim.fields import Count, Duration, Share, Warmup
from imgsim.scenario.base import Spec
from imgsim.scenario.tolerance import AsTolerance
from imgsim.units import DAY, parse_count


class Replications(Spec):
    """How many replications a study has: a whole number, or as many as a precision takes."""

    model_config = ConfigDict(json_schema_extra={"type": ["integer", "object"]})

    until: Mapping[str, AsTolerance] = {}
    """Wanted half-width of the interval, by name of the measure: a number in its unit, or a
    percentage of its mean. Left out: all replications are made."""
    at_most: Count = 500
    """No more replications than these."""

    @model_validator(mode="before")
    @classmethod
    def _number_alone(cls, said: Any) -> Any:
        return {"at_most": parse_count(said)} if isinstance(said, (int, float, str)) else said

    @model_validator(mode="after")
    def _tell_of_luck(self) -> Replications:
        if not all(tolerance.amount for tolerance in self.until.values()):
            raise ValueError("a half-width must be above 0")
        if self.at_most < 2:
            raise ValueError("must be 2 or more: one replication tells nothing of its own luck")
        if self.until and self.at_most < 20:
            raise ValueError("at_most must be 20 or more: a first look is taken at 20 replications")
        return self


class Run(Spec):
    """How long, with which luck, and how often."""

    horizon: Duration | None = None
    """Arrivals stop here; may be left out when all load ends by itself."""
    drain: Duration = 30 * DAY
    """How long beyond the horizon, or without one beyond the end of the load, the run goes on until
    nothing is in progress."""
    kind: Literal["terminating", "steady-state"] = "terminating"
    """Whether the run has an end of its own, such as a night, or shows a part of what goes on."""
    warmup: Warmup = 0
    """Cut when measuring: intents by first arrival, levels by time. With auto a study finds it from
    20 replications (steady-state only); a single run cuts nothing then."""
    seed: Count = 1
    """Fixes every draw, with the number of the replication."""
    replications: Replications | None = None
    """How many replications a study has, or until when it adds some."""
    confidence: Share = Fraction(95, 100)
    """Share of studies whose interval holds the true value."""

    @property
    def cut(self) -> int:
        """The warm-up in microseconds; 0 while it is not yet found."""
        return 0 if isinstance(self.warmup, str) else self.warmup

    @model_validator(mode="after")
    def _warm_before_horizon(self) -> Run:
        if self.horizon is not None and (self.horizon < 1 or self.cut >= self.horizon):
            raise ValueError("horizon must be above 0 and behind warmup")
        return self

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Run:
        if self.warmup == "auto" and self.kind != "steady-state":
            raise ValueError("warmup: auto goes with kind: steady-state")
        if self.kind == "steady-state" and self.horizon is None:
            raise ValueError("a steady-state run needs a horizon")
        if not Fraction(1, 2) <= self.confidence < 1:
            raise ValueError("confidence must be at least 50% and below 100%")
        return self
