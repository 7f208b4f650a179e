"""The conservation laws, checked at the end of every run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from imgsim.records.journal import Journal
from imgsim.records.rows import MISSING, MISSING_4, OUTCOMES
from imgsim.results.levels import integral, level_steps
from imgsim.results.tables import raw


class LawBroken(AssertionError):
    """A conservation law does not hold: the simulator is wrong, not the scenario."""


def _demand(holds: bool, law: str, *facts: object) -> None:
    if not holds:
        raise LawBroken(f"{law}: {facts}")


def calls_are_accounted_for(journal: Journal, asked: int) -> None:
    """Calls in = calls out by outcome."""
    outcomes = np.bincount(raw(journal.calls)["outcome"], minlength=len(OUTCOMES))
    _demand(int(outcomes.sum()) == asked, "calls in = calls out by outcome", asked, outcomes)


def slots_are_accounted_for(pools: Iterable[tuple[int, int, int]], progressing: int) -> None:
    """Slots taken - freed = in use, and as many snapshots are in progress."""
    taken = freed = inside = 0
    for pool in pools:
        taken, freed, inside = taken + pool[0], freed + pool[1], inside + pool[2]
    _demand(taken - freed == inside, "slots taken - freed = in use", taken, freed, inside)
    _demand(inside == progressing, "slots in use = snapshots in progress", inside, progressing)


def money_is_accounted_for(journal: Journal, balance: int) -> None:
    """Opening balance - charges + top-ups = closing balance, to the last digit."""
    booked = int(raw(journal.ledger)["amount"].sum())
    _demand(booked == balance, "sum of the ledger = balance", booked, balance)


def littles_law_holds(journal: Journal, ended_at: int) -> None:
    """Time integral of the images in progress = sum of their sojourns, clipped to the run.

    The level comes from the images, the sojourns from the calls.
    """
    calls = raw(journal.calls)
    calls = calls[calls["disks"] >= 0]
    ended = np.where(calls["ended_at"] == MISSING, ended_at, calls["ended_at"])
    sojourns = int((ended - calls["arrived_at"]).sum())
    images = raw(journal.images)
    images = images[images["intent"] != MISSING_4]
    steps, instants = level_steps(images["created_at"], images["ended_at"])
    area = integral(steps, instants, 0, ended_at)
    _demand(area == sojourns, "Little's law for images in progress", area, sojourns)


def quotas_are_accounted_for(counted: Mapping[str, int], held: Mapping[str, int]) -> None:
    """Quota slots counted by each region = images on the shelf."""
    _demand(dict(counted) == dict(held), "quota slots = images", counted, held)
