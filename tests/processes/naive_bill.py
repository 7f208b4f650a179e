"""What storage costs, hour by hour and snapshot by snapshot, from the tables of a run alone."""

from __future__ import annotations

import math
from collections import defaultdict
from fractions import Fraction
from typing import NamedTuple

import pandas as pd

HOUR = 3600 * 10**6
GIB = 2**30


class Kept(NamedTuple):
    """A snapshot that was accomplished: instants in microseconds since the start."""

    region: str
    disk: str
    since: int | None
    until: int | None
    lost: int | None
    whole: int
    increment: int


def microseconds(run, instant):
    if pd.isna(instant):
        return None
    return (instant - pd.Timestamp(run.scenario.start)) // pd.Timedelta(microseconds=1)


def used_bytes(scenario):
    return {
        disk_id: disk.size * GIB if disk.used is None else disk.used
        for instance in scenario.instances
        for id in instance.ids()
        for disk_id, disk in zip(instance.disk_ids(id), instance.ordered_disks, strict=True)
    }


def kept(run):
    """Return the accomplished snapshots in the order of their disks."""
    used, last, found = used_bytes(run.scenario), {}, []
    rows = [row for row in run.snapshots.to_dict("records") if row["status"] == "accomplished"]
    rows.sort(key=lambda row: (not pd.isna(row["ended_at"]), row["ended_at"], row["created_at"]))
    images = {row["image_id"]: row for row in run.images.to_dict("records")}
    for row in rows:
        began = row["created_at"] if pd.isna(row["began_at"]) else row["began_at"]
        began = microseconds(run, began)
        own = pd.isna(row["disk"])
        disk = row["snapshot_id"] if own else row["disk"]
        whole = row["gib"] * GIB if own else used[disk]
        service = run.scenario.regions[row["region"]].snapshot_service
        increment = whole
        if service.incremental and disk in last:
            age = max(began - last[disk], 0)
            increment = round(whole * -math.expm1(-float(service.change_rate / 10**6) * age))
        last[disk] = max(began, last.get(disk, began))
        lost = None
        if not pd.isna(row["image_id"]):
            image = images[row["image_id"]]
            ends = [image["deleted_at"], image["orphaned_at"]]
            ends += [image["ended_at"]] if image["status"] == "CreateFailed" else []
            lost = min((microseconds(run, end) for end in ends if not pd.isna(end)), default=None)
        since, until = (microseconds(run, row[name]) for name in ("ended_at", "deleted_at"))
        found.append(Kept(row["region"], disk, since, until, lost, whole, increment))
    return found


def half_even(value):
    whole, rest = divmod(value.numerator, value.denominator)
    if 2 * rest == value.denominator:
        return whole + whole % 2
    return whole + (2 * rest > value.denominator)


class Bill(NamedTuple):
    """Ledger rows (instant, region, 1e-6 CNY), GiB-hours, cost of orphans in 1e-6 CNY."""

    rows: list[tuple[int, str, int]]
    gib_hours: Fraction
    orphans: Fraction


def bill(run, price, free):
    """Return what the whole hours of a run cost; the price is 1e-6 CNY per GiB-hour."""
    things = kept(run)
    start = pd.Timestamp(run.scenario.start)
    begin = microseconds(run, start.floor("h"))
    rows, held_hours, orphans = [], Fraction(0), Fraction(0)
    while begin + HOUR <= run.ended_at:
        stored, orphaned = defaultdict(int), defaultdict(int)
        disks = set()
        for thing in things:
            if thing.since is not None and thing.since >= begin + HOUR:
                continue
            if thing.until is not None and thing.until <= begin:
                continue
            held = thing.increment if thing.disk in disks else thing.whole
            disks.add(thing.disk)
            stored[thing.region] += held
            if thing.lost is not None and thing.lost <= begin:
                orphaned[thing.region] += held
        for region in run.scenario.regions:
            due = half_even(price * Fraction(max(stored[region] - free, 0), GIB))
            held_hours += Fraction(stored[region], GIB)
            if due:
                rows.append((begin + HOUR, region, due))
                orphans += Fraction(due * orphaned[region], stored[region])
        begin += HOUR
    return Bill(rows, held_hours, orphans)


def charged(run):
    """Return the charges of the ledger in the form of the naive ones."""
    ledger = run.ledger[run.ledger["cause"] == "snapshot storage"]
    amounts = [round(-amount * 10**6) for amount in ledger["amount_cny"]]
    instants = [microseconds(run, instant) for instant in ledger["booked_at"]]
    return list(zip(instants, ledger["region"], amounts, strict=True))
