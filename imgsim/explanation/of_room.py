"""Why a call found no room: limits, names and the quota; one function a rule, of its name."""

from __future__ import annotations

from typing import Final

from imgsim.explanation.look import Look, Told
from imgsim.explanation.of_requests import quoted


def call_is_throttled(look: Look) -> Told:
    """Tell how many calls there were in the minute, this one included."""
    call, limits = look.call, look.call.cloud.account.limits
    assert limits is not None
    assert call.region is not None
    made, most = limits.calls_in_minute(call.region, call.now), limits.calls_per_minute
    what = f"call {made} in {call.region.id} in this minute; {most} are allowed"
    return what, {"calls": made, "limit": most}


def too_many_snapshots_are_in_progress(look: Look) -> Told:
    """Tell how many snapshots are in progress and how many more there would be."""
    cloud, instance = look.call.cloud, look.call.instance
    assert cloud.account.limits is not None
    assert instance is not None
    there = sum(region.snapshots_in_progress for region in cloud.regions.values())
    most, more = cloud.account.limits.snapshots_in_progress, len(instance.disks)
    what = f"{there} snapshots are in progress and this needs {more} more; {most} are allowed"
    return what, {"in_progress": there, "more": more, "limit": most}


def disk_has_too_many_snapshots(look: Look) -> Told:
    """Tell the disks that have as many snapshots as they may."""
    cloud, instance = look.call.cloud, look.call.instance
    assert cloud.account.limits is not None
    assert instance is not None
    full = {disk.id: disk.snapshots for disk in instance.disks if cloud.too_many_of(disk)}
    most = cloud.account.limits.snapshots_per_disk
    shown = ", ".join(f"{id} has {number}" for id, number in full.items())
    return f"{shown} snapshots; {most} a disk are allowed", {"snapshots": full, "limit": most}


def image_name_is_taken(look: Look) -> Told:
    """Tell which image has the name, and since when."""
    call = look.call
    holder = next(
        image
        for image in call.cloud.images.things()
        if image.name == call.request.image_name and image.region is call.region
    )
    what = (
        f"{quoted(holder.name)} is the name of {holder.id}, {holder.status}, created "
        f"{look.ago(holder.created)} before"
    )
    facts = {"name": holder.name, "image_id": holder.id, "status": str(holder.status)}
    return what, {**facts, "created_us": holder.created}


def image_quota_is_exhausted(look: Look) -> Told:
    """Tell how many images there are, and the age of the oldest."""
    region = look.call.region
    assert region is not None
    mine = [image for image in look.call.cloud.images.things() if image.region is region]
    facts = {"in_use": region.images, "quota": region.image_quota}
    what = (
        f"image quota of {region.id} is exhausted: {region.images} of {region.image_quota} in use"
    )
    if not mine:
        return what, {**facts, "oldest_us": None, "failed": 0}
    oldest = min(image.created for image in mine)
    failed = sum(image.status == "CreateFailed" for image in mine)
    what += f", the oldest held for {look.ago(oldest)}" + (
        f", {failed} of them failed" * (failed > 0)
    )
    return what, {**facts, "oldest_us": oldest, "failed": failed}


OF_ROOM: Final = (
    call_is_throttled,
    too_many_snapshots_are_in_progress,
    disk_has_too_many_snapshots,
    image_name_is_taken,
    image_quota_is_exhausted,
)
