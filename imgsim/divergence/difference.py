"""Where two runs first part and what followed, as an object that prints itself."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from html import escape
from textwrap import fill
from typing import Final, NamedTuple

import pandas as pd

from imgsim.divergence.names import Entity
from imgsim.divergence.settings import Changed
from imgsim.results.written import duration, form_of
from imgsim.units import SECOND

WIDTH: Final = 80
_MOST: Final = 12
KINDS: Final = {
    "setting": "by a setting",
    "draw": "by a draw",
    "rule": "by a rule: another answer at the same state",
    "order": "by an order: the same events in one instant, another one first",
    "code": "by the program: same settings, same draws, another course",
    "unknown": "by what, the tables alone do not tell",
}
"""By what runs part."""


class Draw(NamedTuple):
    """A draw that differs: microseconds, or a plain number."""

    purpose: str
    ordinal: int
    before: float
    after: float
    same_luck: bool
    """Whether both are made of the same number on (0, 1): then their distributions differ."""


@dataclass(frozen=True)
class First:
    """The first event in which two runs part."""

    kind: str
    """By what they part: setting, draw, rule, order, code or unknown."""
    instant: int
    """When, in microseconds since the start."""
    at: datetime
    """The same as a calendar instant."""
    event: str
    """What kind of event it is, and of whom."""
    entity: Entity
    """The thing that fares differently: a call, an image, a snapshot, an instance, ..."""
    before: str
    """What the first run does there."""
    after: str
    """What the second one does."""
    draw: Draw | None = None


@dataclass(frozen=True)
class Difference:
    """How two runs differ; ``first`` is None when the same came of all their events."""

    names: tuple[str, str]
    events: tuple[int, int]
    """How many events each had; 0 where its tables alone are known."""
    digest: str
    """SHA-256 of all events of the first one."""
    first: First | None
    settings: tuple[Changed, ...]
    """The values in which the scenarios differ."""
    outcomes: pd.DataFrame
    """How many ``calls`` went from outcome and rule ``before`` to ``after``."""
    measures: pd.DataFrame
    """The measures that changed: ``before``, ``after``, ``difference``."""
    calls: pd.DataFrame
    """The calls whose outcome or rule changed, in order of arrival."""
    remarks: tuple[str, ...] = ()
    """What could not be told, and why."""

    @property
    def same(self) -> bool:
        """Whether nothing differs that a run tells."""
        return self.first is None and self.measures.empty

    def __str__(self) -> str:
        return self.text()

    def text(self, most: int = _MOST) -> str:
        """Return it in words of at most 80 columns, with the first ``most`` of every list."""
        sides = "\n".join(
            _filled(f"{side}  {name}", 3) for side, name in zip("AB", self.names, strict=True)
        )
        parts = [sides, self._head(), self._settings(most)]
        parts += [self._outcomes(most), self._calls(most), self._measures(most)]
        parts += [_filled(remark) for remark in self.remarks]
        return "\n\n".join(part for part in parts if part)

    def _head(self) -> str:
        first = self.first
        if first is None:
            return self._no_difference()
        same_thing = str(first.entity) in first.event
        lines = [
            f"they part {_after(first.instant)}, {first.at:%Y-%m-%d %H:%M:%S.%f}",
            self._by(first.kind),
            "",
            first.event if same_thing else f"{first.event}: {first.entity}",
            f"  A  {first.before}",
            f"  B  {first.after}",
        ]
        if first.draw is not None:
            lines.append(f"     {_luck(first.draw)}")
        return "\n".join(_filled(line, 5) for line in lines)

    def _no_difference(self) -> str:
        if not self.events[0]:
            return "the same: no row of any table differs"
        told = f"all {self.events[0]} events are the same\ndigest {self.digest}"
        return f"the same: {told}" if self.same else told

    def _by(self, kind: str) -> str:
        told = KINDS[kind]
        if kind == "setting" and len(self.settings) == 1:
            told += f": {self.settings[0].path}"
        return told

    def _settings(self, most: int) -> str:
        if not self.settings:
            return "" if self.same else "the scenarios say the same"
        lines = [f"{path}: {_said(a)} -> {_said(b)}" for path, a, b in self.settings]
        return _listed("settings that differ", lines, most)

    def _outcomes(self, most: int) -> str:
        if self.outcomes.empty:
            return "" if self.first is None else "no call came to another outcome"
        lines = [
            f"{calls:>6}  {before}\n        -> {after}"
            for before, after, calls in self.outcomes.itertuples(index=False)
        ]
        return _listed("outcomes of calls that changed", lines, most)

    def _calls(self, most: int) -> str:
        if self.calls.empty:
            return ""
        lines = [
            f"{at:%Y-%m-%d %H:%M:%S}  {stream} {ordinal}{f', attempt {n}' if n > 1 else ''}\n"
            f"  A  {before}\n  B  {after}"
            for at, stream, ordinal, n, before, after in self.calls.itertuples(index=False)
        ]
        return _listed("changed calls, by load stream and ordinal", lines, max(most // 4, 1))

    def _measures(self, most: int) -> str:
        if self.measures.empty:
            return "" if self.same else "no measure changed"
        lines = [f"{'':34}{'A':>14}{'B':>14}{'difference':>14}"]
        for name, row in self.measures.head(most).iterrows():
            told = "".join(f"{text:>14}" for text in _cells(str(name), row))
            label = str(name) if len(str(name)) < 34 else f"{name}\n{'':34}"
            lines.append(f"{label:34}{told}")
        return _listed("measures that changed", lines, len(lines), len(self.measures) + 1)

    def _repr_html_(self) -> str:
        frames = "".join(
            f"<p>{title}</p>{frame.head(_MOST).to_html()}"
            for title, frame in (("outcomes", self.outcomes), ("measures", self.measures))
            if not frame.empty
        )
        return f"<pre>{escape(self._head())}\n\n{escape(self._settings(_MOST))}</pre>{frames}"


def _said(value: object) -> str:
    """Return a value as a file would say it, in one line."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _cells(name: str, row: pd.Series[float]) -> list[str]:
    try:
        write = form_of(name)
    except KeyError:
        write = "{:.5g}".format
    sign = "-" if row["difference"] < 0 else "+"
    return [
        _cell(row["before"], "≥ " if row.get("at_least_before") else "", write),
        _cell(row["after"], "≥ " if row.get("at_least_after") else "", write),
        _cell(abs(row["difference"]), sign, write),
    ]


def _cell(value: float, mark: str, write: Callable[[float], str]) -> str:
    return "-" if pd.isna(value) else mark + write(value)


def _luck(draw: Draw) -> str:
    if draw.same_luck:
        return "of the same luck, from another distribution"
    return "of other luck"


def _after(instant: int) -> str:
    return f"after {duration(instant / SECOND)}" if instant else "at the start"


def _listed(title: str, lines: list[str], most: int, count: int | None = None) -> str:
    """Return a title over its lines, the first ones, and how many more there are."""
    shown = [
        "\n".join(_filled(f"  {part}", 6) for part in line.split("\n")) for line in lines[:most]
    ]
    more = (count or len(lines)) - len(shown)
    return "\n".join([title, *shown, *([f"  ... and {more} more"] if more else [])])


def _filled(text: str, indent: int = 2) -> str:
    """Return the text in lines of at most 80 columns."""
    if len(text) <= WIDTH:
        return text
    return fill(
        text,
        WIDTH,
        subsequent_indent=" " * indent,
        break_on_hyphens=False,
        drop_whitespace=True,
    )
