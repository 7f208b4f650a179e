"""Dotted paths into a scenario: they must lead somewhere, so that no name is made by a slip."""

from __future__ import annotations

from typing import Any

from imgsim.scenario.naming import meant


def fault_of_path(data: Any, path: str) -> str | None:
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
