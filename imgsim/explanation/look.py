"""A look at the world in the instant of a call."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np

from imgsim.api.call import Call
from imgsim.processes.world import World
from imgsim.results.tables import raw
from imgsim.results.written import duration
from imgsim.units import SECOND

Told = tuple[str, dict[str, Any]]
"""A sentence without its full stop, and the facts in it; times in microseconds (``*_us``)."""


@dataclass(frozen=True, slots=True)
class Look:
    """A call, and the world when it was answered and nothing had come of it yet."""

    call: Call
    world: World

    def ago(self, instant: int) -> str:
        """Return how long before the call an instant was, in words."""
        return time(self.call.now - instant)

    def day(self, instant: int) -> str:
        """Return the calendar day of an instant."""
        return f"{self.world.start + timedelta(microseconds=instant):%Y-%m-%d}"

    def changed(self, kind: str, id: str, attribute: str) -> int | None:
        """Return when the attribute last changed before the call; None: it did not in the run."""
        journal = self.world.journal
        rows = raw(journal.states).copy()
        mine = np.ones(len(rows), bool)
        for column, word in (("kind", kind), ("id", id), ("attribute", attribute)):
            mine &= rows[column] == journal.words.get(word, -1)
        found = rows["changed_at"][mine]
        return int(found[-1]) if len(found) else None

    def since(self, kind: str, id: str, attribute: str) -> Told:
        """Tell since when the attribute has been as it is."""
        changed = self.changed(kind, id, attribute)
        if changed is None:
            return "since the start of the run", {"since_us": None}
        return f"for {self.ago(changed)}", {"since_us": changed}


Tell = Callable[[Look], Told]
"""Tells why a call has the fault of a rule."""


def time(microseconds: float) -> str:
    """Return a time as people read it."""
    return duration(microseconds / SECOND)
