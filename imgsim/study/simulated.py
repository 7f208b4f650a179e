"""A scenario as a case of a study."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import NamedTuple

from imgsim.records.rows import TABLES
from imgsim.results.measures import Measured
from imgsim.scenario.spec import Scenario
from imgsim.simulation import run
from imgsim.study.case import Case, run_key


class Setting(NamedTuple):
    """What a worker needs to know of a scenario; the folder for its tables, if they are kept."""

    scenario: Scenario
    key: str
    tables: Path | None


def case_of(scenario: Scenario, *, tables: Path | None = None, name: str | None = None) -> Case:
    """Return the case that measures a scenario behind its warm-up."""
    key = scenario.hash
    return Case(
        measure,
        Setting(scenario, key, tables),
        name or scenario.name,
        key,
        f"measures from {scenario.run.cut} us",
        tables,
    )


def measure(setting: Setting, replication: int) -> dict[str, Measured]:
    """Run a replication and return all measures, of all regions together and of each."""
    finished = run(setting.scenario, replication)
    if setting.tables is not None:
        folder = setting.tables / run_key(setting.key, replication)[:16]
        fresh = folder.with_name(f".{folder.name}-{os.getpid()}")
        fresh.mkdir(parents=True, exist_ok=True)
        for table in TABLES:
            frame = finished.tables[table.name]
            frame.to_parquet(fresh / f"{table.name}.parquet", index=False)
            finished.tables.forget(table.name)
        if folder.is_dir():
            shutil.rmtree(fresh)
        else:
            fresh.replace(folder)
    names = [*finished.measures]
    names += [
        f"{name}@{region}" for region in setting.scenario.regions for name in finished.measures
    ]
    return {name: finished.measures.of(name) for name in names}
