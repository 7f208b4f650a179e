"""A scenario as a case of a study."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from imgsim.records.rows import TABLES
from imgsim.results.digests import digests
from imgsim.results.measures import CATALOGUE, Measured
from imgsim.running import run
from imgsim.scenario.spec import Scenario
from imgsim.study.case import Case, run_key


class Setting(NamedTuple):
    """What a worker needs to know of a scenario.

    The folder for its tables, if they are kept; the measures asked for beside the usual ones; and
    whether those of replication 0 have the digests of its tables beside them.
    """

    scenario: Scenario
    key: str
    tables: Path | None
    asked: tuple[str, ...]
    digested: bool = False


def case_of(
    scenario: Scenario,
    *,
    tables: Path | None = None,
    name: str | None = None,
    asked: Iterable[str] = (),
    digested: bool = False,
) -> Case:
    """Return the case that measures a scenario behind its warm-up, with the measures asked for.

    With ``digested`` replication 0 tells those of its tables too.
    """
    key = scenario.hash
    more = tuple(sorted(set(asked) - set(_always(scenario))))
    reading = f"measures from {scenario.run.cut} us" + (" and digests" if digested else "")
    return Case(
        measure,
        Setting(scenario, key, tables, more, digested),
        name or scenario.name,
        key,
        " and ".join([reading, *more]),
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
    names = [*_always(setting.scenario), *setting.asked]
    told = {name: finished.measures.of(name) for name in names}
    if setting.digested and replication == 0:
        told |= digests(finished.tables.journal)
    return told


def _always(scenario: Scenario) -> list[str]:
    """Return the names of the measures that every replication tells."""
    return [*CATALOGUE, *(f"{name}@{region}" for region in scenario.regions for name in CATALOGUE)]
