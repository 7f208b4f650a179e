"""Run a scenario or any case at many points, on the same luck at each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from imgsim.scenario.spec import Scenario
from imgsim.scenario.sweep import SweepSpec
from imgsim.scenario.words import told_of_block
from imgsim.study.case import Case
from imgsim.study.designs import models_at, points_of
from imgsim.study.factors import point_names
from imgsim.study.replicate import (
    LEDGER,
    confidence_of,
    demand_known,
    means_of,
    tables_beside,
)
from imgsim.study.runs import Runs
from imgsim.study.simulated import case_of
from imgsim.study.study import Study
from imgsim.study.swept import Sweep
from imgsim.study.warmup import warmed_up
from imgsim.study.workers import Backend

Design = Mapping[str, Any]
_DESIGNS: Final = {"grid", "list", "latin-hypercube", "sobol"}


def sweep(
    what: Scenario | Case,
    design: Design | None = None,
    n: int | None = None,
    *,
    measures: Iterable[str] = (),
    confidence: float | None = None,
    jobs: int | None = None,
    backend: Backend | None = None,
    scheduler: str | Path | None = None,
    ledger: str | Path | None = LEDGER,
    tables: bool = False,
    partial: bool = False,
    progress: bool | None = None,
) -> Sweep:
    """Replicate a scenario, or any case, ``n`` times at each point of a design.

    ``design`` says what a file says under ``sweep``, such as ``{"grid": {path: [value, ...]}}``;
    the grid's mapping alone will do. Left out it is the scenario's own. Paths of a case are names
    of its parameters. All points meet the same luck and have the largest of their warm-ups; points
    that are the same scenario are run once. All points are checked before the first run. An
    interrupt leaves a sweep of the first replications, of all points alike, as `replicate` does.
    Raises `ScenarioError` with the faults of all points, `ValueError` when something is asked that
    cannot be, and `LedgerError`, `WorkersError` or `NoWarmupError`.
    """
    means = means_of(jobs, backend, scheduler, ledger, progress)
    spec = spec_of(what, design)
    n = spec.replications if n is None else n
    if n < 1:
        raise ValueError(f"{n} replications are none; give 1 or more")
    asked = tuple(measures) or spec.measures
    confidence = confidence_of(confidence, what)
    points = [point.values for point in points_of(spec)]
    models = models_at(what, spec)
    scenarios = [one for one in models if isinstance(one, Scenario)]
    cases = [one for one in models if isinstance(one, Case)]
    if scenarios:
        for one in scenarios:
            demand_known(asked, one)
        folder = tables_beside(means.ledger) if tables else None
        warm = warmed_up(scenarios, means)
        cases = [case_of(one, tables=folder, asked=asked) for one in warm]
    named = [replace(one, name=name) for one, name in zip(cases, point_names(points), strict=True)]
    with Runs(named, means, or_fewer=True) as runs:
        runs.upto(n)
        studies = [
            Study(
                case,
                runs.outcomes(place),
                confidence,
                partial=partial,
                asked=asked,
                interrupted=runs.interrupted,
            )
            for place, case in enumerate(named)
        ]
    return Sweep(studies, points, spec, asked)


def spec_of(what: Scenario | Case, design: Design | None) -> SweepSpec:
    """Return the sweep that is asked for; raise `ScenarioError` or `ValueError`."""
    if design is None:
        spec = None if isinstance(what, Case) else what.sweep
        if spec is None:
            raise ValueError(
                f"{what.name}: there is no sweep; give a design, such as a mapping of paths to "
                "lists of values"
            )
        return spec
    said = dict(design) if _DESIGNS & {*design} else {"grid": dict(design)}
    if isinstance(what, Scenario):
        if what.sweep is not None:
            said = what.sweep.model_dump(include={"replications", "measures"}) | said
        found = what.what_if({"sweep": said}).sweep
        assert found is not None
        return found
    try:
        return SweepSpec.model_validate(said)
    except ValidationError as error:
        raise ValueError(told_of_block("sweep", error)) from None
