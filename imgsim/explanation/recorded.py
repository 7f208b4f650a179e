"""A run as its tables tell it: of a `Run`, or of a folder of results."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

import pandas as pd

from imgsim.finished.run import Run
from imgsim.records.rows import TABLES, Kind, Table
from imgsim.scenario.file import ScenarioError, load
from imgsim.scenario.spec import Scenario
from imgsim.simulation import Progress, Simulation
from imgsim.units import SECOND

_MICROSECOND: Final = pd.Timedelta(1, "us")
_MATTERS: Final = ("imgsim", "numpy", "scipy", "simpy")
"""Packages whose other version may give other rows."""


class ExplanationError(ValueError):
    """What was asked about is not there; the message says what would be."""


@dataclass(frozen=True)
class Recorded:
    """The scenario, the replication and the tables of a run; instants as `since` gives them."""

    scenario: Scenario
    replication: int
    tables: Mapping[str, pd.DataFrame]
    ended_at: int
    """Where the run ended (microseconds)."""
    interrupted: bool = False
    versions: Mapping[str, str] = field(default_factory=dict)
    """Of the packages the run was made with; empty for one made here and now."""

    @cached_property
    def calls(self) -> pd.DataFrame:
        """The calls, numbered as the table is, from 0; without the warm-up's."""
        calls = self.tables["calls"]
        if not self.scenario.run.cut:
            return calls
        first = calls.groupby("intent")["arrived_at"].transform("min")
        begin = pd.Timestamp(self.scenario.start) + self.scenario.run.cut * _MICROSECOND
        return calls[first >= begin]

    def since(self, instant: Any) -> int | None:
        """Return the microseconds from the start to an instant of a table; None when missing."""
        if pd.isna(instant):
            return None
        return int((instant - pd.Timestamp(self.scenario.start)) // _MICROSECOND)

    def instants(self, column: pd.Series[Any]) -> pd.Series[Any]:
        """Return a column of instants as microseconds since the start; 0 where it is missing."""
        since = (column - pd.Timestamp(self.scenario.start)) // _MICROSECOND
        return since.where(column.notna(), 0).astype("int64")

    def shown(self, at: int) -> str:
        """Return an instant as it is told: calendar day and time to the millisecond."""
        instant = pd.Timestamp(self.scenario.start) + at * _MICROSECOND
        return f"{instant:%Y-%m-%d %H:%M:%S}.{instant.microsecond // 1000:03d}"

    def repeat(self, simulation: Simulation, progress: Progress | None = None) -> Run:
        """Run a simulation as far as this run went, and return what it leaves."""
        until = f"{self.ended_at}us" if self.interrupted else None
        simulation.run(until, progress=progress)
        return simulation.finish()

    def other_versions(self) -> list[str]:
        """Return a phrase for each package that was another one when the run was made."""
        return [
            f"{name} {self.versions[name]}, here {here}"
            for name in _MATTERS
            if name in self.versions and (here := _version(name)) != self.versions[name]
        ]


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "none"


def of_run(run: Run) -> Recorded:
    """Return a finished run as its tables tell it."""
    tables = {table.name: run.tables[table.name] for table in TABLES}
    return Recorded(run.scenario, run.replication, tables, run.ended_at, run.interrupted)


def of_scenario(scenario: Scenario, replication: int = 0) -> Recorded:
    """Run a scenario and return the run as its tables tell it."""
    simulation = Simulation(scenario, replication)
    simulation.run()
    return of_run(simulation.finish())


def of_folder(folder: Path, replication: int | None = None) -> Recorded:
    """Return the run of a folder of results; of a study, the replication, which is run again.

    Raises `ExplanationError` when there is no such run, or when a replication of a study, run
    again, does not give the measures that the study has recorded.
    """
    folder = followed(folder)
    manifest = manifest_of(folder)
    try:
        scenario = load(folder / "scenario.resolved.yaml")
    except ScenarioError as error:
        raise ExplanationError(str(error)) from None
    if (folder / "replications.parquet").is_file():
        return _of_study(folder, scenario, replication)
    recorded = _number(manifest, "replication", folder)
    if replication not in (None, recorded):
        raise ExplanationError(f"{folder} holds replication {recorded} alone, not {replication}")
    return Recorded(
        scenario,
        recorded,
        {table.name: table_of(folder, table.name, _columns(table)) for table in TABLES},
        round(_number(manifest, "simulated_s", folder) * SECOND),
        bool(manifest.get("interrupted")),
        manifest.get("versions") or {},
    )


def followed(folder: Path) -> Path:
    """Return the folder, or the one that a ``latest`` without links names."""
    if folder.is_file() and folder.name == "latest":
        folder = folder.parent / folder.read_text(encoding="utf-8").strip()
    if not folder.exists():
        raise ExplanationError(f"{folder}: there is no such folder or file")
    return folder


def manifest_of(folder: Path) -> dict[str, Any]:
    """Return the manifest of a folder of results; raise `ExplanationError` when there is none."""
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        what = "is no folder of a run: it has no manifest.json"
        raise ExplanationError(f"{folder} {what}; imgsim run writes one") from None
    except (OSError, ValueError) as error:
        raise ExplanationError(f"{folder}/manifest.json cannot be read: {error}") from None
    if not isinstance(manifest, dict):
        raise ExplanationError(f"{folder}/manifest.json is no manifest of a run")
    return manifest


def _number(manifest: Mapping[str, Any], name: str, folder: Path) -> Any:
    value = manifest.get(name)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ExplanationError(
            f"{folder}/manifest.json does not say {name}: it is of no single run"
        )
    return value


def table_of(folder: Path, name: str, columns: Iterable[str]) -> pd.DataFrame:
    """Return a table of a folder with at least these columns; raise `ExplanationError`."""
    try:
        table = pd.read_parquet(folder / f"{name}.parquet")
    except (OSError, ValueError) as error:  # Arrow's errors are ValueErrors
        raise ExplanationError(f"{folder}/{name}.parquet cannot be read: {error}") from None
    if absent := [column for column in columns if column not in table]:
        raise ExplanationError(f"{folder}/{name}.parquet has no column {absent[0]}")
    return table


def _columns(table: Table) -> list[str]:
    """Return the columns that a table has for its fields, those shown as several by their name."""
    ending = {Kind.DURATION: "_s", Kind.MONEY: "_cny"}
    return [f"{field.name}{ending.get(field.kind, '')}" for field in table.fields]


def _of_study(folder: Path, scenario: Scenario, replication: int | None) -> Recorded:
    table = table_of(folder, "replications", ["replication"])
    if replication is None:
        what = f"a study of {len(table)} replications; name one, such as --replication 0"
        raise ExplanationError(f"{folder} holds {what}")
    rows = table[table["replication"] == replication]
    if rows.empty:
        what = f"has {len(table)} replications, numbered from 0; there is no {replication}"
        raise ExplanationError(f"{folder} {what}")
    simulation = Simulation(scenario, replication)
    simulation.run()
    run = simulation.finish()
    known = {*run.measures} & {*table.columns}
    row = rows.iloc[0]
    for name in sorted(known):
        value = run.measures[name]
        if value != row[name] and not (pd.isna(value) and pd.isna(row[name])):
            what = f"now has {name} {value:.6g}, and {row[name]:.6g} in the study"
            raise ExplanationError(
                f"replication {replication} {what}: it was made by another version of the model "
                "or of numpy, and its calls cannot be told"
            )
    return of_run(run)
