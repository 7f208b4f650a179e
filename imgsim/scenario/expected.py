"""The measures that a scenario expects something of, or keeps, must be there; and limits fit."""

from __future__ import annotations

from collections.abc import Iterator

from imgsim.scenario.limits import fault_of_kind
from imgsim.scenario.naming import Fault
from imgsim.scenario.spec import Scenario
from imgsim.scenario.tolerance import misfit


def faults(scenario: Scenario) -> Iterator[Fault]:
    """Yield what is wrong with what is expected or kept: its measures, limits or names."""
    yield from _kept(scenario)
    if not scenario.expect:
        return
    from imgsim.results.measures import fault_of_name

    names: set[str] = set()
    for number, one in enumerate(scenario.expect):
        at = ("expect", number)
        unknown = fault_of_name(one.measure, scenario.regions, scenario.load)
        if unknown is not None:
            yield Fault((*at, "measure"), unknown)
        else:
            wrong = (fault_of_kind(one.measure, amount) for amount in one.limits.values())
            for what in dict.fromkeys(filter(None, wrong)):
                yield Fault(at, what)
        if one.name in names:
            what = f"there is an expectation {one.name!r} already; give this one an id of its own"
            yield Fault(at, what)
        names.add(one.name)


def _kept(scenario: Scenario) -> Iterator[Fault]:
    measures = {} if scenario.baseline is None else scenario.baseline.measures
    if measures:
        from imgsim.results.measures import fault_of_name

        for name, margin in measures.items():
            unknown = fault_of_name(name, scenario.regions, scenario.load)
            if (what := unknown or misfit(name, margin)) is not None:
                yield Fault(("baseline", "measures", name), what)
