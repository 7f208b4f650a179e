"""The pytest plugin: scenario files are collected, with an item for each of their claims.

It is loaded by every pytest of an environment in which imgsim is installed, so nothing that costs
time is imported before a scenario file is there.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from imgsim.regression.files import is_scenario

if TYPE_CHECKING:
    from imgsim.regression.items import ScenarioFile


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of a run of scenario files."""
    group = parser.getgroup("imgsim", "scenario files of imgsim")
    group.addoption("--imgsim-strict", action="store_true", help="Warnings are errors.")
    group.addoption(
        "--imgsim-jobs",
        type=int,
        metavar="N",
        help="Replications at once; else all cores, and one in each worker of xdist.",
    )


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> ScenarioFile | None:
    """Return the collector of a scenario file; other YAML is left alone."""
    if not is_scenario(file_path):
        return None
    from imgsim.regression.items import ScenarioFile

    collector: ScenarioFile = ScenarioFile.from_parent(parent, path=file_path)
    return collector
