"""Types of the fields of a scenario file: which quantity a value is, and how it is read.

A type is an annotated plain one, so that dataclasses of low rooms need no pydantic; it is imported
when a file is read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from imgsim.units import (
    UnitError,
    format_bytes,
    format_data_rate,
    format_duration,
    format_gib,
    format_instant,
    format_money,
    format_price,
    format_rate,
    format_share,
    format_share_rate,
    parse_bytes,
    parse_count,
    parse_data_rate,
    parse_duration,
    parse_flag,
    parse_gib,
    parse_instant,
    parse_limit,
    parse_money,
    parse_number,
    parse_price,
    parse_rate,
    parse_share,
    parse_share_rate,
)

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler


@dataclass(frozen=True, slots=True)
class Unit:
    """How one kind of quantity is read from a file, written to one, and described."""

    what: str
    parse: Callable[[object], Any]
    write: Callable[[Any], object]
    example: str
    json_type: str | tuple[str, ...] = "string"

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> Any:
        from pydantic_core import core_schema

        return core_schema.no_info_plain_validator_function(
            self._read,
            serialization=core_schema.plain_serializer_function_ser_schema(self.write),
        )

    def __get_pydantic_json_schema__(self, schema: Any, handler: GetJsonSchemaHandler) -> Any:
        return {
            "type": self.json_type if isinstance(self.json_type, str) else list(self.json_type),
            "description": f"{self.what}, for example {self.example}",
        }

    def _read(self, value: object) -> Any:
        from pydantic_core import PydanticCustomError

        try:
            return self.parse(value)
        except UnitError as error:
            raise PydanticCustomError("unit", "{reason}", {"reason": str(error)}) from None


class FileBesideScenario:
    """A path in a scenario file: relative to that file's folder, and it must exist."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> Any:
        from pydantic_core import core_schema

        return core_schema.with_info_plain_validator_function(
            self._read,
            serialization=core_schema.plain_serializer_function_ser_schema(
                self._write, info_arg=True
            ),
        )

    def __get_pydantic_json_schema__(self, schema: Any, handler: GetJsonSchemaHandler) -> Any:
        return {"type": "string", "description": "a path, from the scenario file's folder"}

    def _write(self, path: Path, info: Any) -> str:
        if (info.context or {}).get("files") == "content":
            return hashlib.sha256(path.read_bytes()).hexdigest()
        return str(path.resolve())

    def _read(self, value: object, info: Any) -> Path:
        from pydantic_core import PydanticCustomError

        if not isinstance(value, str) or not value:
            raise PydanticCustomError("file", "not a path; write for example calls.csv")
        path = Path((info.context or {}).get("folder", "."), value)
        try:
            there = "\0" not in value and path.is_file()
        except OSError:  # too long, or a folder on the way may not be entered
            there = False
        if not there:
            raise PydanticCustomError("file", "there is no file {path}", {"path": str(path)})
        return path


DataFile = Annotated[Path, FileBesideScenario()]
Duration = Annotated[int, Unit("a duration", parse_duration, format_duration, "1h30m")]
Bytes = Annotated[int, Unit("a size", parse_bytes, format_bytes, "40 GiB")]
Gib = Annotated[int, Unit("a size in whole GiB", parse_gib, format_gib, "40 GiB")]
DataRate = Annotated[int, Unit("a data rate", parse_data_rate, format_data_rate, "100 MiB/s")]
Money = Annotated[int, Unit("an amount of money", parse_money, format_money, "200 CNY")]
Price = Annotated[
    Fraction, Unit("a price of storage", parse_price, format_price, "0.12 CNY/GiB/month")
]
Rate = Annotated[Fraction, Unit("a rate of events", parse_rate, format_rate, "30/h")]
ShareRate = Annotated[
    Fraction, Unit("a share per time", parse_share_rate, format_share_rate, "2%/d")
]
Share = Annotated[Fraction, Unit("a share", parse_share, format_share, "1%")]
Instant = Annotated[
    datetime, Unit("a calendar instant", parse_instant, format_instant, "2026-01-05T00:00:00Z")
]
Number = Annotated[float, Unit("a plain number", parse_number, float, "0.3", "number")]
Count = Annotated[int, Unit("a whole number from 0 on", parse_count, int, "100", "integer")]
Flag = Annotated[bool, Unit("true or false", parse_flag, bool, "true", "boolean")]
Limit = Annotated[
    int | None,
    Unit(
        "a whole number from 0 on, or unlimited",
        parse_limit,
        lambda limit: "unlimited" if limit is None else limit,
        "20",
        ("integer", "string"),
    ),
]
Warmup = Annotated[
    int | str,
    Unit(
        "a duration, or auto",
        lambda said: said if said == "auto" else parse_duration(said),
        lambda warmup: warmup if warmup == "auto" else format_duration(warmup),
        "6h",
    ),
]
