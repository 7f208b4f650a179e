"""Measured series of image creations, and the same series simulated.

A series is either a *closed loop*, in which each of some clients starts its next image as soon as
its last one is created and deleted, or a *replay*, in which recorded starts are asked again.
"""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from imgsim.chance.base import Floats
from imgsim.chance.bounded import Constant
from imgsim.chance.skewed import Lognormal
from imgsim.processes.service import ServiceSpec
from imgsim.results.tables import raw
from imgsim.scenario.spec import Scenario
from imgsim.simulation import Simulation
from imgsim.units import GIB, SECOND

Bools = NDArray[np.bool_]
REGION: Final = "measured"
_FASTEST: Final = 1e-6
"""Seconds that a GiB takes at least, so that rates stay inside what a scenario may say."""
_LONG: Final = "36500d"


class Parameters(NamedTuple):
    """The snapshot service as four numbers, 0 where it does not have what they tell of."""

    setup: float
    """Set-up time of a snapshot, in seconds."""
    alone: float
    """Seconds that a GiB takes at most rate per snapshot; 0, or less than ``shared``: no cap."""
    shared: float
    """Seconds that a GiB takes at the whole bandwidth; 0: bandwidth without end."""
    cv: float
    """Coefficient of variation of the noise."""

    def spec(self) -> ServiceSpec:
        """Return the service as a scenario has it, with lognormal noise."""
        whole = max(self.shared, _FASTEST)
        setup = round(self.setup * SECOND)
        return ServiceSpec(
            setup=Constant(setup) if setup else None,
            bandwidth=round(GIB / whole),
            per_snapshot_rate=round(GIB / self.alone) if self.alone > whole else None,
            noise=Lognormal(mean=1.0, cv=self.cv) if self.cv > 0 else None,
            incremental=False,
        )


class Series(Protocol):
    """What the fit needs to know of a series, whatever its kind."""

    @property
    def name(self) -> str:
        """Its name in the log."""

    @property
    def durations(self) -> Floats:
        """Measured seconds, in order of start; NaN where the end was not seen."""

    @property
    def sizes(self) -> Floats:
        """GiB of each image."""

    @property
    def lasted(self) -> float:
        """Seconds that the measured series took."""

    @property
    def under_way(self) -> float:
        """Images under way at once, in the mean."""

    def simulate(self, parameters: Parameters, replication: int) -> Simulated:
        """Return the series as imgsim makes it."""


class Simulated(NamedTuple):
    """A series made by imgsim."""

    durations: Floats
    """Seconds, in order of start."""
    lasted: float
    """Seconds from the first start to the last end."""


@dataclass(frozen=True, eq=False)
class ClosedLoop:
    """Clients in a closed loop. ``deletions``: seconds of each deletion, None where not measured.

    Simulated deletions take one of the times measured, each as likely as the others.
    """

    name: str
    clients: int
    durations: Floats
    sizes: Floats
    deletions: Floats | None = None

    @cached_property
    def lasted(self) -> float:
        """Seconds until the last deletion: rows in order of start go to who is free first."""
        busy = self.durations + (0 if self.deletions is None else self.deletions)
        free = [0.0] * self.clients
        for seconds in busy.tolist():
            heapq.heapreplace(free, free[0] + seconds)
        return max(free)

    @property
    def under_way(self) -> float:
        """Images under way at once, in the mean, while all clients are at work."""
        rest = 0.0 if self.deletions is None else float(self.deletions.mean())
        mean = float(self.durations.mean())
        return self.clients * mean / (mean + rest)

    def simulate(self, parameters: Parameters, replication: int) -> Simulated:
        """Run the closed loop."""
        simulation = Simulation(_with(self._scenario, parameters), replication)
        simulation.run()
        journal = simulation.world.journal
        ends, deletions = raw(journal.images)["ended_at"], raw(journal.deletions)["deleted_at"]
        return Simulated(_made(simulation), int(max(ends.max(), deletions.max(initial=0))) / SECOND)

    @cached_property
    def _scenario(self) -> Scenario:
        delete = None
        if self.deletions is not None:
            values = [f"{round(x * SECOND)}us" for x in self.deletions.tolist()]
            delete = {"takes": {"empirical": {"values": values}}, "snapshots": True}
        stream = {
            "arrivals": {"closed-loop": {"clients": self.clients, "calls": len(self.durations)}},
            "mix": [{"instances": {"group": "client", "choose": "own"}}],
        }
        return _scenario(
            [{"group": "client", "count": self.clients} | _disk(float(self.sizes[0]))],
            load={"clients": stream | ({} if delete is None else {"delete": delete})},
        )


@dataclass(frozen=True, eq=False)
class Replay:
    """Recorded starts, in seconds from the first one and ascending, each with its size."""

    name: str
    starts: Floats
    durations: Floats
    sizes: Floats

    @property
    def lasted(self) -> float:
        """Seconds from the first start to the last end that was seen."""
        return float(np.nanmax(self.starts + self.durations))

    @property
    def under_way(self) -> float:
        """Images under way at once, in the mean over images and their own time."""
        ends = self.starts + np.nan_to_num(self.durations, nan=float(np.nanmedian(self.durations)))
        return float(met(self.starts, ends).mean())

    def simulate(self, parameters: Parameters, replication: int) -> Simulated:
        """Ask for each image at its recorded start."""
        simulation = Simulation(_with(self._scenario, parameters), replication)
        for number, instant in enumerate(self._instants):
            simulation.run(until=f"{instant}us")
            simulation.create_image({"RegionId": REGION, "InstanceId": f"i-{number}"})
        simulation.run()
        made = _made(simulation)
        return Simulated(made, float((self.starts + made)[~np.isnan(self.durations)].max()))

    @cached_property
    def _instants(self) -> list[int]:
        return [round(start * SECOND) for start in self.starts.tolist()]

    @cached_property
    def _scenario(self) -> Scenario:
        instances = [
            {"id": f"i-{number}"} | _disk(size) for number, size in enumerate(self.sizes.tolist())
        ]
        return _scenario(instances, run={"horizon": f"{self._instants[-1] + 1}us", "drain": _LONG})


def met(starts: Floats, ends: Floats) -> Floats:
    """Return how many were under way at once, in the mean over each one's time, itself included.

    What is under way at an instant is what has begun less what has ended; its integral is linear
    between instants.
    """
    begun, ended = np.sort(starts), np.sort(ends)
    instants = np.unique(np.concatenate([begun, ended]))
    level = np.searchsorted(begun, instants, "right") - np.searchsorted(ended, instants, "right")
    work = np.concatenate([[0.0], np.cumsum(level[:-1] * np.diff(instants))])
    length = np.maximum(ends - starts, 1e-6)
    many: Floats = (np.interp(ends, instants, work) - np.interp(starts, instants, work)) / length
    return np.maximum(many, 1.0)


def _made(simulation: Simulation) -> Floats:
    """Return the seconds that each image took, in order of start."""
    images = raw(simulation.world.journal.images)
    order = np.argsort(images["image_id"], kind="stable")
    seconds: Floats = (images["ended_at"] - images["created_at"])[order] / SECOND
    return seconds


def _with(scenario: Scenario, parameters: Parameters) -> Scenario:
    region = scenario.regions[REGION].model_copy(update={"snapshot_service": parameters.spec()})
    return scenario.model_copy(update={"regions": {REGION: region}})


def _scenario(instances: list[dict[str, Any]], **parts: Any) -> Scenario:
    service = {"bandwidth": "1 GiB/s", "incremental": False}
    region = {"image_quota": 10_000_000, "registration": "0s", "snapshot_service": service}
    return Scenario.from_mapping(
        {"imgsim": 1, "name": "fit", "regions": {REGION: region}, "instances": instances} | parts
    )


def _disk(gib: float) -> dict[str, Any]:
    """Return an instance's disk of which so many GiB are used."""
    used = max(1, round(gib * GIB))
    return {
        "region": REGION,
        "disks": [{"kind": "system", "size": f"{math.ceil(used / GIB)} GiB", "used": f"{used} B"}],
    }
