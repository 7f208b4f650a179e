"""What came of the intents, what it took, and what is left behind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from imgsim.records.rows import MISSING_4
from imgsim.results.facts import Facts
from imgsim.results.measures.measured import (
    Array,
    Measure,
    Measured,
    Share,
    measures_of_times,
    ratio,
)


def _intents(facts: Facts) -> Measured:
    """Number of intents: wishes for an image, each of one call or more."""
    return Measured(len(facts.intents))


def _share_of(end: str, what: str) -> Measure:
    def rate(facts: Facts) -> Measured:
        return Share(len(facts.came_to(end)), len(facts.intents))

    rate.__doc__ = f"Share of intents {what}."
    return rate


def _orphaned(facts: Facts) -> Measured:
    """Share of ended intents whose client left images or snapshots behind when it turned away.

    What it leaves later, such as the snapshots of an image that it deletes, is in `cost.orphans`.
    """
    ended = facts.intents[facts.intents["images_left"] != MISSING_4]
    left = (ended["images_left"] > 0) | (ended["snapshots_left"] > 0)
    return Share(int(left.sum()), len(ended))


def _total(column: str, what: str) -> Measure:
    def total(facts: Facts) -> Measured:
        return Measured(int(np.maximum(facts.intents[column], 0).sum()))

    total.__doc__ = f"Number of {what} that intents left behind at their end."
    return total


def _double_images(facts: Facts) -> Measured:
    """Number of intents for which more than one image was made that did not fail."""
    made = facts.outcome("available", "unfinished")["intent"]
    return Measured(int((np.unique(made, return_counts=True)[1] > 1).sum()))


def _polls_per_success(facts: Facts) -> Measured:
    """Polls of all intents, for each that got its image."""
    polls = int(np.maximum(facts.intents["polls"], 0).sum())
    return ratio(polls, len(facts.came_to("available")))


def _retries_per_success(facts: Facts) -> Measured:
    """Calls beyond the first of all intents, for each intent that got its image."""
    retries = int((facts.intents["attempts"] - 1).sum())
    return ratio(retries, len(facts.came_to("available")))


def _retry_amplification(facts: Facts) -> Measured:
    """Calls for each intent."""
    return ratio(int(facts.intents["attempts"].sum()), len(facts.intents))


def _to_success(facts: Facts) -> tuple[Array, Array]:
    done, waiting = facts.came_to("available"), facts.came_to("unfinished")["arrived_at"]
    return done["ended_at"] - done["arrived_at"], facts.end - waiting


MEASURES: Final[Mapping[str, Measure]] = {
    "intents": _intents,
    "intents.succeeded": _share_of("available", "whose client got an Available image"),
    "intents.denied": _share_of("denied", "whose last call was denied"),
    "intents.failed": _share_of("failed", "whose client saw that its image failed"),
    "intents.timed_out": _share_of("timed out", "whose client gave up waiting"),
    "intents.lost": _share_of("lost", "whose client gave up after an answer that was lost"),
    "intents.orphaned": _orphaned,
    "images_left": _total("images_left", "images"),
    "snapshots_left": _total("snapshots_left", "snapshots"),
    "double_images": _double_images,
    "polls_per_success": _polls_per_success,
    "retries_per_success": _retries_per_success,
    "retry_amplification": _retry_amplification,
    **measures_of_times(
        "time_to_success",
        "from first call to when the client knows it Available",
        _to_success,
        *(0.5, 0.9, 0.95, 0.99),
    ),
}
