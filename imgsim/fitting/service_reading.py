"""Rows of a user's log -> measured series."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from imgsim.chance.base import Floats
from imgsim.fitting.service_series import ClosedLoop, Replay, Series
from imgsim.scenario.naming import meant
from imgsim.units import GIB, SECOND, UnitError, parse_bytes, parse_duration

_FEWEST: Final = 20
"""Images of a series; from fewer no quantile is told."""
_MOST: Final = 20_000
_LONGEST: Final = 10 * 365 * 86_400.0
"""Seconds."""


@dataclass(frozen=True)
class Columns:
    """Which column holds what; ``size`` and ``clients`` may be values that hold for all rows.

    Closed loops: ``clients`` and ``create``, and ``delete`` if measured; rows in order of start.
    Pairs: ``start`` and ``end``, which is empty where the end was not seen.
    """

    clients: str | int | None = None
    create: str | None = None
    delete: str | None = None
    start: str | None = None
    end: str | None = None
    size: str | int | float = "1 GiB"
    series: str | None = None

    def __post_init__(self) -> None:
        loop = (self.clients, self.create, self.delete)
        pairs = (self.start, self.end)
        if None not in pairs and loop == (None, None, None):
            return
        if None not in loop[:2] and pairs == (None, None):
            return
        raise ValueError(
            "give clients and create (and delete) for closed loops, or start and end for pairs"
        )


def series_of(frame: pd.DataFrame, columns: Columns) -> list[Series]:
    """Return the series of a log in order of their first rows; raise `ValueError`."""
    frame = frame.reset_index(drop=True)
    if columns.series is None:
        return [_one("all", frame, columns)]
    names = _column(frame, columns.series)
    if names.isna().any():
        raise ValueError(f"{_at(columns.series, int(names.isna().argmax()))} is empty")
    return [_one(str(name), rows, columns) for name, rows in frame.groupby(names, sort=False)]


def _one(name: str, rows: pd.DataFrame, columns: Columns) -> Series:
    if not _FEWEST <= len(rows) <= _MOST:
        raise ValueError(
            f"series {name}: {len(rows)} rows; a fit takes {_FEWEST} or more, at most {_MOST}"
        )
    sizes = _sizes(rows, columns.size)
    return (
        _pairs(name, rows, columns, sizes) if columns.start else _loop(name, rows, columns, sizes)
    )


def _loop(name: str, rows: pd.DataFrame, columns: Columns, sizes: Floats) -> ClosedLoop:
    assert columns.create is not None
    clients = columns.clients
    if isinstance(clients, str):
        found = _numbers(rows, clients).unique()
        if len(found) > 1 or found[0] != round(found[0]):
            raise ValueError(f"series {name}: {clients!r} must hold one whole number of clients")
        clients = int(found[0])
    if clients is None or not 1 <= clients <= len(rows):
        raise ValueError(f"series {name}: {clients} clients cannot create {len(rows)} images")
    if len(np.unique(sizes)) > 1:
        raise ValueError(f"series {name}: images of a closed loop must be of one size")
    created = _seconds(rows, columns.create, above=True)
    deleted = None if columns.delete is None else _seconds(rows, columns.delete)
    return ClosedLoop(name, clients, created, sizes, deleted)


def _pairs(name: str, rows: pd.DataFrame, columns: Columns, sizes: Floats) -> Replay:
    assert columns.start is not None
    assert columns.end is not None
    starts, ends = _instants(rows, columns.start), _instants(rows, columns.end)
    for column, bad in ((columns.start, np.isnan(starts)), (columns.end, ends <= starts)):
        if bad.any():
            what = "is empty" if column == columns.start else "is not after the start"
            raise ValueError(f"{_at(column, int(rows.index[int(bad.argmax())]))} {what}")
    if np.count_nonzero(~np.isnan(ends)) < _FEWEST:
        raise ValueError(f"series {name}: fewer than {_FEWEST} ends were seen")
    order = np.argsort(starts, kind="stable")
    starts, durations = starts[order], (ends - starts)[order]
    if max(starts[-1] - starts[0], np.nanmax(durations)) > _LONGEST:
        raise ValueError(f"series {name}: it is longer than 10 years; are those seconds?")
    return Replay(name, starts - starts[0], durations, sizes[order])


def _column(rows: pd.DataFrame, name: str) -> pd.Series[Any]:
    if name not in rows.columns:
        raise ValueError(
            f"there is no column {name!r}; {meant('columns', list(rows.columns), name)}"
        )
    found = rows[name]
    if isinstance(found, pd.DataFrame):
        raise ValueError(f"there are two columns {name!r}")  # noqa: TRY004  # a fault of the data
    return found


def _numbers(rows: pd.DataFrame, name: str) -> pd.Series[float]:
    cells = _column(rows, name)
    numbers = pd.to_numeric(cells, errors="coerce").astype(float)
    bad = ~np.isfinite(numbers.to_numpy())
    if bad.any():
        place = int(bad.argmax())
        raise ValueError(f"{_holds(cells, place)}, not a number")
    return numbers


def _seconds(rows: pd.DataFrame, name: str, *, above: bool = False) -> Floats:
    """Return seconds: plain numbers, timedeltas, or texts such as 1m30s."""
    cells = _column(rows, name)
    seconds: Floats
    if cells.dtype.kind == "m":
        seconds = cells.dt.total_seconds().to_numpy(dtype=float)
    else:
        seconds = pd.to_numeric(cells, errors="coerce").to_numpy(dtype=float)
        for place in np.flatnonzero(np.isnan(seconds)):
            try:
                seconds[place] = parse_duration(cells.iloc[place]) / SECOND
            except UnitError:
                what = "seconds or a time such as 1m30s; leave out images that failed"
                raise ValueError(f"{_holds(cells, int(place))}, not {what}") from None
    bad = ~((seconds > 0) | ((seconds == 0) & (not above))) | (seconds > _LONGEST)
    if bad.any():
        raise ValueError(f"{_holds(cells, int(bad.argmax()))}, which is no time that this takes")
    return seconds


def _instants(rows: pd.DataFrame, name: str) -> Floats:
    """Return seconds of plain numbers or calendar instants; NaN where a cell is empty."""
    cells = _column(rows, name)
    empty = cells.isna().to_numpy()
    numbers = pd.to_numeric(cells, errors="coerce")
    if cells.dtype.kind != "M" and np.isfinite(numbers[~empty].astype(float)).all():
        return np.asarray(numbers, dtype=float)
    stamps = pd.to_datetime(cells, utc=True, errors="coerce", format="ISO8601")
    bad = stamps.isna().to_numpy() & ~empty
    if bad.any():
        what = "seconds or an instant such as 2026-01-05T00:00:00Z"
        raise ValueError(f"{_holds(cells, int(bad.argmax()))}, not {what}")
    since = pd.Timestamp("2000-01-01", tz="UTC")
    seconds: Floats = (stamps - since).dt.total_seconds().to_numpy(dtype=float)
    return seconds


def _sizes(rows: pd.DataFrame, size: str | float) -> Floats:
    """Return GiB: of a column of numbers, or of one size such as 1 GiB for all."""
    if isinstance(size, str) and size not in rows.columns:
        try:
            gib = parse_bytes(size) / GIB
        except UnitError:
            raise ValueError(
                f"size: {size!r} is neither a size such as 20 GiB nor a column of GiB"
            ) from None
        sizes = np.full(len(rows), gib)
    elif isinstance(size, str):
        sizes = _numbers(rows, size).to_numpy()
    else:
        sizes = np.full(len(rows), float(size))
    bad = ~((sizes >= 1e-6) & (sizes <= 2**20))
    if bad.any():
        raise ValueError(f"size: {sizes[bad.argmax()]:g} GiB is no size of an image")
    return sizes


def _holds(cells: pd.Series[Any], place: int) -> str:
    value = cells.iloc[place]
    holds = "is empty" if pd.isna(value) else f"holds {str(value)[:40]!r}"
    return f"{_at(str(cells.name), int(cells.index[place]))} {holds}"


def _at(name: str, row: int) -> str:
    """Return where a cell stands; row 1 is the first one below the header."""
    return f"row {row + 1} of the column {name!r}"
