"""Quantities written so that the same ones are read back."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction

from imgsim.units.reading import UnitError
from imgsim.units.scale import (
    CNY,
    DAY,
    HOUR,
    HOURS_OF_A_MONTH,
    MINUTE,
    SECOND,
    SIZES,
    TIMES,
)


def decimal(value: Fraction | int) -> str | None:
    """Return the shortest finite decimal of a fraction, or None where there is none."""
    value = Fraction(value)
    rest, digits = value.denominator, 0
    for prime in (2, 5):
        power = 0
        while rest % prime == 0:
            rest //= prime
            power += 1
        digits = max(digits, power)
    if rest != 1:
        return None
    scaled = abs(value.numerator) * 10**digits // value.denominator
    text = str(scaled).rjust(digits + 1, "0")
    sign = "-" if value < 0 else ""
    return sign + (f"{text[:-digits]}.{text[-digits:]}".rstrip("0").rstrip(".") if digits else text)


def format_duration(value: int) -> str:
    """Write microseconds so that `parse_duration` reads the same number back."""
    parts = []
    for unit, size in (("d", DAY), ("h", HOUR), ("m", MINUTE)):
        if value >= size:
            parts.append(f"{value // size}{unit}")
            value %= size
    if value or not parts:
        parts.append(f"{decimal(Fraction(value, SECOND))}s")
    return "".join(parts)


def _largest_unit(value: int, units: tuple[tuple[str, int], ...]) -> str:
    name, size = next(((n, s) for n, s in units if value and value % s == 0), units[-1])
    return f"{value // size} {name}"


def format_bytes(value: int) -> str:
    """Write bytes so that `parse_bytes` reads the same number back."""
    return _largest_unit(value, tuple(reversed(SIZES.items())))


def format_gib(value: int) -> str:
    """Write GiB."""
    return f"{value} GiB"


def format_data_rate(value: int) -> str:
    """Write bytes per second so that `parse_data_rate` reads the same number back."""
    return format_bytes(value) + "/s"


def format_money(value: int) -> str:
    """Write 1e-6 CNY so that `parse_money` reads the same number back."""
    return f"{decimal(Fraction(value, CNY))} CNY"


def format_price(value: Fraction) -> str:
    """Write 1e-6 CNY per GiB-hour so that `parse_price` reads the same number back."""
    return f"{decimal(value * HOURS_OF_A_MONTH / CNY)} CNY/GiB/month"


def _format_per(value: Fraction, suffix: str) -> str:
    """Write a rate by the unit in which it is shortest."""
    numbers = {name: decimal(value * TIMES[name] / SECOND) for name in ("s", "min", "h", "d", "w")}
    texts = [f"{text}{suffix}/{name}" for name, text in numbers.items() if text is not None]
    if not texts:
        raise UnitError(f"the rate {value} per second has no finite decimal in any unit")
    return min(texts, key=len)


def format_rate(value: Fraction) -> str:
    """Write events per second so that `parse_rate` reads the same number back."""
    return _format_per(value, "")


def format_share_rate(value: Fraction) -> str:
    """Write a share per second so that `parse_share_rate` reads the same number back."""
    return _format_per(value * 100, "%")


def format_share(value: Fraction) -> str:
    """Write a share so that `parse_share` reads the same number back."""
    return f"{decimal(value * 100)}%"


def format_instant(value: datetime) -> str:
    """Write a UTC instant so that `parse_instant` reads the same instant back."""
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
