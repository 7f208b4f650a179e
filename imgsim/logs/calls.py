"""The calls of a log as they are gathered: each once, in columns, sorted at the end."""

from __future__ import annotations

import re
from array import array
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from imgsim.logs.actiontrail import PARAMETERS, Call
from imgsim.logs.standins import StandIns
from imgsim.units import microseconds_between
from imgsim.workload.recording import CODE, EPOCH

if TYPE_CHECKING:
    import pyarrow as pa

_BATCH: Final = 50_000
_MAPPED: Final = re.compile(r"DiskDeviceMapping\.(\d+)\.SnapshotId")


@dataclass(slots=True)
class Named:
    """An instance or snapshot as calls name it: what must be assumed of it if nothing is told.

    ``only_not_found`` while every call that named it was told that there is none; ``least`` is the
    smallest Size (GiB) that a mapping gave its disk.
    """

    kind: str
    region: str
    only_not_found: bool = True
    least: int | None = None


class Calls:
    """The calls so far, and the instances and snapshots that they were made from."""

    def __init__(self, stand_ins: StandIns, since: datetime | None = None) -> None:
        self._stand_ins = stand_ins
        self._since = since
        self._seen: set[int] = set()
        self._times = array("q")
        self._columns: dict[str, list[str | None]] = {}
        self._batches: list[pa.Table] = []
        self._texts: dict[str, str] = {}
        self.instances: dict[str, Named] = {}
        self.snapshots: dict[str, Named] = {}
        self.regions: dict[str, None] = {}
        """Regions in which calls were made, but those that are none."""
        self.number = self.duplicates = self.early = self.newer = 0

    def add(self, call: Call) -> None:
        """Take a call, unless it was delivered before or lies before the instant of interest."""
        ids = {hash(id) for id in call.ids}
        if not ids.isdisjoint(self._seen):
            self.duplicates += 1
            return
        self._seen |= ids
        if self._since is not None and call.at < self._since:
            self.early += 1
            return
        self.number += 1
        self.newer += call.newer
        if call.code != "InvalidRegionId.NotFound":
            self.regions[call.parameters["RegionId"]] = None
        self._note_sources(call)
        self._stand_ins.replace(call.parameters)
        self._append(call)

    def table(self) -> pa.Table:
        """Return the calls as a trace, in order of time."""
        import pyarrow as pa

        self._flush()
        whole = pa.concat_tables(self._batches, promote_options="default")
        order = ["time", *sorted(whole.column_names, key=_place)]
        whole = whole.select(list(dict.fromkeys(order)))
        return whole.sort_by("time")

    def _append(self, call: Call) -> None:
        row = len(self._times)
        self._times.append(microseconds_between(EPOCH, call.at))
        columns = self._columns
        for name, text in (*call.parameters.items(), (CODE, call.code)):
            column = columns.setdefault(name, [])
            column.extend([None] * (row - len(column)))
            column.append(text)
        if len(self._times) == _BATCH:
            self._flush()

    def _flush(self) -> None:
        import pyarrow as pa

        if not self._times:
            return
        times = pa.array(self._times, pa.int64()).cast(pa.timestamp("us", "UTC"))
        made = {"time": times}
        for name, column in self._columns.items():
            column.extend([None] * (len(times) - len(column)))
            made[name] = pa.array(column, pa.string())
        self._batches.append(pa.table(made))
        self._times, self._columns = array("q"), {}

    def _note_sources(self, call: Call) -> None:
        """Note what the call was made from: its instance, else its mapping's snapshots, or its own.

        The other sources are ignored by the service.
        """
        sent = call.parameters
        if id := sent.get("InstanceId"):
            self._note(self.instances, id, "instance", call, "InvalidInstanceId.NotFound")
            return
        mapped = {m[1]: id for n, id in sent.items() if id and (m := _MAPPED.fullmatch(n))}
        for n, id in mapped.items():
            kind = "system" if n == "1" else "data"
            size = sent.get(f"DiskDeviceMapping.{n}.Size", "")
            self._note(self.snapshots, id, kind, call, "InvalidSnapshotId.NotFound", size)
        has_disks = any(text and name.startswith("Disk") for name, text in sent.items())
        if (id := sent.get("SnapshotId")) and not has_disks:
            self._note(self.snapshots, id, "system", call, "InvalidSnapshotId.NotFound")

    def _note(
        self, things: dict[str, Named], id: str, kind: str, call: Call, absent: str, size: str = ""
    ) -> None:
        named = things.get(id)
        if named is None:
            named = things[id] = Named(kind, call.parameters["RegionId"])
        if kind == "system":
            named.kind = kind
        if call.code != absent:
            named.only_not_found = False
        if size.isascii() and size.isdigit() and 0 < len(size) < 10:
            named.least = min(int(size), named.least or int(size))


def _place(name: str) -> tuple[int, int, str]:
    """Return where a column stands: plain parameters, then disks by number, then the code."""
    if name in PARAMETERS:
        return (0, PARAMETERS.index(name), "")
    numbers = re.findall(r"\d+", name)
    return (1, int(numbers[0]), name) if numbers else (2, 0, name)
