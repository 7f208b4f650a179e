"""YAML <-> scenario: every fault of a file in one go, each with its place and what would be right.

A message reads ``file:line:column: path: what is wrong, what would be right``; a fault in an
override is named by that override instead of a line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from io import StringIO
from itertools import islice
from pathlib import Path as FilePath
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML

from imgsim.scenario.bounds import faults as bound_faults
from imgsim.scenario.extends import read_extended
from imgsim.scenario.naming import Fault
from imgsim.scenario.references import faults as reference_faults
from imgsim.scenario.spec import Scenario
from imgsim.scenario.words import MISSING, UNKNOWN, plain, schema, shown_path, told
from imgsim.scenario.yaml import Document, Path, Place, scalar

_MOST_MESSAGES: Final = 100
_DEEPEST: Final = 100


class ScenarioError(ValueError):
    """A scenario is not valid; ``messages`` holds one line a fault."""

    def __init__(self, messages: Iterable[str]) -> None:
        self.messages = tuple(messages)
        super().__init__("\n".join(self.messages))


def load(path: str | FilePath, overrides: Mapping[str, Any] | None = None) -> Scenario:
    """Load a scenario file; ``overrides`` sets values by dotted path.

    An override that is a text is read as a YAML value. Raises `ScenarioError` with every fault.
    """
    labelled = {override(path): (path, value) for path, value in (overrides or {}).items()}
    return load_labelled(path, labelled)


Faults = Callable[[Scenario], Iterator[Fault]]
"""Finds what is wrong with a scenario that is right so far."""


def load_labelled(
    path: str | FilePath, overrides: Mapping[str, tuple[str, Any]], *also: Faults
) -> Scenario:
    """Load a scenario file with overrides that have a label, by which messages name them.

    What ``also`` finds are faults like all others.
    """
    try:
        document = read_extended(FilePath(path))
    except (OSError, ValueError, RuntimeError) as error:  # paths that are none, endless chains
        raise ScenarioError([plain(f"{path}: extends cannot be followed: {error}")]) from None
    return _scenario(document, overrides, FilePath(path).parent, *also)


def from_mapping(data: Mapping[str, Any], overrides: Mapping[str, Any] | None = None) -> Scenario:
    """Return the scenario of a mapping with the same keys as a file."""
    labelled = {override(path): (path, value) for path, value in (overrides or {}).items()}
    return _scenario(Document("scenario", data=data), labelled, FilePath())


def override(path: str) -> str:
    """Return the label by which messages name a value that was set at a path."""
    return f"override {path!r}"


def dump(scenario: Scenario) -> str:
    """Return the whole scenario, defaults included, as YAML text."""
    yaml, text = YAML(), StringIO()
    yaml.default_flow_style = False
    yaml.width = 100
    yaml.dump(scenario.plain(), text)
    return text.getvalue()


def _scenario(
    document: Document, overrides: Mapping[str, tuple[str, Any]], folder: FilePath, *also: Faults
) -> Scenario:
    if document.faults:
        raise _scenario_error(_line(*fault) for fault in document.faults)
    if not isinstance(document.data, Mapping):
        what = "a scenario is a mapping of keys, the first of which is imgsim: 1"
        raise ScenarioError([_line(Place(document.source, 1, 1), (), what)])
    data, places = _overridden(document.data, overrides)
    where = _Where(document, data, places)
    try:
        scenario = Scenario.model_validate(data, context={"folder": str(folder)})
    except ValidationError as error:
        raise _scenario_error(map(where.found, error.errors(include_url=False))) from None
    except OSError as error:
        raise ScenarioError([plain(f"{document.source}: cannot be read: {error}")]) from None
    # the second lays out what the first bounds
    for faults in (bound_faults, reference_faults, *also):
        wrong = _scenario_error(where.line(*fault) for fault in faults(scenario))
        if wrong.messages:
            raise wrong
    return scenario


def _scenario_error(lines: Iterator[str]) -> ScenarioError:
    """Return the error with the first lines, each once; the others are not even made."""
    messages = dict.fromkeys(islice(lines, _MOST_MESSAGES))
    if next(lines, None) is not None:
        messages["... and more faults"] = None
    return ScenarioError(messages)


def _overridden(
    data: Mapping[str, Any], overrides: Mapping[str, tuple[str, Any]]
) -> tuple[dict[str, Any], dict[Path, str]]:
    """Return the data with the overrides set, and which label each overridden path has."""
    result: Any = _copied(data, 0)
    places: dict[Path, str] = {}
    for label, (dotted, value) in overrides.items():
        keys = dotted.split(".")
        path: list[str | int] = []
        target = result
        for key in keys[:-1]:
            target, step = _step(target, key, label, dotted)
            path.append(step)
        new = scalar(value) if isinstance(value, str) else value
        step = _set(target, keys[-1], new, label, dotted)
        places[(*path, step)] = label
    return result, places


def _copied(value: Any, depth: int) -> Any:
    if depth > _DEEPEST:
        raise ScenarioError([f"nested deeper than {_DEEPEST} levels"])
    if isinstance(value, Mapping):
        return {key: _copied(item, depth + 1) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_copied(item, depth + 1) for item in value]
    return value


def _step(target: Any, key: str, label: str, dotted: str) -> tuple[Any, str | int]:
    if isinstance(target, list):
        index = _index(target, key, label, dotted)
        return target[index], index
    if not isinstance(target, dict):
        raise ScenarioError([f"{label}: {dotted}: there is nothing below the value before {key!r}"])
    if target.get(key) is None:
        target[key] = {}
    return target[key], key


def _set(target: Any, key: str, value: Any, label: str, dotted: str) -> str | int:
    if isinstance(target, list):
        index = _index(target, key, label, dotted)
        target[index] = value
        return index
    if not isinstance(target, dict):
        raise ScenarioError([f"{label}: {dotted}: there is nothing below the value before {key!r}"])
    target[key] = value
    return key


def _index(target: list[Any], key: str, label: str, dotted: str) -> int:
    if not key.isdecimal() or int(key) >= len(target):
        what = f"{key!r} is no place in a list of {len(target)}; places count from 0"
        raise ScenarioError([f"{label}: {dotted}: {what}"])
    return int(key)


_KEY_ITSELF = "[key]"


class _Where:
    """Finds the place of a path: an override's label, else the nearest line of the file.

    A fault of a whole block of which an override has set a part is the override's.
    """

    def __init__(self, document: Document, data: Any, overridden: Mapping[Path, str]) -> None:
        self._document = document
        self._data = data
        self._overridden = overridden

    def found(self, detail: ErrorDetails) -> str:
        """Return the line of what pydantic found."""
        path = tuple(detail["loc"])
        at_key = detail["type"] in UNKNOWN
        if path[-1:] == (_KEY_ITSELF,):
            path, at_key = path[:-1], True
        absent = at_key or detail["type"] in MISSING
        return self.line(self._written(path, absent=absent), told(detail), at_key=at_key)

    def line(self, path: Path, what: str, *, at_key: bool = False) -> str:
        for length in range(len(path), 0, -1):
            if (label := self._overridden.get(path[:length])) is not None:
                return _line(Place(label), path, what)
        for overridden, label in self._overridden.items():
            if overridden[: len(path)] == path:
                return _line(Place(label), path, what)
        for length in range(len(path), -1, -1):
            near = path[:length]
            marks = self._document.keys if at_key and length == len(path) else self._document.values
            place = marks.get(near) or self._document.keys.get(near)
            if place is not None:
                return _line(place, path, what)
        return _line(Place(self._document.source), path, what)

    def _written(self, path: Path, *, absent: bool) -> Path:
        """Return the path without what the file does not say: the kind of a plain value."""
        data = self._data
        for length, part in enumerate(path):
            is_map = isinstance(data, Mapping)
            listed = range(len(data)) if isinstance(data, (list, tuple)) else ()
            if part not in (data if is_map else listed):
                is_key = absent and is_map and length == len(path) - 1
                return path if is_key else path[:length]
            data = data[part]
        return path


def _line(place: Place, path: Path, what: str) -> str:
    return plain(": ".join(part for part in (str(place), shown_path(path), what) if part))


__all__ = ["ScenarioError", "dump", "from_mapping", "load", "load_labelled", "schema"]
