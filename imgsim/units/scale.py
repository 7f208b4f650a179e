"""The integers the model counts in, and how many of them a unit is.

A time is an integer of microseconds, money an integer of 1e-6 CNY, a size an integer of GiB
(requests, tables) or of bytes (moving data), a data rate an integer of bytes per second. A rate of
events and a share are exact fractions.
"""

from __future__ import annotations

from datetime import datetime, timedelta

MICROSECOND = 1
MILLISECOND = 1_000
SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
WEEK = 7 * DAY
KIB = 1 << 10
MIB = 1 << 20
GIB = 1 << 30
TIB = 1 << 40
CNY = 1_000_000

HOURS_OF_A_MONTH = 720
"""Of a month in a price: 30 days."""

LARGEST = 2**62
"""No quantity is larger, so that sums of two still fit the 64-bit columns of the tables."""

TIMES = {
    "us": MICROSECOND,
    "ms": MILLISECOND,
    "s": SECOND,
    "m": MINUTE,
    "min": MINUTE,
    "h": HOUR,
    "d": DAY,
    "w": WEEK,
}
SIZES = {"B": 1, "KiB": KIB, "MiB": MIB, "GiB": GIB, "TiB": TIB}


def microseconds_between(start: datetime, instant: datetime) -> int:
    """Return the exact count of microseconds from ``start`` to ``instant``."""
    return (instant - start) // timedelta(microseconds=1)


def microseconds_into_hour(instant: datetime) -> int:
    """Return how long ago the calendar hour of an instant began, in microseconds."""
    return microseconds_between(instant.replace(minute=0, second=0, microsecond=0), instant)
