"""Limits of the account that are not from the page; asked only where a scenario sets one.

Codes and messages are those of newer documentation: the error tables of CreateImage (2026) and
CreateSnapshot (2021), and the pages on API throttling (2024), which print no numbers.
"""

from __future__ import annotations

from imgsim.api.call import Approach, Call
from imgsim.api.rule import denies


@denies(
    row=None,
    http_status=400,
    code="Throttling.User",
    message="Request was denied due to user flow control.",
    waiting_cures=True,
    optional=True,
)
def call_is_throttled(call: Call) -> bool:
    """The account has made more calls in the region in this minute than its limit.

    Reading: per account, region and calendar minute; every call counts, whatever its answer, this
    one included, so who is throttled stays so until the next minute; polls do not count.
    """
    limits = call.cloud.account.limits
    if limits is None or limits.calls_per_minute is None or call.region is None:
        return False
    return limits.calls_in_minute(call.region, call.now) > limits.calls_per_minute


@denies(
    row=None,
    http_status=403,
    code="TooManySnapshot.Unfinished",
    message="There are too many snapshots being created, please wait for them to be created done.",
    waiting_cures=True,
    about=(Approach.INSTANCE,),
    optional=True,
)
def too_many_snapshots_are_in_progress(call: Call) -> bool:
    """The snapshots in progress and those of the instance's disks would exceed the limit.

    Reading: counted are the snapshots of the account in all regions, those that wait included.
    """
    return call.instance is not None and call.cloud.too_many_in_progress(len(call.instance.disks))


@denies(
    row=None,
    http_status=403,
    code="QuotaExceed.Snapshot",
    message="The snapshot quota exceeds.",
    waiting_cures=True,
    about=(Approach.INSTANCE,),
    optional=True,
)
def disk_has_too_many_snapshots(call: Call) -> bool:
    """A disk of the instance has as many snapshots as the limit allows.

    Reading: kept ones and those in progress count, failed ones do not; as with the image quota,
    waiting cures it when somebody deletes.
    """
    return call.instance is not None and any(map(call.cloud.too_many_of, call.instance.disks))
