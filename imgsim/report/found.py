"""What a report is made of: a result in memory, or a folder of results, both told alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path
from typing import Any, Final, cast

import pandas as pd

from imgsim.explanation.recorded import (
    ExplanationError,
    followed,
    manifest_of,
    of_folder,
    of_run,
)
from imgsim.finished.run import Run
from imgsim.finished.shown import shown as shown_run
from imgsim.finished.summary import summary
from imgsim.report.stress.subject import Kind
from imgsim.scenario.file import ScenarioError, dump, load
from imgsim.scenario.spec import Scenario
from imgsim.shown import Shown
from imgsim.study.comparison import Comparison
from imgsim.study.provenance import made_with
from imgsim.study.simulated import Setting
from imgsim.study.solution import Solution
from imgsim.study.study import IncompleteError, Study
from imgsim.study.swept import Sweep
from imgsim.study.telling import comparison, solution, study, sweep

Result = Run | Study | Comparison | Sweep | Solution
_SHOWN: Final[Mapping[str, Callable[[dict[str, Any]], Shown]]] = {
    "run": shown_run,
    "study": study.shown,
    "comparison": comparison.shown,
    "sweep": sweep.shown,
    "solution": solution.shown,
}


class NoReportError(ValueError):
    """There is nothing to report of what was given; the message says what there would be."""


@dataclass(frozen=True)
class Kept:
    """The frames of a folder of results, as a study has them that is in memory."""

    facts: Mapping[str, Any]
    frames: Mapping[str, pd.DataFrame]

    @property
    def confidence(self) -> float:
        """Share of intervals that hold the true value."""
        return float(self.facts["confidence"])

    @property
    def replications(self) -> pd.DataFrame:
        """A row for each replication."""
        return self.frames["replications.parquet"]

    @property
    def summary(self) -> pd.DataFrame:
        """A row for each measure of a study."""
        return self.frames["summary.csv"].set_index("measure")

    @property
    def table(self) -> pd.DataFrame:
        """A row for each measure and case of a comparison."""
        return self.frames["comparison.csv"].set_index(["measure", "case"])

    @property
    def indices(self) -> pd.DataFrame:
        """The Sobol indices of a sweep."""
        return self.frames["indices.csv"]

    @property
    def path(self) -> str:
        """What a search has sought."""
        return str(self.facts["path"])

    @property
    def answer(self) -> object:
        """What a search has found."""
        return self.facts["answer"]

    def to_frame(self) -> pd.DataFrame:
        """Return the points of a sweep or a search."""
        parquet = self.frames.get("points.parquet")
        return self.frames["points.csv"] if parquet is None else parquet


@dataclass(frozen=True)
class Finding:
    """A result: its kind, its facts as plain data, and what its pictures are drawn from.

    ``manifest`` tells how it was made; ``scenarios`` holds the scenario of each case by its name,
    of all but comparisons one.
    """

    kind: Kind
    facts: dict[str, Any]
    manifest: Mapping[str, Any]
    scenarios: Mapping[str, Scenario]
    drawn: Any

    @property
    def scenario(self) -> Scenario:
        """The scenario, of a comparison that of the first case."""
        return next(iter(self.scenarios.values()))

    @property
    def shown(self) -> Shown:
        """The answer, which is the first block, and the tables."""
        return _SHOWN[self.kind](self.facts)

    @property
    def others(self) -> dict[str, str]:
        """What of each further case differs from the first, line by line."""
        (_, first), *others = ((name, dump(one)) for name, one in self.scenarios.items())
        return {name: _changes(first, text) for name, text in others}


def found(what: Result | Path | str) -> Finding:
    """Return what a report tells of a result or of a folder; raise `NoReportError`."""
    if isinstance(what, (str, Path)):
        try:
            return _of_folder(followed(Path(what)))
        except ExplanationError as error:
            raise NoReportError(str(error)) from None
    if isinstance(what, Run):
        made = made_with(what.scenario) | {"replication": what.replication}
        return Finding("run", summary(what), made, {"": what.scenario}, of_run(what))
    try:
        kind, facts, scenarios = _told(what)
    except IncompleteError as error:
        raise NoReportError(str(error)) from None
    first = next(iter(scenarios.values()))
    return Finding(kind, facts, made_with(first) | facts, scenarios, what)


def _told(what: Result) -> tuple[Kind, dict[str, Any], Mapping[str, Scenario]]:
    if isinstance(what, Study):
        return "study", study.facts(what), _scenarios([what])
    if isinstance(what, Comparison):
        return "comparison", comparison.facts(what), _scenarios(what.studies)
    if isinstance(what, Sweep):
        scenario = _scenarios(what.studies[:1]).popitem()[1]
        asked = scenario.model_copy(update={"sweep": what.spec})
        return "sweep", sweep.facts(what), {"": asked}
    if isinstance(what, Solution):
        return "solution", solution.facts(what), {"": _searched(what)}
    raise NoReportError(f"there is no report of a {type(what).__name__}; give a run or a study")


def _searched(what: Solution) -> Scenario:
    """Return the scenario of the first point with the block that asks for the search."""
    asked, grid = what.question, what.question.grid
    limits = {one.name: {"below" if one.below else "above": one.shown} for one in asked.constraints}
    sought = {
        asked.find: asked.path,
        "low": grid.value(0),
        "high": grid.value(grid.last),
        "step": grid.written_step,
        "constraints": limits,
    }
    [scenario] = _scenarios([what.points[0].study]).values()
    return scenario.what_if({"solve": sought})


def _scenarios(studies: Sequence[Study]) -> dict[str, Scenario]:
    found = {}
    for one in studies:
        if not isinstance(one.parameters, Setting):
            raise NoReportError(f"{one.name}: a report is of a scenario, not of another case")
        found[one.name] = one.parameters.scenario
    return found


def _of_folder(folder: Path) -> Finding:
    """Return what a folder of results holds; raise `ExplanationError` when it is none."""
    manifest = manifest_of(folder)
    if "summary" in manifest:
        run = of_folder(folder)
        facts = manifest["summary"]
        if "verdict" not in facts:
            raise ExplanationError(f"{folder}: of an older version of imgsim; run it again")
        return Finding("run", facts, manifest, {"": run.scenario}, run)
    kind = manifest.get("kind")
    if kind not in _SHOWN:
        raise ExplanationError(f"{folder}: of an older version of imgsim; make the study again")
    frames = {path.name: _frame(path) for path in sorted(folder.iterdir()) if _is_frame(path)}
    scenarios = _resolved(folder, manifest.get("cases", [""]))
    return Finding(cast("Kind", kind), manifest, manifest, scenarios, Kept(manifest, frames))


def _is_frame(path: Path) -> bool:
    return path.suffix in (".parquet", ".csv") and path.name != "replications.csv"


def _frame(path: Path) -> pd.DataFrame:
    try:
        return pd.read_csv(path) if path.suffix == ".csv" else pd.read_parquet(path)
    except (OSError, ValueError) as error:  # Arrow's and pandas' errors are ValueErrors
        raise ExplanationError(f"{path} cannot be read: {error}") from None


def _resolved(folder: Path, cases: Sequence[str]) -> dict[str, Scenario]:
    names = ["scenario.resolved.yaml"]
    names += [f"scenario-{number}.resolved.yaml" for number in range(2, len(cases) + 1)]
    try:
        return {case: load(folder / name) for case, name in zip(cases, names, strict=True)}
    except ScenarioError as error:
        raise ExplanationError(str(error)) from None


def _changes(first: str, other: str) -> str:
    lines = unified_diff(first.splitlines(), other.splitlines(), n=1, lineterm="")
    return "\n".join(line for line in list(lines)[2:] if not line.startswith("@@"))


__all__ = ["Finding", "Kept", "NoReportError", "Result", "found"]
