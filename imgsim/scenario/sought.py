"""What a search in a scenario names must be there, and both its ends must be valid scenarios."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from imgsim.scenario.limits import fault_of_kind
from imgsim.scenario.naming import Fault, meant
from imgsim.scenario.solve import Solve
from imgsim.scenario.spec import Scenario


def faults(scenario: Scenario) -> Iterator[Fault]:
    """Yield what is wrong with what is sought: its path, its measures, or a scenario at an end."""
    asked = scenario.solve
    if asked is None:
        return
    yield from _measures(scenario, asked)
    at = ("solve", asked.find)
    missing = _missing(scenario.plain(), asked.path)
    if missing is not None:
        yield Fault(at, missing)
        return
    from imgsim.scenario.file import ScenarioError

    alone = scenario.model_copy(update={"solve": None})
    for number in (0, asked.grid.last):
        value = asked.grid.value(number)
        try:
            alone.what_if({asked.path: value})
        except ScenarioError as error:
            for message in error.messages:
                what = message.removeprefix(f"override {asked.path!r}: ")
                yield Fault(at, f"with {value}: {what}")
            return


def _measures(scenario: Scenario, asked: Solve) -> Iterator[Fault]:
    from imgsim.results.measures import fault_of_name

    amounts = [("constraints", name, bound.amount) for name, bound in asked.constraints.items()]
    amounts += [("indifference", name, amount) for name, amount in asked.indifference.items()]
    for key, name, amount in amounts:
        what = fault_of_name(name, scenario.regions, scenario.load) or fault_of_kind(name, amount)
        if what is not None:
            yield Fault(("solve", key, name), what)


def _missing(data: Any, path: str) -> str | None:
    """Say which step of a path leads nowhere; its last may be a value that was left out."""
    for step in path.split(".")[:-1]:
        if isinstance(data, list):
            is_there, names = step.isdecimal() and int(step) < len(data), map(str, range(len(data)))
        else:
            is_there, names = step in data, map(str, data)
        if not is_there:
            return f"{path}: there is no {step!r}; {meant('names', names, step)}"
        data = data[int(step) if isinstance(data, list) else step]
        if not isinstance(data, (dict, list)):
            return f"{path}: {step} is a value, with nothing below it"
    return None
