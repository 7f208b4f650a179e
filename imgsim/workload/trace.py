"""A recorded load: instants and, if they are there, request parameters, row by row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from imgsim.chance.distributions import STRICT
from imgsim.chance.streams import Chance
from imgsim.fields import DataFile
from imgsim.units import microseconds_between
from imgsim.workload.arrivals import Arrival, OpenPattern, repeated
from imgsim.workload.recording import Recording, Rows, read

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from imgsim.workload.recording import Micros


@dataclass(frozen=True)
class Trace(OpenPattern):
    """Calls at recorded instants, with the parameters of each call where they are recorded.

    A CSV or Parquet file, one row a call, in any order. The instant is a column ``time`` (calendar
    instants, UTC unless they say otherwise) or ``at_s`` (seconds since the scenario's start). Every
    other column is a documented request parameter, such as ``InstanceId`` or
    ``DiskDeviceMapping.1.SnapshotId``; an empty cell means that it was not sent. What the trace
    does not tell is taken from the mix. Rows outside the run are left out. Scaled by 2.5, each row
    is called two or three times, with equal probability; the copies' recorded names and tokens end
    in -2, -3 and so on. A column ``recorded_code`` tells with which error code each call was
    answered, empty when it was accepted; it has no effect but to be compared with.
    """

    __pydantic_config__ = STRICT
    file: DataFile
    """Path of the file, from the scenario file's folder."""

    def __post_init__(self) -> None:
        _ = self._recording

    @property
    def bounded(self) -> bool:
        """A trace ends with its last row."""
        return True

    @property
    def calls(self) -> int:
        """Number of rows, outside the run or not."""
        return len(self._recording.micros)

    def last(self, start: datetime) -> int:
        """Return the latest instant, in microseconds since the start; 0 when there is none."""
        recording = self._recording
        since = start if recording.since is None else recording.since
        latest = int(recording.micros.max(initial=0))
        return max(0, latest - microseconds_between(since, start))

    def arrivals(
        self, chance: Chance, stream: str, start: datetime, horizon: int | None, scale: float = 1.0
    ) -> Iterator[Arrival]:
        """Yield the arrivals of the rows in order of time, ties in order of the file."""
        return repeated(self.rows(start, horizon)[0], chance, stream, scale)

    def rows(self, start: datetime, horizon: int | None) -> tuple[list[int], Rows]:
        """Return the instants, and each row's parameters as sent, in order of time."""
        instants, inside = self._inside(start, horizon)
        return instants[inside].tolist(), Rows(self._recording.columns, inside)

    def codes(self, start: datetime, horizon: int | None) -> list[str | None] | None:
        """Return each row's recorded code in order of time, None if accepted; None without any."""
        codes = self._recording.codes
        if codes is None:
            return None
        _, inside = self._inside(start, horizon)
        return [code or None for code in codes.take(inside).to_pylist()]

    def _inside(self, start: datetime, horizon: int | None) -> tuple[Micros, NDArray[np.intp]]:
        """Return the instants since the start, and the rows of the run in order of time."""
        import numpy as np

        recording = self._recording
        instants = recording.micros
        if recording.since is not None:
            instants = instants - microseconds_between(recording.since, start)
        order = np.argsort(instants, kind="stable")
        first = np.searchsorted(instants, 0, sorter=order)
        last = None if horizon is None else np.searchsorted(instants, horizon, sorter=order)
        return instants, order[first:last]

    @cached_property
    def _recording(self) -> Recording:
        return read(self.file)
