"""Where the time of an image went: parts of it, one behind the other, that add up exactly."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from imgsim.explanation.look import time
from imgsim.explanation.recorded import Recorded
from imgsim.units import GIB, MIB, SECOND

TURN, SLOT, SETUP, TRANSFER, SNAPSHOT, REGISTRATION = PARTS = (
    "turn on the disk",
    "snapshot slot",
    "set-up",
    "transfer",
    "snapshot",
    "registration",
)
"""``snapshot`` is a drawn duration, where the service has one instead of set-up and transfer."""

Row = Any
"""A row of a table, as pandas gives it."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the time of an image (microseconds), and what is to be said of it."""

    name: str
    us: int
    remark: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


def parts_of(recorded: Recorded, call: Row) -> list[Part]:
    """Return where the time of an accepted call went, to its image's end or that of the run.

    It went where the last snapshot was; of an image that failed, the one that ended with it.
    """
    begin = recorded.since(call.arrived_at) or 0
    end = recorded.since(call.ended_at)
    end = recorded.ended_at if end is None else end
    last = _last(recorded, call)
    if last is None:
        return [Part(REGISTRATION, end - begin)]
    instants = [last.turn_at, last.began_at, last.transfer_at, last.ended_at]
    turn, began, transfer, ended = (
        end if (at := recorded.since(instant)) is None else min(at, end) for instant in instants
    )
    parts = [_turn(recorded, last, turn - begin), _slot(recorded, last, began - turn)]
    if recorded.scenario.regions[last.region].snapshot_service.bandwidth is None:
        parts.append(Part(SNAPSHOT, ended - began))
    else:
        transfer = min(transfer, ended)
        parts.append(Part(SETUP, transfer - began))
        parts.append(_transfer(recorded, last, transfer, ended))
    return [*parts, Part(REGISTRATION, end - ended)]


def _last(recorded: Recorded, call: Row) -> Row | None:
    """Return the snapshot that the image waited for last, or None when it waited for none.

    As `itertuples` gives it.
    """
    snapshots = recorded.tables["snapshots"]
    mine = snapshots[(snapshots["image_id"] == call.image_id).fillna(value=False)]
    if mine.empty:
        return None
    if pd.notna(call.snapshotted_at):
        turn = call.began_at - pd.Timedelta(round(call.slot_wait_s * SECOND), "us")
        wanted = {"ended_at": call.snapshotted_at, "began_at": call.began_at, "turn_at": turn}
        return next(mine[(mine[[*wanted]] == pd.Series(wanted)).all(axis=1)].itertuples())
    with_it = mine[mine["ended_at"] == call.ended_at]
    some = with_it if len(with_it) else mine[mine["ended_at"].isna()]
    some = some if len(some) else mine
    return list(some.sort_values("began_at", na_position="last").itertuples())[-1]


def _turn(recorded: Recorded, last: Row, us: int) -> Part:
    if not us:
        return Part(TURN, us)
    snapshots = recorded.tables["snapshots"]
    initial = snapshots["image_id"].isna() & snapshots["policy"].isna()
    turned = snapshots["turn_at"].notna() & (snapshots["snapshot_id"] != last.snapshot_id)
    if pd.notna(last.turn_at):
        turned &= snapshots["turn_at"] < last.turn_at
    there = snapshots[
        (snapshots["disk"] == last.disk)
        & (turned | (initial & (snapshots["status"] == "progressing")))
        & (snapshots["ended_at"].isna() | (snapshots["ended_at"] > last.created_at))
    ]
    policies = sorted(there["policy"].dropna().astype(str).unique())
    images, number = int(there["image_id"].notna().sum()), len(there)
    whose = [*([f"{images} of images"] if images else []), *(f"of {name}" for name in policies)]
    what = f"{last.disk} had {number} before it" + (f", {' and '.join(whose)}" if whose else "")
    facts = {"disk": last.disk, "before": number, "of_images": images, "policies": policies}
    return Part(TURN, us, what, facts)


def _slot(recorded: Recorded, last: Row, us: int) -> Part:
    if not us:
        return Part(SLOT, us)
    snapshots = recorded.tables["snapshots"]
    begun, turn = snapshots["began_at"], snapshots["turn_at"]
    there = snapshots["ended_at"].isna() | (snapshots["ended_at"] > last.turn_at)
    there &= snapshots["region"] == last.region
    busy = int((there & (begun <= last.turn_at)).sum())
    sooner = begun < last.began_at if pd.notna(last.began_at) else begun.notna()
    at_once = (begun.isna() & pd.isna(last.began_at)) | (begun == last.began_at)
    sooner |= at_once & (snapshots.index < last.Index)
    waited = (turn < last.turn_at) | ((turn == last.turn_at) & sooner)
    ahead = int((there & waited & ~(begun <= last.turn_at)).sum())
    what = f"{busy} were busy and {ahead} waited before it"
    return Part(SLOT, us, what, {"busy": busy, "before": ahead})


def _transfer(recorded: Recorded, last: Row, begin: int, end: int) -> Part:
    if end <= begin:
        return Part(TRANSFER, end - begin)
    snapshots = recorded.tables["snapshots"]
    others = snapshots[
        (snapshots["region"] == last.region)
        & (snapshots["snapshot_id"] != last.snapshot_id)
        & snapshots["transfer_at"].notna()
    ]
    from_ = recorded.instants(others["transfer_at"]).clip(lower=begin)
    to = recorded.instants(others["ended_at"]).where(others["ended_at"].notna(), recorded.ended_at)
    overlap = int((to.clip(upper=end) - from_).clip(lower=0).sum())
    facts: dict[str, Any] = {"shared_with_us": overlap, "shared_with": overlap / (end - begin)}
    others_shown = f"shared with {facts['shared_with']:.1f} others on average"
    what = others_shown if overlap else "shared with nobody"
    if pd.notna(last.ended_at) and recorded.since(last.ended_at) == end:
        size, rate = int(last.bytes), last.bytes * SECOND / (end - begin)
        what = f"{size / GIB:.2f} GiB at {rate / MIB:.1f} MiB/s, {what}"
        facts |= {"bytes": size, "bytes_per_second": rate}
    return Part(TRANSFER, end - begin, what, facts)


def stages(recorded: Recorded) -> pd.DataFrame:
    """Return a row for each call of `Recorded.calls` whose image became Available.

    Columns are the parts that there are, in microseconds, and ``total``; they add up to it.
    """
    calls = recorded.calls
    made = calls[calls["outcome"] == "available"]
    arrived, ended = recorded.instants(made["arrived_at"]), recorded.instants(made["ended_at"])
    began = recorded.instants(made["began_at"]).where(made["began_at"].notna(), arrived)
    done = recorded.instants(made["snapshotted_at"]).where(made["snapshotted_at"].notna(), arrived)
    slot = (made["slot_wait_s"].fillna(0) * SECOND).round().astype("int64")
    found = pd.DataFrame({TURN: began - arrived - slot, SLOT: slot})
    transfer = _transfer_began(recorded, made).where(lambda at: at > 0, done)
    shared = pd.Series(
        [
            recorded.scenario.regions[str(region)].snapshot_service.bandwidth is not None
            for region in made["region"]
        ],
        made.index,
        dtype=bool,
    )
    found[SETUP] = (transfer - began).where(shared, 0)
    found[TRANSFER] = (done - transfer).where(shared, 0)
    found[SNAPSHOT] = (done - began).where(~shared, 0)
    found[REGISTRATION] = ended - done
    kinds = {SETUP: shared.any(), TRANSFER: shared.any(), SNAPSHOT: not shared.all()}
    found = found[[name for name in PARTS if kinds.get(name, True)]]
    return found.assign(total=ended - arrived)


def _transfer_began(recorded: Recorded, made: pd.DataFrame) -> pd.Series[Any]:
    """Return when the transfer of the last snapshot of each call began; 0 where there was none."""
    snapshots = recorded.tables["snapshots"][["image_id", "began_at", "ended_at", "transfer_at"]]
    keyed = made[["image_id", "began_at", "snapshotted_at"]].reset_index()
    keys = ["image_id", "began_at", "snapshotted_at"]
    found = keyed.merge(
        snapshots.rename(columns={"ended_at": "snapshotted_at"}).drop_duplicates(keys),
        how="left",
        on=keys,
    ).set_index("index")
    return recorded.instants(found["transfer_at"]).reindex(made.index)


def parted(parts: list[Part], usual: pd.DataFrame) -> list[str]:
    """Return the lines of a table of the parts, beside the median of each in the run."""
    lines = [f"{'':19}{'time':>9}{'share':>8}{'median':>10}"]
    total = sum(part.us for part in parts)
    for part in parts:
        share = part.us / total if total else 0.0
        median = time(usual[part.name].median()) if len(usual) and part.name in usual else "-"
        lines.append(f"{part.name:19}{time(part.us):>9}{share:>8.1%}{median:>10}")
        if part.remark:
            lines.append(f"    {part.remark}")
    median = time(usual["total"].median()) if len(usual) else "-"
    lines.append(f"{'together':19}{time(total):>9}{'':8}{median:>10}")
    return lines
