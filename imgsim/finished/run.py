"""A finished run: its tables, its measures, and the laws that must hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pandas as pd

from imgsim.cloud.lifecycle import SnapshotStatus
from imgsim.finished.shown import shown
from imgsim.finished.summary import summary
from imgsim.processes.world import World
from imgsim.results import conservation
from imgsim.results.measures import Measures
from imgsim.results.recorded import Codes, recorded
from imgsim.results.setting import Located, Setting
from imgsim.results.tables import Tables
from imgsim.scenario.spec import Scenario
from imgsim.shown import Shown, Shows
from imgsim.units import SECOND, microseconds_into_hour
from imgsim.workload.asker import ORDINAL_STRIDE
from imgsim.workload.patterns import Trace


class Run(Shows):
    """What a finished simulation leaves: tables, measures, and whether the laws hold.

    ``intents``, ``calls``, ``snapshots``, ``images``, ``uses``, ``ledger`` and ``states`` are
    DataFrames, made when first asked for; columns are described in `imgsim.records.rows`.
    """

    def __init__(
        self, world: World, scenario: Scenario, replication: int, *, interrupted: bool
    ) -> None:
        self.scenario = scenario
        self.replication = replication
        self.interrupted = interrupted
        """Whether it was stopped before its end."""
        self.ended_at = world.env.now
        """Where the simulation stood at its end, in microseconds since the start."""
        self.tables = Tables(world.journal, self.scenario.start)
        self.measures = Measures(
            world.journal,
            Setting(
                begin=self.scenario.run.cut,
                end=self.ended_at,
                quotas={id: region.image_quota for id, region in self.scenario.regions.items()},
                streams=tuple(self.scenario.load),
                instances=[
                    Located(id, instance.region, "security" in instance.locks)
                    for instance in self.scenario.instances
                    for id in instance.ids()
                ],
                into_hour=microseconds_into_hour(self.scenario.start),
                minimum_balance=self.scenario.account.minimum_balance,
            ),
        )
        _check_laws(world, self.ended_at)

    @property
    def intents(self) -> pd.DataFrame:
        """One row per wish for an image."""
        return self.tables["intents"]

    @property
    def calls(self) -> pd.DataFrame:
        """One row per call."""
        return self.tables["calls"]

    @property
    def snapshots(self) -> pd.DataFrame:
        """One row per snapshot."""
        return self.tables["snapshots"]

    @property
    def images(self) -> pd.DataFrame:
        """One row per image."""
        return self.tables["images"]

    @property
    def uses(self) -> pd.DataFrame:
        """One row per use of an image."""
        return self.tables["uses"]

    @property
    def ledger(self) -> pd.DataFrame:
        """One row per movement of money."""
        return self.tables["ledger"]

    @property
    def recorded(self) -> pd.DataFrame:
        """How often each recorded code of a trace met each simulated one.

        Without rows when no trace has a column recorded_code; see `imgsim.results.recorded`.
        """
        return recorded(self.tables.journal, self._codes())

    def _codes(self) -> Iterator[tuple[str, Codes, int]]:
        """Yield the streams that have recorded codes, with these and the stride of their rows."""
        start, horizon = self.scenario.start, self.scenario.run.horizon
        for name, stream in self.scenario.load.items():
            if not isinstance(stream.arrivals, Trace):
                continue
            if (codes := stream.arrivals.codes(start, horizon)) is not None:
                choices = [ask.instances or ask.snapshots for ask in stream.mix]
                many = any(choice is not None and choice.choose == "each" for choice in choices)
                yield name, codes, ORDINAL_STRIDE if many else 1

    @property
    def states(self) -> pd.DataFrame:
        """One row per change that no other table tells."""
        return self.tables["states"]

    def shown(self) -> Shown:
        """Return what a planner reads after a run."""
        return shown(summary(self))

    def __repr__(self) -> str:
        mark = f", interrupted at {self.ended_at / SECOND:g} s" if self.interrupted else ""
        return f"<run of {self.scenario.name}, replication {self.replication}{mark}>"


def _check_laws(world: World, ended_at: int) -> None:
    """Check the conservation laws; raise `imgsim.results.conservation.LawBroken`."""
    journal, cloud = world.journal, world.cloud
    pools = [service.slots for service in world.services.values()]
    tasks = [task for imaging in world.imagings.values() for task in imaging.tasks]
    progressing = sum(
        task.began_at is not None and task.snapshot.status is SnapshotStatus.PROGRESSING
        for task in (*tasks, *world.lone_tasks.values())
    )
    held = Counter(image.region.id for image in cloud.images.things())
    conservation.calls_are_accounted_for(journal, world.calls)
    conservation.slots_are_accounted_for(
        ((pool.taken, pool.freed, pool.inside) for pool in pools), progressing
    )
    conservation.money_is_accounted_for(journal, cloud.account.balance)
    conservation.quotas_are_accounted_for(
        {id: region.images for id, region in cloud.regions.items()},
        {id: held[id] for id in cloud.regions},
    )
    conservation.littles_law_holds(journal, ended_at)
