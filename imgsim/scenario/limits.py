"""Limits of measures: numbers, and shares, times and amounts of money with their units."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Final

from imgsim.fields import Unit
from imgsim.units import (
    CNY,
    SECOND,
    UnitError,
    format_duration,
    parse_duration,
    parse_money,
    parse_number,
    parse_share,
)

if TYPE_CHECKING:
    from imgsim.results.measures import Kind

_EXAMPLE: Final = "1%, 30m, 200 CNY or 0.5"
_BOUND: Final = re.compile(r"\s*([<>])\s*(.+)")


@dataclass(frozen=True, slots=True)
class Amount:
    """A number in the unit in which a measure is told (seconds, CNY), and how it was written."""

    number: float
    kind: Kind = "number"

    def __str__(self) -> str:
        if self.kind == "share":
            return f"{self.number * 100:.12g}%"
        if self.kind == "time":
            return format_duration(round(self.number * SECOND))
        return f"{self.number:.12g}" + (" CNY" if self.kind == "amount of money" else "")


def parse_amount(value: object) -> Amount:
    """Return the amount of ``1%``, ``30m``, ``200 CNY`` or ``0.5``; raise `UnitError`."""
    if isinstance(value, Amount):
        return value
    if not isinstance(value, str):
        return Amount(parse_number(value))
    text = value.strip()
    try:
        if text.endswith("%"):
            return Amount(float(parse_share(text)), "share")
        if text.endswith("CNY"):
            return Amount(parse_money(text) / CNY, "amount of money")
        return Amount(parse_duration(text) / SECOND, "time")
    except UnitError:
        what = f"{value[:40]!r} is no limit of a measure; write for example {_EXAMPLE}"
        raise UnitError(what) from None


def parse_bound(text: str) -> dict[str, Any]:
    """Return ``< 1%`` as a file says it, ``{below: 1%}``; raise `UnitError`."""
    from imgsim.scenario.yaml import scalar

    match = _BOUND.fullmatch(text)
    if match is None:
        raise UnitError(f"{text[:40]!r} is no constraint; write for example < 1% or > 30m")
    return {"below" if match[1] == "<" else "above": scalar(match[2])}


def fault_of_kind(measure: str, amount: Amount) -> str | None:
    """Say why an amount of its kind is none of a measure's; None when nothing is wrong."""
    from imgsim.results.measures import about, kind_of

    fits = amount.kind in ("number", kind_of(measure))
    return None if fits else f"{amount} is no limit of {measure}: {about(measure)}"


AsAmount = Annotated[
    Amount,
    Unit(
        "a limit",
        parse_amount,
        lambda amount: amount.number if amount.kind == "number" else str(amount),
        _EXAMPLE,
        ("number", "string"),
    ),
]
