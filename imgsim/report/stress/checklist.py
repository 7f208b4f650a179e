"""The items of STRESS-DES with their numbers and titles, and how the checklist is put together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from imgsim.report.stress import components, data, experiment, implementation, logic, objectives
from imgsim.report.stress.subject import Entry, Subject

SECTIONS: Final[Mapping[str, str]] = {
    "1": "Objectives",
    "2": "Logic",
    "3": "Data",
    "4": "Experimentation",
    "5": "Implementation",
    "6": "Code access",
}
TITLES: Final[Mapping[str, str]] = {
    "1.1": "Purpose of the model",
    "1.2": "Model outputs",
    "1.3": "Experimentation aims",
    "2.1": "Base model overview diagram",
    "2.2": "Base model logic",
    "2.3": "Scenario logic",
    "2.4": "Algorithms",
    "2.5.1": "Components: entities",
    "2.5.2": "Components: activities",
    "2.5.3": "Components: resources",
    "2.5.4": "Components: queues",
    "2.5.5": "Components: entry/exit points",
    "3.1": "Data sources",
    "3.2": "Pre-processing",
    "3.3": "Input parameters",
    "3.4": "Assumptions",
    "4.1": "Initialisation",
    "4.2": "Run length",
    "4.3": "Estimation approach",
    "5.1": "Software or programming language",
    "5.2": "Random sampling",
    "5.3": "Model execution",
    "5.4": "System specification",
    "6.1": "Computer model sharing statement",
}
"""The 20 items; 2.5 has five parts."""


@dataclass(frozen=True)
class Item:
    """An item of the checklist and what is said of it."""

    number: str
    title: str
    entry: Entry

    @property
    def section(self) -> str:
        """Number of its section."""
        return self.number.partition(".")[0]


def checklist(subject: Subject) -> tuple[Item, ...]:
    """Return all items in their order, each with what can be said of it, or that it is open."""
    said = {
        **objectives.entries(subject),
        **logic.entries(subject),
        **components.entries(subject),
        **data.entries(subject),
        **experiment.entries(subject),
        **implementation.entries(subject),
    }
    return tuple(Item(number, title, said[number]) for number, title in TITLES.items())
