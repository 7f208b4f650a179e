"""An explanation: a text to read, and the facts in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from html import escape
from textwrap import fill
from typing import Any, Final

WIDTH: Final = 80


@dataclass(frozen=True)
class Explanation:
    """Lines of at most 80 columns, and plain data; times are microseconds (``*_us``)."""

    lines: tuple[str, ...]
    facts: dict[str, Any] = field(repr=False)

    def __str__(self) -> str:
        return "\n".join(self.lines)

    def _repr_html_(self) -> str:
        return f"<pre>{escape(str(self))}</pre>"


def paragraph(text: str, first: str = "", rest: str | None = None) -> list[str]:
    """Return a text in lines; ``first`` stands before it, ``rest`` before its further lines."""
    hanging = " " * len(first) if rest is None else rest
    return fill(
        text,
        WIDTH,
        initial_indent=first,
        subsequent_indent=hanging,
        break_on_hyphens=False,
    ).splitlines()


def indented(lines: Iterable[str]) -> list[str]:
    """Return the lines two columns further right, those that are too long in several."""
    found: list[str] = []
    for line in lines:
        lead = " " * (2 + len(line) - len(line.lstrip()))
        found += [f"  {line}"] if len(line) <= WIDTH - 2 else paragraph(line.strip(), lead)
    return found
