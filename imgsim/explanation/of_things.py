"""Why a call had a fault of the instance or snapshots it names: one function a rule, of its name.

Every function is total: rules without a subject have no fault, so it is told only where it has one.
"""

from __future__ import annotations

from typing import Final

from imgsim.cloud.instance import Instance
from imgsim.cloud.lifecycle import SnapshotStatus
from imgsim.explanation.look import Look, Told
from imgsim.explanation.of_requests import quoted
from imgsim.units import format_money


def region_is_unknown(look: Look) -> Told:
    """Tell the regions there are."""
    regions = list(look.call.cloud.regions)
    asked = look.call.request.region_id
    return f"there is no region {quoted(asked)}, but {', '.join(regions)}", {"regions": regions}


def snapshot_service_is_not_open(look: Look) -> Told:
    """Tell since when the service is closed, and whether because the account is overdue."""
    overdue = look.call.cloud.account.snapshot_service_suspended
    since, facts = look.since("account", "account", "snapshot service")
    why = "suspended, for the account is overdue," if overdue else "closed"
    return f"the snapshot service is {why} {since}", {"suspended": overdue, **facts}


def balance_is_insufficient(look: Look) -> Told:
    """Tell balance and minimum, or that the payment method is invalid."""
    account = look.call.cloud.account
    facts = {
        "balance_micro_cny": account.balance,
        "minimum_micro_cny": account.minimum_balance,
        "payment_method_valid": account.payment_method_valid,
    }
    if account.balance >= account.minimum_balance:
        return "the payment method is not valid", facts
    least, there = format_money(account.minimum_balance), format_money(account.balance)
    return f"the balance is {there}, below the minimum of {least}", facts


def instance_is_unknown(look: Look) -> Told:
    """Tell whether the instance lies in another region, or was released."""
    id, cloud = look.call.request.instance_id or "", look.call.cloud
    there = cloud.instances.get(id)
    released = look.changed("instance", id, "status") if there is None else None
    what = f"there is no instance {quoted(id)} in {quoted(look.call.request.region_id)}"
    if there is not None:
        what += f"; it is in {there.region.id}"
    elif released is not None:
        what += f"; it was released {look.ago(released)} before"
    region = there.region.id if there is not None else None
    return what, {"instance": id, "in_region": region, "released_us": released}


def _instance(look: Look) -> Instance:
    assert look.call.instance is not None  # the rules about instances deny no other calls
    return look.call.instance


def instance_may_not_be_imaged(look: Look) -> Told:
    """Tell the instance."""
    id = _instance(look).id
    return f"{id} may never be imaged (imaging_allowed: false)", {"instance": id}


def instance_is_locked_for_security(look: Look) -> Told:
    """Tell since when the instance is locked, and by whom."""
    instance = _instance(look)
    holders = sorted(holder for holder in instance.locks["security"] if holder)
    since, facts = look.since("instance", instance.id, "lock security")
    by = f", by {', '.join(holders)}" if holders else ""
    what = f"{instance.id} is locked for security {since}{by}"
    return what, {"instance": instance.id, "holders": holders, **facts}


def instance_is_neither_running_nor_stopped(look: Look) -> Told:
    """Tell the instance's status, and since when."""
    instance = _instance(look)
    since, facts = look.since("instance", instance.id, "status")
    what = f"{instance.id} is {instance.status} {since}"
    return what, {"instance": instance.id, "status": str(instance.status), **facts}


def snapshot_is_unknown(look: Look) -> Told:
    """Tell whether the snapshot lies in another region, or was deleted."""
    return _unknown_snapshot(look, look.call.request.snapshot_id or "")


def mapped_snapshot_is_unknown(look: Look) -> Told:
    """Tell the first mapped snapshot that is not there."""
    call = look.call
    n, id = next(
        (n, disk.snapshot_id or "")
        for n, disk in call.disks.items()
        if disk.snapshot_id and n not in call.mapped
    )
    what, facts = _unknown_snapshot(look, id)
    return f"{what}, mapped at n = {n}", {"n": n, **facts}


def _unknown_snapshot(look: Look, id: str) -> Told:
    shelf = look.call.cloud.snapshots
    there = shelf.get(id)
    what = f"there is no snapshot {quoted(id)} in {quoted(look.call.request.region_id)}"
    deleted = there is None and shelf.was_there(id)
    if there is not None:
        what += f"; it is in {there.region.id}"
    elif deleted:
        what += "; it was deleted"
    region = there.region.id if there is not None else None
    return what, {"snapshot": id, "in_region": region, "deleted": deleted}


def no_system_disk_snapshot_is_mapped(look: Look) -> Told:
    """Tell how many disks are mapped, and how many of their snapshots exist."""
    disks, there = len(look.call.disks), len(look.call.mapped)
    what = f"of {disks} mapped disks {there} have a snapshot that exists, none of a system disk"
    return what, {"disks": disks, "snapshots": there}


def _system(look: Look) -> dict[int, str]:
    return {n: one.id for n, one in look.call.mapped.items() if one.kind == "system"}


def several_system_disk_snapshots_are_mapped(look: Look) -> Told:
    """Tell where snapshots of system disks are mapped."""
    system = _system(look)
    where = ", ".join(f"{id} at n = {n}" for n, id in system.items())
    return f"{len(system)} mapped snapshots are of system disks: {where}", {"system": system}


def snapshot_is_not_of_a_system_disk(look: Look) -> Told:
    """Tell the snapshot, or where in the mapping the system disk stands."""
    if look.call.snapshot is not None:
        id = look.call.snapshot.id
        return f"{id} is of a data disk", {"snapshot": id}
    ((n, id),) = _system(look).items()
    return f"the system disk's snapshot {id} is mapped at n = {n}, not at 1", {"n": n, "system": id}


def snapshot_may_not_be_imaged(look: Look) -> Told:
    """Tell the snapshots."""
    ids = [one.id for one in look.call.named if not one.imaging_allowed]
    return f"{', '.join(ids)} may never be imaged (imaging_allowed: false)", {"snapshots": ids}


def snapshot_is_too_old(look: Look) -> Told:
    """Tell when the first snapshot that is too old was created."""
    call = look.call
    old = next(one for one in call.named if one.created < call.too_old_before)
    made, least = look.day(old.created), look.day(call.too_old_before)
    what = f"{old.id} was created {made}, before {least}"
    return what, {"snapshot": old.id, "created_us": old.created, "least_us": call.too_old_before}


def disk_size_is_out_of_range(look: Look) -> Told:
    """Tell the first size that is not allowed, and what would be."""
    call = look.call
    for n, disk in call.disks.items():
        least = max(5, call.mapped[n].size if n in call.mapped else 0)
        text = disk.size or ""
        canonical = text.isascii() and text.isdecimal() and not text.startswith("0")
        if text and not (canonical and len(text) <= 5 and least <= int(text) <= 20_000):
            what = (
                f"Size {quoted(text)} at n = {n}; a whole number of GiB, {least} to 20000, is taken"
            )
            return what, {"n": n, "size": text, "least_gib": least}
    raise AssertionError("every Size is in its range")


def snapshot_is_not_ready(look: Look) -> Told:
    """Tell the snapshots that are not accomplished, and what they are."""
    young = [one for one in look.call.named if one.status is not SnapshotStatus.ACCOMPLISHED]
    shown = ", ".join(f"{one.id} is {one.status}" for one in young)
    what = f"{shown}, created {look.ago(young[0].created)} before"
    return what, {"snapshots": {one.id: str(one.status) for one in young}}


OF_THINGS: Final = (
    region_is_unknown,
    snapshot_service_is_not_open,
    balance_is_insufficient,
    instance_is_unknown,
    instance_may_not_be_imaged,
    instance_is_locked_for_security,
    instance_is_neither_running_nor_stopped,
    snapshot_is_unknown,
    mapped_snapshot_is_unknown,
    no_system_disk_snapshot_is_mapped,
    several_system_disk_snapshots_are_mapped,
    snapshot_is_not_of_a_system_disk,
    snapshot_may_not_be_imaged,
    snapshot_is_too_old,
    disk_size_is_out_of_range,
    snapshot_is_not_ready,
)
