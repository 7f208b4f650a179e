"""What a scenario names: whether it is there, and what was perhaps meant."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Iterable
from typing import NamedTuple

from imgsim.scenario.spec import Scenario
from imgsim.scenario.words import nearest
from imgsim.workload.selection import Selection

Path = tuple[str | int, ...]


class Fault(NamedTuple):
    """One thing that is wrong with a scenario, and where."""

    path: Path
    what: str


def meant(kinds: str, there: Iterable[str], wanted: str) -> str:
    """Return what was perhaps meant, else the first names there are."""
    names = list(there)
    if (close := nearest(wanted, names)) is not None:
        return f"did you mean {close}?"
    shown = ", ".join(names[:8]) + (", ..." if len(names) > 8 else "")
    return f"{kinds}: {shown}" if names else f"there are no {kinds}"


def chosen(
    scenario: Scenario, at: Path, kind: str, choice: Selection
) -> Generator[Fault, None, int]:
    """Yield what is wrong with a choice; return how many things it selects."""
    if choice.group is not None and kind == "snapshots":
        yield Fault((*at, "group"), "snapshots have no groups; give ids")
        return 0
    if choice.group is not None:
        groups: Counter[str] = Counter()
        for instance in scenario.instances:
            if instance.group is not None:
                groups[instance.group] += instance.count or 0
        if choice.group not in groups:
            hint = meant("groups", groups, choice.group)
            yield Fault((*at, "group"), f"unknown group {choice.group!r}; {hint}")
            return 0
        if not groups[choice.group]:
            yield Fault((*at, "group"), f"the group {choice.group!r} is empty")
        return groups[choice.group]
    if kind == "snapshots":
        ids = [snapshot.id for snapshot in scenario.snapshots if snapshot.id is not None]
    else:
        ids = [id for instance in scenario.instances for id in instance.ids()]
    known_ids = set(ids)
    for number, id in enumerate(choice.ids):
        if id not in known_ids:
            there = meant(kind, ids, id)
            yield Fault((*at, "ids", number), f"unknown {kind[:-1]} {id!r}; {there}")
    return len(choice.ids)
