"""An onlooker: told of every event before it runs, and the run stays the same to the last byte.

Nothing of this is in the way of a run that nobody watches.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from simpy import Event, Process

from imgsim.processes.order import Clock, Happening, rank

_LEAST = rank(Happening.CAPACITY)
_NORMAL = 1
"""Priority that SimPy gives by itself."""


def watch(env: Clock, tell: Callable[[int, int, str], None]) -> None:
    """Have every ranked event told before it runs: its instant, its rank, and what it sets going.

    What SimPy does by itself within an instant, such as to begin a process, is not told.
    """
    schedule = env.schedule

    def follow(event: Event, rank: int) -> None:
        callbacks: list[Any] = event.callbacks
        callbacks.insert(0, lambda _: tell(env.now, rank, _what(callbacks[1:])))

    def schedule_and_follow(event: Event, priority: Any = _NORMAL, delay: Any = 0) -> None:
        if priority >= _LEAST:
            follow(event, priority)
        schedule(event, priority, delay)

    for _, priority, _, event in env._queue:  # noqa: SLF001 - planned as the world was made
        if priority >= _LEAST:
            follow(event, priority)
    env.schedule = schedule_and_follow  # type: ignore[method-assign]


def _what(callbacks: Iterable[Any]) -> str:
    """Return the name of the function or process that comes first."""
    for callback in callbacks:
        function = callback.func if isinstance(callback, partial) else callback
        owner = getattr(function, "__self__", None)
        if isinstance(owner, Process):
            return owner.name
        return str(getattr(function, "__qualname__", type(function).__name__))
    return ""
