"""``imgsim solve``: the smallest or largest value for which all constraints hold."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from imgsim.cli import folder
from imgsim.cli.messages import INCOMPLETE, fail, tell
from imgsim.cli.reading import read
from imgsim.cli.studying import (
    LEDGER,
    Confidence,
    Jobs,
    LedgerFile,
    Partial,
    Scheduler,
    Workers,
    explained,
    pairs,
    whole,
)

if TYPE_CHECKING:
    from imgsim.scenario.spec import Scenario
    from imgsim.study.point import Point
    from imgsim.study.search import Find

_CONSTRAINT: Final = re.compile(r"\s*([^<>\s]+)\s*([<>]\s*\S.*)")


def solve(
    file: Annotated[Path, typer.Argument(help="A scenario file.")],
    smallest: Annotated[
        str | None, typer.Option(metavar="PATH", help="Value of which the smallest is sought.")
    ] = None,
    largest: Annotated[
        str | None, typer.Option(metavar="PATH", help="Value of which the largest is sought.")
    ] = None,
    low: Annotated[str | None, typer.Option(help="Smallest value to look at.")] = None,
    high: Annotated[str | None, typer.Option(help="Largest value to look at.")] = None,
    step: Annotated[
        str | None, typer.Option(help="How far values lie apart; 1 for whole numbers.")
    ] = None,
    start: Annotated[str | None, typer.Option(help="Value to look at first.")] = None,
    constraints: Annotated[
        list[str] | None,
        typer.Option(
            "--constraint",
            metavar="'MEASURE<LIMIT'",
            help="What must hold, such as 'rejection_rate<1%'; repeatable.",
        ),
    ] = None,
    indifference: Annotated[
        list[str] | None,
        typer.Option(
            metavar="MEASURE=AMOUNT", help="So near to its limit it does not matter; repeatable."
        ),
    ] = None,
    sets: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="PATH=VALUE", help="Set a value of the file; repeatable."),
    ] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Seed, instead of run.seed.")] = None,
    n: Annotated[
        int | None, typer.Option("-n", min=2, help="At most so many replications at a value.")
    ] = None,
    confidence: Confidence = None,
    jobs: Jobs = None,
    workers: Workers = None,
    scheduler: Scheduler = None,
    ledger: LedgerFile = LEDGER,
    partial: Partial = False,
    out: Annotated[
        Path | None, typer.Option(help="Folder for the results, instead of results/NAME/...")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the solution as JSON.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress.")] = False,
) -> None:
    """Find the smallest or largest value for which all constraints hold, with confidence.

    What no option says stands in the block solve of the file. The exit code is 3 when the answer is
    bounded only.
    """
    said = {
        "--low": ("low", low),
        "--high": ("high", high),
        "--step": ("step", step),
        "--start": ("start", start),
        "-n": ("at_most", n),
        "--confidence": ("confidence", confidence),
        "--constraint": ("constraints", _bounds(constraints or [])),
        "--indifference": ("indifference", _zones(indifference or [])),
    }
    scenario = _asked(file, sets or [], seed, {"smallest": smallest, "largest": largest}, said)
    folder.demand_usable(out)
    from imgsim.study.solve import solve as make
    from imgsim.study.telling.solution import facts, shown

    with explained(ledger):
        solution = whole(
            make(
                scenario,
                jobs=jobs,
                backend=None if workers is None else workers.value,
                scheduler=scheduler,
                ledger=ledger,
                partial=partial,
                progress=False if quiet else None,
                each=None if quiet else _progress,
            )
        )
        told = facts(solution)
    frames = {"points.csv": solution.to_frame(), "replications.parquet": solution.replications}
    where = folder.write_study(out, told, [scenario], frames)
    tell(told, shown, "results", where, as_json=as_json)
    if solution.end == "bounded":
        fail(["the answer is bounded, not solved"], INCOMPLETE)


def _bounds(texts: list[str]) -> dict[str, Any] | None:
    """Return constraints as a file says them, None without any; end with 2 when a text is none."""
    from imgsim.scenario.limits import parse_bound

    bounds = {}
    for text in texts:
        match = _CONSTRAINT.fullmatch(text)
        if match is None:
            fail([f"--constraint: {text!r} is not 'MEASURE<LIMIT', such as 'rejection_rate<1%'"])
        if match[1] in bounds:
            fail([f"--constraint: {match[1]} is constrained twice; give one limit, or solve again"])
        bounds[match[1]] = parse_bound(match[2])
    return bounds or None


def _zones(texts: list[str]) -> dict[str, Any] | None:
    """Return indifferences as a file says them, None without any; end with 2 and what is wrong."""
    from imgsim.scenario.yaml import scalar

    said = pairs("--indifference", texts, "rejection_rate=0.1%")
    return {name: scalar(value) for name, value in said.items()} or None


def _asked(
    file: Path,
    sets: list[str],
    seed: int | None,
    wanted: dict[Find, str | None],
    said: dict[str, tuple[str, Any]],
) -> Scenario:
    """Return the scenario with the block ``solve`` that the options want; end with 2 and faults."""
    paths = {find: path for find, path in wanted.items() if path is not None}
    if len(paths) > 1:
        fail(["give either --smallest or --largest"])
    for find in wanted if paths else ():
        said[f"--{find}"] = (find, paths.get(find))
    more = {
        option: (f"solve.{key}", value)
        for option, (key, value) in said.items()
        if value is not None or key in wanted
    }
    scenario = read(file, sets, seed, more=more)
    if scenario.solve is None:
        what = "nothing is sought; write a block solve, or give --smallest or --largest, and limits"
        fail([f"{file}: {what} by --low, --high and --constraint"])
    return scenario


def _progress(point: Point) -> None:
    """Tell a point on stderr when it is decided."""
    print(f"{point.value}: {point.decision}, {point.n} replications", file=sys.stderr, flush=True)
