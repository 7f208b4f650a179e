"""What storage costs, what of it nobody needs, and when the money runs out.

An hour counts when it ends behind the warm-up; balance and top-ups are the account's, in whichever
region they are asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from imgsim.results.facts import Facts
from imgsim.results.measures.measured import Measure, Measured
from imgsim.units import CNY, GIB, SECOND


def _gib_hours(facts: Facts) -> Measured:
    """GiB-hours of snapshots, free ones too; none where storage is not charged."""
    if (storage := facts.storage()) is None:
        return Measured(None)
    return Measured(sum(storage.stored[facts.first_hour :].tolist()) / GIB)


def _orphans_mean(facts: Facts) -> Measured:
    """Mean GiB of snapshots whose image failed, was deleted or left behind; none if not charged."""
    storage = facts.storage()
    hours = [] if storage is None else storage.orphaned[facts.first_hour :].tolist()
    return Measured(sum(hours) / GIB / len(hours) if hours else None)


def _cost_total(facts: Facts) -> Measured:
    """CNY charged."""
    return Measured(-int(facts.charges()["amount"].sum()) / CNY)


def _cost_of_storage(facts: Facts) -> Measured:
    """CNY charged for the storage of snapshots."""
    return Measured(-int(facts.charges("snapshot storage")["amount"].sum()) / CNY)


def _cost_of_orphans(facts: Facts) -> Measured:
    """CNY charged for snapshots whose image failed, was deleted or left behind: their share."""
    charges, cost = facts.charges("snapshot storage"), 0.0
    for region in np.unique(charges["region"]).tolist():
        storage = facts.storage(region)
        assert storage is not None  # it is charged for
        due = charges[charges["region"] == region]
        hours = facts.clock.holding(due["booked_at"]) - 1
        cost -= float((due["amount"] * (storage.orphaned[hours] / storage.stored[hours])).sum())
    return Measured(cost / CNY)


def _top_ups(facts: Facts) -> Measured:
    """CNY of the top-ups."""
    return Measured(int(facts.top_ups()["amount"].sum()) / CNY)


def _lowest(facts: Facts) -> Measured:
    """Lowest balance in CNY."""
    balances, _ = facts.balances()
    return Measured(int(balances.min()) / CNY)


def _time_below(facts: Facts) -> Measured:
    """Seconds in which the balance was below the minimum, so that calls were refused."""
    balances, times = facts.balances()
    return Measured(int(times[balances < facts.minimum_balance].sum()) / SECOND)


def _first_below(facts: Facts) -> Measured:
    """Seconds from the start to when the balance is first below the minimum; none when never."""
    balances, times = facts.balances()
    below = np.flatnonzero((balances < facts.minimum_balance) & (times > 0))
    if not len(below):
        return Measured(None)
    return Measured((facts.begin + int(times[: below[0]].sum())) / SECOND)


MEASURES: Final[Mapping[str, Measure]] = {
    "storage_gib_hours": _gib_hours,
    "orphans.gib_mean": _orphans_mean,
    "cost.total": _cost_total,
    "cost.snapshot_storage": _cost_of_storage,
    "cost.orphans": _cost_of_orphans,
    "top_ups.total": _top_ups,
    "balance.lowest": _lowest,
    "balance.time_below_minimum_s": _time_below,
    "balance.first_below_s": _first_below,
}
