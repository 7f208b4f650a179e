"""Numbers and times as a scenario says them, and blocks of YAML."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from textwrap import fill
from typing import Any, Final

from imgsim.scenario.yaml import scalar
from imgsim.units import MIB, SECOND, format_duration

_DIGITS: Final = 4
_PLAIN: Final = re.compile(r"[\w./%-]+|\w[\w.]* \w[\w/]*")


def number(value: float) -> float:
    """Return the number with four significant digits."""
    return float(f"{value:.{_DIGITS}g}")


def time(seconds: float) -> str:
    """Return a time with four significant digits of seconds, such as 5m12.3s."""
    return format_duration(max(1, round(number(seconds) * SECOND)))


def data_rate(mib: float) -> str:
    """Return MiB/s as a whole number of bytes: in eighths, of less than ten in KiB/s."""
    if not number(mib) * MIB % 1:
        return f"{number(mib):.15g} MiB/s"
    if mib < 10:
        return f"{max(1, round(mib * 1024))} KiB/s"
    return f"{round(mib * 8) / 8:.15g} MiB/s"


def flow(data: Any) -> str:
    """Return plain data as YAML in one line, such as {lognormal: {mean: 5m12s, cv: 0.31}}."""
    if isinstance(data, Mapping):
        return "{" + ", ".join(f"{key}: {flow(value)}" for key, value in data.items()) + "}"
    if isinstance(data, (list, tuple)):
        return "[" + ", ".join(flow(value) for value in data) + "]"
    if isinstance(data, bool):
        return str(data).lower()
    if isinstance(data, float):
        return f"{data:.15g}"
    text = str(data)
    return text if _PLAIN.fullmatch(text) and scalar(text) in (data, text) else json.dumps(text)


def wrapped(text: str) -> str:
    """Return YAML of one line as lines of at most 80 columns where it can be cut."""
    return fill(text, 80, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)
