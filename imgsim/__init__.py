"""imgsim: a discrete-event simulator of the image-creation lifecycle of Alibaba Cloud ECS."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from imgsim.api.request import CreateImageRequest
    from imgsim.api.rules import RULEBOOK
    from imgsim.divergence.diff import diff
    from imgsim.explanation.explain import explain
    from imgsim.finished.run import Run
    from imgsim.fitting.arrivals import fit_arrivals
    from imgsim.fitting.durations import fit_durations
    from imgsim.fitting.service_fit import fit_service
    from imgsim.report.writing import write_report
    from imgsim.running import run
    from imgsim.scenario.file import ScenarioError, load
    from imgsim.scenario.spec import Scenario
    from imgsim.simulation import Simulation
    from imgsim.study.case import Case
    from imgsim.study.compare import compare
    from imgsim.study.pilot import warmup
    from imgsim.study.replicate import replicate
    from imgsim.study.solve import solve
    from imgsim.study.sweep import sweep

__version__ = "0.1.0"

_HOMES = {
    "Case": "imgsim.study.case",
    "CreateImageRequest": "imgsim.api.request",
    "RULEBOOK": "imgsim.api.rules",
    "Run": "imgsim.finished.run",
    "Scenario": "imgsim.scenario.spec",
    "ScenarioError": "imgsim.scenario.file",
    "Simulation": "imgsim.simulation",
    "compare": "imgsim.study.compare",
    "diff": "imgsim.divergence.diff",
    "explain": "imgsim.explanation.explain",
    "fit_arrivals": "imgsim.fitting.arrivals",
    "fit_durations": "imgsim.fitting.durations",
    "fit_service": "imgsim.fitting.service_fit",
    "load": "imgsim.scenario.file",
    "replicate": "imgsim.study.replicate",
    "run": "imgsim.running",
    "solve": "imgsim.study.solve",
    "sweep": "imgsim.study.sweep",
    "warmup": "imgsim.study.pilot",
    "write_report": "imgsim.report.writing",
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
    "explain",
    "fit_arrivals",
    "fit_durations",
    "fit_service",
    "load",
    "replicate",
    "run",
    "solve",
    "sweep",
    "warmup",
    "write_report",
]


def __getattr__(name: str) -> Any:
    """Import what is asked for when it is asked for, so that ``import imgsim`` costs nothing."""
    if name not in _HOMES:
        raise AttributeError(f"module 'imgsim' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
