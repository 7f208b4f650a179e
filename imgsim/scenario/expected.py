"""The measures of which a scenario expects something must be there, and limits be of their kind."""

from __future__ import annotations

from collections.abc import Iterator

from imgsim.scenario.limits import fault_of_kind
from imgsim.scenario.naming import Fault
from imgsim.scenario.spec import Scenario


def faults(scenario: Scenario) -> Iterator[Fault]:
    """Yield what is wrong with what is expected: its measures, limits or names."""
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
