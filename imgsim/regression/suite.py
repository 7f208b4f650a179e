"""All scenario files of a test together, so that their replications fill the same workers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from imgsim.regression import baselines, expectations
from imgsim.regression.baselines import Comparing, Mode
from imgsim.regression.checked import Checked
from imgsim.regression.claim import Claim
from imgsim.regression.trial import Trial
from imgsim.study.runs import Means, Runs

CONFIDENCE: Final = 0.99
"""That no value of any baseline is called different that is the same, all values together."""


class Suite(NamedTuple):
    """The files on trial, and how many replications were made for it, not found."""

    trials: list[Trial]
    made: int


def comparing(mode: Mode, values: int, confidence: float = CONFIDENCE) -> Comparing:
    """Return how so many values of baselines are compared: they share the error (Bonferroni)."""
    return Comparing(mode, (1 - confidence) / max(1, values))


def family(values: int, confidence: float) -> str:
    """Say with which chance any value is falsely called different, and how that is held."""
    error = (1 - confidence) * 100
    return (
        f"values compared with baselines: {values}; that any is falsely called different has a "
        f"chance of at most {error:.6g}% (Bonferroni: {error / values:.3g}% each)"
    )


def claims(checked: Checked, how: Comparing) -> Iterator[Claim]:
    """Yield what a file expects, then its baseline; raise `KeptError`."""
    yield from expectations.claims(checked)
    yield from baselines.claims(checked, how)


def tried(files: Sequence[Checked], how: Comparing, means: Means) -> Suite:
    """Return the files on trial, each until all that it claims is decided or cannot be.

    Files that claim nothing are left out. Raises `KeptError`, `LedgerError`, `WorkersError` and
    `NoWarmupError`.
    """
    claimed = [(one, [*claims(one, how)]) for one in files]
    trials = [Trial(one, what, means) for one, what in claimed if what]
    with Runs([one.case for one in trials], means) as runs:
        while any(one.is_open for one in trials):
            runs.upto_each([one.n for one in trials])
            for place, one in enumerate(trials):
                if one.is_open:
                    one.look(runs.outcomes(place))
    return Suite(trials, runs.made)
