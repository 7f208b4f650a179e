"""Levels over time (images held, slots busy), integrated from the instants in the rows."""

from __future__ import annotations

from typing import Any

import numpy as np

from imgsim.records.rows import MISSING

Array = np.ndarray[Any, Any]
_EVER = MISSING + 1
"""Before everything that happens."""


def level_steps(begins: Array, ends: Array) -> tuple[Array, Array]:
    """Return the steps of a level and their instants, in order of time.

    Each begin that is there is a step up, each end that is there a step down; steps of one instant
    are added up, so that who leaves and who follows at once are never counted together.
    """
    begins, ends = begins[begins != MISSING], ends[ends != MISSING]
    instants, place = np.unique(np.concatenate([begins, ends]), return_inverse=True)
    steps = np.zeros(len(instants), np.int64)
    np.add.at(steps, place[: len(begins)], 1)
    np.add.at(steps, place[len(begins) :], -1)
    return steps, instants


def spells(steps: Array, instants: Array, least: int) -> tuple[Array, Array]:
    """Return when the level begins and ends to be at least ``least``; a last end may be missing.

    Before its first step the level is 0.
    """
    high = np.concatenate([[least <= 0], np.cumsum(steps) >= least])
    instants = np.concatenate([[_EVER], instants])
    turns = np.flatnonzero(high != np.concatenate([[False], high[:-1]]))
    begins, ends = instants[turns[::2]], instants[turns[1::2]]
    return begins, np.concatenate([ends, np.full(len(begins) - len(ends), MISSING)])


def integral(steps: Array, instants: Array, begin: int, end: int) -> int:
    """Return the exact time integral of the level between two instants, in microseconds."""
    clipped = np.clip(instants, begin, end)
    return int((steps * (end - clipped)).sum())


def peak(steps: Array, instants: Array, begin: int) -> int:
    """Return the highest level at or after ``begin``."""
    level = np.cumsum(steps)
    before = level[instants <= begin]
    after = level[instants >= begin]
    return int(max(before[-1] if len(before) else 0, after.max() if len(after) else 0))
