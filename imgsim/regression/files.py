"""Which files are scenarios: told by their first bytes, without reading them as YAML."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

HEAD: Final = 4096
"""The top-level key ``imgsim`` stands in so many first bytes."""
WRITTEN: Final = "scenario.resolved.yaml"
"""What imgsim writes beside results: no scenario file of its own."""
_KEY: Final = re.compile(
    rb"^(?:\xef\xbb\xbf)?(?P<quote>[\"']?)imgsim(?P=quote)[ \t]*:", re.MULTILINE
)


def is_scenario(path: Path) -> bool:
    """Say whether a file is YAML with a top-level key ``imgsim``; False when it cannot be read."""
    if path.suffix not in (".yaml", ".yml") or path.name == WRITTEN:
        return False
    try:
        with path.open("rb") as file:
            return _KEY.search(file.read(HEAD)) is not None
    except OSError:
        return False


def scenarios(paths: Iterable[Path]) -> list[Path]:
    """Return the files named, and the scenario files below the folders named, each once."""
    found = (one for path in paths for one in (_below(path) if path.is_dir() else [path]))
    return [*{os.path.abspath(path): path for path in found}.values()]  # noqa: PTH100  # any text


def _below(folder: Path) -> Iterator[Path]:
    """Yield scenario files in order of their names; hidden folders and environments hold none."""
    for where, folders, names in os.walk(folder):
        at = Path(where)
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith(".") and not (at / name / "pyvenv.cfg").exists()
        )
        yield from filter(is_scenario, (at / name for name in sorted(names)))
