"""Replicate as often as asked, or until the measures are known well enough."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from imgsim.attended import warn
from imgsim.results.measures import fault_of_name
from imgsim.scenario.runs import Replications
from imgsim.scenario.spec import Scenario
from imgsim.scenario.tolerance import Tolerance, misfit, parse_tolerance
from imgsim.study.case import Case
from imgsim.study.looks import FIRST, looks
from imgsim.study.runs import Means, Runs, StudyWarning
from imgsim.study.simulated import case_of
from imgsim.study.study import Study
from imgsim.study.warmup import warmed_up
from imgsim.study.workers import Backend, Workers

LEDGER: Final = Path("results", "ledger.sqlite")
N: Final = 30
"""Replications where nobody says how many."""
AT_MOST: Final = Replications().at_most
CONFIDENCE: Final = 0.95


def replicate(
    what: Scenario | Case,
    n: int | None = None,
    *,
    until: Mapping[str, Tolerance | float | str] | None = None,
    measures: Iterable[str] = (),
    confidence: float | None = None,
    jobs: int | None = None,
    backend: Backend | None = None,
    scheduler: str | Path | None = None,
    ledger: str | Path | None = LEDGER,
    tables: bool = False,
    partial: bool = False,
    progress: bool | None = None,
) -> Study:
    """Replicate a scenario, or any case, ``n`` times, and return what that tells.

    With ``until`` only until the interval of each measure named there has the half-width given (a
    number in its unit, or a percentage of its mean), with a first look at 20 replications and
    ``n`` at most. ``measures``, of a scenario, are told beside those of the catalogue, such as
    ``rejection_rate@stream``; its ``tables`` are kept beside the ledger. What is left out is taken
    from the scenario. Replications that the ``ledger`` knows are not made again.

    An interrupt leaves a study of the first replications, up to one that is missing, which is
    marked and told by a `StudyWarning`; `KeyboardInterrupt` is raised where there is none yet, and
    during pilot runs. Stopping by hand, when the values seen do not decide it, does intervals no
    harm, but for a small bias where longer runs have other values (Glynn and Heidelberger, "Bias
    properties of budget constrained simulations", Operations Research 38, 1990). Raises
    `ValueError` when something is asked that cannot be, and `LedgerError`, `WorkersError` or
    `NoWarmupError`.
    """
    means = means_of(jobs, backend, scheduler, ledger, progress)
    wanted = None if isinstance(what, Case) else what.run.replications
    if n is None and until is None and wanted is not None:
        n, until = wanted.at_most, wanted.until
    tolerances = {name: parse_tolerance(value) for name, value in (until or {}).items()}
    at_most = n if n is not None else AT_MOST if tolerances else N
    demand_possible(at_most, tolerances)
    measures = [*measures]
    if isinstance(what, Case) and (measures or tables):
        raise ValueError("measures and tables are asked of a scenario; a case tells its own")
    if isinstance(what, Scenario):
        asked = [*tolerances, *measures]
        demand_known(asked, what)
        demand_fitting(tolerances)
        confidence = confidence_of(confidence, what)
        [what] = warmed_up([what], means)
        folder = tables_beside(means.ledger) if tables else None
        what = case_of(what, tables=folder, asked=asked)
    confidence = confidence_of(confidence, what)
    with Runs([what], means, or_fewer=True) as runs:
        for number in looks(at_most) if tolerances else [at_most]:
            runs.upto(number)
            study = Study(
                what,
                runs.outcomes(0),
                confidence,
                until=tolerances,
                partial=partial,
                interrupted=runs.interrupted,
            )
            if runs.interrupted or study.is_refused or not study.wanting:
                break
    return study


def means_of(
    jobs: int | None,
    backend: Backend | None,
    scheduler: str | Path | None,
    ledger: str | Path | None,
    progress: bool | None,
) -> Means:
    """Return with what a study is made; what it has to say are warnings. Raises `ValueError`."""
    workers = Workers(jobs, backend, scheduler)
    return Means(workers, None if ledger is None else Path(ledger), progress, _warn)


def confidence_of(said: float | None, what: Scenario | Case) -> float:
    """Return the confidence that was said, else that of the scenario; raise `ValueError`."""
    if said is None:
        said = float(what.run.confidence) if isinstance(what, Scenario) else CONFIDENCE
    if not 0.5 <= said < 1:
        raise ValueError(f"a confidence of {said:g} cannot be; give for example 0.95")
    return said


def demand_possible(at_most: int, tolerances: Mapping[str, Tolerance]) -> None:
    """Raise `ValueError` when so many replications cannot be, or too few for a precision."""
    if at_most < 1:
        raise ValueError(f"{at_most} replications are none; give 2 or more")
    if tolerances and at_most < FIRST:
        raise ValueError(f"n must be {FIRST} or more: a first look is taken at {FIRST}")
    if not all(tolerance.amount for tolerance in tolerances.values()):
        raise ValueError("a half-width must be above 0")


def demand_known(names: Iterable[str], scenario: Scenario) -> None:
    """Raise `ValueError` when a name is not one of a measure of the scenario."""
    for name in names:
        if (what := fault_of_name(name, scenario.regions, scenario.load)) is not None:
            raise ValueError(what)


def demand_fitting(tolerances: Mapping[str, Tolerance]) -> None:
    """Raise `ValueError` when a tolerance is a time and its measure, one of a scenario, is none."""
    for name, tolerance in tolerances.items():
        if (what := misfit(name, tolerance)) is not None:
            raise ValueError(what)


def tables_beside(ledger: Path | None) -> Path:
    """Return the folder of the tables; raise `ValueError` without a ledger."""
    if ledger is None:
        raise ValueError("tables lie beside the ledger; name one")
    return ledger.absolute().parent / "tables"


def _warn(what: str) -> None:
    warn(what, StudyWarning)
