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
    """A scenario file, and where its expectations and baseline stand: perhaps in one it extends."""

    path: Path
    scenario: Scenario
    places: tuple[Place, ...]
    baseline_place: Place
    baseline_places: Mapping[str, Place]


def checked(path: Path, overrides: Mapping[str, tuple[str, Any]] | None = None) -> Checked:
    """Return a file with values set, path and value by label; raise `ScenarioError` with faults."""
    scenario = load_labelled(path, overrides or {})
    block, somewhere = scenario.baseline, Place(str(path))
    if not scenario.expect and block is None:
        return Checked(path, scenario, (), somewhere, {})
    document = read_extended(path)
    block_place = document.keys.get(("baseline",), somewhere)
    return Checked(
        path,
        scenario,
        tuple(document.values.get(("expect", k), somewhere) for k in range(len(scenario.expect))),
        block_place,
        {
            name: document.keys.get(("baseline", "measures", name), block_place)
            for name in (block.measures if block is not None else ())
        },
    )
