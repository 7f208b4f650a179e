"""A study's model at a point: a scenario or a case with values set in it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from imgsim.scenario.spec import Scenario
from imgsim.study.case import Case


def at(what: Scenario | Case, values: Mapping[str, Any]) -> Scenario | Case:
    """Return the model with values set: of a scenario by dotted path, of a case by parameter.

    A case's parameters must be a mapping then. Raises `ScenarioError` with every fault, or
    `ValueError`.
    """
    if isinstance(what, Scenario):
        return what.what_if(values)
    known = what.parameters if isinstance(what.parameters, Mapping) else {}
    for name in values:
        if name not in known:
            there = ", ".join(map(str, known)) or "none that have names"
            raise ValueError(f"the case has no parameter {name!r}; there are {there}")
    key = None if what.key is None else f"{what.key} {json.dumps(dict(values), sort_keys=True)}"
    return replace(what, parameters={**known, **values}, key=key)
