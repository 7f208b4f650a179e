"""How a solution is shown and written: points, decisions, and the answer in words."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING, Any, Final, Literal

from imgsim.cli import folder
from imgsim.cli.messages import fail
from imgsim.results.written import form_of

if TYPE_CHECKING:
    from imgsim.scenario.spec import Scenario
    from imgsim.study.solution import Solution

_COLUMNS: Final[Mapping[str, Literal["left", "right"]]] = {
    "value": "right",
    "n": "right",
    "measure": "left",
    "mean": "right",
    "bounds": "right",
    "decision": "left",
}
_LONG: Final = 24


def facts(scenario: Scenario, solution: Solution) -> dict[str, Any]:
    """Return what is told of a solution as plain data."""
    asked = solution.question
    low, high = solution.bounds
    return {
        "schema_version": 1,
        "scenario": scenario.name,
        "question": scenario.description.strip() or None,
        "seed": scenario.run.seed,
        "confidence": asked.confidence,
        "find": asked.find,
        "path": asked.path,
        "range": [asked.grid.value(0), asked.grid.value(asked.grid.last)],
        "constraints": [str(one) for one in asked.constraints],
        "end": solution.end,
        "answer": solution.answer,
        "low": low,
        "high": high,
        "sentence": solution.sentence,
        "replications": solution.runs,
        "made": solution.made,
        "points": [
            {
                "value": point.value,
                "n": point.n,
                "decision": point.decision,
                "error": point.error,
                "measures": {name: check._asdict() for name, check in point.checks.items()},
            }
            for point in sorted(solution.points, key=lambda point: point.number)
        ],
    }


def write(scenario: Scenario, solution: Solution, told: dict[str, Any], out: Path | None) -> Path:
    """Write points, all replications, scenario and manifest; return the folder."""
    import pandas as pd

    from imgsim.scenario.file import dump

    frames = {str(point.value): point.study.replications for point in solution.points}
    try:
        where = folder.make(out, scenario.name, scenario.hash[:8])
        replications = pd.concat(frames, names=["value"]).reset_index(level="value")
        replications.to_parquet(where / "replications.parquet", index=False)
        solution.to_frame().to_csv(where / "points.csv", index=False)
        (where / "scenario.resolved.yaml").write_text(dump(scenario), encoding="utf-8")
        folder.write_manifest(where, folder.made_with(scenario) | told)
        if out is None:
            folder.point_latest(where)
    except OSError as error:
        fail([f"the results cannot be written: {error}"])
    return where


def show(told: dict[str, Any]) -> None:
    """Print the points as a table of 80 columns, and the answer."""
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="dim")
    for head, justify in _COLUMNS.items():
        table.add_column(head, justify=justify, no_wrap=head != "measure")
    for point in told["points"]:
        first, last = [str(point["value"]), str(point["n"])], point["decision"]
        for name, check in point["measures"].items():
            shown = name.replace(".", ".\n  ", len(name) > _LONG)
            table.add_row(*first, shown, *_cells(name, check), last)
            first, last = ["", ""], ""
    console = Console(width=80)
    with console.capture() as capture:
        console.print(f"[bold]{told['scenario']}[/bold]", highlight=False)
        if told["question"]:
            console.print(told["question"], highlight=False, markup=False)
        console.print()
        console.print(table)
    print("\n".join(line.rstrip() for line in capture.get().splitlines()) + "\n")
    print(fill(told["sentence"], 80) + "\n")
    runs = f"{told['replications']} replications at {len(told['points'])} values"
    found = told["replications"] - told["made"]
    print(f"{runs}, {found} of them found in the ledger" if found else runs)


def _cells(name: str, check: dict[str, Any]) -> tuple[str, str]:
    write = form_of(name)
    if check["mean"] is None:
        return "-", ""
    mean = ("≥ " if check["at_least"] else "") + write(check["mean"])
    low, high = (None if check[end] is None else write(check[end]) for end in ("low", "high"))
    return mean, "" if low is None else f"≥ {low}" if high is None else f"{low} .. {high}"
