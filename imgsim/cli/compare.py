"""``imgsim compare``: what is better, worse, equivalent, or undecided."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from imgsim.cli import folder
from imgsim.cli.messages import INCOMPLETE, fail, warn
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
from imgsim.results.written import form_of

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
    from imgsim.study.study import IncompleteError

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
    try:
        told = facts(comparison)
    except IncompleteError as error:
        what = "start again to try those once more, or --allow-partial for the others"
        fail([f"{error}; {what}"], INCOMPLETE)
    where = _written(next(iter(cases.values())), comparison, told, out)
    if as_json:
        print(json.dumps(told | {"folder": str(where)}, indent=2, ensure_ascii=False))
    else:
        _print(told)
        print(f"results: {where}")
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


def facts(comparison: Comparison) -> dict[str, Any]:
    """Return what is told of a comparison as plain data."""
    return {
        "schema_version": 1,
        "cases": [study.name for study in comparison.studies],
        "replications": comparison.n,
        "confidence": comparison.studies[0].confidence,
        "warmup_s": comparison.studies[0].parameters.scenario.run.cut / 1_000_000,
        "differences": [
            {"measure": measure, "case": case, "word": told.word, "margin": told.margin}
            | told.found._asdict()
            | {"variance_ratio": _finite(told.found.variance_ratio)}
            for (measure, case), told in comparison.told.items()
        ],
    }


def _finite(ratio: float | None) -> float | None:
    """Return the ratio; None, as JSON knows no infinity, where no pair differed."""
    return ratio if ratio is not None and math.isfinite(ratio) else None


def _written(
    baseline: Scenario, comparison: Comparison, told: dict[str, Any], out: Path | None
) -> Path:
    """Write the comparison, all replications and the manifest; return the folder."""
    import pandas as pd

    frames = {study.name: study.replications for study in comparison.studies}
    try:
        where = folder.make(out, baseline.name, baseline.hash[:8])
        replications = pd.concat(frames, names=["case"]).reset_index(level="case")
        replications.to_parquet(where / "replications.parquet", index=False)
        comparison.table.to_csv(where / "comparison.csv")
        folder.write_manifest(where, folder.made_with(baseline) | told)
        if out is None:
            folder.point_latest(where)
    except OSError as error:
        fail([f"the results cannot be written: {error}"])
    return where


def _print(told: dict[str, Any]) -> None:
    baseline, *_ = told["cases"]
    print(f"{told['replications']} replications each, all intervals together hold with", end=" ")
    print(f"{told['confidence'] * 100:g}%\n")
    measure = None
    for one in told["differences"]:
        write = form_of(one["measure"])
        if one["measure"] != measure:
            measure = one["measure"]
            print(f"{measure}, a difference of {write(one['margin'])} matters")
            print(f"  {baseline}: {'-' if one['baseline'] is None else write(one['baseline'])}")
        print(f"  {one['case']}: {'-' if one['other'] is None else write(one['other'])}")
        print(f"    {one['word']}{_detail(one, write)}\n")


def _detail(one: dict[str, Any], write: Callable[[float], str]) -> str:
    """Return the difference, its interval, and what the same luck has brought."""
    if one["difference"] is None:
        return f": {one['method']}"
    difference, low, high = (
        f"{'+' if one[name] >= 0 else '-'}{write(abs(one[name]))}"
        for name in ("difference", "low", "high")
    )
    ratio = one["variance_ratio"]
    luck = f"; variance 1/{ratio:.3g} of independent runs" if ratio else ""
    return f": {difference} ({low} .. {high}){luck}"
