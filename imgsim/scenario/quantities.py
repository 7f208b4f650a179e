"""Ranges of what a scenario may say: numbers, and quantities with their units."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final, NamedTuple

from imgsim.units import (
    CNY,
    DAY,
    GIB,
    HOUR,
    HOURS_OF_A_MONTH,
    MIB,
    MILLISECOND,
    SECOND,
    UnitError,
    format_bytes,
    format_data_rate,
    format_duration,
    format_money,
    format_price,
    format_rate,
    format_share,
    format_share_rate,
    parse_bytes,
    parse_data_rate,
    parse_duration,
    parse_money,
    parse_number,
    parse_price,
    parse_rate,
    parse_share,
    parse_share_rate,
)

_DIGITS: Final = 6
"""Significant digits that are kept of a value between the ends."""


class _Kind(NamedTuple):
    """A kind of quantity: how it is read and written, and in which unit it is rounded."""

    what: str
    parse: Callable[[object], Any]
    write: Callable[[Any], Any]
    unit: Fraction
    whole: bool


_KINDS: Final = (
    _Kind("durations", parse_duration, format_duration, Fraction(MILLISECOND), True),
    _Kind("sizes", parse_bytes, format_bytes, Fraction(MIB), True),
    _Kind("data rates", parse_data_rate, format_data_rate, Fraction(MIB, 1024), True),
    _Kind("amounts of money", parse_money, format_money, Fraction(CNY, 100), True),
    _Kind("prices", parse_price, format_price, Fraction(CNY, HOURS_OF_A_MONTH), False),
    _Kind("daily shares", parse_share_rate, format_share_rate, Fraction(SECOND, 100 * DAY), False),
    _Kind("rates", parse_rate, format_rate, Fraction(SECOND, HOUR), False),
    _Kind("shares", parse_share, format_share, Fraction(1, 100), False),
)


@dataclass(frozen=True)
class Range:
    """The values of one kind from ``low`` to ``high``, in the kind's own base unit, exact.

    Whole numbers are those whose two ends are written as such; between the ends of others values
    are kept to six digits, durations to a millisecond, sizes to a MiB or, where both ends are
    whole GiB, to a GiB.
    """

    low: Fraction
    high: Fraction
    _kind: _Kind

    @property
    def is_whole(self) -> bool:
        """Whether it is a range of whole plain numbers."""
        return self._kind.what == "whole numbers"

    def parse(self, value: object) -> Fraction:
        """Return a value, as a file says it, in the base unit; raise `UnitError`."""
        return Fraction(self._kind.parse(value))

    def write(self, amount: Fraction) -> Any:
        """Return the value of an amount in the base unit, as a file says it."""
        return self._kind.write(int(amount) if amount.denominator == 1 else amount)

    def between(self, share: float, *, log: bool = False) -> Any:
        """Return the value, as a file says it, that lies a share of the way from low to high.

        With ``log`` it is so on a logarithmic scale, which needs a low end above 0.
        """
        if log:
            amount = Fraction(math.exp(_mix(math.log(self.low), math.log(self.high), share)))
        else:
            amount = self.low + (self.high - self.low) * Fraction(share)
        return self.write(min(max(self._rounded(amount), self.low), self.high))

    def _rounded(self, amount: Fraction) -> Fraction:
        unit = self._kind.unit
        if self._kind.what == "sizes" and not (self.low % GIB or self.high % GIB):
            unit = Fraction(GIB)
        if self._kind.whole:
            return round(amount / unit) * unit
        return Fraction(f"{float(amount / unit):.{_DIGITS}g}") * unit


def parse_range(low: object, high: object) -> Range:
    """Return the range from low to high, both as a file says them; raise `UnitError`."""
    kind = _kind_of(low)
    try:
        ends = Fraction(kind.parse(low)), Fraction(kind.parse(high))
    except UnitError:
        if kind is not _WHOLE:
            raise UnitError(f"{low!r} and {high!r} are not both {kind.what}") from None
        kind = _NUMBERS
        ends = Fraction(kind.parse(low)), Fraction(kind.parse(high))
    if ends[0] >= ends[1]:
        raise UnitError(f"low must be below high, and {low!r} is not below {high!r}")
    return Range(*ends, kind)


def _kind_of(value: object) -> _Kind:
    if not isinstance(value, str):
        return _WHOLE if isinstance(value, int) else _NUMBERS
    for kind in _KINDS:
        try:
            kind.parse(value)
        except UnitError:
            continue
        return kind
    raise UnitError(
        f"{value[:40]!r} is no quantity; write for example 100, 0.5, 5m, 40 GiB, 30/h or 1%"
    )


def _mix(low: float, high: float, share: float) -> float:
    return low + (high - low) * share


def _whole(value: object) -> int:
    number = parse_number(value)
    if not isinstance(value, int):
        raise UnitError(f"{value!r} is not a whole number")
    return int(number)


_WHOLE: Final = _Kind("whole numbers", _whole, int, Fraction(1), True)
_NUMBERS: Final = _Kind("plain numbers", parse_number, float, Fraction(1), False)
