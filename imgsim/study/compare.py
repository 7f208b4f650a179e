"""Compare cases on the same luck, until each difference is told or the budget is spent."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from imgsim.scenario.spec import Scenario
from imgsim.scenario.tolerance import Tolerance, parse_tolerance
from imgsim.study.case import Case
from imgsim.study.comparison import Comparison
from imgsim.study.looks import looks
from imgsim.study.replicate import (
    AT_MOST,
    LEDGER,
    confidence_of,
    demand_fitting,
    demand_known,
    means_of,
    tables_beside,
)
from imgsim.study.runs import Runs
from imgsim.study.simulated import case_of
from imgsim.study.study import Study
from imgsim.study.warmup import warmed_up
from imgsim.study.workers import Backend

MARGINS: Final[Mapping[str, float | str]] = {"rejection_rate": 0.01, "time_to_available.p95": "5%"}
"""What is compared of scenarios where nobody says what matters."""
HIGHER_IS_BETTER: Final = frozenset({"available", "intents.succeeded", "throughput_per_h"})


def compare(
    *what: Scenario | Case | Mapping[str, Scenario | Case],
    margins: Mapping[str, float | str] | Mapping[str, Tolerance] = MARGINS,
    n: int | None = None,
    confidence: float | None = None,
    higher_is_better: Collection[str] = HIGHER_IS_BETTER,
    jobs: int | None = None,
    backend: Backend | None = None,
    scheduler: str | Path | None = None,
    ledger: str | Path | None = LEDGER,
    tables: bool = False,
    partial: bool = False,
    progress: bool | None = None,
) -> Comparison:
    """Compare scenarios, or any cases, with the first: better, worse, equivalent or undecided.

    ``margins`` names the measures and what difference of each matters in practice (a number in its
    unit, or a percentage of the first one's mean; beside a margin of 0 nothing is equivalent).
    While anything is undecided replications are added, with a first look at 20 and ``n`` at most,
    by default what the first one's scenario says. Cases are paired by replication, so that with
    one seed they meet the same luck, and have the largest of their warm-ups. A mapping gives them
    names. An interrupt leaves a comparison of the first replications, as `replicate` does. Raises
    `ValueError` when something is asked that cannot be, and `LedgerError`, `WorkersError` or
    `NoWarmupError`.
    """
    means = means_of(jobs, backend, scheduler, ledger, progress)
    named = _named(what)
    tolerances = {name: parse_tolerance(value) for name, value in margins.items()}
    scenarios = {name: one for name, one in named.items() if isinstance(one, Scenario)}
    for one in scenarios.values():
        demand_known(tolerances, one)
        demand_fitting(tolerances)
    if len(named) < 2 or not tolerances:
        raise ValueError("give two or more cases, and the margin of one measure or more")
    first = next(iter(named.values()))
    n = _at_most(first) if n is None else n
    if n < 2:
        raise ValueError(f"{n} replications cannot be compared; give 2 or more")
    alpha = 1 - confidence_of(confidence, first)
    warm = warmed_up([*scenarios.values()], means) if scenarios else []
    folder = tables_beside(means.ledger) if tables else None
    cases = {name: replace(one, name=name) for name, one in named.items() if isinstance(one, Case)}
    cases |= {
        name: case_of(one, tables=folder, name=name, asked=tolerances)
        for name, one in zip(scenarios, warm, strict=True)
    }
    ordered = [cases[name] for name in named]
    with Runs(ordered, means, or_fewer=True) as runs:
        planned = [*looks(n)]
        for number in planned:
            runs.upto(number)
            studies = [
                Study(
                    case,
                    runs.outcomes(place),
                    1 - alpha,
                    partial=partial,
                    interrupted=runs.interrupted,
                )
                for place, case in enumerate(ordered)
            ]
            comparison = Comparison(studies, tolerances, alpha / len(planned), higher_is_better)
            if runs.interrupted or comparison.is_refused or not comparison.undecided:
                break
    return comparison


def _at_most(what: Scenario | Case) -> int:
    """Return how many replications there may be where nobody says it."""
    said = what.run.replications if isinstance(what, Scenario) else None
    return AT_MOST if said is None else said.at_most


def _named(
    what: tuple[Scenario | Case | Mapping[str, Scenario | Case], ...],
) -> dict[str, Scenario | Case]:
    """Return the cases by name, with a number behind a name that was there before."""
    named: dict[str, Scenario | Case] = {}
    for one in what:
        if isinstance(one, (Scenario, Case)):
            name, number = one.name, 2
            while name in named:
                name, number = f"{one.name} ({number})", number + 1
            named[name] = one
        else:
            named |= one
    return named
