"""Where a run's files go: a folder of its own, which no later run touches."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from imgsim.cli.messages import fail
from imgsim.records.rows import TABLES
from imgsim.units import SECOND

if TYPE_CHECKING:
    import pandas as pd

    from imgsim.finished.run import Run
    from imgsim.scenario.spec import Scenario


def make(out: Path | None, name: str, hash8: str) -> Path:
    """Make the folder of a run: ``out``, else ``results/<name>/<utc>-<hash8>``.

    Raises `OSError` when it cannot be made, `FileExistsError` when ``out`` holds files already.
    """
    if out is not None:
        return _empty(out)
    stamp = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{hash8}"
    for number in range(1, 1000):
        folder = Path("results", name, stamp if number == 1 else f"{stamp}-{number}")
        try:
            folder.mkdir(parents=True)
        except FileExistsError:
            continue
        return folder
    raise FileExistsError(f"{folder} and 998 more are there already")


def demand_usable(out: Path | None) -> None:
    """End with 2 when results cannot go to the folder that is named, before they are made."""
    try:
        if out is not None:
            _empty(out)
    except OSError as error:
        fail([f"the results cannot be written: {error}"])


def _empty(folder: Path) -> Path:
    """Return the folder, made if need be; raise `OSError` when there is something in it."""
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise FileExistsError(f"{folder} holds files already; name an empty or a new folder")
    return folder


def remove_if_empty(folder: Path) -> None:
    """Leave no empty folder behind."""
    if not any(folder.iterdir()):
        folder.rmdir()


def write(folder: Path, run: Run, facts: dict[str, Any], *, csv: bool) -> None:
    """Write manifest, resolved scenario and tables, the manifest last; raise `OSError`."""
    from imgsim.scenario.file import dump

    (folder / "scenario.resolved.yaml").write_text(dump(run.scenario), encoding="utf-8")
    for name in (table.name for table in TABLES):
        table = run.tables[name]
        table.to_parquet(folder / f"{name}.parquet", index=False)
        if csv:
            table.to_csv(folder / f"{name}.csv", index=False)
        run.tables.forget(name)
    if len(compared := run.recorded):
        compared.to_csv(folder / "recorded.csv", index=False)
    write_manifest(folder, manifest(run) | facts)


def write_study(
    out: Path | None,
    told: dict[str, Any],
    scenarios: Sequence[Scenario],
    frames: Mapping[str, pd.DataFrame],
) -> Path:
    """Write scenarios, frames and manifest of a study, and return the folder.

    A frame goes to the file of its name, Parquet or CSV by its ending; scenarios of a comparison
    behind the first are numbered. Ends with 2 when the results cannot be written.
    """
    from imgsim.scenario.file import dump
    from imgsim.study.provenance import made_with

    first = scenarios[0]
    try:
        where = make(out, first.name, first.hash[:8])
        for number, scenario in enumerate(scenarios, 1):
            name = "scenario.resolved.yaml" if number == 1 else f"scenario-{number}.resolved.yaml"
            (where / name).write_text(dump(scenario), encoding="utf-8")
        for name, frame in frames.items():
            if name.endswith(".csv"):
                frame.to_csv(where / name, index=False)
            else:
                frame.to_parquet(where / name, index=False)
        write_manifest(where, made_with(first) | told)
        if out is None:
            point_latest(where)
    except OSError as error:
        fail([f"the results cannot be written: {error}"])
    return where


def write_manifest(folder: Path, facts: dict[str, Any]) -> None:
    """Write what a folder of results was made from, and with; raise `OSError`."""
    text = json.dumps(facts, indent=2, ensure_ascii=False)
    (folder / "manifest.json").write_text(text + "\n", encoding="utf-8")


def point_latest(folder: Path) -> None:
    """Let ``latest`` beside the folder point to it."""
    latest = folder.parent / "latest"
    fresh = folder.parent / f".latest-{os.getpid()}"
    try:
        fresh.symlink_to(folder.name, target_is_directory=True)
    except OSError:  # no links on this file system: a text file that holds the name
        fresh.write_text(folder.name + "\n", encoding="utf-8")
    fresh.replace(latest)


def manifest(run: Run) -> dict[str, Any]:
    """Return what is needed to make the run again."""
    from imgsim.study.provenance import made_with

    return made_with(run.scenario) | {
        "replication": run.replication,
        "interrupted": run.interrupted,
        "simulated_s": run.ended_at / SECOND,
    }
