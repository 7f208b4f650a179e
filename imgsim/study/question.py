"""What a search is asked for: by arguments, and for the rest by the scenario."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from imgsim.scenario.grid import Grid
from imgsim.scenario.limits import parse_bound
from imgsim.scenario.naming import meant
from imgsim.scenario.solve import Solve
from imgsim.scenario.spec import Scenario
from imgsim.scenario.words import told_of_block
from imgsim.study.case import Case
from imgsim.study.constraints import Constraint
from imgsim.study.points import at
from imgsim.study.replicate import confidence_of
from imgsim.study.search import Find


@dataclass(frozen=True)
class Question:
    """A model and a path in it, the values to look at, what must hold, and how certainly."""

    what: Scenario | Case
    path: str
    find: Find
    grid: Grid
    constraints: tuple[Constraint, ...]
    at_most: int
    confidence: float

    @property
    def alpha(self) -> float:
        """The chance that any decision errs."""
        return 1 - self.confidence

    @property
    def measures(self) -> tuple[str, ...]:
        """The names of what must hold."""
        return tuple(one.name for one in self.constraints)

    def at(self, number: int) -> Scenario | Case:
        """Return the model with one of the values; raise `ScenarioError` or `ValueError`."""
        return at(self.what, {self.path: self.grid.value(number)})

    def demand_measured(self, names: Iterable[str]) -> None:
        """Raise `ValueError` when what must hold is not among the measures."""
        there = [*names]
        for name in self.measures:
            if name not in there:
                raise ValueError(f"there is no measure {name!r}; {meant('measures', there, name)}")


def question(
    what: Scenario | Case,
    path: str | None,
    find: Find | None,
    said: Mapping[str, Any],
    confidence: float | None,
) -> Question:
    """Return what is asked for; what is not said stands in the scenario's block ``solve``.

    Raises `ScenarioError` with every fault, or `ValueError`; both ends are tried.
    """
    given = {key: value for key, value in said.items() if value is not None}
    if "constraints" in given:
        given["constraints"] = {
            name: parse_bound(bound) if isinstance(bound, str) else bound
            for name, bound in given["constraints"].items()
        }
    block = what.solve if isinstance(what, Scenario) else None
    if block is not None and (path or find):
        given[find or block.find] = path or block.path
    elif path is not None:
        given[find or "smallest"] = path
    if block is None and not given:
        raise ValueError(
            "nothing is sought: give a path, low, high and constraints, or a scenario "
            "with a block solve"
        )
    model: Scenario | Case = what
    if isinstance(what, Scenario):
        asked = _of_scenario(what, given) if given else what
        spec, model = asked.solve, asked.model_copy(update={"solve": None, "sweep": None})
        assert spec is not None
    else:
        spec = _of_case(given)
    if confidence is None and spec.confidence is not None:
        confidence = float(spec.confidence)
    constraints = tuple(
        Constraint(
            name,
            bound.amount.number,
            bound.below is not None,
            spec.indifference[name].number if name in spec.indifference else 0.0,
            str(bound.amount),
        )
        for name, bound in spec.constraints.items()
    )
    found = Question(
        model,
        spec.path,
        spec.find,
        spec.grid,
        constraints,
        spec.at_most,
        confidence_of(confidence, model),
    )
    if isinstance(model, Case):
        found.at(0)
    return found


def _of_scenario(scenario: Scenario, given: Mapping[str, Any]) -> Scenario:
    data = scenario.plain()
    block = data.get("solve", {})
    if {"smallest", "largest"} & given.keys():
        block = {key: value for key, value in block.items() if key not in ("smallest", "largest")}
    return Scenario.from_mapping({**data, "solve": {**block, **given}})


def _of_case(given: Mapping[str, Any]) -> Solve:
    try:
        return Solve.model_validate(given)
    except ValidationError as error:
        raise ValueError(told_of_block("solve", error)) from None
