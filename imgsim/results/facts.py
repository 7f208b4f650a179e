"""The rows of a run as its measures look at them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np

from imgsim.api.rule import Rule
from imgsim.api.rules import RULEBOOK
from imgsim.records.journal import Journal, Log
from imgsim.records.marks import DELETIONS
from imgsim.records.rows import CALLS, IMAGES, INTENTS, MISSING, OUTCOMES, USES
from imgsim.results.levels import level_steps, spells
from imgsim.results.setting import Setting
from imgsim.results.storage import Clock, First, Storage, storage
from imgsim.results.tables import raw
from imgsim.units import HOUR

Array = np.ndarray[Any, Any]
_OUTCOMES: Final = CALLS.codes("outcome")
_ENDS: Final = INTENTS.codes("outcome")
_WHAT: Final = DELETIONS.codes("what")
_GRANTED: Final = USES.codes("outcome")["granted"]
_FAILED: Final = IMAGES.codes("status")["CreateFailed"]


class Facts:
    """What measures are computed from: the rows of a run behind its warm-up, of a place or all.

    A place is a region or a load stream. Calls count when the first call of their intent arrived
    behind the warm-up; levels from there to the end of the run.
    """

    def __init__(self, journal: Journal, setting: Setting, place: str | None = None) -> None:
        self.begin, self.end = setting.begin, setting.end
        here = place in setting.quotas
        self._quotas = {place: setting.quotas[place]} if place and here else setting.quotas
        self.regions = frozenset(self._quotas)
        self.minimum_balance = setting.minimum_balance
        self.instances = [one for one in setting.instances if one.region in self.regions]
        """The instances here at the start."""
        self.clock = Clock(setting.into_hour, (self.end + setting.into_hour) // HOUR)
        self.first_hour = (self.begin + setting.into_hour) // HOUR
        """The first hour that ends behind the warm-up."""
        self._journal = journal
        self._region = journal.words.get(place, -1) if here else None
        intents = raw(journal.intents)
        self._stream: Array | None = None
        """The intents of the stream, if it is one's facts."""
        if place is not None and not here:
            self._stream = intents["intent"][intents["stream"] == journal.words.get(place, -1)]
        counted = intents["intent"][intents["arrived_at"] >= self.begin]
        self._all = self._here(journal.calls)
        self.calls = (
            self._all if self.begin <= 0 else self._all[np.isin(self._all["intent"], counted)]
        )
        intents = self._here(journal.intents)
        self.intents = intents[intents["arrived_at"] >= self.begin]

    def _here(self, log: Log) -> Array:
        rows = _in(self._region, log)
        return rows if self._stream is None else rows[np.isin(rows["intent"], self._stream)]

    def outcome(self, *names: str) -> Array:
        """Return the calls with one of the outcomes."""
        return self.calls[np.isin(self.calls["outcome"], [_OUTCOMES[name] for name in names])]

    def came_to(self, *names: str) -> Array:
        """Return the intents that came to one of the ends."""
        return self.intents[np.isin(self.intents["outcome"], [_ENDS[name] for name in names])]

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
        return self._images_held(self._region)

    def _images_held(self, region: int | None) -> tuple[Array, Array]:
        images = _in(region, self._journal.images)
        return level_steps(images["created_at"], self._deletions(region))

    def _deletions(self, region: int | None) -> Array:
        """Return when images were deleted."""
        deletions = raw(self._journal.deletions)
        mine = deletions["what"] == _WHAT["image"]
        if region is not None:
            mine &= np.isin(deletions["number"], _in(region, self._journal.images)["image_id"])
        deleted_at: Array = deletions["deleted_at"][mine]
        return deleted_at

    def deleted(self) -> int:
        """Return how many images were deleted between begin and end."""
        return int((self._deletions(self._region) >= self.begin).sum())

    def full(self) -> tuple[Array, Array]:
        """Return when the quota of a region, of any region, begins and ends to be full.

        In order of time, within begin and end; times that touch are one.
        """
        code = self._journal.words.get
        each = [
            spells(*self._images_held(code(region, -1)), quota)
            for region, quota in self._quotas.items()
        ]
        begins, ends = (np.concatenate(those) for those in zip(*each, strict=True))
        begins, ends = spells(*level_steps(begins, ends), 1)
        ends = np.where(ends == MISSING, self.end, ends)
        seen = ends > self.begin
        return np.maximum(begins[seen], self.begin), ends[seen]

    def uses(self) -> Array:
        """Return the uses from begin on."""
        uses = self._here(self._journal.uses)
        return uses[uses["used_at"] >= self.begin]

    def first_uses(self) -> tuple[Array, Array]:
        """Return how long intents waited for their first granted use, and those still waiting.

        From the first call on, in microseconds.
        """
        intents = np.sort(self.intents, order="intent")
        uses = self._here(self._journal.uses)
        granted = uses[(uses["outcome"] == _GRANTED) & np.isin(uses["intent"], intents["intent"])]
        used, first = np.unique(granted["intent"], return_index=True)
        called = intents["arrived_at"][np.searchsorted(intents["intent"], used)]
        waiting = np.isin(intents["intent"], raw(self._journal.open_uses)["intent"])
        waiting &= ~np.isin(intents["intent"], used)
        return granted["used_at"][first] - called, self.end - intents["arrived_at"][waiting]

    def slot_level(self) -> tuple[Array, Array]:
        """Return the steps of the number of snapshots that hold a slot of the service."""
        snapshots = self._here(self._journal.snapshots)
        begun = snapshots[snapshots["began_at"] != MISSING]
        return level_steps(begun["began_at"], begun["ended_at"])

    def changes(self, kind: str) -> Iterator[tuple[int, str, str, str]]:
        """Yield instant, id, attribute and value of the changes of such things, here or not."""
        words, rows = self._journal.words, raw(self._journal.states)
        texts = words.texts
        for at, _, id, attribute, value in rows[rows["kind"] == words.get(kind, -1)].tolist():
            yield at, texts[id], texts[attribute], texts[value]

    def charges(self, cause: str | None = None) -> Array:
        """Return the ledger's charges booked behind the warm-up, of a cause or of all."""
        rows = self._here(self._journal.ledger)
        rows = rows[(rows["amount"] < 0) & (rows["booked_at"] > self.begin)]
        return rows if cause is None else rows[rows["cause"] == self._journal.words.get(cause, -1)]

    def top_ups(self) -> Array:
        """Return the ledger's top-ups, from the end of the warm-up on."""
        rows = raw(self._journal.ledger)
        mine = rows["cause"] == self._journal.words.get("top-up", -1)
        top_ups: Array = rows[mine & (rows["booked_at"] >= self.begin)]
        return top_ups

    def balances(self) -> tuple[Array, Array]:
        """Return the balances from begin to end (1e-6 CNY), and how long each lasted (us)."""
        rows = raw(self._journal.ledger)
        since = np.clip(rows["booked_at"], self.begin, self.end)
        before = int((rows["booked_at"] <= self.begin).sum())
        lasted = np.diff(since, append=self.end)
        return rows["balance"][before - 1 :], lasted[before - 1 :]

    def storage(self, region: int | None = None) -> Storage | None:
        """Return what snapshots held hour by hour, here or in the region of that word."""
        snapshots = self._here(self._journal.snapshots)
        if region is not None:
            snapshots = snapshots[snapshots["region"] == region]
        images, failed = raw(self._journal.images), ("image_id", "ended_at")
        deletions, deleted = raw(self._journal.deletions), ("number", "deleted_at")
        of_images = deletions["what"] == _WHAT["image"]
        return storage(
            snapshots,
            First((deletions[~of_images], deleted)),
            First(
                (images[images["status"] == _FAILED], failed),
                (deletions[of_images], deleted),
                (raw(self._journal.orphans), ("number", "orphaned_at")),
            ),
            self.clock,
        )


def _in(region: int | None, log: Log) -> Array:
    rows = raw(log)
    return rows if region is None else rows[rows["region"] == region]
