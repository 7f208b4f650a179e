"""``imgsim check``: is a scenario valid?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from imgsim.cli.messages import fail


def check(
    files: Annotated[list[Path], typer.Argument(help="Scenario files (YAML).")],
) -> None:
    """Say of each scenario file whether it is valid, with every fault and its line."""
    from imgsim.scenario.file import ScenarioError, load

    messages: list[str] = []
    for file in files:
        try:
            load(file)
        except ScenarioError as error:
            messages.extend(error.messages)
        else:
            print(f"{file}: valid")
    if messages:
        fail(messages)
