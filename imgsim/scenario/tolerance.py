"""How exact a number is wanted: so much, or such a share of the number itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from imgsim.fields import Unit
from imgsim.units import SECOND, UnitError, format_duration, parse_duration


@dataclass(frozen=True, slots=True)
class Tolerance:
    """An amount in the unit of a measure, or a share of the measure's size; above 0 or 0.

    ``is_time`` marks an amount that was said as a time, in seconds: it goes with times alone.
    """

    amount: float
    relative: bool = False
    is_time: bool = False

    def of(self, size: float) -> float:
        """Return the amount for a measure of this size."""
        return self.amount * abs(size) if self.relative else self.amount

    def __str__(self) -> str:
        if self.is_time:
            return format_duration(round(self.amount * SECOND))
        return f"{self.amount * 100:.12g}%" if self.relative else f"{self.amount:.12g}"


def parse_tolerance(value: Any) -> Tolerance:
    """Return the tolerance of ``0.005``, ``30s`` or ``5%`` (of the number); raise `UnitError`."""
    if isinstance(value, Tolerance):
        return value
    amount, relative, is_time = 0.0, False, False
    try:
        if isinstance(value, bool):
            raise UnitError(f"{value} is no number")
        if isinstance(value, str) and value.strip().endswith("%"):
            amount, relative = float(value.strip()[:-1]) / 100, True
        elif isinstance(value, str) and value.strip()[-1:].isalpha():
            amount, is_time = parse_duration(value) / SECOND, True
        else:
            amount = float(value)
    except (TypeError, ValueError):
        amount = -1.0
    if not 0 <= amount < 1e15:
        raise UnitError(
            f"{str(value)[:40]!r} is no tolerance; write a number in the measure's unit such as "
            "0.005, a time such as 30s, or a percentage of the number itself such as 5%"
        )
    return Tolerance(amount, relative, is_time)


def misfit(measure: str, tolerance: Tolerance) -> str | None:
    """Say that the tolerance is a time and the measure is none; None when they go together.

    None too when there is no such measure.
    """
    if not tolerance.is_time:
        return None
    from imgsim.results.measures import kind_of

    try:
        if kind_of(measure) == "time":
            return None
    except KeyError:
        return None
    return (
        f"{measure} is no time, and {tolerance} is one; write a number in its unit such as 0.005, "
        "or a percentage of the number itself such as 5%"
    )


def _write(tolerance: Tolerance) -> object:
    return str(tolerance) if tolerance.relative or tolerance.is_time else tolerance.amount


AsTolerance = Annotated[
    Tolerance,
    Unit("a tolerance", parse_tolerance, _write, "0.005, 30s or 5%", ("number", "string")),
]
