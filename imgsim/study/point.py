"""A value that a search has looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from imgsim.study.constraints import Check
from imgsim.study.search import Decision
from imgsim.study.study import Study


@dataclass(frozen=True)
class Point:
    """A value, by its number on the grid too, what its measures show, and what was decided.

    ``error`` is the chance, at most, that the decision is wrong; the bounds of each look have an
    equal part of it. ``made`` of its replications were run, the others found. Where no event was
    seen a point is left until the answer rests on it; then ``is_final`` is False.
    """

    number: int
    value: Any
    decision: Decision
    checks: Mapping[str, Check]
    error: float
    made: int
    study: Study
    is_final: bool = True

    @property
    def n(self) -> int:
        """How many replications it has."""
        return self.study.n
