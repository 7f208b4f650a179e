"""``imgsim run``: a scenario file in, tables and a summary out."""

from __future__ import annotations

import sys
import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from imgsim.attended import InterruptedWarning
from imgsim.cli.messages import INTERRUPTED, fail, tell, warn
from imgsim.cli.reading import read
from imgsim.cli.replicate import replicate
from imgsim.cli.studying import (
    LEDGER,
    Confidence,
    Jobs,
    LedgerFile,
    Out,
    Partial,
    Quiet,
    Scheduler,
    Seed,
    Tables,
    Workers,
    pairs,
    share,
)
from imgsim.units import SECOND

if TYPE_CHECKING:
    from imgsim.scenario.spec import Scenario


def run(
    file: Annotated[Path, typer.Argument(help="Scenario file (YAML).")],
    sets: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="PATH=VALUE", help="Set a value by dotted path; repeatable."),
    ] = None,
    seed: Seed = None,
    replication: Annotated[
        int | None, typer.Option(min=0, help="Number of the one replication.")
    ] = None,
    n: Annotated[
        int | None,
        typer.Option("-n", min=2, help="So many replications, or at most so many with --until."),
    ] = None,
    until: Annotated[
        list[str] | None,
        typer.Option(
            metavar="MEASURE=HALF-WIDTH",
            help="Replications until the interval is so narrow, such as 0.005, 30s or 5% of the "
            "mean; repeatable.",
        ),
    ] = None,
    measures: Annotated[
        list[str] | None,
        typer.Option("--measure", help="Measure of replications to show; repeatable."),
    ] = None,
    confidence: Confidence = None,
    jobs: Jobs = None,
    workers: Workers = None,
    scheduler: Scheduler = None,
    ledger: LedgerFile = LEDGER,
    tables: Tables = False,
    partial: Partial = False,
    out: Out = None,
    csv: Annotated[bool, typer.Option("--csv", help="Write the tables as CSV too.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
    quiet: Quiet = False,
) -> None:
    """Run a scenario, print what a planner wants to know, and write the results.

    With -n or --until, or replications in the file, it is run many times: means with intervals.
    """
    from imgsim.scenario.capacity import warnings

    scenario = read(file, sets or [], seed)
    if not quiet:
        warn(f"{file}: {one}" for one in warnings(scenario))
    many = n is not None or bool(until)
    if many and replication is not None:
        fail(["--replication is one run; leave it out with -n or --until"])
    if many or (scenario.run.replications is not None and replication is None):
        replicate(
            scenario,
            measures or [],
            out,
            csv=csv,
            as_json=as_json,
            n=n,
            until=pairs("--until", until, "rejection_rate=0.005") if until else None,
            confidence=share(confidence),
            jobs=jobs,
            backend=workers,
            scheduler=scheduler,
            ledger=ledger,
            tables=tables,
            partial=partial,
            progress=False if quiet else None,
        )
    else:
        of_studies = {
            "--measure": measures,
            "--confidence": confidence,
            "--jobs": jobs,
            "--workers": workers,
            "--scheduler": scheduler,
            "--ledger": ledger != LEDGER,
            "--tables": tables,
            "--allow-partial": partial,
        }
        if useless := ", ".join(option for option, given in of_studies.items() if given):
            fail([f"{useless}: this is one run; leave it out, or give -n or --until"])
        _run_once(scenario, replication or 0, out, csv=csv, as_json=as_json, quiet=quiet)


def _run_once(
    scenario: Scenario, replication: int, out: Path | None, *, csv: bool, as_json: bool, quiet: bool
) -> None:
    from imgsim.cli import folder
    from imgsim.finished.shown import shown
    from imgsim.finished.summary import summary
    from imgsim.running import run as simulate

    try:
        where = folder.make(out, scenario.name, scenario.hash[:8])
    except OSError as error:
        fail([f"the results cannot be written: {error}"])
    began = time.perf_counter()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", InterruptedWarning)  # said below
            finished = simulate(scenario, replication, progress=False if quiet else None)
        facts = summary(finished)
        folder.write(where, finished, {"summary": facts}, csv=csv)
        if out is None:
            folder.point_latest(where)
    except OSError as error:
        fail([f"the results cannot be written: {error}"])
    except KeyboardInterrupt:
        fail([f"interrupted before the results were complete: {where}"], INTERRUPTED)
    finally:
        folder.remove_if_empty(where)
    tell(facts, shown, "tables", where, as_json=as_json)
    if not quiet:
        print(f"took {time.perf_counter() - began:.1f} s", file=sys.stderr)
    if finished.interrupted:
        at = finished.ended_at / SECOND
        fail([f"interrupted at {at:g} s of simulated time; what was there is kept"], INTERRUPTED)
