"""``imgsim run -n``: replications of a scenario, and what they tell."""

from __future__ import annotations

import json
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING, Any, Final

from imgsim.cli import folder
from imgsim.cli.messages import INCOMPLETE, fail
from imgsim.cli.studying import explained, whole
from imgsim.results.written import duration, form_of
from imgsim.units import SECOND

if TYPE_CHECKING:
    from imgsim.scenario.spec import Scenario
    from imgsim.study.study import Study

_SHOWN: Final = (
    "calls",
    "rejection_rate",
    "failure_rate",
    "time_to_available.mean",
    "time_to_available.p50",
    "time_to_available.p95",
    "slot_wait.mean",
    "quota_use.mean",
    "quota_use.peak",
    "busy_slots.mean",
)


def replicate(
    scenario: Scenario,
    measures: list[str],
    out: Path | None,
    *,
    csv: bool,
    as_json: bool,
    **asked: Any,
) -> None:
    """Make a study of the scenario, print it, write it, and end with 3 when it is not enough."""
    from imgsim.study.replicate import replicate as make
    from imgsim.study.study import IncompleteError

    folder.demand_usable(out)
    with explained(asked["ledger"]):
        study = whole(make(scenario, measures=measures, **asked))
    try:
        told = facts(scenario, study, measures)
    except IncompleteError as error:
        what = "start again to try those once more, or --allow-partial for the others"
        fail([f"{error}; {what}"], INCOMPLETE)
    where = _written(scenario, study, told, out, csv=csv)
    if as_json:
        print(json.dumps(told | {"folder": str(where)}, indent=2, ensure_ascii=False))
    else:
        _print(told)
        print(f"results: {where}")
    if study.wanting:
        fail(
            [
                f"{name}: the half-width is {half_width:.4g} after {study.n} replications, "
                "not yet what --until asks for; give a larger -n"
                for name, half_width in study.wanting.items()
            ],
            INCOMPLETE,
        )


def facts(scenario: Scenario, study: Study, measures: list[str]) -> dict[str, Any]:
    """Return what is told of a study as plain data."""
    estimates = study.estimates
    reasons = [
        name
        for name, estimate in estimates.items()
        if name.startswith("rejection_rate.") and "@" not in name and estimate.mean
    ]
    shown = dict.fromkeys(measures or [*_SHOWN[:2], *reasons, *_SHOWN[2:]])
    return {
        "schema_version": 1,
        "scenario": scenario.name,
        "question": scenario.description.strip() or None,
        "seed": scenario.run.seed,
        "replications": study.n,
        "failed": len(study.failures),
        "simulated_s": None if scenario.run.horizon is None else scenario.run.horizon / SECOND,
        "warmup_s": study.parameters.scenario.run.cut / SECOND,
        "confidence": study.confidence,
        "estimates": {name: estimates[name]._asdict() for name in shown},
    }


def _written(
    scenario: Scenario, study: Study, told: dict[str, Any], out: Path | None, *, csv: bool
) -> Path:
    """Write replications, summary, scenario and manifest; return the folder."""
    from imgsim.scenario.file import dump

    try:
        where = folder.make(out, scenario.name, scenario.hash[:8])
        study.replications.to_parquet(where / "replications.parquet", index=False)
        if csv:
            study.replications.to_csv(where / "replications.csv", index=False)
        study.summary.to_csv(where / "summary.csv")
        text = dump(study.parameters.scenario)
        (where / "scenario.resolved.yaml").write_text(text, encoding="utf-8")
        folder.write_manifest(where, folder.made_with(scenario) | told)
        if out is None:
            folder.point_latest(where)
    except OSError as error:
        fail([f"the results cannot be written: {error}"])
    return where


def _print(told: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("measure", no_wrap=True)
    table.add_column("mean", justify="right", no_wrap=True)
    table.add_column(f"{told['confidence'] * 100:g}% interval", justify="right", no_wrap=True)
    methods: dict[str, list[str]] = {}
    for name, one in told["estimates"].items():
        table.add_row(name.replace(".", ".\n  ", len(name) > 42), *cells(name, one))
        methods.setdefault(one["method"], []).append(name)
    console = Console(width=min(Console().width, 80))
    with console.capture() as capture:
        console.print(f"[bold]{told['scenario']}[/bold]", highlight=False)
        if told["question"]:
            console.print(told["question"], highlight=False, markup=False)
        console.print(_head(told) + "\n", highlight=False)
        console.print(table)
    print("\n".join(line.rstrip() for line in capture.get().splitlines()) + "\n")
    for method, names in methods.items():
        if method != "mean over replications":
            print(fill(f"{method}: {', '.join(names)}", 80, subsequent_indent="  "))
    print()


def _head(told: dict[str, Any]) -> str:
    head = f"{told['replications']} replications"
    if told["simulated_s"] is not None:
        head += f" of {duration(told['simulated_s'])}"
    if told["warmup_s"]:
        head += f", {duration(told['warmup_s'])} of warm-up cut"
    if told["failed"]:
        head += f", {told['failed']} of them failed"
    return f"{head}, seed {told['seed']}"


def cells(name: str, one: dict[str, Any]) -> tuple[str, str]:
    """Return a measure's mean and interval as they are printed."""
    write = form_of(name)
    if one["mean"] is None:
        return "-", ""
    mean = ("≥ " if one["at_least"] else "") + write(one["mean"])
    low, high = (None if one[end] is None else write(one[end]) for end in ("low", "high"))
    return mean, "" if low is None else f"≥ {low}" if high is None else f"{low} .. {high}"
