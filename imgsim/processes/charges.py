"""The storage of snapshots is charged by the hour; who stays overdue has the service suspended.

::

    hour's end ──> a charge for each region ──> balance below 0 ──grace──> service suspended
                                                      └─ topped up to 0 or more ──> open again

Readings:

- Hours are calendar hours, and part hours count as whole: an hour counts the snapshots that were
  accomplished before its end and not deleted by its begin; `imgsim.processes.storage` says what
  each of them holds. A deletion takes effect from the next hour on.
- Each region has one charge for an hour, at its end: what is stored beyond the free amount, times
  the price, rounded once to 1e-6 CNY, halves to even. Where nothing is due there is no row.
- An hour that ends when the run does is charged, an hour that the run breaks off is not.
- The account is overdue while its balance is below 0. Overdue for all of the grace, its snapshot
  service is suspended: closed, until the balance is 0 or more again or somebody opens it by hand.
  That the service deletes the snapshots of an account which stays overdue is not modelled.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from imgsim.chance.distributions import STRICT
from imgsim.cloud.lifecycle import SnapshotStatus
from imgsim.fields import Bytes, Duration, Price
from imgsim.processes import billing
from imgsim.processes.order import At, Happening, pair, rank
from imgsim.processes.storage import Storage
from imgsim.units import DAY, GIB, HOUR, microseconds_into_hour

if TYPE_CHECKING:
    from simpy import Event

    from imgsim.cloud.disk import Disk
    from imgsim.cloud.snapshot import Snapshot
    from imgsim.processes.snapshotting import SnapshotTask
    from imgsim.processes.world import World


@dataclass(frozen=True)
class StorageCharges:
    """The kept snapshots are charged for, hour by hour and region by region."""

    __pydantic_config__ = STRICT
    price: Price
    """Price of storage, such as 0.12 CNY/GiB/month; a month has 720 hours."""
    free: Bytes = 0
    """Free of charge in each region, in every hour."""
    grace: Duration = DAY
    """How long the balance may stay below 0 until the snapshot service is suspended."""

    def begin(self, world: World, name: str, number: int) -> None:
        """Store what is there from the beginning, and charge from now on."""
        charging = _Charging(world, self, number)
        charging.store_initial()
        charging.watch_balance()
        world.on.stored.append(charging.on_stored)
        world.on.finished.append(charging.on_finished)
        world.on.dropped.append(charging.on_dropped)
        world.on.booked.append(charging.watch_balance)
        world.on.closed.append(charging.end_hour)
        world.env.process(charging.hours())


class _Charging:
    """The charges at work."""

    def __init__(self, world: World, terms: StorageCharges, number: int) -> None:
        self._world = world
        self._terms = terms
        self._per_byte = terms.price / GIB
        self._number = number
        self._storage = Storage(list(world.cloud.regions))
        self._leaving: list[Snapshot] = []
        """Deleted in this hour, which they are charged for."""
        self._hour = -microseconds_into_hour(world.start)
        """When the hour that is charged next begins."""
        self._suspension: At | None = None
        """What will suspend the service, while the account is overdue."""

    def store_initial(self) -> None:
        """Store the accomplished snapshots that are there from the beginning."""
        last: dict[Disk, int] = {}
        for snapshot in self._world.initial_snapshots.values():
            if snapshot.status is SnapshotStatus.ACCOMPLISHED:
                since = None
                if snapshot.disk is not None:
                    since = last.get(snapshot.disk)
                    last[snapshot.disk] = snapshot.created
                self._store(snapshot, since, snapshot.created)

    def on_stored(self, task: SnapshotTask) -> None:
        """Store a snapshot that is accomplished."""
        assert task.began_at is not None
        self._store(task.snapshot, task.disk.last_began, task.began_at)

    def on_finished(self, snapshot: Snapshot) -> None:
        """Store an initial snapshot that is accomplished by hand, before the events of now."""
        self.end_hour()
        since = snapshot.disk.last_began if snapshot.disk is not None else None
        # One that was accomplished before it may have been created after it.
        began = snapshot.created if since is None else max(snapshot.created, since)
        self._store(snapshot, since, began)

    def _store(self, snapshot: Snapshot, since: int | None, began_at: int) -> None:
        increment = snapshot.size << 30
        if snapshot.disk is not None:
            service = self._world.services[snapshot.region.id]
            increment = round(service.increment(snapshot.disk, since, began_at))
        self._storage.keep(snapshot, increment)

    def on_dropped(self, snapshot: Snapshot) -> None:
        """Let a deleted snapshot go when the hour is over that it is charged for."""
        if snapshot.increment is None:
            return
        if self._world.env.now == self._hour:
            self._storage.drop(snapshot)
        else:
            self._leaving.append(snapshot)

    def hours(self) -> Generator[Event, None, None]:
        """Charge each hour at its end."""
        place = rank(Happening.MONEY, pair(self._number, 0))
        while True:
            yield At(self._world.env, self._hour + HOUR, place)
            self.end_hour()

    def end_hour(self) -> None:
        """Charge the hour if it ends now and has not been charged."""
        if self._world.env.now != self._hour + HOUR:
            return
        for region, stored in self._storage.stored.items():
            due = round(self._per_byte * max(stored - self._terms.free, 0))
            if due:
                billing.charge(self._world, "snapshot storage", region, due)
        for snapshot in self._leaving:
            self._storage.drop(snapshot)
        self._leaving.clear()
        self._hour += HOUR

    def watch_balance(self) -> None:
        """Have the service suspended when the account stays overdue; open it when it is not."""
        world = self._world
        if world.cloud.account.balance >= 0:
            self._suspension = None
            billing.resume(world)
        elif self._suspension is None:
            place = rank(Happening.MONEY, pair(self._number, 1))
            instant = world.env.now + self._terms.grace
            self._suspension = At(world.env, instant, place, self._suspend)

    def _suspend(self, event: Event) -> None:
        if event is self._suspension:
            billing.suspend(self._world)
