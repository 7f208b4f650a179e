"""What is expected of a scenario's measures."""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator

from imgsim.fields import Share
from imgsim.scenario.base import Name, Spec
from imgsim.scenario.limits import Amount, AsAmount


class Expectation(Spec):
    """What a measure must be, and how bad it is when it is not."""

    id: Name | None = None
    """Name of the expectation; left out: the measure's."""
    measure: str
    """Name of the measure."""
    below: AsAmount | None = None
    """A number in the measure's unit, or with a unit of its own such as 1%, 30m or 200 CNY."""
    above: AsAmount | None = None
    """As below."""
    between: tuple[AsAmount, ...] | None = None
    """The lowest and the highest that may be."""
    equals: AsAmount | None = None
    """Of what is exact, such as a count; without confidence."""
    confidence: Share | None = None
    """With it the bound of the measure at this confidence must lie inside, and replications are
    added until it does or lies outside. Without it the mean of all replications is held against the
    limit, of a scenario without replications that of its only run."""
    severity: Literal["error", "warn"] = "error"
    """Whether what does not hold is an error, or a warning."""

    @property
    def name(self) -> str:
        """The id, or else the name of the measure."""
        return self.id or self.measure

    @property
    def limits(self) -> dict[str, Amount]:
        """The amounts that are said, by what stands before each: ``<``, ``>``, ``>=``, ``<=``."""
        lowest, highest = self.between or (self.equals, self.equals)  # two, as was demanded
        said = {"<": self.below, ">": self.above, ">=": lowest, "<=": highest}
        return {sign: amount for sign, amount in said.items() if amount is not None}

    def __str__(self) -> str:
        if self.equals is not None:
            return f"= {self.equals}"
        if self.between is not None:
            return f"{self.between[0]} .. {self.between[1]}"
        return ", ".join(f"{sign} {amount}" for sign, amount in self.limits.items())

    @model_validator(mode="after")
    def _is_one(self) -> Expectation:
        said = (self.below, self.above, self.between, self.equals)
        if sum(one is not None for one in said) != 1:
            raise ValueError("give one of below, above, between and equals, such as below: 1%")
        numbers = [amount.number for amount in self.between or ()]
        if self.between is not None and (len(numbers) != 2 or numbers[0] > numbers[1]):
            raise ValueError("between: give the lowest and the highest, such as [10m, 30m]")
        if self.confidence is None:
            return self
        if self.equals is not None:
            raise ValueError("nothing that varies equals a number with confidence; give between")
        if not 0.5 <= self.confidence < 1:
            raise ValueError("confidence must be at least 50% and below 100%")
        return self
