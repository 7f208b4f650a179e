"""imgsim: a discrete-event simulator of the image-creation lifecycle of Alibaba Cloud ECS."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from imgsim.api.request import CreateImageRequest
    from imgsim.api.rules import RULEBOOK
    from imgsim.finished import Run
    from imgsim.regression.diff import diff
    from imgsim.scenario.file import ScenarioError, load
    from imgsim.scenario.spec import Scenario
    from imgsim.simulation import Simulation, run
    from imgsim.study.case import Case
    from imgsim.study.compare import compare
    from imgsim.study.replicate import replicate

__version__ = "0.1.0"

_HOMES = {
    "Case": "imgsim.study.case",
    "CreateImageRequest": "imgsim.api.request",
    "RULEBOOK": "imgsim.api.rules",
    "Run": "imgsim.finished",
    "Scenario": "imgsim.scenario.spec",
    "ScenarioError": "imgsim.scenario.file",
    "Simulation": "imgsim.simulation",
    "compare": "imgsim.study.compare",
    "diff": "imgsim.regression.diff",
    "load": "imgsim.scenario.file",
    "replicate": "imgsim.study.replicate",
    "run": "imgsim.simulation",
}

__all__ = [
    "RULEBOOK",
    "Case",
    "CreateImageRequest",
    "Run",
    "Scenario",
    "ScenarioError",
    "Simulation",
    "compare",
    "diff",
    "load",
    "replicate",
    "run",
]


def __getattr__(name: str) -> Any:
    """Import what is asked for when it is asked for, so that ``import imgsim`` costs nothing."""
    if name not in _HOMES:
        raise AttributeError(f"module 'imgsim' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
