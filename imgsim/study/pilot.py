"""A warm-up to be looked at before a study relies on it."""

from __future__ import annotations

from pathlib import Path

from imgsim.scenario.spec import Scenario
from imgsim.study.replicate import LEDGER, means_of
from imgsim.study.warmup import Warmup, warmups


def warmup(
    scenario: Scenario,
    *,
    jobs: int | None = None,
    ledger: str | Path | None = LEDGER,
    progress: bool | None = None,
) -> Warmup:
    """Find the warm-up of a scenario from 20 pilot runs, as a study does whose warm-up is ``auto``.

    `imgsim.plots.welch` draws it. Raises `ValueError` without a horizon, and `LedgerError`,
    `WorkersError` or `NoWarmupError` when a pilot run fails.
    """
    if scenario.run.horizon is None:
        raise ValueError(f"{scenario.name}: a run without a horizon has no warm-up; give one")
    [found] = warmups([scenario], means_of(jobs, None, None, ledger, progress))
    return found
