"""All scenario files of a test together, so that their replications fill the same workers."""

from __future__ import annotations

from collections.abc import Sequence

from imgsim.regression.checked import Checked
from imgsim.regression.trial import Trial
from imgsim.study.runs import Means, Runs


def tried(files: Sequence[Checked], means: Means) -> list[Trial]:
    """Return the files on trial, each until all that it expects is decided or cannot be.

    Files without expectations are left out. Raises `LedgerError`, `WorkersError` and
    `NoWarmupError`.
    """
    trials = [Trial(one, means) for one in files if one.scenario.expect]
    with Runs([one.case for one in trials], means) as runs:
        while any(one.is_open for one in trials):
            runs.upto_each([one.n for one in trials])
            for place, one in enumerate(trials):
                if one.is_open:
                    one.look(runs.outcomes(place))
    return trials
