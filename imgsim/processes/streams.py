"""A load stream at work: who its clients are, and the draws that concern them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgsim.chance.streams import BLOCK
from imgsim.workload.clients import Client

if TYPE_CHECKING:
    from imgsim.chance.streams import Draws
    from imgsim.processes.world import World
    from imgsim.workload.clients import Deletion

BY_HAND = "by hand"
"""Purpose of the draws of calls that no stream makes."""
_FIRST_ATTEMPTS = 4
"""Attempts that many intents make: their draws are worth making many at once."""


class Stream:
    """A load stream: its name, its number, its clients, and what they do with their images."""

    def __init__(
        self,
        world: World,
        name: str | None,
        number: int,
        block: int,
        deletion: Deletion | None = None,
        client: Client | None = None,
    ) -> None:
        self.name = name
        self.purpose = name or BY_HAND
        self.number = number
        self.block = block
        self.word = world.journal.words[name]
        self.deletion = deletion
        self.client = (client or Client()).whole
        self.patient = self.client.patient
        self._losing = float(self.client.lost_answers or 0)
        self._chance = chance = world.chance
        self._by_attempt: dict[tuple[str, int], Draws[float]] = {}
        self._after: Draws[int] | None = None
        self._takes: Draws[int] | None = None
        if deletion is not None and deletion.after is not None:
            self._after = chance.durations(f"{name}/deletion after", deletion.after, block)
        if deletion is not None and deletion.takes is not None:
            self._takes = chance.durations(f"{name}/deletion", deletion.takes, block)

    def deletes(self, outcome: str) -> bool:
        """Say whether its clients delete an image whose end is told by this outcome."""
        deletion = self.deletion
        return deletion is not None and (
            outcome == "available" or (outcome == "failed" and deletion.failed)
        )

    def keeping(self, ordinal: int) -> tuple[int, int]:
        """Return how long an image is kept and how long its deletion takes, in microseconds."""
        return (
            0 if self._after is None else self._after.at(ordinal),
            0 if self._takes is None else self._takes.at(ordinal),
        )

    def loses(self, ordinal: int, attempt: int) -> bool:
        """Say whether the answer to an attempt (from 1) is lost on its way to the client."""
        return self._losing > 0 and self._luck("lost answer", ordinal, attempt) < self._losing

    def back_off(self, ordinal: int, attempt: int) -> int:
        """Return the time from the answer to an attempt (from 1) to the next, in microseconds."""
        retry = self.client.retry
        assert retry is not None
        luck = self._luck("jitter", ordinal, attempt) if retry.jitter else 0.0
        return retry.waits(attempt, luck)

    def _luck(self, what: str, ordinal: int, attempt: int) -> float:
        draws = self._by_attempt.get((what, attempt))
        if draws is None:
            block = self.block if attempt <= _FIRST_ATTEMPTS else min(self.block, BLOCK >> 2)
            purpose = f"{self.purpose}/{what}/attempt {attempt}"
            draws = self._by_attempt[what, attempt] = self._chance.shares(purpose, block)
        return draws.at(ordinal)
