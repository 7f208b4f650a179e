"""What a search in a scenario names must be there, and both its ends must be valid scenarios."""

from __future__ import annotations

from collections.abc import Iterator

from imgsim.scenario.limits import fault_of_kind
from imgsim.scenario.naming import Fault
from imgsim.scenario.paths import fault_of_path
from imgsim.scenario.solve import Solve
from imgsim.scenario.spec import Scenario


def faults(scenario: Scenario) -> Iterator[Fault]:
    """Yield what is wrong with what is sought: its path, its measures, or a scenario at an end."""
    asked = scenario.solve
    if asked is None:
        return
    yield from _measures(scenario, asked)
    at = ("solve", asked.find)
    missing = fault_of_path(scenario.plain(), asked.path)
    if missing is not None:
        yield Fault(at, missing)
        return
    from imgsim.scenario.file import ScenarioError

    alone = scenario.model_copy(update={"solve": None, "sweep": None})
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
