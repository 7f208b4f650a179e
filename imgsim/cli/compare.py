"""``imgsim compare``: what is better, worse, equivalent, or undecided."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from imgsim.cli import folder
from imgsim.cli.messages import INCOMPLETE, fail, tell, warn
from imgsim.cli.reading import read
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
    Workers,
    explained,
    pairs,
    share,
    whole,
)

if TYPE_CHECKING:
    from imgsim.scenario.spec import Scenario
    from imgsim.study.comparison import Comparison


def compare(
    files: Annotated[list[Path], typer.Argument(help="Scenario files; the first is the baseline.")],
    what_ifs: Annotated[
        list[str] | None,
        typer.Option(
            "--what-if",
            metavar="PATH=VALUE[; ...]",
            help="Another case: the first file with these values; repeatable.",
        ),
    ] = None,
    margins: Annotated[
        list[str] | None,
        typer.Option(
            "--margin",
            metavar="MEASURE=MARGIN",
            help="Measure, and what difference matters: 0.01, 30s, or 5% of the baseline; "
            "repeatable.",
        ),
    ] = None,
    sets: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="PATH=VALUE", help="Set a value in all cases; repeatable."),
    ] = None,
    seed: Seed = None,
    n: Annotated[
        int | None,
        typer.Option("-n", min=2, help="At most so many replications; 500 if the file is silent."),
    ] = None,
    confidence: Confidence = None,
    jobs: Jobs = None,
    workers: Workers = None,
    scheduler: Scheduler = None,
    ledger: LedgerFile = LEDGER,
    partial: Partial = False,
    out: Out = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the comparison as JSON.")] = False,
    quiet: Quiet = False,
) -> None:
    """Compare scenarios, or what-ifs of one, on the same luck.

    Replications are added while anything is undecided; the exit code is 3 when it stays so.
    """
    cases = _cases(files, what_ifs or [], sets or [], seed)
    if len({one.run.seed for one in cases.values()}) > 1 and not quiet:
        warn(["the seeds differ, so the cases do not meet the same luck; give --seed"])
    from imgsim.study.compare import MARGINS
    from imgsim.study.compare import compare as make
    from imgsim.study.telling.comparison import facts, shown

    folder.demand_usable(out)
    with explained(ledger):
        comparison = whole(
            make(
                cases,
                margins=pairs("--margin", margins, "rejection_rate=0.01") if margins else MARGINS,
                n=n,
                confidence=share(confidence),
                jobs=jobs,
                backend=None if workers is None else workers.value,
                scheduler=scheduler,
                ledger=ledger,
                partial=partial,
                progress=False if quiet else None,
            )
        )
        told = facts(comparison)
    table = comparison.to_frame()
    frames = {"replications.parquet": comparison.replications, "comparison.csv": table}
    where = folder.write_study(out, told, [*cases.values()], frames)
    tell(told, shown, "results", where, as_json=as_json)
    if comparison.undecided:
        fail(_undecided(comparison), INCOMPLETE)


def _undecided(comparison: Comparison) -> Iterator[str]:
    """Yield what nothing can be said of, and of which not even more replications would tell."""
    pairs = comparison.undecided
    open_ones = ", ".join(f"{measure} of {case}" for measure, case in pairs)
    yield f"undecided after {comparison.n} replications: {open_ones}"
    for measure in dict.fromkeys(pair[0] for pair in pairs if not comparison.told[pair].margin):
        yield f"{measure}: the margin is 0, beside which nothing is equivalent; give one above 0"


def _cases(
    files: list[Path], what_ifs: list[str], sets: list[str], seed: int | None
) -> dict[str, Scenario]:
    cases = {}
    for file in files:
        scenario = read(file, sets, seed)
        cases[scenario.name if scenario.name not in cases else str(file)] = scenario
    for text in what_ifs:
        values = tuple(value.strip() for value in text.split(";"))
        cases[text] = read(files[0], sets, seed, values)
    if len(cases) < 2:
        fail(["a comparison needs two cases: give another file, or --what-if PATH=VALUE"])
    return cases
