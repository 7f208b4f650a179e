"""``imgsim init``: a starter folder with a scenario that runs."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer

from imgsim.cli import schema
from imgsim.cli.messages import fail

SCENARIO = "scenario.yaml"
SCHEMA = "scenario.schema.json"


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder, made if need be.")],
) -> None:
    """Write a commented scenario that runs, and the schema by which editors help."""
    starter = files("imgsim.cli").joinpath("starter.yaml").read_text(encoding="utf-8")
    written = {SCENARIO: starter, SCHEMA: schema.text() + "\n"}
    there = [name for name in written if (folder / name).exists()]
    if there:
        fail([f"{folder / there[0]} is there already; nothing was written"])
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in written.items():
            (folder / name).write_text(content, encoding="utf-8")
    except OSError as error:
        fail([f"the starter folder cannot be written: {error}"])
    print(f"{folder / SCENARIO}\n{folder / SCHEMA}\n\nimgsim run {folder / SCENARIO}")
