"""``imgsim test``: does what scenario files expect hold, and is it what it was?"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING, Annotated, Any

import typer

from imgsim.cli.messages import FAILED, INCOMPLETE, fail
from imgsim.cli.reading import labelled
from imgsim.cli.studying import (
    LEDGER,
    Jobs,
    LedgerFile,
    Quiet,
    Scheduler,
    Seed,
    Workers,
    explained,
    share,
)

if TYPE_CHECKING:
    from imgsim.regression.baselines import Mode
    from imgsim.regression.checked import Checked
    from imgsim.regression.suite import Suite


def hold(
    paths: Annotated[list[Path], typer.Argument(help="Scenario files, or folders of them.")],
    strict: Annotated[bool, typer.Option("--strict", help="Warnings are errors.")] = False,
    junit: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write a report as JUnit's XML.")
    ] = None,
    update: Annotated[
        bool, typer.Option("--update-baselines", help="Write the baselines beside the files.")
    ] = False,
    frozen: Annotated[
        bool, typer.Option("--frozen", help="A missing or stale baseline fails; for CI.")
    ] = False,
    sets: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="PATH=VALUE", help="Set a value in all files; repeatable."),
    ] = None,
    seed: Seed = None,
    confidence: Annotated[
        str | None,
        typer.Option(help="That no baseline's value is falsely called different; 99% if silent."),
    ] = None,
    jobs: Jobs = None,
    workers: Workers = None,
    scheduler: Scheduler = None,
    ledger: LedgerFile = LEDGER,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was found as JSON.")] = False,
    quiet: Quiet = False,
) -> None:
    """Hold the files against what they expect and their baselines, with one line for each.

    The exit code is 1 when an expectation does not hold or a baseline is different, and 3 when an
    expectation stays undecided.
    """
    overrides = labelled(sets or [], seed)
    if update and (frozen or overrides):
        fail(["--update-baselines keeps the files as they are: without --frozen, --set or --seed"])
    files = _files(paths, overrides)
    from imgsim.regression.baselines import values
    from imgsim.regression.kept import KeptError
    from imgsim.regression.suite import CONFIDENCE, comparing, family, tried
    from imgsim.study.replicate import means_of

    compared = 0 if update else sum(map(values, files))
    sure = CONFIDENCE if (said := share(confidence)) is None else said
    if not 0.5 <= sure < 1:
        fail([f"--confidence: {confidence} cannot be; give at least 50% and below 100%"])
    mode: Mode = "update" if update else "frozen" if frozen else "compare"
    with explained(ledger):
        means = means_of(
            jobs,
            None if workers is None else workers.value,
            scheduler,
            ledger,
            False if quiet else None,
        )
        try:
            suite = tried(files, comparing(mode, compared, sure), means)
        except KeptError as error:
            fail([str(error)])
    if junit is not None:
        _write(junit, suite, strict=strict)
    if as_json:
        print(json.dumps(facts(suite, compared, sure), indent=2, ensure_ascii=False))
    else:
        _print(files, suite)
        if compared:
            print(fill(family(compared, sure), 80))
    raise typer.Exit(_code(suite, strict=strict))


def _files(paths: list[Path], overrides: dict[str, tuple[str, Any]]) -> list[Checked]:
    """Return the scenario files; end with 2 and all faults, or when nothing is expected."""
    from imgsim.regression.checked import checked
    from imgsim.regression.files import scenarios
    from imgsim.scenario.file import ScenarioError

    found: list[Checked] = []
    messages: list[str] = []
    for path in scenarios(paths):
        try:
            found.append(checked(path, overrides))
        except ScenarioError as error:
            messages.extend(error.messages)
    if messages:
        fail(messages)
    if not any(one.scenario.expect or one.scenario.baseline for one in found):
        where = ", ".join(map(str, paths))
        silent = "no block expect or baseline"
        what = silent if found else "no scenario file (with a top-level key imgsim)"
        fail([f"{where}: nothing to test: there is {what}"])
    return found


def _write(junit: Path, suite: Suite, *, strict: bool) -> None:
    from imgsim.regression.junit import report

    try:
        junit.parent.mkdir(parents=True, exist_ok=True)
        junit.write_bytes(report(suite.trials, strict=strict))
    except OSError as error:
        fail([f"--junit: the report cannot be written: {error}"])


def facts(suite: Suite, compared: int, sure: float) -> dict[str, Any]:
    """Return what was found as plain data; and how many values are compared, how certainly."""
    claims = [
        {
            "file": str(trial.checked.path),
            "seed": trial.checked.scenario.run.seed,
            "place": str(claim.place),
            "name": claim.name,
            "measure": claim.measure,
            "limit": claim.limit,
            "severity": claim.severity,
        }
        | {key: value for key, value in asdict(verdict).items() if key != "is_final"}
        for trial in suite.trials
        for claim, verdict in trial.verdicts
    ]
    return {
        "schema_version": 1,
        "claims": claims,
        "compared": compared,
        "confidence": sure,
        "replications_made": suite.made,
    }


def _print(files: list[Checked], suite: Suite) -> None:
    for line in _lines(suite):
        print(line.encode("utf-8", "backslashreplace").decode())
    found = Counter(verdict.status for one in suite.trials for _, verdict in one.verdicts)
    told = ", ".join(f"{number} {status}" for status, number in sorted(found.items()))
    without = len(files) - len(suite.trials)
    silent = f", of {without} nothing is expected" if without else ""
    print(f"{told}; files: {len(files)}{silent}; replications made: {suite.made}")


def _lines(suite: Suite) -> Iterator[str]:
    from imgsim.regression.lines import line

    for trial in suite.trials:
        yield f"{trial.checked.path}, seed {trial.checked.scenario.run.seed}"
        for claim, verdict in trial.verdicts:
            told = f"  {verdict.status:<9} {line(claim, verdict)}"
            yield fill(
                told, 80, subsequent_indent=" " * 14, break_long_words=False, break_on_hyphens=False
            )
        yield ""


def _code(suite: Suite, *, strict: bool) -> int:
    from imgsim.regression.lines import is_error

    grave = {
        verdict.status
        for one in suite.trials
        for claim, verdict in one.verdicts
        if is_error(claim, verdict, strict=strict)
    }
    return FAILED if "failed" in grave else INCOMPLETE if "undecided" in grave else 0
