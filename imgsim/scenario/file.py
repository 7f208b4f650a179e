"""YAML <-> scenario: every fault of a file in one go, each with its place and what would be right.

A message reads ``file:line:column: path: what is wrong, what would be right``; a fault in an
override is named by that override instead of a line.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from functools import cache
from io import StringIO
from pathlib import Path as FilePath
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML

from imgsim.scenario.extends import KEY, read_extended
from imgsim.scenario.references import faults as reference_faults
from imgsim.scenario.spec import Scenario
from imgsim.scenario.yaml import Document, Path, Place, scalar


class ScenarioError(ValueError):
    """A scenario is not valid; ``messages`` holds one line a fault."""

    def __init__(self, messages: Iterable[str]) -> None:
        self.messages = tuple(messages)
        super().__init__("\n".join(self.messages))


def load(path: str | FilePath, overrides: Mapping[str, Any] | None = None) -> Scenario:
    """Load a scenario file; ``overrides`` sets values by dotted path.

    An override that is a text is read as a YAML value. Raises `ScenarioError` with every fault.
    """
    labelled = {f"override {path!r}": (path, value) for path, value in (overrides or {}).items()}
    return load_labelled(path, labelled)


def load_labelled(path: str | FilePath, overrides: Mapping[str, tuple[str, Any]]) -> Scenario:
    """Load a scenario file with overrides that have a label, by which messages name them."""
    document = read_extended(FilePath(path))
    return _scenario(document, overrides, FilePath(path).parent)


def from_mapping(data: Mapping[str, Any], overrides: Mapping[str, Any] | None = None) -> Scenario:
    """Return the scenario of a mapping with the same keys as a file."""
    labelled = {f"override {path!r}": (path, value) for path, value in (overrides or {}).items()}
    return _scenario(Document("scenario", data=data), labelled, FilePath())


def dump(scenario: Scenario) -> str:
    """Return the whole scenario, defaults included, as YAML text."""
    yaml, text = YAML(), StringIO()
    yaml.default_flow_style = False
    yaml.width = 100
    yaml.dump(scenario.plain(), text)
    return text.getvalue()


def _scenario(
    document: Document, overrides: Mapping[str, tuple[str, Any]], folder: FilePath
) -> Scenario:
    if document.faults:
        raise ScenarioError(_line(place, path, what) for place, path, what in document.faults)
    if not isinstance(document.data, Mapping):
        what = "a scenario is a mapping of keys, the first of which is imgsim: 1"
        raise ScenarioError([_line(Place(document.source, 1, 1), (), what)])
    data, places = _overridden(document.data, overrides)
    where = _Where(document, places)
    try:
        scenario = Scenario.model_validate(data, context={"folder": str(folder)})
    except ValidationError as error:
        messages = [
            where.line(tuple(detail["loc"]), _told(detail), at_key=detail["type"] in _UNKNOWN)
            for detail in error.errors(include_url=False)
        ]
        raise ScenarioError(dict.fromkeys(messages)) from None
    if wrong := list(reference_faults(scenario)):
        raise ScenarioError(where.line(fault.path, fault.what) for fault in wrong)
    return scenario


def _overridden(
    data: Mapping[str, Any], overrides: Mapping[str, tuple[str, Any]]
) -> tuple[dict[str, Any], dict[Path, str]]:
    """Return the data with the overrides set, and which label each overridden path has."""
    result: Any = _copied(data)
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


def _copied(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _copied(item) for key, item in value.items()}
    return [_copied(item) for item in value] if isinstance(value, (list, tuple)) else value


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


_UNKNOWN = ("extra_forbidden", "unexpected_keyword_argument")


class _Where:
    """Finds the place of a path: an override's label, else the nearest line of the file.

    A fault of a whole block of which an override has set a part is the override's.
    """

    def __init__(self, document: Document, overridden: Mapping[Path, str]) -> None:
        self._document = document
        self._overridden = overridden

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


def _line(place: Place, path: Path, what: str) -> str:
    shown = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return ": ".join(part for part in (str(place), shown.lstrip("."), what) if part)


def _told(detail: ErrorDetails) -> str:
    """Say in words what pydantic found."""
    kind, context = detail["type"], detail.get("ctx", {})
    path = tuple(detail["loc"])
    if kind in _UNKNOWN:
        known = _keys_at(path[:-1])
        close = difflib.get_close_matches(str(path[-1]), known, n=1)
        hint = f"did you mean {close[0]}?" if close else f"known here: {', '.join(known)}"
        return f"unknown key; {hint}"
    if kind in ("missing", "missing_argument"):
        return "is required and not there"
    if kind == "value_error":
        return str(context["error"])
    if kind in ("literal_error", "enum"):
        return f"{detail['input']!r} is not one of {context['expected']}"
    if kind in ("tuple_type", "list_type"):
        return "must be a list; begin each item with a hyphen"
    if kind in (
        "model_type",
        "dataclass_type",
        "dict_type",
        "mapping_type",
        "model_attributes_type",
    ):
        return "must be a mapping of keys to values"
    if kind == "string_type":
        return f"must be a text; write {detail['input']!r} in quotes"
    if kind == "string_pattern_mismatch":
        return f"{detail['input']!r} must be made of letters, digits, hyphens and underscores"
    return detail["msg"][:1].lower() + detail["msg"][1:]


@cache
def schema() -> dict[str, Any]:
    """Return the JSON Schema of scenario files."""
    made = Scenario.model_json_schema()
    made["properties"][KEY] = {
        "description": "Path of a scenario file that this one builds on: maps are merged, lists "
        "replaced.",
        "type": "string",
    }
    made["anyOf"] = [{"required": made.pop("required")}, {"required": [KEY]}]
    return made


def _keys_at(path: Path) -> list[str]:
    """Return the keys that the schema knows at a path."""
    node: Any = schema()
    for part in path:
        node = _resolved(node)
        properties = node.get("properties", {})
        if part in properties:
            node = properties[part]
        elif isinstance(part, int):
            node = node.get("items", {})
        else:
            node = node.get("additionalProperties") or next(
                iter(node.get("patternProperties", {}).values()), {}
            )
        if not isinstance(node, dict):
            return []
    return list(_resolved(node).get("properties", {}))


def _resolved(node: Any) -> Any:
    while True:
        if "$ref" in node:
            node = schema()["$defs"][node["$ref"].rpartition("/")[2]]
        elif "anyOf" in node and "properties" not in node:
            node = next((n for n in node["anyOf"] if n.get("type") != "null"), {})
        else:
            return node
