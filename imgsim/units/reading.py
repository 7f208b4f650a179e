"""Quantities as people write them, read.

People write ``90s``, ``1h30m``, ``40 GiB``, ``100 MiB/s``, ``30/h``, ``1%``, ``200 CNY``,
``0.12 CNY/GiB/month``; a bare number where a unit belongs is an error that shows an example.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from fractions import Fraction

from imgsim.units.scale import CNY, GIB, HOURS_OF_A_MONTH, LARGEST, SECOND, SIZES, TIMES

_NUMBER = r"(?:\d+(?:\.\d+)?|\.\d+)"
_DURATION_PART = re.compile(rf"\s*({_NUMBER})\s*(us|ms|min|s|m|h|d|w)(?![a-zA-Z])", re.ASCII)
_COUNT_OF = re.compile(rf"\s*([-+]?{_NUMBER})\s*([A-Za-z%]+)\s*", re.ASCII)
_PER = re.compile(rf"\s*({_NUMBER})\s*(%?)\s*/\s*([a-z]+)\s*", re.ASCII)
_BYTES_PER_SECOND = re.compile(rf"\s*({_NUMBER})\s*([A-Za-z]+)\s*/\s*s\s*", re.ASCII)
_PRICE = re.compile(rf"\s*({_NUMBER})\s*CNY\s*/\s*GiB\s*/\s*(h|d|month)\s*", re.ASCII)
_HOURS = {"h": 1, "d": 24, "month": HOURS_OF_A_MONTH}
_LONGEST_TEXT = 100


class UnitError(ValueError):
    """A text is not the quantity it should be; the message says what would be."""


def _number(text: str) -> Fraction:
    return Fraction(text if not text.startswith(".") else "0" + text)


def _whole(value: Fraction, text: str, smallest: str) -> int:
    if value.denominator != 1:
        raise UnitError(f"{text!r} is not a whole number of {smallest}")
    if abs(value.numerator) > LARGEST:
        raise UnitError(f"{text!r} is too large")
    return value.numerator


def _text(value: object, what: str, example: str) -> str:
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise UnitError(f"not {what}; write for example {example}")
    if isinstance(value, (int, float)):
        raise UnitError(f"the number {value!r} has no unit; write {what} such as {example}")
    if len(value) > _LONGEST_TEXT:
        raise UnitError(
            f"a text of {len(value)} characters is not {what}; write for example {example}"
        )
    return value


def parse_duration(value: object) -> int:
    """Return microseconds of ``90s``, ``1h30m``, ``2.5d``, ``250ms``; raise `UnitError`."""
    text = _text(value, "a duration", "90s, 5m, 1h30m or 7d")
    total, position, seen = Fraction(0), 0, set()
    stripped = text.strip()
    while position < len(stripped):
        part = _DURATION_PART.match(stripped, position)
        if part is None or TIMES[part[2]] in seen:
            raise UnitError(f"{text!r} is not a duration; write for example 90s, 5m, 1h30m or 7d")
        seen.add(TIMES[part[2]])
        total += _number(part[1]) * TIMES[part[2]]
        position = part.end()
    if not stripped:
        raise UnitError("an empty text is not a duration; write for example 90s, 5m, 1h30m or 7d")
    return _whole(total, text, "microseconds")


def parse_bytes(value: object) -> int:
    """Return bytes of ``40 GiB``, ``512 MiB``; raise `UnitError`."""
    text = _text(value, "a size", "40 GiB or 512 MiB")
    match = _COUNT_OF.fullmatch(text)
    if match is None or match[2] not in SIZES or match[1].startswith("-"):
        raise UnitError(f"{text!r} is not a size; write for example 40 GiB, 512 MiB or 2 TiB")
    return _whole(_number(match[1].lstrip("+")) * SIZES[match[2]], text, "bytes")


def parse_gib(value: object) -> int:
    """Return whole GiB of ``40 GiB``, ``2 TiB``; raise `UnitError`."""
    text = _text(value, "a size", "40 GiB")
    return _whole(Fraction(parse_bytes(text), GIB), text, "GiB")


def parse_data_rate(value: object) -> int:
    """Return bytes per second of ``100 MiB/s``; raise `UnitError`."""
    text = _text(value, "a data rate", "100 MiB/s")
    match = _BYTES_PER_SECOND.fullmatch(text)
    if match is None or match[2] not in SIZES:
        raise UnitError(f"{text!r} is not a data rate; write for example 100 MiB/s or 1.5 GiB/s")
    return _whole(_number(match[1]) * SIZES[match[2]], text, "bytes per second")


def parse_money(value: object) -> int:
    """Return 1e-6 CNY of ``200 CNY``, ``-0.5 CNY``; raise `UnitError`."""
    text = _text(value, "an amount of money", "200 CNY")
    match = _COUNT_OF.fullmatch(text)
    if match is None or match[2] != "CNY":
        raise UnitError(
            f"{text!r} is not an amount of money; write for example 200 CNY or 0.01 CNY"
        )
    return _whole(_signed(match[1]) * CNY, text, "1e-6 CNY")


def parse_price(value: object) -> Fraction:
    """Return 1e-6 CNY per GiB-hour, exact, of ``0.12 CNY/GiB/month``; raise `UnitError`.

    A month has 720 hours.
    """
    text = _text(value, "a price of storage", "0.12 CNY/GiB/month")
    match = _PRICE.fullmatch(text)
    if match is None:
        raise UnitError(
            f"{text!r} is not a price of storage; write for example 0.12 CNY/GiB/month, or /d or /h"
        )
    price = _number(match[1]) * CNY / _HOURS[match[2]]
    if price > CNY:
        raise UnitError(f"{text!r} is too large; the most is 1 CNY/GiB/h")
    return price


def _signed(text: str) -> Fraction:
    magnitude = _number(text.lstrip("+-"))
    return -magnitude if text.startswith("-") else magnitude


def parse_rate(value: object) -> Fraction:
    """Return events per second, exact, of ``30/h``, ``0.5/s``, ``100/d``; raise `UnitError`."""
    text = _text(value, "a rate", "30/h")
    match = _PER.fullmatch(text)
    if match is None or match[2] or match[3] not in TIMES:
        raise UnitError(f"{text!r} is not a rate; write for example 30/h, 2/min or 0.5/s")
    return _number(match[1]) * SECOND / TIMES[match[3]]


def parse_share_rate(value: object) -> Fraction:
    """Return the share per second, exact, of ``2%/d``; raise `UnitError`."""
    text = _text(value, "a share per time", "2%/d")
    match = _PER.fullmatch(text)
    if match is None or not match[2] or match[3] not in TIMES:
        raise UnitError(f"{text!r} is not a share per time; write for example 2%/d or 0.1%/h")
    return _number(match[1]) * SECOND / TIMES[match[3]] / 100


def parse_share(value: object) -> Fraction:
    """Return the exact share of ``1%``, between 0 and 1; raise `UnitError`."""
    text = _text(value, "a share", "1%")
    match = _COUNT_OF.fullmatch(text)
    if match is None or match[2] != "%" or not 0 <= (share := _signed(match[1]) / 100) <= 1:
        raise UnitError(f"{text!r} is not a share; write for example 1%, 0.5% or 100%")
    return share


def parse_instant(value: object) -> datetime:
    """Return the UTC instant of ``2018-01-10T03:04:05Z`` or ``2018-01-10``; raise `UnitError`.

    An instant without a zone is UTC. Years 1970 to 9998, so that every duration can be added.
    """
    example = "write for example 2018-01-10T03:04:05Z"
    if not isinstance(value, str):
        raise UnitError(f"{_shown(value)} is not a calendar instant; {example}")
    try:
        instant = datetime.fromisoformat(value.strip())
        instant = (instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant).astimezone(
            UTC
        )
    except (ValueError, OverflowError):
        raise UnitError(f"{value[:_LONGEST_TEXT]!r} is not a calendar instant; {example}") from None
    if not 1970 <= instant.year <= 9998:
        raise UnitError(f"{value!r} lies outside the years 1970 to 9998")
    return instant


def parse_number(value: object) -> float:
    """Return a finite plain number; raise `UnitError` on a text, a truth value, NaN or infinity."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise UnitError(f"{_shown(value)} is not a plain number; write for example 0.3")
    if not abs(value) <= LARGEST:
        raise UnitError(f"{value!r} is not a finite number of reasonable size")
    return float(value)


def parse_count(value: object) -> int:
    """Return a whole number >= 0; raise `UnitError` on anything else."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= LARGEST:
        raise UnitError(f"{_shown(value)} is not a whole number from 0 on; write for example 100")
    return value


def parse_limit(value: object) -> int | None:
    """Return a whole number from 0 on, or None for ``unlimited``; raise `UnitError`."""
    if value == "unlimited":
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= LARGEST:
        raise UnitError(f"{_shown(value)} is not a whole number from 0 on, or unlimited")
    return value


def parse_flag(value: object) -> bool:
    """Return a truth value; raise `UnitError` on anything but ``true`` and ``false``."""
    if not isinstance(value, bool):
        raise UnitError(f"{_shown(value)} is not a truth value; write true or false")
    return value


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _LONGEST_TEXT else text[:_LONGEST_TEXT] + "..."
