"""The rows of a run as its measures look at them."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from imgsim.api.rule import Rule
from imgsim.api.rules import RULEBOOK
from imgsim.records.journal import Journal, Log
from imgsim.records.rows import CALLS, DELETIONS, MISSING, OUTCOMES
from imgsim.results.levels import level_steps
from imgsim.results.tables import raw

Array = np.ndarray[Any, Any]
_OUTCOMES: Final = CALLS.codes("outcome")
_WHAT: Final = DELETIONS.codes("what")


class Facts:
    """What measures are computed from: the rows of a run behind its warm-up, in one region or all.

    Calls count when the first call of their intent arrived at ``begin`` or later; levels from
    ``begin`` to ``end`` (microseconds since the start).
    """

    def __init__(self, journal: Journal, begin: int, end: int, region: str | None = None) -> None:
        self.begin = begin
        self.end = end
        self._journal = journal
        self._region = None if region is None else journal.words.get(region, -1)
        calls = self._all = self._here(journal.calls)
        intents = raw(journal.intents)
        counted = intents["intent"][intents["arrived_at"] >= begin]
        self.calls = calls if begin <= 0 else calls[np.isin(calls["intent"], counted)]

    def _here(self, log: Log) -> Array:
        rows = raw(log)
        return rows if self._region is None else rows[rows["region"] == self._region]

    def outcome(self, *names: str) -> Array:
        """Return the calls with one of the outcomes."""
        return self.calls[np.isin(self.calls["outcome"], [_OUTCOMES[name] for name in names])]

    def outcomes(self) -> list[tuple[str, Rule | None, int]]:
        """Return outcome, denying rule and number of calls, the most frequent first."""
        pairs, numbers = np.unique(self.calls[["outcome", "rule"]], return_counts=True)
        found = [
            (OUTCOMES[outcome], RULEBOOK[rule] if rule >= 0 else None, number)
            for (outcome, rule), number in zip(pairs.tolist(), numbers.tolist(), strict=True)
        ]
        return sorted(found, key=lambda one: (-one[2], one[0], one[1].name if one[1] else ""))

    def became_available(self) -> int:
        """Return how many images became Available between begin and end, whenever asked for."""
        made = self._all[self._all["outcome"] == _OUTCOMES["available"]]
        return int((made["ended_at"] >= self.begin).sum())

    def image_level(self) -> tuple[Array, Array]:
        """Return the steps of the number of images that hold a quota slot."""
        images = self._here(self._journal.images)
        deletions = raw(self._journal.deletions)
        mine = deletions["what"] == _WHAT["image"]
        if self._region is not None:
            mine &= np.isin(deletions["number"], images["image_id"])
        return level_steps(images["created_at"], deletions["deleted_at"][mine])

    def slot_level(self) -> tuple[Array, Array]:
        """Return the steps of the number of snapshots that hold a slot of the service."""
        snapshots = self._here(self._journal.snapshots)
        begun = snapshots[snapshots["began_at"] != MISSING]
        return level_steps(begun["began_at"], begun["ended_at"])
