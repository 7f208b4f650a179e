"""The pytest plugin: scenario files are collected, with an item for each of their claims.

It is loaded by every pytest of an environment in which imgsim is installed, so nothing that costs
time is imported before a scenario file is there.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from imgsim.regression.files import is_scenario

VALUES: Final = pytest.StashKey[int]()
"""How many values of baselines were collected."""

if TYPE_CHECKING:
    from imgsim.regression.items import ScenarioFile


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of a run of scenario files."""
    group = parser.getgroup("imgsim", "scenario files of imgsim")
    group.addoption("--imgsim-strict", action="store_true", help="Warnings are errors.")
    group.addoption(
        "--imgsim-frozen", action="store_true", help="A missing or stale baseline fails."
    )
    group.addoption(
        "--imgsim-jobs",
        type=int,
        metavar="N",
        help="Replications at once; else all cores, and one in each worker of xdist.",
    )


def pytest_report_collectionfinish(config: pytest.Config) -> list[str]:
    """Say how the values of all baselines that were collected share an error."""
    values = config.stash.get(VALUES, 0)
    if not values:
        return []
    from imgsim.regression.suite import CONFIDENCE, family

    return [f"imgsim: {family(values, CONFIDENCE)}"]


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> ScenarioFile | None:
    """Return the collector of a scenario file; other YAML is left alone."""
    if not is_scenario(file_path):
        return None
    from imgsim.regression.items import ScenarioFile

    collector: ScenarioFile = ScenarioFile.from_parent(parent, path=file_path)
    return collector
