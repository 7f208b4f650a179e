"""A simulation: one scenario and one replication, steppable."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from math import inf
from typing import Final

from imgsim.api.request import CreateImageRequest, Flat
from imgsim.api.use_image import Use
from imgsim.api.verdict import Verdict
from imgsim.chance.streams import BLOCK
from imgsim.cloud.instance import Instance
from imgsim.cloud.lifecycle import IllegalMove, SnapshotStatus
from imgsim.finished.run import Run
from imgsim.initial import initial_world, start_load, start_processes
from imgsim.processes import billing, instances, uses
from imgsim.processes.streams import Stream
from imgsim.processes.wishes import Wish
from imgsim.scenario.spec import Scenario
from imgsim.units import SECOND, microseconds_between, parse_duration, parse_money

_EVENTS_BETWEEN_REPORTS: Final = 100
_END_OF_CALENDAR: Final = datetime(9999, 12, 31, tzinfo=UTC)
"""No run goes on beyond it, whatever is in progress."""

Progress = Callable[[int, int], None]
"""Told the simulated time (microseconds) and the number of calls so far, now and then."""


class Simulation:
    """One scenario with one replication's luck, run step by step or to its end.

    The verbs act at once, at ``now``: before the events that stand at this instant.
    """

    def __init__(self, scenario: Scenario, replication: int = 0) -> None:
        self.scenario = scenario
        self.replication = replication
        self.world = initial_world(scenario, replication)
        self.cloud = self.world.cloud
        self._by_hand = Stream(self.world, None, 0, BLOCK)
        self._calls_by_hand = 0
        start_processes(self.world, scenario)
        start_load(self.world, scenario)
        self.interrupted = False
        self.closed = False
        """Whether it is finished."""

    @property
    def now(self) -> float:
        """Simulated time in seconds since the scenario's start."""
        return self.world.env.now / SECOND

    def create_image(self, request: CreateImageRequest | Flat) -> Verdict:
        """Call CreateImage now, with documented parameters in any form that a request takes.

        Raises `TypeError` when ``request`` is no form of a request; every request gets a verdict.
        """
        self._demand_open()
        asked = CreateImageRequest.of(request)
        wish = Wish(self.world, self._by_hand, self._calls_by_hand)
        self._calls_by_hand += 1
        return self.world.ask(asked, wish)

    def use_image(self, action: str, image_id: str) -> Use:
        """Use an image by ``RunInstances`` or ``ReplaceSystemDisk``; raise `ValueError` else."""
        self._demand_open()
        return uses.use(self.world, action, uses.Wanted(image_id))

    def lock(self, instance_id: str, reason: str) -> None:
        """Lock an instance for a reason; raise `KeyError` when it is unknown."""
        instances.lock(self.world, self._instance(instance_id), reason)

    def unlock(self, instance_id: str, reason: str) -> None:
        """Unlock an instance; raise `KeyError` when unknown, `ValueError` when not locked so."""
        instances.unlock(self.world, self._instance(instance_id), reason)

    def start(self, instance_id: str) -> None:
        """Bring an instance to Running; raise `KeyError` or `IllegalMove`."""
        instances.start(self.world, self._instance(instance_id))

    def stop(self, instance_id: str) -> None:
        """Bring an instance to Stopped; raise `KeyError` or `IllegalMove`."""
        instances.stop(self.world, self._instance(instance_id))

    def release(self, instance_id: str) -> None:
        """Release an instance; raise `KeyError` when it is unknown."""
        instances.release(self.world, self._instance(instance_id))

    def top_up(self, amount: str) -> None:
        """Add money such as ``"100 CNY"`` to the balance; raise `ValueError` unless above 0."""
        self._demand_open()
        billing.top_up(self.world, parse_money(amount))

    def open_snapshot_service(self) -> None:
        """Open the account's snapshot service."""
        self._demand_open()
        billing.open_snapshot_service(self.world)

    def close_snapshot_service(self) -> None:
        """Close the account's snapshot service."""
        self._demand_open()
        billing.close_snapshot_service(self.world)

    def finish_snapshot(self, snapshot_id: str) -> None:
        """Accomplish an initial snapshot that is progressing.

        Raises `KeyError` when it is unknown, `IllegalMove` when it is not progressing or is in the
        hands of the snapshot service.
        """
        self._demand_open()
        snapshot = self.cloud.snapshots[snapshot_id]
        progressing = snapshot.status is SnapshotStatus.PROGRESSING
        if progressing and snapshot.number not in self.world.initial_snapshots:
            raise IllegalMove(f"snapshot {snapshot_id}", "in the making", "finished by hand")
        self.world.finish_snapshot(snapshot)

    def delete_image(self, image_id: str, *, snapshots: bool = False) -> None:
        """Delete an image, and the snapshots made for it if asked; raise `KeyError` if unknown."""
        self._demand_open()
        self.world.delete_image(self.cloud.images[image_id], snapshots=snapshots)
        self.world.state("image", image_id, "status", "Deleted")

    def delete_snapshot(self, snapshot_id: str) -> None:
        """Delete a snapshot; raise `KeyError` when it is unknown.

        Raises `ValueError` when an image stands on it (SnapshotCreatedImage, 403), `IllegalMove`
        when it is progressing: the service would cancel it, which is not modelled.
        """
        self._demand_open()
        snapshot = self.cloud.snapshots[snapshot_id]
        if snapshot.status is SnapshotStatus.PROGRESSING and not snapshot.images:
            raise IllegalMove(f"snapshot {snapshot_id}", snapshot.status, "deleted")
        self.world.drop_snapshot(snapshot)
        self.world.state("snapshot", snapshot_id, "status", "Deleted")

    def run(self, until: str | None = None, *, progress: Progress | None = None) -> None:
        """Run to an instant such as ``"2h"`` since the start, or to the end of the scenario.

        Events at the instant itself have not happened. Without ``until`` arrivals stop at the
        horizon, and the run goes on until nothing is in progress, at most for ``run.drain``. Raises
        `ValueError` when ``until`` lies in the past.
        """
        self._demand_open()
        with _collector_resting():
            if until is not None:
                instant = parse_duration(until)
                if instant < self.world.env.now:
                    raise ValueError(f"{until} has passed: it is {self.now:g} s already")
                self._advance(instant, progress)
            else:
                self._run_to_end(progress)

    def request_stop(self) -> None:
        """Ask a run in progress to end soon with what is there; one that is finished is whole."""
        if not self.closed:
            self.interrupted = True

    def finish(self) -> Run:
        """End the simulation where it stands: close the rows, check the laws, return the run."""
        if not self.closed:
            self.closed = True
            self.world.close()
        return Run(self.world, self.scenario, self.replication, interrupted=self.interrupted)

    def _run_to_end(self, progress: Progress | None) -> None:
        world, run = self.world, self.scenario.run
        if run.horizon is None:
            last = microseconds_between(self.scenario.start, _END_OF_CALENDAR)
            goes_on = True
            while goes_on and not self.interrupted:
                self._advance(last, progress, lambda: bool(world.awaited))
                drained = min(last, world.env.now + run.drain)
                self._advance(drained, progress, lambda: world.busy and not world.awaited)
                goes_on = bool(world.awaited) and world.env.peek() < last
            return
        if world.env.now < run.horizon:
            self._advance(run.horizon, progress)
        self._advance(run.horizon + run.drain, progress, lambda: world.busy)

    def _advance(
        self, instant: float, progress: Progress | None, goes_on: Callable[[], bool] | None = None
    ) -> None:
        """Run the events before the instant, and stand there, while the run goes on.

        Without ``goes_on`` it does in any case; with it, a run without events stays where it is.
        """
        if self.interrupted:
            return
        env, step, done = self.world.env, self.world.env.step, 0
        while env.peek() < instant:
            if self.interrupted or (goes_on is not None and not goes_on()):
                return
            step()
            done += 1
            if progress is not None and not done % _EVENTS_BETWEEN_REPORTS:
                progress(env.now, self.world.calls)
        if goes_on is not None and (env.peek() == inf or not goes_on()):
            return
        if env.now < instant:
            env.run(until=instant)
        if progress is not None:
            progress(env.now, self.world.calls)

    def _instance(self, id: str) -> Instance:
        self._demand_open()
        return self.cloud.instances[id]

    def _demand_open(self) -> None:
        if self.closed:
            raise ValueError("the simulation is finished; make a new one")


@contextmanager
def _collector_resting() -> Iterator[None]:
    """Keep the cyclic collector from walking all images again and again, to find nothing."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
