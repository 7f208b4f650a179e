"""All scenario files of a test together, so that their replications fill the same workers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from imgsim.regression.checked import Checked
from imgsim.regression.expectations import claims
from imgsim.regression.trial import Trial
from imgsim.study.runs import Means, Runs


class Suite(NamedTuple):
    """The files on trial, and how many replications were made for it, not found."""

    trials: list[Trial]
    made: int


def tried(files: Sequence[Checked], means: Means) -> Suite:
    """Return the files on trial, each until all that it claims is decided or cannot be.

    Files that claim nothing are left out. Raises `LedgerError`, `WorkersError` and
    `NoWarmupError`.
    """
    claimed = [(one, [*claims(one)]) for one in files]
    trials = [Trial(one, what, means) for one, what in claimed if what]
    with Runs([one.case for one in trials], means) as runs:
        while any(one.is_open for one in trials):
            runs.upto_each([one.n for one in trials])
            for place, one in enumerate(trials):
                if one.is_open:
                    one.look(runs.outcomes(place))
    return Suite(trials, runs.made)
