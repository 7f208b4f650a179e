"""``sweep:`` at which points a scenario is run, how often, and what is told of each."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cached_property
from typing import Any, Final, Literal

from pydantic import ConfigDict, Field, field_validator, model_validator

from imgsim.fields import Count
from imgsim.scenario.base import Spec
from imgsim.scenario.quantities import Range, parse_range

MOST_POINTS: Final = 10_000

Values = Mapping[str, Any]
"""What is set at a point, by dotted path: numbers, texts or whole blocks."""


class Factor(Spec):
    """What a value is drawn from: a range, or choices that are equally likely."""

    model_config = ConfigDict(json_schema_extra={"type": ["array", "object"]})

    low: Any = None
    """Low end of a range: a number, or a quantity such as 1m, 40 GiB or 30/h."""
    high: Any = None
    """High end of the range."""
    scale: Literal["linear", "log"] = "linear"
    """Whether equal steps or equal factors are equally likely."""
    choices: tuple[Any, ...] = ()
    """Choices instead of a range; may be written as a list alone."""

    @model_validator(mode="before")
    @classmethod
    def _list_alone(cls, said: Any) -> Any:
        return {"choices": said} if isinstance(said, (list, tuple)) else said

    @model_validator(mode="after")
    def _is_one_of_both(self) -> Factor:
        ends = [end for end in (self.low, self.high) if end is not None]
        if self.choices and ends:
            raise ValueError("give low and high, or choices, not both")
        if not self.choices and len(ends) < 2:
            raise ValueError("give low and high, such as {low: 1m, high: 10m}, or a list of two")
        if self.choices and len(self.choices) < 2:
            raise ValueError("one choice alone is none; give two or more")
        if not self.choices and self.range.low <= 0 and self.scale == "log":
            raise ValueError(f"a logarithmic scale has no place for {self.low!r}; begin above 0")
        return self

    @cached_property
    def range(self) -> Range:
        """The range; raises `UnitError` when the ends make none."""
        return parse_range(self.low, self.high)

    def at(self, share: float) -> Any:
        """Return the value, as a file says it, below which a share of the values lies."""
        if self.choices:
            return self.choices[min(int(share * len(self.choices)), len(self.choices) - 1)]
        if self.range.is_whole and self.scale == "linear":  # each number is equally likely
            count = int(self.range.high - self.range.low) + 1
            return self.range.write(self.range.low + min(int(share * count), count - 1))
        return self.range.between(share, log=self.scale == "log")


class LatinHypercube(Spec):
    """Points spread so that each factor takes each part of its range once."""

    points: Count
    """How many points."""
    seed: Count = 1
    """Fixes the points; the luck of the runs is that of run.seed."""
    ranges: Mapping[str, Factor] = Field(min_length=1)
    """Ranges or choices by dotted path."""

    @model_validator(mode="after")
    def _has_points(self) -> LatinHypercube:
        if self.points < 2:
            raise ValueError("points must be 2 or more")
        return self


class Sobol(Spec):
    """Points that tell what share of a measure's variance each factor brings.

    These are base x (factors + 2), after Saltelli et al. (2010).
    """

    base: Count = 64
    """How many base points; a power of 2."""
    seed: Count = 1
    """Fixes the points; the luck of the runs is that of run.seed."""
    ranges: Mapping[str, Factor] = Field(min_length=1)
    """Ranges or choices by dotted path."""

    @model_validator(mode="after")
    def _is_power_of_two(self) -> Sobol:
        if self.base < 4 or self.base & (self.base - 1):
            raise ValueError(f"base must be a power of 2 from 4 on, such as 64, not {self.base}")
        return self


class SweepSpec(Spec):
    """At which points a scenario is run, and how often; give one of the four designs."""

    model_config = ConfigDict(validate_by_alias=True, validate_by_name=False)

    grid: Mapping[str, tuple[Any, ...]] | None = None
    """Values by dotted path; the points are all combinations."""
    points: tuple[Values, ...] | None = Field(None, alias="list")
    """The points themselves: what is set at each, by dotted path; all else stays as it is."""
    latin_hypercube: LatinHypercube | None = Field(None, alias="latin-hypercube")
    """Points spread evenly over ranges."""
    sobol: Sobol | None = None
    """Points from which Sobol indices are told."""
    replications: Count = 20
    """Replications of each point, which all meet the same luck."""
    measures: tuple[str, ...] = ()
    """Measures that are told; left out: a few of the most asked for."""

    @field_validator("grid")
    @classmethod
    def _has_values(cls, grid: Any) -> Any:
        if grid is not None and not grid:
            raise ValueError("must not be empty; write for example {run.seed: [1, 2, 3]}")
        for path, values in (grid or {}).items():
            if not values:
                raise ValueError(f"there are no values of {path}; write for example [60, 80]")
        return grid

    @field_validator("points")
    @classmethod
    def _has_points(cls, points: Any) -> Any:
        if points is not None and not points:
            raise ValueError("must not be empty; write for example [{run.seed: 1}, {run.seed: 2}]")
        return points

    @model_validator(mode="after")
    def _is_one_design(self) -> SweepSpec:
        given = [name for name, design in self.designs.items() if design is not None]
        if len(given) != 1:
            what = f"{' and '.join(given)} stand here together; " if given else ""
            raise ValueError(f"{what}give one of {', '.join(self.designs)}")
        if self.size > MOST_POINTS:
            raise ValueError(f"{self.size} points are too many; at most {MOST_POINTS}")
        if self.replications < 1:
            raise ValueError("replications must be 1 or more")
        return self

    @property
    def designs(self) -> dict[str, Any]:
        """The four designs by the name that a file gives them; one of them is not None."""
        return {
            "grid": self.grid,
            "list": self.points,
            "latin-hypercube": self.latin_hypercube,
            "sobol": self.sobol,
        }

    @property
    def size(self) -> int:
        """How many points there are."""
        if self.grid is not None:
            return math.prod(len(values) for values in self.grid.values())
        if self.points is not None:
            return len(self.points)
        if self.latin_hypercube is not None:
            return self.latin_hypercube.points
        assert self.sobol is not None
        return self.sobol.base * (len(self.sobol.ranges) + 2)
