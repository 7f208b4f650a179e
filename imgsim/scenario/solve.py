"""Which value of a scenario a study looks for, where, and what must hold there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from imgsim.fields import Count, Share, Unit
from imgsim.scenario.base import Spec
from imgsim.scenario.grid import Grid, parse_grid
from imgsim.scenario.limits import Amount, AsAmount
from imgsim.units import UnitError


def _scalar(value: object) -> Any:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise UnitError("must be a number, or a quantity with its unit such as 30m")
    return value


Quantity = Annotated[
    Any,
    Unit(
        "a number, or a quantity with its unit",
        _scalar,
        lambda value: value,
        "100 or 30m",
        ("number", "string"),
    ),
]


class Bound(Spec):
    """What a measure must stay below, or above."""

    below: AsAmount | None = None
    """A number in the measure's unit, or with a unit of its own such as 1%, 30m or 200 CNY."""
    above: AsAmount | None = None
    """As below."""

    @property
    def amount(self) -> Amount:
        """The limit, whichever side it bounds."""
        amount = self.above if self.below is None else self.below
        assert amount is not None
        return amount

    @model_validator(mode="after")
    def _is_one(self) -> Bound:
        if (self.below is None) == (self.above is None):
            raise ValueError("give either below or above, such as below: 1%")
        return self


class Solve(Spec):
    """The smallest, or largest, value of a path for which all constraints hold."""

    smallest: str | None = None
    """Dotted path of the value of which the smallest is sought; larger ones hold as well."""
    largest: str | None = None
    """Dotted path of the value of which the largest is sought; smaller ones hold as well."""
    low: Quantity
    """Smallest value to look at: a whole number, or a quantity with its unit."""
    high: Quantity
    """Largest value to look at."""
    step: Quantity | None = None
    """Only low and whole steps from it are looked at; 1 for whole numbers, needed else."""
    start: Quantity | None = None
    """Value to look at first; left out: low."""
    constraints: Annotated[Mapping[str, Bound], Field(min_length=1)]
    """What must hold, by name of the measure."""
    indifference: Mapping[str, AsAmount] = {}
    """So near to its limit it does not matter on which side a measure lies, by name."""
    at_most: Count = 500
    """No more replications than these at each value."""
    confidence: Share | None = None
    """Of the whole answer; left out: run.confidence."""

    @property
    def find(self) -> Literal["smallest", "largest"]:
        """Which end is sought."""
        return "largest" if self.smallest is None else "smallest"

    @property
    def path(self) -> str:
        """The dotted path of the value."""
        return self.smallest or self.largest or ""

    @property
    def grid(self) -> Grid:
        """The values to look at."""
        return parse_grid(self.low, self.high, self.step, self.start)

    @model_validator(mode="after")
    def _can_be_solved(self) -> Solve:
        if bool(self.smallest) == bool(self.largest):
            raise ValueError("give either smallest or largest, the path of a value")
        _ = self.grid
        for name, zone in self.indifference.items():
            if name not in self.constraints:
                there = ", ".join(self.constraints)
                raise ValueError(f"indifference: {name!r} is not constrained; there are {there}")
            if zone.number <= 0:
                raise ValueError(f"indifference: {name}: must be above 0")
        if self.at_most < 2:
            raise ValueError("at_most must be 2 or more: one replication tells nothing of its luck")
        if self.confidence is not None and not 0.5 <= self.confidence < 1:
            raise ValueError("confidence must be at least 50% and below 100%")
        return self
