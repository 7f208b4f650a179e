"""A scenario file that is held against what it expects."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from imgsim.scenario.extends import read_extended
from imgsim.scenario.file import load_labelled
from imgsim.scenario.spec import Scenario
from imgsim.scenario.yaml import Place


class Checked(NamedTuple):
    """A scenario file, and where each of its expectations stands: perhaps in a file it extends."""

    path: Path
    scenario: Scenario
    places: tuple[Place, ...]


def checked(path: Path, overrides: Mapping[str, tuple[str, Any]] | None = None) -> Checked:
    """Return a file with values set, path and value by label; raise `ScenarioError` with faults."""
    scenario = load_labelled(path, overrides or {})
    if not scenario.expect:
        return Checked(path, scenario, ())
    known = read_extended(path).values
    places = (known.get(("expect", number)) for number in range(len(scenario.expect)))
    return Checked(path, scenario, tuple(place or Place(str(path)) for place in places))
