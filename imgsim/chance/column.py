"""A column of numbers in a CSV or Parquet file. pyarrow is imported only when one is read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Generic, get_args

import numpy as np

from imgsim.chance.base import Floats, Q, demand
from imgsim.fields import Duration
from imgsim.units import LARGEST, SECOND

if TYPE_CHECKING:
    import pyarrow as pa
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler

_NUMBER = r"^-?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$"
_MOST_NAMES = 20


@dataclass(frozen=True)
class Column(Generic[Q]):
    """A column of numbers in a data file: a column of durations holds seconds."""

    name: str
    """Name of the column."""
    scale: int = 1
    """What a number is multiplied by: 1000000 makes microseconds of seconds."""

    def read(self, file: Path) -> Floats:
        """Return the scaled numbers; ValueError names the file, the column and the first bad row.

        Row 1 is the first one below the header.
        """
        import pyarrow as pa

        try:
            cells = self._parquet(file) if file.suffix == ".parquet" else self._csv(file)
            numbers: Floats = _numbers(cells).to_numpy().astype(np.float64) * self.scale
        except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
            reason = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise ValueError(f"{file} cannot be read: {reason}") from None
        demand(len(numbers) > 0, f"the column {self.name!r} in {file} has no rows")
        fit = (numbers >= 0) & (numbers <= LARGEST)
        if not fit.all():
            row = int(np.argmin(fit))
            cell = cells[row].as_py()
            holds = "is empty" if cell is None else f"holds {str(cell)[:40]!r}"
            raise ValueError(
                f"row {row + 1} of the column {self.name!r} in {file} {holds}; every row must hold "
                f"a finite number{' of seconds' if self.scale == SECOND else ''}, 0 or more"
            )
        return numbers

    def _csv(self, file: Path) -> pa.ChunkedArray:
        import pyarrow as pa
        from pyarrow import csv

        one_thread = csv.ReadOptions(use_threads=False)  # which tells the row of a fault
        with csv.open_csv(file, one_thread) as reader:
            self._find(reader.schema.names, file)
        table = csv.read_csv(
            file,
            one_thread,
            # An empty line is an empty cell.
            csv.ParseOptions(ignore_empty_lines=False),
            csv.ConvertOptions(
                include_columns=[self.name],
                column_types={self.name: pa.string()},
                null_values=[""],
                strings_can_be_null=True,
            ),
        )
        return table.column(0)

    def _parquet(self, file: Path) -> pa.ChunkedArray:
        import pyarrow as pa
        from pyarrow import parquet

        with parquet.ParquetFile(file) as reader:
            self._find(reader.schema_arrow.names, file)
            kind = reader.schema_arrow.field(self.name).type
            of = pa.types
            demand(
                any(
                    fits(kind)
                    for fits in (of.is_integer, of.is_floating, of.is_decimal, of.is_null)
                ),
                f"the column {self.name!r} in {file} holds values of type {kind}, not numbers",
            )
            return reader.read(columns=[self.name]).column(0)

    def _find(self, names: list[str], file: Path) -> None:
        if self.name not in names:
            known = ", ".join(names[:_MOST_NAMES]) + (", ..." if len(names) > _MOST_NAMES else "")
            raise ValueError(f"{file} has no column {self.name!r}; its columns are {known}")
        demand(names.count(self.name) == 1, f"{file} has the column {self.name!r} twice")


def _numbers(cells: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return the cells as numbers; a text that is none becomes a null, as an empty cell is."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_string(cells.type):
        cells = pc.utf8_trim_whitespace(cells)
        written = pc.match_substring_regex(cells, _NUMBER)
        cells = pc.if_else(written, cells, pa.scalar(None, pa.string()))
    return pc.cast(cells, pa.float64(), safe=False)


class ColumnName:
    """How a column is read from a scenario file: its name; whether of durations, the type says."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> Any:
        from pydantic_core import core_schema as cs

        scale = SECOND if get_args(source) == (Duration,) else 1
        return cs.no_info_after_validator_function(
            lambda name: Column[Any](name, scale),
            cs.str_schema(strict=True),
            serialization=cs.plain_serializer_function_ser_schema(lambda column: column.name),
        )

    def __get_pydantic_json_schema__(self, schema: Any, handler: GetJsonSchemaHandler) -> Any:
        return {"type": "string", "description": "the name of a column of numbers"}


DataColumn = Annotated[Column[Q], ColumnName()]
