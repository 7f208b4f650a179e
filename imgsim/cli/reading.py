"""Scenario files with what the command line sets in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from imgsim.cli.messages import fail

if TYPE_CHECKING:
    from imgsim.scenario.file import Faults
    from imgsim.scenario.spec import Scenario


def read(
    file: Path,
    sets: Iterable[str],
    seed: int | None = None,
    what_if: tuple[str, ...] = (),
    also: tuple[Faults, ...] = (),
    more: Mapping[str, tuple[str, Any]] | None = None,
) -> Scenario:
    """Return the scenario of a file with values set by dotted path; end with 2 and all faults.

    ``more`` are paths and values of other options, by the name of the option; ``also`` is what
    else is checked.
    """
    from imgsim.scenario.file import ScenarioError, load_labelled

    try:
        return load_labelled(file, labelled(sets, seed, what_if, more), *also)
    except ScenarioError as error:
        fail(error.messages)


def labelled(
    sets: Iterable[str],
    seed: int | None = None,
    what_if: tuple[str, ...] = (),
    more: Mapping[str, tuple[str, Any]] | None = None,
) -> dict[str, tuple[str, Any]]:
    """Return paths and values by the name of the option that sets them; end with 2 if one does not.

    ``more`` are those of other options.
    """
    texts = {f"--set #{number}": text for number, text in enumerate(sets, 1)}
    texts |= {f"--what-if {text}": text for text in what_if}
    overrides: dict[str, tuple[str, Any]] = {}
    for label, text in texts.items():
        path, equals, value = text.partition("=")
        if not equals or not path:
            fail([f"{label}: {text!r} is not PATH=VALUE, such as run.horizon=7d"])
        overrides[label] = (path, value)
    if seed is not None:
        overrides["--seed"] = ("run.seed", seed)
    return overrides | dict(more or {})
