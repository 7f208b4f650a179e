"""What is claimed of a scenario's numbers, and what became of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from imgsim.scenario.yaml import Place
from imgsim.study.sample import Sample

Status = Literal["passed", "failed", "undecided", "skipped"]
Severity = Literal["error", "warn"]


@dataclass(frozen=True)
class Verdict:
    """What became of a claim: value and bounds in the measure's unit, None without; and why.

    ``n`` replications were looked at; ``is_final`` says that more would not change it.
    """

    status: Status
    n: int = 0
    value: float | None = None
    low: float | None = None
    high: float | None = None
    at_least: bool = False
    reason: str = ""
    is_final: bool = True


@dataclass(frozen=True)
class Claim:
    """Something that must hold, by name: of a measure, within a limit as people write it.

    ``judge(samples, n)`` says what the samples of the measures ``asked`` for tell after each of the
    ``planned`` numbers of replications, in rising order. What is ``settled`` needs none. What
    ``may_stay_open`` is no error while it is undecided.
    """

    name: str
    measure: str
    limit: str
    place: Place
    severity: Severity = "error"
    asked: tuple[str, ...] = ()
    planned: tuple[int, ...] = ()
    judge: Callable[[Mapping[str, Sample], int], Verdict] | None = None
    settled: Verdict | None = None
    may_stay_open: bool = False
