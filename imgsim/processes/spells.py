"""Spells: what comes at some instants and lasts a while.

Reading: an occasion that comes during a spell prolongs it, at most to its own end; one that comes
in the microsecond of its end does too. So a spell that lasts longer never shortens another.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from itertools import count
from typing import TYPE_CHECKING

from imgsim.processes.order import At, Clock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simpy import Event

    from imgsim.chance.streams import Draws


def spells(
    env: Clock,
    place: int,
    instants: Iterable[int],
    lasts: Draws[int],
    begin: Callable[[], None],
    end: Callable[[], None],
) -> Generator[Event, None, None]:
    """Call ``begin`` at each of the instants, ``end`` when the last one that has begun is over.

    ``place`` is the rank of all events; ``lasts`` is drawn by the index of the instant.
    """
    until: int | None = None
    for index, instant in enumerate(instants):
        if until is not None and until < instant:
            yield At(env, until, place)
            end()
            until = None
        yield At(env, instant, place)
        begin()
        until = max(until or 0, instant + lasts.at(index))
    if until is not None:
        yield At(env, until, place)
        end()


def apart(gaps: Draws[int], lasts: Draws[int]) -> Iterator[int]:
    """Yield the begins of spells that are apart by the gaps, the first a gap from the start."""
    instant = 0
    for index in count():
        instant += gaps.at(index)
        yield instant
        instant += lasts.at(index)
