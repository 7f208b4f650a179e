"""What a scenario shows of itself: its question, what it says, and whether the load fits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from imgsim.scenario.capacity import warnings
from imgsim.scenario.oneline import entries
from imgsim.shown import Shown, Table

if TYPE_CHECKING:
    from imgsim.scenario.spec import Scenario

_ALONE = ("run", "account", "rules")
_LISTED = {"instances": "instances", "snapshots": "snapshot", "images": "images"}
_NAMED = {"regions": "region", "load": "load", "processes": "process"}


def shown(scenario: Scenario) -> Shown:
    """Return what a scenario says beside its defaults, and the warnings of its capacity."""
    said = scenario.model_dump(mode="json", exclude_none=True, exclude_defaults=True, by_alias=True)
    beyond = [*warnings(scenario)]
    verdict = "\n".join(beyond) or "A valid scenario; no load beyond the capacity of a service."
    lines = [*filter(None, [scenario.description.strip()])]
    table = Table(["what", "name", "says"], [*_rows(said)], left=(0, 1, 2), folded=(1, 2))
    return Shown(scenario.name, lines, [verdict, table])


def _rows(said: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    for block in _ALONE:
        if block in said:
            yield block, "", _without_constants(said[block])
    for block, what in _NAMED.items():
        for name, one in said.get(block, {}).items():
            yield what, name, _without_constants(one)
    for block, what in _LISTED.items():
        for one in said.get(block, ()):
            rest = {key: value for key, value in one.items() if key not in ("id", "group")}
            yield what, one.get("id") or one.get("group") or "", _without_constants(rest)


def _without_constants(said: Mapping[str, Any]) -> str:
    """Return entries as a file says them; a constant distribution is its value."""
    return entries({key: _plain(value) for key, value in said.items()})


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        if value.keys() == {"constant"}:
            return value["constant"]["value"]
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value
