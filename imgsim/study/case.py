"""What a study replicates: any function of parameters and the number of a replication."""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple

from imgsim.results.measures import Measured, Share
from imgsim.study.version import model_version

Measures = Mapping[str, Measured | float | None]
Told = dict[str, Any]
"""Measures as plain data: a number, None, ``{"at_least": x}`` or ``{"part": x, "whole": y}``."""

_LONGEST_ERROR: Final = 500


@dataclass(frozen=True)
class Case:
    """A model with one setting of its parameters.

    ``function(parameters, replication)`` returns measures by name. It is called in other processes,
    so both must be picklable, and the number of the replication must fix all of its luck. ``key``
    names everything else that the measures depend on; without it they are never recorded.
    ``reading`` tells apart what is read from the same replication. With ``tables`` a replication
    also leaves a folder of tables below that one.
    """

    function: Callable[[Any, int], Measures]
    parameters: Any
    name: str = "case"
    key: str | None = None
    reading: str = "measures"
    tables: Path | None = None

    def run_key(self, replication: int) -> str:
        """Return the SHA-256, in hexadecimal, of all that this replication depends on."""
        return run_key(self.key or "", replication)

    def is_there(self, replication: int) -> bool:
        """Say whether the tables that are asked for are there; True when none are."""
        return self.tables is None or (self.tables / self.run_key(replication)[:16]).is_dir()


def run_key(key: str, replication: int) -> str:
    """Return the SHA-256, in hexadecimal, of model version, key and replication."""
    return hashlib.sha256(f"{model_version()}/{key}/{replication}".encode()).hexdigest()


class Outcome(NamedTuple):
    """What became of a replication: measures, or the error that it ended with; wall time."""

    told: Told | None
    error: str | None
    seconds: float

    def measures(self, asked: Collection[str] = ()) -> dict[str, Measured]:
        """Return the measures, or those asked for; empty for a replication that failed."""
        told = self.told or {}
        return {name: _measured(told[name]) for name in asked or told if name in told}


def outcome(case: Case, replication: int) -> Outcome:
    """Run one replication; what it raises becomes a failed outcome."""
    began = time.perf_counter()
    told, error = None, None
    try:
        measures = case.function(case.parameters, replication)
        told = {str(name): _plain(value) for name, value in measures.items()}
    except Exception as raised:  # noqa: BLE001  # one replication must not cost the study
        error = f"{type(raised).__name__}: {raised}"[:_LONGEST_ERROR]
    return Outcome(told, error, time.perf_counter() - began)


def _plain(value: Measured | float | None) -> Any:
    if isinstance(value, Share):
        return {"part": float(value.part), "whole": float(value.whole)}
    if isinstance(value, Measured):
        number = _number(value.value)
        return {"at_least": number} if value.at_least else number
    return _number(value)


def _number(value: float | None) -> float | None:
    if value is None or math.isnan(value):
        return None
    if math.isinf(value):
        raise ValueError("a measure is infinite")
    return float(value)


def _measured(plain: Any) -> Measured:
    if not isinstance(plain, dict):
        return Measured(plain)
    if "part" in plain:
        return Share(plain["part"], plain["whole"])
    return Measured(plain["at_least"], at_least=True)
