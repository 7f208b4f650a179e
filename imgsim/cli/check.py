"""``imgsim check``: is a scenario valid?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from imgsim.cli.messages import fail, warn


def check(
    files: Annotated[list[Path], typer.Argument(help="Scenario files (YAML), or folders of them.")],
) -> None:
    """Say of each scenario file whether it is valid, with every fault and its line.

    Every point of a sweep is checked too. A load beyond the capacity of a snapshot service is a
    warning.
    """
    from imgsim.regression.files import scenarios
    from imgsim.scenario.capacity import warnings
    from imgsim.scenario.file import ScenarioError, load_labelled
    from imgsim.study.designs import faults

    messages: list[str] = []
    found = scenarios(files)
    if not found:
        fail([f"{', '.join(map(str, files))}: there is no scenario file (with a key imgsim)"])
    for file in found:
        try:
            scenario = load_labelled(file, {}, faults)
        except ScenarioError as error:
            messages.extend(error.messages)
        else:
            print(f"{file}: valid".encode("utf-8", "backslashreplace").decode())
            warn(f"{file}: {one}" for one in warnings(scenario))
    if messages:
        fail(messages)
