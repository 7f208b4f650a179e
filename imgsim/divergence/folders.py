"""The results folder of a run: with what it was made, and what it holds."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import pandas as pd

from imgsim.records.rows import TABLES
from imgsim.scenario.extends import read_extended
from imgsim.study.version import model_version

_COUNTS: Final = ("numpy", "scipy")


class FolderError(ValueError):
    """A folder does not hold the results of a run that could be read."""


@dataclass(frozen=True)
class Folder:
    """The results of one run."""

    path: Path
    manifest: Mapping[str, Any]

    @property
    def scenario(self) -> Path:
        """The file of its scenario, with all defaults."""
        return self.path / "scenario.resolved.yaml"

    @property
    def replication(self) -> int | None:
        """The replication that it is of; None for a study of many."""
        number = self.manifest.get("replication")
        return number if isinstance(number, int) else None

    @property
    def foreign(self) -> str | None:
        """Why the run cannot be made again here event by event, or None when it can."""
        if self.manifest.get("interrupted"):
            return "it was interrupted"
        there = self.manifest.get("versions")
        there = there if isinstance(there, Mapping) else {}
        here = {"model": model_version(), **{name: version(name) for name in _COUNTS}}
        other = [
            f"{name} {there.get(name, 'unknown')} and not {now}"
            for name, now in here.items()
            if there.get(name) != now
        ]
        return f"it was made with {', '.join(other)}" if other else None

    def plain(self) -> Mapping[str, Any]:
        """Return its scenario as it is written, whatever version has written it."""
        document = read_extended(self.scenario)
        if document.faults or not isinstance(document.data, Mapping):
            raise FolderError(f"{self.scenario} is no scenario")
        return document.data

    def table(self, name: str) -> pd.DataFrame:
        """Return one of its tables."""
        file = self.path / f"{name}.parquet"
        try:
            return pd.read_parquet(file)
        except (OSError, ValueError) as error:  # what pyarrow raises is a ValueError
            reason = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise FolderError(f"{file} cannot be read: {reason}") from None

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return its tables by name."""
        return {table.name: self.table(table.name) for table in TABLES}

    def figures(self) -> dict[str, float]:
        """Return the numbers of its summary by dotted path."""
        return dict(_numbers("", self.manifest.get("summary", {})))


def open_folder(path: Path) -> Folder:
    """Return the results in a folder; raise `FolderError` when there are none."""
    file = path / "manifest.json"
    try:
        manifest = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise FolderError(f"{path} holds no results: there is no manifest.json in it") from None
    except (OSError, ValueError) as error:
        raise FolderError(f"{file} cannot be read: {error}") from None
    if not isinstance(manifest, dict):
        raise FolderError(f"{file} is no manifest of a run")
    return Folder(path, manifest)


def _numbers(path: str, told: object) -> Iterator[tuple[str, float]]:
    if isinstance(told, Mapping):
        for key, value in told.items():
            yield from _numbers(f"{path}.{key}" if path else str(key), value)
    elif isinstance(told, (int, float)) and not isinstance(told, bool):
        yield path.removesuffix(".value"), float(told)
