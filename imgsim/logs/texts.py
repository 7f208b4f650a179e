"""Texts, numbers and instants of JSON values, whichever way they are written."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Final

from imgsim.logs.shapes import UnreadableError
from imgsim.units import UnitError, parse_instant

_EPOCH_DIGITS: Final = {10: 1_000_000, 13: 1_000, 16: 1}
"""Digits of a number that counts seconds, milliseconds or microseconds since 1970."""
_MOST_DIGITS: Final = 10**30


def text_of(value: object, what: str) -> str | None:
    """Return a plain value as the text that was sent, None for none; raise `UnreadableError`."""
    if value is None:
        return None
    if isinstance(value, str):
        if not value.isascii() and any("\ud800" <= c <= "\udfff" for c in value):
            raise UnreadableError(f"{what} is no Unicode text")
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and math.isfinite(value):
        value = int(value) if value.is_integer() else value
    if isinstance(value, (int, float)) and abs(value) < _MOST_DIGITS:
        return str(value)
    raise UnreadableError(f"{what} is no plain value")


def instant_of(value: object, what: str) -> datetime:
    """Return the UTC instant of a text or of a count since 1970; raise `UnreadableError`."""
    text = text_of(value, what) or ""
    whole = text.partition(".")[0]
    try:
        if whole.isascii() and whole.isdigit() and len(whole) in _EPOCH_DIGITS:
            micros = round(float(text) * _EPOCH_DIGITS[len(whole)])
            return parse_instant(datetime.fromtimestamp(micros / 1e6, UTC).isoformat())
        return parse_instant(text)
    except (UnitError, ValueError, OverflowError, OSError):
        raise UnreadableError(f"{what} is no instant") from None
