"""With what results were made, so that they can be made again."""

from __future__ import annotations

import platform
import sys
from importlib.metadata import version
from typing import Any, Final

from imgsim.scenario.spec import Scenario
from imgsim.study.version import model_version

PACKAGES: Final = ("simpy", "numpy", "scipy", "pandas", "pyarrow", "pydantic")


def made_with(scenario: Scenario) -> dict[str, Any]:
    """Return with what results of a scenario were made."""
    model = model_version()
    return {
        "manifest": 1,
        "scenario": scenario.name,
        "scenario_hash": scenario.hash,
        "seed": scenario.run.seed,
        "versions": {
            "imgsim": model.partition("+")[0],
            "model": model,
            "python": platform.python_version(),
            **{package: version(package) for package in PACKAGES},
        },
        "platform": platform.platform(),
        "command": sys.argv[1:],
    }
