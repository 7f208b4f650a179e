"""A recorded load: instants and, if they are there, request parameters, row by row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from imgsim.api.request import CreateImageRequest
from imgsim.chance.distributions import STRICT
from imgsim.chance.streams import Chance
from imgsim.fields import DataFile
from imgsim.units import SECOND

if TYPE_CHECKING:
    import pyarrow as pa

_MICROSECOND = timedelta(microseconds=1)
_PARAMETERS = "RegionId SnapshotId InstanceId ImageName ImageVersion Description ClientToken"


@dataclass(frozen=True)
class Trace:
    """Calls at recorded instants, with the parameters of each call where they are recorded.

    A CSV or Parquet file, one row a call, in any order. The instant is a column ``time`` (calendar
    instants, UTC unless they say otherwise) or ``at_s`` (seconds since the scenario's start). Every
    other column is a documented request parameter, such as ``InstanceId`` or
    ``DiskDeviceMapping.1.SnapshotId``; an empty cell means that it was not sent. What the trace
    does not tell is taken from the mix. Rows outside the run are left out.
    """

    __pydantic_config__ = STRICT
    file: DataFile
    """Path of the file, from the scenario file's folder."""

    def __post_init__(self) -> None:
        self._check()

    @property
    def bounded(self) -> bool:
        """A trace ends with its last row."""
        return True

    def arrival_times(
        self, chance: Chance, stream: str, start: datetime, horizon: int | None
    ) -> Iterator[int]:
        """Yield the instants of the rows in order of time, ties in order of the file."""
        return iter(self.rows(start, horizon)[0])

    def rows(self, start: datetime, horizon: int | None) -> tuple[list[int], list[dict[str, str]]]:
        """Return the instants, and each row's parameters as sent, in order of time."""
        instants = self._instants(start)
        inside = [
            index
            for index in sorted(range(len(instants)), key=instants.__getitem__)
            if instants[index] >= 0 and (horizon is None or instants[index] < horizon)
        ]
        names = [name for name in self._table.column_names if name not in ("time", "at_s")]
        columns = [self._texts(name) for name in names]
        parameters = [
            {name: text for name, column in zip(names, columns, strict=True) if (text := column[i])}
            for i in inside
        ]
        return [instants[i] for i in inside], parameters

    @cached_property
    def _table(self) -> pa.Table:
        import pyarrow as pa
        from pyarrow import csv, parquet

        try:
            if str(self.file).endswith(".parquet"):
                return parquet.read_table(self.file)
            with csv.open_csv(self.file) as reader:
                names = reader.schema.names
            texts = {name: pa.string() for name in names if name not in ("time", "at_s")}
            options = csv.ConvertOptions(
                column_types=texts, null_values=[""], strings_can_be_null=True
            )
            return csv.read_csv(self.file, convert_options=options)
        except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
            reason = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise ValueError(f"the trace cannot be read: {reason}") from None

    def _check(self) -> None:
        names = self._table.column_names
        if (("time" in names) + ("at_s" in names)) != 1:
            raise ValueError("a trace has a column time (calendar instants) or at_s (seconds)")
        if len(set(names)) != len(names):
            raise ValueError("a column of the trace stands there twice")
        for name in names:
            if name in ("time", "at_s") or name in _PARAMETERS.split():
                continue
            known = CreateImageRequest.of({name: "x"})
            if known.unknown or known.bad_members:
                raise ValueError(
                    f"the column {name!r} is no documented request parameter; columns are time or "
                    f"at_s, {_PARAMETERS.replace(' ', ', ')} and DiskDeviceMapping.n.Size and "
                    ".SnapshotId"
                )
        self._instants(datetime(1970, 1, 1, tzinfo=UTC))

    def _instants(self, start: datetime) -> list[int]:
        import pyarrow as pa
        import pyarrow.compute as pc

        table = self._table
        name = "time" if "time" in table.column_names else "at_s"
        column = table.column(name)
        if column.null_count:
            raise ValueError(f"the column {name} has an empty cell in a row of the trace")
        try:
            if name == "at_s":
                seconds = pc.cast(column, pa.float64())
                micros = pc.cast(pc.round(pc.multiply(seconds, float(SECOND))), pa.int64())
                listed: list[int] = micros.to_pylist()
                return listed
            if pa.types.is_string(column.type):
                column = pc.cast(column, pa.timestamp("us", "UTC"))
            stamps = pc.cast(pc.cast(column, pa.timestamp("us", "UTC")), pa.int64())
        except pa.ArrowException as error:
            raise ValueError(f"the column {name} does not hold instants: {error}") from None
        offset = (start - datetime(1970, 1, 1, tzinfo=UTC)) // _MICROSECOND
        return [stamp - offset for stamp in stamps.to_pylist()]

    def _texts(self, name: str) -> list[str | None]:
        import pyarrow as pa
        import pyarrow.compute as pc

        texts: list[str | None] = pc.cast(self._table.column(name), pa.string()).to_pylist()
        return texts
