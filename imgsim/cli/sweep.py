"""``imgsim sweep``: a scenario at many points, and what it tells at each."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from imgsim.cli import folder
from imgsim.cli.messages import fail, tell
from imgsim.cli.reading import read
from imgsim.cli.studying import (
    LEDGER,
    Confidence,
    Jobs,
    LedgerFile,
    Partial,
    Scheduler,
    Tables,
    Workers,
    explained,
    share,
    whole,
)

if TYPE_CHECKING:
    from imgsim.scenario.spec import Scenario
    from imgsim.scenario.sweep import SweepSpec

USUAL: Final = ("rejection_rate", "time_to_available.p95")
"""What is told where nobody says what matters."""


def sweep(
    file: Annotated[Path, typer.Argument(help="Scenario file (YAML).")],
    grid: Annotated[
        list[str] | None,
        typer.Option(
            "--grid",
            metavar="PATH=VALUE,...",
            help="Values of a path, instead of the points of the file; repeatable: all "
            "combinations.",
        ),
    ] = None,
    sets: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="PATH=VALUE", help="Set a value at all points; repeatable."),
    ] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Seed, instead of run.seed.")] = None,
    n: Annotated[int | None, typer.Option("-n", min=1, help="Replications of each point.")] = None,
    measures: Annotated[
        list[str] | None, typer.Option("--measure", help="Measure to tell; repeatable.")
    ] = None,
    confidence: Confidence = None,
    jobs: Jobs = None,
    workers: Workers = None,
    scheduler: Scheduler = None,
    ledger: LedgerFile = LEDGER,
    tables: Tables = False,
    partial: Partial = False,
    out: Annotated[
        Path | None, typer.Option(help="Folder for the results, instead of results/NAME/...")
    ] = None,
    csv: Annotated[bool, typer.Option("--csv", help="Write replications as CSV too.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the points as JSON.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress and no remarks.")] = False,
) -> None:
    """Run a scenario at many points, on the same luck at each, and say what it tells there.

    The points are those of the file's sweep, or of --grid; all are checked before the first run.
    """
    scenario = _read(file, sets or [], seed, grid or [])
    assert scenario.sweep is not None
    folder.demand_usable(out)
    if not quiet:
        print(_plan(scenario.sweep, n), file=sys.stderr)
    from imgsim.study.sweep import sweep as make
    from imgsim.study.telling.sweep import facts, shown

    with explained(ledger):
        swept = whole(
            make(
                scenario,
                n=n,
                measures=measures or scenario.sweep.measures or USUAL,
                confidence=share(confidence),
                jobs=jobs,
                backend=None if workers is None else workers.value,
                scheduler=scheduler,
                ledger=ledger,
                tables=tables,
                partial=partial,
                progress=False if quiet else None,
            )
        )
        told = facts(swept)
    points, replications = swept.to_frame(), swept.replications
    frames = {"points.parquet": points, "points.csv": points, "replications.parquet": replications}
    if swept.spec.sobol is not None:
        frames["indices.csv"] = swept.indices
    if csv:
        frames["replications.csv"] = replications
    where = folder.write_study(out, told, [scenario], frames)
    tell(told, shown, "results", where, as_json=as_json)


def _read(file: Path, sets: list[str], seed: int | None, grid: list[str]) -> Scenario:
    """Return the scenario with a sweep of which every point is valid; end with 2 and the faults."""
    from imgsim.study.designs import faults

    more = {}
    if grid:
        before = read(file, sets, seed).sweep
        kept = {} if before is None else before.model_dump(include={"replications", "measures"})
        more["--grid"] = ("sweep", kept | {"grid": dict(map(_values, grid))})
    scenario = read(file, sets, seed, also=(faults,), more=more)
    if scenario.sweep is None:
        fail([f"{file}: there is no sweep; give it one, or --grid {_EXAMPLE}"])
    return scenario


_EXAMPLE: Final = "regions.cn-hangzhou.image_quota=60,80,100"


def _values(text: str) -> tuple[str, Any]:
    """Return the path and the values of PATH=VALUE,...; end with 2 when it is none."""
    from imgsim.scenario.yaml import scalar

    path, equals, values = text.partition("=")
    listed = scalar(f"[{values}]")
    if not equals or not path or not isinstance(listed, list):
        fail([f"--grid: {text!r} is not PATH=VALUE,..., such as {_EXAMPLE}"])
    return path, listed


def _plan(spec: SweepSpec, n: int | None) -> str:
    n = spec.replications if n is None else n
    return f"{spec.size} points x {n} replications: {spec.size * n} runs"
