"""``imgsim run``: a scenario file in, tables and a summary out."""

from __future__ import annotations

import json
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from imgsim.cli.messages import INTERRUPTED, fail, warn
from imgsim.units import HOUR, SECOND

if TYPE_CHECKING:
    from imgsim.finished import Run
    from imgsim.scenario.spec import Scenario
    from imgsim.simulation import Simulation


def run(
    file: Annotated[Path, typer.Argument(help="Scenario file (YAML).")],
    sets: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="PATH=VALUE", help="Set a value by dotted path; repeatable."),
    ] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Seed, instead of run.seed.")] = None,
    replication: Annotated[int, typer.Option(min=0, help="Number of the replication.")] = 0,
    out: Annotated[
        Path | None, typer.Option(help="Folder for the results, instead of results/NAME/...")
    ] = None,
    csv: Annotated[bool, typer.Option("--csv", help="Write the tables as CSV too.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress and no remarks.")] = False,
) -> None:
    """Run a scenario once, print what a planner wants to know, and write all tables."""
    from imgsim.scenario.capacity import warnings

    scenario = _scenario(file, sets or [], seed)
    if not quiet:
        warn(f"{file}: {one}" for one in warnings(scenario))
    from imgsim.cli import folder
    from imgsim.cli.summary import print_summary, summary

    try:
        where = folder.make(out, scenario.name, scenario.hash[:8])
    except OSError as error:
        fail([f"the results cannot be written: {error}"])
    began = time.perf_counter()
    try:
        finished = _simulate(scenario, replication, quiet=quiet)
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
    if as_json:
        print(json.dumps(facts | {"folder": str(where)}, indent=2, ensure_ascii=False))
    else:
        from rich.console import Console

        console = Console(width=min(Console().width, 80))
        with console.capture() as capture:
            print_summary(console, facts)
        print("\n".join(line.rstrip() for line in capture.get().splitlines()))
        print(f"tables: {where}")
    if not quiet:
        print(f"took {time.perf_counter() - began:.1f} s", file=sys.stderr)
    if finished.interrupted:
        at = finished.ended_at / SECOND
        fail([f"interrupted at {at:g} s of simulated time; what was there is kept"], INTERRUPTED)


def _scenario(file: Path, sets: list[str], seed: int | None) -> Scenario:
    from imgsim.scenario.file import ScenarioError, load_labelled

    overrides: dict[str, tuple[str, Any]] = {}
    for number, text in enumerate(sets, 1):
        path, equals, value = text.partition("=")
        if not equals or not path:
            fail([f"--set #{number}: {text!r} is not PATH=VALUE, such as run.horizon=7d"])
        overrides[f"--set #{number}"] = (path, value)
    if seed is not None:
        overrides["--seed"] = ("run.seed", seed)
    try:
        return load_labelled(file, overrides)
    except ScenarioError as error:
        fail(error.messages)


def _simulate(scenario: Scenario, replication: int, *, quiet: bool) -> Run:
    """Run to the end, or to the first Ctrl-C; a second one breaks off at once."""
    from tqdm.auto import tqdm

    from imgsim.simulation import Simulation

    simulation = Simulation(scenario, replication)
    horizon = scenario.run.horizon
    total = None if horizon is None else horizon / HOUR
    form = "{l_bar}{bar}| {n:.1f}/{total:.1f} h simulated{postfix} [{elapsed}<{remaining}]"
    with (
        _interruptible(simulation),
        tqdm(
            total=total,
            unit="h",
            disable=True if quiet else None,
            leave=False,
            file=sys.stderr,
            bar_format=form if total else None,
        ) as bar,
    ):

        def show(now: int, calls: int) -> None:
            reached = now / HOUR
            bar.update((reached if total is None else min(reached, total)) - bar.n)
            bar.set_postfix_str(f"{calls} calls", refresh=False)

        simulation.run(progress=show)
    return simulation.finish()


@contextmanager
def _interruptible(simulation: Simulation) -> Iterator[None]:
    def stop(*_: object) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        simulation.request_stop()

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
