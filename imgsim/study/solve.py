"""Solve for a value: the smallest, or the largest, for which all constraints hold.

Where there is noise this is feasibility determination (Batur and Kim, "Finding feasible systems in
the presence of constraints on multiple performance measures", ACM TOMACS 20, 2010) inside a
bisection whose every answer is given with its own confidence (Waeber, Frazier and Henderson,
"Bisection search with noisy responses", SIAM J. Control Optim. 51, 2013). Replications are added at
a point until its decision is proved, so that the path of the search is right with the confidence
asked for, wherever it leads.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from imgsim.attended import Interruption
from imgsim.scenario.spec import Scenario
from imgsim.study.case import Case
from imgsim.study.constraints import in_vain, judge, together
from imgsim.study.looks import looks
from imgsim.study.monotony import Disorder, wrong_order
from imgsim.study.point import Point
from imgsim.study.question import Question, question
from imgsim.study.replicate import LEDGER, means_of
from imgsim.study.runs import Means, Runs
from imgsim.study.search import Decision, Find, left_open, next_place, scan, spent
from imgsim.study.simulated import case_of
from imgsim.study.solution import Solution
from imgsim.study.study import Study
from imgsim.study.warmup import warmed_up
from imgsim.study.workers import Backend


def solve(
    what: Scenario | Case,
    path: str | None = None,
    *,
    find: Find | None = None,
    low: Any = None,
    high: Any = None,
    step: Any = None,
    start: Any = None,
    constraints: Mapping[str, str | Mapping[str, Any]] | None = None,
    indifference: Mapping[str, Any] | None = None,
    n: int | None = None,
    confidence: float | None = None,
    jobs: int | None = None,
    backend: Backend | None = None,
    scheduler: str | Path | None = None,
    ledger: str | Path | None = LEDGER,
    partial: bool = False,
    progress: bool | None = None,
    each: Callable[[Point], object] | None = None,
) -> Solution:
    """Find the smallest (or largest) value of a path for which all constraints hold.

    ``low``, ``high``, ``step`` and ``start`` are values as a file says them; ``constraints`` such
    as ``{"rejection_rate": "< 1%"}``, and ``n`` the most replications at a value. What is left out
    is taken from the block ``solve`` of the scenario. Of a case the path is one of its parameters.

    The values double from the first one on until both sides are found, and are bisected then. The
    i-th decision may err with chance 6 alpha / (pi^2 i^2), which its looks share equally. All
    values meet the same luck; a warm-up ``auto`` is found for each value by itself, since each is
    held against limits. Where two values lie in the wrong order the search becomes a scan from the
    wanted end on. ``each`` is told every point when it is decided. An interrupt leaves a solution
    of the points decided so far, which is bounded; where none is it raises `KeyboardInterrupt`.
    Raises `ValueError` when something is asked that cannot be, `IncompleteError` when replications
    failed and ``partial`` was not asked for, and `LedgerError`, `WorkersError` or `NoWarmupError`.
    """
    means = means_of(jobs, backend, scheduler, ledger, progress)
    said = {
        "low": low,
        "high": high,
        "step": step,
        "start": start,
        "constraints": constraints,
        "indifference": indifference,
        "at_most": n,
    }
    search = _Search(question(what, path, find, said, confidence), means, partial, each)
    return search.solution()


class _Search:
    """The points that were decided, by their numbers on the grid."""

    def __init__(
        self,
        asked: Question,
        means: Means,
        partial: bool,
        each: Callable[[Point], object] | None,
    ) -> None:
        self._asked = asked
        self._means = means
        self._partial = partial
        self._each = each
        self._points: dict[int, Point] = {}
        self._runs: dict[int, Runs] = {}
        self._interruption = Interruption()

    def solution(self) -> Solution:
        """Search, and return what was found."""
        disorder, interrupted = None, False
        with self._interruption.awaited():
            try:
                self._bisect()
                disorder = self._wrong_order()
                if disorder is not None:
                    self._scan()
            except KeyboardInterrupt:
                if not self._points:
                    raise
                interrupted = True
                disorder = disorder or self._wrong_order()
                what = f"{len(self._points)} values decided"
                self._means.warn_interrupted(what, [one.cases[0] for one in self._runs.values()])
        return Solution(self._asked, tuple(self._points.values()), disorder, interrupted)

    def _bisect(self) -> None:
        """Double and bisect until no other point can tell more."""
        asked = self._asked
        while (number := next_place(self._decisions, asked.find, asked.grid)) is not None:
            self._decide(number)
        number = left_open(self._decisions, asked.find)
        if number is not None and not self._points[number].is_final:
            self._decide(number, patient=True)
            self._bisect()

    def _scan(self) -> None:
        """Look at place after place from the wanted end on, until one is proved."""
        for number in scan(self._decisions, self._asked.find, self._asked.grid.last):
            if number not in self._points or not self._points[number].is_final:
                self._decide(number, patient=True)
            if self._points[number].decision == "proved":
                return

    def _wrong_order(self) -> Disorder | None:
        """Return two points of which a measure tells that nothing is monotone."""
        asked = self._asked
        return wrong_order([*self._points.values()], asked.constraints, asked.find, asked.alpha)

    @property
    def _decisions(self) -> dict[int, Decision]:
        return {number: point.decision for number, point in self._points.items()}

    def _decide(self, number: int, *, patient: bool = False) -> None:
        """Decide on a point with an error of its own, which it keeps when it is taken up again."""
        before = self._points.get(number)
        error = before.error if before else spent(self._asked.alpha, len(self._points) + 1)
        with self._interruption.allowed():
            runs = self._runs.setdefault(number, Runs([self._case(number)], self._means))
            point = self._point(number, runs, error, patient=patient)
        self._points[number] = point
        if self._each is not None:
            self._each(point)

    def _case(self, number: int) -> Case:
        model = self._asked.at(number)
        if isinstance(model, Case):
            return model
        [model] = warmed_up([model], self._means)
        return case_of(model, asked=self._asked.measures)

    def _point(self, number: int, runs: Runs, error: float, *, patient: bool) -> Point:
        asked = self._asked
        planned = [*looks(asked.at_most)]
        each = error / len(planned)
        with runs:
            for n in planned:
                runs.upto(n)
                study = Study(
                    runs.cases[0], runs.outcomes(0), asked.confidence, partial=self._partial
                )
                asked.demand_measured(study.samples)
                checks = judge(asked.constraints, study.samples, each)
                decision = together(checks)
                if decision not in ("undecided", "no events"):
                    break
                if decision == "undecided":
                    continue
                if not patient or in_vain(asked.constraints, checks, each, asked.at_most):
                    break
        is_final = patient or decision != "no events"
        value = asked.grid.value(number)
        return Point(number, value, decision, checks, error, runs.made, study, is_final)
