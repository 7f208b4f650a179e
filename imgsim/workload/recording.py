"""The rows of a trace file: instants as integers, other columns as they stand in the file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, overload

from imgsim.api.request import CreateImageRequest
from imgsim.units import MIB, SECOND, microseconds_between, parse_instant

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    Micros = NDArray[np.int64]

TIMES: Final = ("time", "at_s")
CODE: Final = "recorded_code"
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_PARAMETERS: Final = "RegionId SnapshotId InstanceId ImageName ImageVersion Description ClientToken"
_MOST_ROWS: Final = 10_000_000
_LARGEST_FILE: Final = 1024 * MIB
_LONGEST: Final = microseconds_between(EPOCH, datetime(9999, 1, 1, tzinfo=UTC))
"""Instants lie nearer than that to 1970, or to the scenario's start."""
_EXAMPLES: Final = {"time": "2026-01-05T03:04:05Z", "at_s": "12.5 (seconds since the start)"}


@dataclass(frozen=True)
class Recording:
    """Instants in microseconds since ``since`` (None: the scenario's start), and parameters.

    ``codes`` are the recorded codes, empty or missing where the call was accepted; None when the
    trace has none.
    """

    micros: Micros
    since: datetime | None
    columns: dict[str, pa.Array]
    codes: pa.Array | None


class Rows(Sequence[dict[str, str]]):
    """Parameters as sent, row by row in an order, made when they are asked for."""

    def __init__(self, columns: dict[str, pa.Array], order: NDArray[np.integer[Any]]) -> None:
        self._columns = columns
        self._order = order

    def __len__(self) -> int:
        return len(self._order)

    @overload
    def __getitem__(self, index: int) -> dict[str, str]: ...
    @overload
    def __getitem__(self, index: slice) -> Rows: ...
    def __getitem__(self, index: int | slice) -> dict[str, str] | Rows:
        if isinstance(index, slice):
            return Rows(self._columns, self._order[index])
        row = int(self._order[index])
        return {n: t for n, column in self._columns.items() if (t := column[row].as_py())}


def read(file: Path) -> Recording:
    """Read a CSV or Parquet file; raise `ValueError` that says what is wrong with it."""
    import pyarrow as pa

    try:
        if file.stat().st_size > _LARGEST_FILE:
            raise ValueError(f"the trace is larger than {_LARGEST_FILE // MIB} MiB")
        table = _parquet(file) if str(file).endswith(".parquet") else _csv(file)
    except (pa.ArrowException, OSError, UnicodeDecodeError, KeyError) as error:
        raise ValueError(f"the trace cannot be read: {_first_line(error)}") from None
    _demand_columns(table.column_names)
    time = next(name for name in TIMES if name in table.column_names)
    texts = {name: _texts(name, table.column(name)) for name in table.column_names if name != time}
    codes = texts.pop(CODE, None)
    since = EPOCH if time == "time" else None
    return Recording(micros_of(time, table.column(time)), since, texts, codes)


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


def _csv(file: Path) -> pa.Table:
    import pyarrow as pa
    from pyarrow import csv

    with csv.open_csv(file) as reader:
        names = reader.schema.names
    options = csv.ConvertOptions(
        column_types=dict.fromkeys(names, pa.string()), null_values=[""], strings_can_be_null=True
    )
    return csv.read_csv(file, convert_options=options)


def _parquet(file: Path) -> pa.Table:
    from pyarrow import parquet

    told = parquet.read_metadata(file)
    size = sum(told.row_group(group).total_byte_size for group in range(told.num_row_groups))
    if told.num_rows > _MOST_ROWS or size > _LARGEST_FILE:
        raise ValueError(
            f"the trace has {told.num_rows} rows of {size // MIB} MiB; at most {_MOST_ROWS} rows "
            f"of {_LARGEST_FILE // MIB} MiB are read"
        )
    return parquet.read_table(file)


def _demand_columns(names: list[str]) -> None:
    if sum(name in TIMES for name in set(names)) != 1:
        raise ValueError("a trace has a column time (calendar instants) or at_s (seconds)")
    if len(set(names)) != len(names):
        raise ValueError("a column of the trace stands there twice")
    for name in names:
        if name in TIMES or name == CODE or name in _PARAMETERS.split():
            continue
        known = CreateImageRequest.of({name: "x"})
        if known.unknown or known.bad_members or name == "Action":
            raise ValueError(
                f"the column {name[:60]!r} is no documented request parameter; columns are time or "
                f"at_s, {_PARAMETERS.replace(' ', ', ')}, DiskDeviceMapping.n.Size and "
                f".SnapshotId, and {CODE}"
            )


def _texts(name: str, column: pa.ChunkedArray) -> pa.Array:
    import pyarrow as pa

    try:
        return column.cast(pa.string()).combine_chunks()
    except pa.ArrowException:
        raise ValueError(f"the column {name} does not hold texts, but {column.type}") from None


def micros_of(name: str, column: pa.ChunkedArray) -> Micros:
    """Return the instants as microseconds; raise `ValueError` with the first row that has none."""
    import numpy as np
    import pyarrow as pa

    if column.null_count:
        empty = column.is_null().to_pylist().index(True) + 1
        raise ValueError(f"the column {name} is empty in row {empty}; write {_EXAMPLES[name]}")
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    micros = _of_seconds(column) if name == "at_s" else _of_instants(column)
    beyond = np.flatnonzero((micros < -_LONGEST) | (micros > _LONGEST))
    if len(beyond):
        row = int(beyond[0])
        raise ValueError(f"{name} lies beyond the calendar in row {row + 1}: {column[row].as_py()}")
    return micros


def _of_seconds(column: pa.ChunkedArray) -> Micros:
    import numpy as np
    import pyarrow as pa

    kinds = pa.types
    if not (_is_text(column) or kinds.is_integer(column.type) or _is_fractional(column)):
        raise ValueError(f"the column at_s does not hold seconds, but {column.type}")
    try:
        seconds = column.cast(pa.float64(), safe=False).to_numpy()
    except pa.ArrowException:
        _blame("at_s", column, float)
        raise
    if not np.isfinite(seconds).all():
        row = int(np.flatnonzero(~np.isfinite(seconds))[0])
        raise ValueError(f"at_s is no finite number in row {row + 1}; write {_EXAMPLES['at_s']}")
    limit = 2.0 * _LONGEST
    micros: Micros = np.rint(np.clip(seconds * SECOND, -limit, limit)).astype(np.int64)
    return micros


def _of_instants(column: pa.ChunkedArray) -> Micros:
    import numpy as np
    import pyarrow as pa

    utc = pa.timestamp("us", "UTC")
    if not _is_text(column):
        if not pa.types.is_timestamp(column.type) and not pa.types.is_date(column.type):
            raise ValueError(
                f"the column time does not hold calendar instants, but {column.type}; seconds "
                "since the start go in a column at_s"
            )
        try:
            known: Micros = column.cast(utc, safe=False).cast(pa.int64()).to_numpy()
        except pa.ArrowException as error:
            raise ValueError(f"the column time cannot be read: {_first_line(error)}") from None
        return known
    for kind in (utc, pa.timestamp("us")):  # with a zone in every row, or in none
        try:
            micros: Micros = column.cast(kind).cast(pa.int64()).to_numpy()
        except pa.ArrowException:
            continue
        return micros
    texts = column.to_pylist()
    _blame("time", texts, parse_instant)
    return np.array([microseconds_between(EPOCH, parse_instant(t)) for t in texts], dtype=np.int64)


def _is_text(column: pa.ChunkedArray) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_string(column.type) or pa.types.is_large_string(column.type))


def _is_fractional(column: pa.ChunkedArray) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_floating(column.type) or pa.types.is_decimal(column.type))


def _blame(name: str, column: Any, parse: Callable[[Any], object]) -> None:
    """Raise `ValueError` with the first row that cannot be parsed, if there is one."""
    for row, value in enumerate(column, 1):
        text = value.as_py() if hasattr(value, "as_py") else value
        try:
            parse(text)
        except ValueError:
            what = f"{name} is {text[:40]!r} in row {row}; write for example {_EXAMPLES[name]}"
            raise ValueError(what) from None
