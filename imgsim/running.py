"""A run, from start to end: whoever waits for it sees how far it is, and may stop it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from imgsim.attended import InterruptedWarning, bar, interruptible, warn
from imgsim.finished.run import Run
from imgsim.scenario.spec import Scenario
from imgsim.simulation import Progress, Simulation
from imgsim.units import HOUR

_SHORT: Final = 1.0
"""Seconds that a run may take before anything is shown."""


def run(scenario: Scenario, replication: int = 0, *, progress: bool | None = None) -> Run:
    """Run a scenario from its start to its end and return what it leaves.

    An interrupt ends it soon: what was there by then is returned, ``interrupted``, with an
    `InterruptedWarning`; a second one breaks off. A run of more than a second shows its progress in
    a terminal or a notebook, or as told by ``progress``.
    """
    simulation = Simulation(scenario, replication)
    with interruptible(simulation.request_stop):
        with _shown(scenario.run.horizon, progress) as told:
            simulation.run(progress=told)
        finished = simulation.finish()
    if finished.interrupted:
        what = f"interrupted at {simulation.now:g} s of simulated time; what was there is kept"
        warn(what, InterruptedWarning)
    return finished


@contextmanager
def _shown(horizon: int | None, shown: bool | None) -> Iterator[Progress | None]:
    """Show how much of the horizon has been simulated; yield None where nothing is shown."""
    total = None if horizon is None else horizon / HOUR
    form = "{l_bar}{bar}| {n:.1f}/{total:.1f} h simulated{postfix} [{elapsed}<{remaining}]"
    with bar(
        shown, total=total, unit="h", delay=_SHORT, bar_format=form if total else None
    ) as reached:

        def show(now: int, calls: int) -> None:
            at = now / HOUR if total is None else min(now / HOUR, total)
            reached.set_postfix_str(f"{calls} calls", refresh=False)
            reached.update(at - reached.n)
            reached.n = at  # without errors of rounding, lest a full bar be taken for a broken one

        yield None if reached.disable else show
