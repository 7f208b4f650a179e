"""Parts of a scenario, as a file says them, in a line of text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from imgsim.chance.distributions import DISTRIBUTIONS

_MOST: Final = 24
_DRAWN: Final = DISTRIBUTIONS.keys() - {"constant"}


def phrase(plain: Any) -> str:
    """Return a block of a scenario in a line: ``lognormal (mean 6m, cv 0.4)``; empty ones vanish.

    Of long lists only the first values and their number are told.
    """
    if isinstance(plain, Mapping):
        if (kind := _kind(plain)) is not None:
            name, block = kind
            return phrase(block["value"]) if name == "constant" else _named(name, phrase(block))
        return ", ".join(
            f"{key.replace('_', ' ')} {_inside(value)}"
            for key, value in plain.items()
            if value not in ({}, [])
        )
    if _is_list(plain):
        more = f", ... ({len(plain)} in all)" if len(plain) > _MOST else ""
        return ", ".join(map(_inside, plain[:_MOST])) + more
    if isinstance(plain, bool):
        return "yes" if plain else "no"
    return f"{plain:g}" if isinstance(plain, float) else str(plain)


def summary(kind: type[Any]) -> str:
    """Return the first sentence of what is said of a kind of thing."""
    return " ".join((kind.__doc__ or "").split()).partition(". ")[0].removesuffix(".") + "."


def is_drawn(plain: Any) -> bool:
    """Say whether a block of a scenario is a distribution, and no constant."""
    kind = _kind(plain)
    return kind is not None and kind[0] in _DRAWN


def leaves(plain: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield path and value of all that a block says, distributions whole."""
    if _is_list(plain):
        plain = dict(enumerate(plain))
    if not isinstance(plain, Mapping) or is_drawn(plain):
        yield path, plain
        return
    for key, value in plain.items():
        yield from leaves(value, f"{path}.{key}" if path else str(key))


def _kind(plain: Any) -> tuple[str, Mapping[str, Any]] | None:
    """Return name and block of one of several kinds; None for what is none."""
    if isinstance(plain, Mapping) and len(plain) == 1:
        [(name, block)] = plain.items()
        if isinstance(block, Mapping):
            return name, block
    return None


def _inside(plain: Any) -> str:
    """Return a block within another one, in brackets where it would run together with it."""
    said = phrase(plain)
    together = (isinstance(plain, Mapping) or _is_list(plain)) and len(plain) > 1
    return f"({said})" if together else said


def _named(name: str, said: str) -> str:
    return f"{name} ({said})" if said else name


def _is_list(plain: Any) -> bool:
    return isinstance(plain, Sequence) and not isinstance(plain, str)
