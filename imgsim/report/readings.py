"""How the page is read where it is silent: the readings in the code, and those that are in force.

A reading stands in the docstring of the thing that it concerns, behind the word ``Reading`` and a
colon; here they are only found.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Final

from imgsim.api.rules import RULEBOOK
from imgsim.processes.charges import StorageCharges
from imgsim.processes.locks import Locks
from imgsim.processes.service_faults import ServiceFaults
from imgsim.processes.top_ups import TopUps
from imgsim.scenario.spec import Rules, Scenario
from imgsim.scenario.things import Account, Limits

_MARK: Final = "Reading:"
_RULES: Final = "api.rules."


@dataclass(frozen=True)
class Reading:
    """A reading; ``name`` is the rule's, or the place in the package of what it concerns."""

    name: str
    text: str


@dataclass(frozen=True)
class Parameter:
    """A parameter of a reading, its value in a scenario, and the default that it may differ from.

    ``path`` is where a scenario sets it, ``about`` says what it is.
    """

    path: str
    about: str
    value: str
    default: str

    @property
    def differs(self) -> bool:
        """Whether the scenario sets another value than the default."""
        return self.value != self.default


@cache
def readings() -> tuple[Reading, ...]:
    """Return all readings of the package: rules in the order of checking, then by place."""
    found = {_name(place): text for place, text in _found(files("imgsim"), "")}
    order = [rule.name for rule in RULEBOOK if rule.name in found]
    return tuple(Reading(name, found[name]) for name in [*order, *sorted(found.keys() - order)])


def in_force(scenario: Scenario) -> tuple[Reading, ...]:
    """Return the readings that what the scenario does may depend on, in the order of all."""
    return tuple(one for one in readings() if _ONLY.get(one.name, _always)(scenario))


def parameters(scenario: Scenario) -> tuple[Parameter, ...]:
    """Return the parameters of readings, as the scenario has them."""
    limits = scenario.account.limits or Limits()
    return (
        *_of(scenario.rules, Rules(), "rules"),
        *_of(scenario.account, Account(), "account", only=("minimum_balance",)),
        *_of(limits, Limits(), "account.limits"),
    )


def _of(said: Any, usual: Any, path: str, only: tuple[str, ...] = ()) -> Iterator[Parameter]:
    values, defaults = said.model_dump(mode="json"), usual.model_dump(mode="json")
    for name, field in type(said).model_fields.items():
        if not only or name in only:
            about = " ".join((field.description or "").split())
            value, default = _written(values[name]), _written(defaults[name])
            yield Parameter(f"{path}.{name}", about, value, default)


def _written(value: Any) -> str:
    if value is None:
        return "none"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _name(place: str) -> str:
    return place.rpartition(".")[2] if place.startswith(_RULES) else place


def _found(folder: Traversable, room: str) -> Iterator[tuple[str, str]]:
    """Yield place and text of each reading below a folder of the package."""
    for each in folder.iterdir():
        if each.is_dir():
            yield from _found(each, f"{room}{each.name}.")
        elif each.name.endswith(".py") and _MARK in (source := each.read_text(encoding="utf-8")):
            yield from _in(ast.parse(source), room + each.name.removesuffix(".py"))


def _in(node: ast.Module | ast.ClassDef | ast.FunctionDef, place: str) -> Iterator[tuple[str, str]]:
    """Yield the readings in the docstring of a node and in those of what it defines."""
    _, marked, text = (ast.get_docstring(node) or "").partition(_MARK)
    if marked:
        text = " ".join(text.split())
        yield place, text[0].upper() + text[1:]
    for each in node.body:
        if isinstance(each, (ast.ClassDef, ast.FunctionDef)):
            yield from _in(each, f"{place}.{each.name}")


def _always(_: Scenario) -> bool:
    return True


def _has(*kinds: type[Any]) -> Callable[[Scenario], bool]:
    return lambda scenario: any(isinstance(one, kinds) for one in scenario.processes.values())


def _limits(name: str) -> Callable[[Scenario], bool]:
    return lambda scenario: getattr(scenario.account.limits, name, None) is not None


_ONLY: Final[Mapping[str, Callable[[Scenario], bool]]] = {
    "call_is_throttled": _limits("calls_per_minute"),
    "too_many_snapshots_are_in_progress": _limits("snapshots_in_progress"),
    "disk_has_too_many_snapshots": _limits("snapshots_per_disk"),
    "cloud.limits.Limits": lambda scenario: scenario.account.limits is not None,
    "divergence.parting": lambda _: False,
    "processes.spells": _has(Locks, ServiceFaults),
    "processes.top_ups": _has(TopUps),
    "results.storage.storage": _has(StorageCharges),
    "workload.clients.Deletion": lambda scenario: any(
        stream.delete is not None for stream in scenario.load.values()
    ),
}
"""Readings that are in force only where a scenario has what they concern; others always are."""
