"""Values that lie evenly between two ends: numbers, and quantities with their units."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from imgsim.scenario.quantities import Range, parse_range
from imgsim.units import UnitError

_MOST: Final = 10**9


@dataclass(frozen=True)
class Grid:
    """The values low, low + step, ..., of which none is above the high end; counted from 0.

    ``first`` is the number of the value at which to begin.
    """

    step: Fraction
    last: int
    first: int
    _range: Range

    @property
    def written_step(self) -> Any:
        """The step as a file says it."""
        return self._range.write(self.step)

    def value(self, number: int) -> Any:
        """Return a value as a file says it."""
        return self._range.write(self._range.low + number * self.step)


def parse_grid(low: object, high: object, step: object = None, start: object = None) -> Grid:
    """Return the grid of quantities as a file says them; raise `UnitError`.

    The step is 1 for whole numbers and must be given else. The first value is the nearest to
    ``start``, or low.
    """
    if isinstance(low, int) and any(isinstance(one, float) for one in (step, start)):
        low = float(low)
    within = parse_range(low, high)
    if step is None and not within.is_whole:
        raise UnitError(f"{low} to {high} needs a step, such as a hundredth of the way")
    size = Fraction(1) if step is None else within.parse(step)
    if size <= 0:
        raise UnitError(f"a step must be above 0, and {step!r} is not")
    last = (within.high - within.low) // size
    if not 1 <= last <= _MOST:
        raise UnitError(f"from {low} to {high} there are {last} steps of {step}; give 1 to {_MOST}")
    first = Fraction(0) if start is None else (within.parse(start) - within.low) / size
    if not 0 <= first <= last:
        raise UnitError(f"start {start!r} does not lie between {low} and {high}")
    return Grid(size, int(last), round(first), within)
