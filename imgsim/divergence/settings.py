"""In which values two scenarios differ, by dotted path."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from imgsim.scenario.spec import NO_EFFECT

_OF_NO_EFFECT: Final = {key for key, whole in NO_EFFECT.items() if whole is True}
ABSENT: Final = "-"


class Changed(NamedTuple):
    """A value of the one scenario and of the other, as a file would say it."""

    path: str
    before: Any
    after: Any


def changes(a: Mapping[str, Any], b: Mapping[str, Any]) -> list[Changed]:
    """Return where two scenarios, said as a file says them, differ; what is not there is ``-``.

    Names, descriptions and what else has no effect on a run are left out.
    """
    one, other = (
        {key: value for key, value in said.items() if key not in _OF_NO_EFFECT} for said in (a, b)
    )
    return [*_changes("", one, other)]


def _changes(path: str, a: Any, b: Any) -> Iterator[Changed]:
    if isinstance(a, list) and isinstance(b, list):
        if len(a) == len(b):
            a, b = dict(enumerate(a)), dict(enumerate(b))
        elif a != b:
            yield from _lists(path, a, b)
            return
    if isinstance(a, Mapping) and isinstance(b, Mapping):
        for key in dict.fromkeys([*a, *b]):
            below = f"{path}.{key}" if path else str(key)
            yield from _changes(below, a.get(key, ABSENT), b.get(key, ABSENT))
        both = [key for key in a if key in b]
        if both != [key for key in b if key in a] and path:
            yield Changed(f"{path} (order)", list(a), list(b))
    elif a != b:
        yield Changed(path, a, b)


def _lists(path: str, a: list[Any], b: list[Any]) -> Iterator[Changed]:
    """Yield what differs in the places that both have, then what only the longer one has."""
    for place in range(max(len(a), len(b))):
        one, other = (those[place] if place < len(those) else ABSENT for those in (a, b))
        yield from _changes(f"{path}.{place}", one, other)
