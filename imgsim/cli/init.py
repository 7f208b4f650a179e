"""``imgsim init``: a starter folder with a scenario that runs, and is tested."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Annotated, Final

import typer

from imgsim.cli import schema
from imgsim.cli.messages import fail, warn

SCENARIO: Final = "scenario.yaml"
SCHEMA: Final = "scenario.schema.json"
_TESTING: Final = {
    ".github/workflows/imgsim.yml": "workflow.yaml",
    ".pre-commit-config.yaml": "pre-commit.yaml",
}
"""What tests scenarios in a repository; such files may be there for other reasons, and stay."""


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder, made if need be.")],
) -> None:
    """Write a commented scenario that runs, and the schema by which editors help.

    A workflow for GitHub and hooks for pre-commit test it, once the folder is a repository.
    """
    written = {SCENARIO: _text("starter.yaml"), SCHEMA: schema.text() + "\n"}
    there = [name for name in written if (folder / name).exists()]
    if there:
        fail([f"{folder / there[0]} is there already; nothing was written"])
    kept = [name for name in _TESTING if (folder / name).exists()]
    written |= {name: _text(source) for name, source in _TESTING.items() if name not in kept}
    try:
        for name, content in written.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(content, encoding="utf-8")
    except OSError as error:
        fail([f"the starter folder cannot be written: {error}"])
    warn(f"{folder / name} is there already and stays as it is" for name in kept)
    print("\n".join(str(folder / name) for name in written))
    print(f"\nimgsim run {folder / SCENARIO}\nimgsim test {folder}")


def _text(name: str) -> str:
    return files("imgsim.cli").joinpath(name).read_text(encoding="utf-8")
