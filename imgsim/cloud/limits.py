"""Optional limits of an account that the page does not know: calls a minute, and snapshots."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from imgsim.cloud.region import Region

_MINUTE: Final = 60_000_000


class Limits:
    """The limits, None where there is none, and the calls of the current calendar minute.

    ``into_minute`` is how far into a calendar minute the scenario starts (microseconds).

    Reading: calls are limited per account, region and calendar minute; a call in no region of the
    scenario does not count. Snapshots in progress are those of the account in all regions.
    """

    __slots__ = (
        "_calls",
        "_into_minute",
        "_minute",
        "calls_per_minute",
        "snapshots_in_progress",
        "snapshots_per_disk",
    )

    def __init__(
        self,
        *,
        calls_per_minute: int | None = None,
        snapshots_in_progress: int | None = None,
        snapshots_per_disk: int | None = None,
        into_minute: int = 0,
    ) -> None:
        self.calls_per_minute = calls_per_minute
        self.snapshots_in_progress = snapshots_in_progress
        self.snapshots_per_disk = snapshots_per_disk
        self._into_minute = into_minute
        self._minute: int | None = None
        self._calls: Counter[str] = Counter()

    def count_call(self, region: Region | None, now: int) -> None:
        """Count a call of this instant (microseconds), whatever its answer will be."""
        minute = self._minute_of(now)
        if minute != self._minute:
            self._minute = minute
            self._calls.clear()
        if region is not None:
            self._calls[region.id] += 1

    def calls_in_minute(self, region: Region, now: int) -> int:
        """Return how many calls have been counted in the region in the minute of ``now``."""
        return self._calls[region.id] if self._minute_of(now) == self._minute else 0

    def _minute_of(self, now: int) -> int:
        return (now + self._into_minute) // _MINUTE
