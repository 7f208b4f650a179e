"""Columns of the user's own file: durations, lower bounds, and which rows are meant."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from imgsim.chance.base import Floats
from imgsim.fitting.instants import Arrivals, checked
from imgsim.fitting.sample import Bools
from imgsim.scenario.naming import meant
from imgsim.units import SECOND, UnitError, parse_duration, parse_instant
from imgsim.workload.recording import EPOCH, TIMES, micros_of

if TYPE_CHECKING:
    import pyarrow as pa

UNITS: Final = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "min": 60.0, "h": 3600.0, "d": 86_400.0}
"""Units of plain numbers, in seconds."""
_NUMBER: Final = r"^[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?$"
_TRUE: Final = ("true", "1", "yes")
_FALSE: Final = ("false", "0", "no")


@dataclass(frozen=True)
class Table:
    """The columns that are asked for, of the rows that are meant, with their numbers from 1."""

    file: Path
    columns: Mapping[str, pa.Array]
    rows: np.ndarray[tuple[int], np.dtype[np.int64]]

    def durations(self, name: str, unit: str) -> Floats:
        """Return seconds; a text may have its own unit. `ValueError` names the first bad row."""
        import pyarrow as pa
        import pyarrow.compute as pc

        cells = self.columns[name]
        if pa.types.is_duration(cells.type):
            micros = pc.cast(cells, pa.duration("us"), safe=False)
            return self._demand(name, pc.cast(micros, pa.int64()).to_numpy(False) / SECOND)
        if not pa.types.is_string(cells.type):
            if not pa.types.is_floating(cells.type) and not pa.types.is_integer(cells.type):
                raise ValueError(f"{self.file}: the column {name!r} holds {cells.type}, no numbers")
            numbers = pc.cast(cells, pa.float64(), safe=False).to_numpy(False)
            return self._demand(name, numbers * UNITS[unit])
        cells = pc.utf8_trim_whitespace(cells)
        plain = pc.match_substring_regex(cells, _NUMBER)
        known = pc.if_else(plain, cells, pa.scalar(None, pa.string()))
        found = pc.cast(known, pa.float64()).to_numpy(False) * UNITS[unit]
        for place in np.flatnonzero(np.isnan(found)):
            found[place] = self._with_unit(name, int(place), cells[place].as_py())
        return self._demand(name, found)

    def flags(self, name: str) -> Bools:
        """Return truth values; `ValueError` names the first row that holds none."""
        texts = [str(cell).strip().lower() for cell in self.columns[name].to_pylist()]
        for place, text in enumerate(texts):
            if text not in (*_TRUE, *_FALSE):
                raise ValueError(
                    f"{self._at(name, place)} holds {text[:40]!r}; write true or false"
                )
        return np.array([text in _TRUE for text in texts], dtype=bool)

    def _with_unit(self, name: str, place: int, text: str | None) -> float:
        try:
            return parse_duration(text) / SECOND
        except UnitError:
            holds = f"holds {text[:40]!r}" if text else "is empty"
            raise ValueError(
                f"{self._at(name, place)} {holds}; write a number, or a time such as 90s or 1h30m"
            ) from None

    def _demand(self, name: str, seconds: Floats) -> Floats:
        bad = np.flatnonzero(~((seconds > 0) & np.isfinite(seconds)))
        if len(bad):
            raise ValueError(
                f"{self._at(name, int(bad[0]))} holds {self.columns[name][bad[0]].as_py()!r}, and "
                "a duration is finite and above 0; leave out rows that measure nothing"
            )
        return seconds

    def _at(self, name: str, place: int) -> str:
        return f"row {self.rows[place]} of the column {name!r} in {self.file}"


def table(file: Path, names: list[str], where: Mapping[str, str]) -> Table:
    """Read columns of a CSV or Parquet file, of the rows where others hold the texts given.

    Row 1 is the first one below the header. Raises `ValueError` that says what is wrong.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    wanted = list(dict.fromkeys([*names, *where]))
    try:
        if not file.is_file():
            raise ValueError(f"there is no file {file}")
        read = _parquet(file, wanted) if file.suffix == ".parquet" else _csv(file, wanted)
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise ValueError(f"{file} cannot be read: {reason}") from None
    keep = np.ones(len(read), dtype=bool)
    for name, text in where.items():
        cells = pc.cast(read.column(name), pa.string())
        if not (chosen := pc.fill_null(pc.equal(cells, text), False).to_numpy()).any():
            there = meant("values", sorted({str(v) for v in pc.unique(cells).to_pylist()}), text)
            raise ValueError(f"{file}: no row has {name}={text}; {there}")
        keep &= chosen
    rows = np.flatnonzero(keep)
    if not len(rows):
        raise ValueError(f"{file} has no rows{' that fit every --where' if where else ''}")
    taken = read.filter(pa.array(keep))
    return Table(file, {n: taken.column(n).combine_chunks() for n in names}, rows + 1)


def instants(
    file: Path, column: str | None, start: str | None, zone: str, where: Mapping[str, str]
) -> Arrivals:
    """Read arrivals from a column of calendar instants or of seconds, by default time or at_s."""
    import pyarrow as pa

    if column is None:
        column = next((name for name in TIMES if name in names(file)), TIMES[0])
    cells = table(file, [column], where).columns[column]
    is_number = pa.types.is_integer(cells.type) or pa.types.is_floating(cells.type)
    if pa.types.is_string(cells.type):
        is_number = re.fullmatch(_NUMBER, str(cells[0].as_py()).strip()) is not None
    since = parse_instant(start) if is_number and start is not None else None
    try:
        micros = micros_of("at_s" if is_number else "time", pa.chunked_array([cells]))
    except ValueError as error:
        raise ValueError(f"{file}, column {column!r}: {error}") from None
    return checked(micros, since if is_number else EPOCH, zone)


def names(file: Path) -> list[str]:
    """Return the names of the columns; `ValueError` when the file cannot be read."""
    import pyarrow as pa
    from pyarrow import csv, parquet

    try:
        if not file.is_file():
            raise ValueError(f"there is no file {file}")
        if file.suffix == ".parquet":
            return list(parquet.read_schema(file).names)
        with csv.open_csv(file) as reader:
            return list(reader.schema.names)
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise ValueError(f"{file} cannot be read: {reason}") from None


def _csv(file: Path, wanted: list[str]) -> pa.Table:
    import pyarrow as pa
    from pyarrow import csv

    with csv.open_csv(file) as reader:
        _find(reader.schema.names, wanted, file)
    return csv.read_csv(
        file,
        parse_options=csv.ParseOptions(ignore_empty_lines=len(wanted) > 1),
        convert_options=csv.ConvertOptions(
            include_columns=wanted,
            column_types=dict.fromkeys(wanted, pa.string()),
            null_values=[""],
            strings_can_be_null=True,
        ),
    )


def _parquet(file: Path, wanted: list[str]) -> pa.Table:
    import pyarrow as pa
    from pyarrow import parquet

    _find(parquet.read_schema(file).names, wanted, file)
    read = parquet.read_table(file, columns=wanted)
    plain = [
        pa.field(f.name, f.type.value_type if pa.types.is_dictionary(f.type) else f.type)
        for f in read.schema
    ]
    return read.cast(pa.schema(plain))


def _find(there: list[str], wanted: list[str], file: Path) -> None:
    for name in wanted:
        if name not in there:
            raise ValueError(f"{file} has no column {name!r}; {meant('columns', there, name)}")
        if there.count(name) > 1:
            raise ValueError(f"{file} has the column {name!r} twice")
