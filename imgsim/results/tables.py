"""Rows -> tidy DataFrames.

Instants become calendar timestamps (UTC), durations seconds (``*_s``), money CNY (``*_cny``),
numbers the ids they stand for; what is missing is NA. Column meanings: `imgsim.records.rows`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from imgsim.records.journal import Journal, Log
from imgsim.records.marks import DELETIONS
from imgsim.records.rows import (
    CALLS,
    IMAGES,
    INTENTS,
    SMALLEST,
    SNAPSHOTS,
    WIDTHS,
    Field,
    Kind,
)
from imgsim.results.columns import (
    RULE,
    categories,
    fault_names,
    issued,
    masked,
    rule_columns,
    strings,
)
from imgsim.units import SECOND

_MADE: Final = [CALLS.codes("outcome")[name] for name in ("available", "failed")]
_DTYPES: Final = {"q": "<i8", "i": "<i4", "I": "<u4", "b": "<i1"}
_ORDER: Final = {
    "intents": ("intent",),
    "calls": ("intent", "attempt"),
    "snapshots": ("snapshot_id",),
    "images": ("image_id",),
}

Array = np.ndarray[Any, Any]


def raw(log: Log) -> Array:
    """Return a log's rows as a structured array, a view without copying, in order of writing."""
    dtype = np.dtype([(f.name, _DTYPES[WIDTHS[f.kind]]) for f in log.table.fields])
    return np.frombuffer(bytes(log.data) if not log.data else log.data, dtype=dtype)


def order_of(log: Log) -> Array:
    """Return the places of a log's rows in the order of its table."""
    rows = raw(log)
    by = _ORDER.get(log.table.name)
    return np.arange(len(rows)) if by is None else np.lexsort([rows[name] for name in reversed(by)])


def missing(field: Field, column: Array) -> Array:
    """Return where a stored column is missing."""
    smallest = SMALLEST.get(WIDTHS[field.kind])
    return np.zeros(len(column), bool) if smallest is None else column == smallest


class Tables:
    """The tables of a run, each made when it is first asked for."""

    def __init__(self, journal: Journal, start: datetime) -> None:
        self.journal = journal
        self.start = start
        self._made: dict[str, pd.DataFrame] = {}
        self._words = pa.array(journal.words.texts, pa.string())

    def __getitem__(self, name: str) -> pd.DataFrame:
        if name not in self._made:
            self._made[name] = self._make(getattr(self.journal, name))
        return self._made[name]

    def forget(self, name: str) -> None:
        """Let a table go; it is made again when asked for."""
        self._made.pop(name, None)

    def _make(self, log: Log) -> pd.DataFrame:
        rows, order = raw(log), order_of(log)
        columns: dict[str, Any] = {}
        for field in log.table.fields:
            column = rows[field.name][order]
            columns |= self._shown(field, column, missing(field, column))
        if log.table is CALLS:
            columns |= self._stages(rows, order)
            columns |= self._total(rows, order, np.isin(rows["outcome"], _MADE))
        if log.table is INTENTS:
            columns |= self._total(rows, order, np.ones(len(rows), bool))
        if log.table in (IMAGES, SNAPSHOTS):
            numbers = rows[_ORDER[log.table.name][0]][order]
            deletions = raw(self.journal.deletions)
            what = DELETIONS.codes("what")["image" if log.table is IMAGES else "snapshot"]
            deletions = deletions[deletions["what"] == what]
            columns["deleted_at"] = self._stamps(numbers, deletions, "deleted_at")
        if log.table is IMAGES:
            orphans = raw(self.journal.orphans)
            columns["orphaned_at"] = self._stamps(numbers, orphans, "orphaned_at")
        return pd.DataFrame(columns, copy=False)

    def _shown(self, field: Field, column: Array, absent: Array) -> dict[str, Any]:
        kind, name = field.kind, field.name
        if field is RULE:
            return rule_columns(column, absent)
        if kind is Kind.INSTANT:
            return {name: self._calendar(column, absent)}
        if kind is Kind.DURATION:
            return {f"{name}_s": masked(column / SECOND, absent)}
        if kind is Kind.MONEY:
            return {f"{name}_cny": masked(column / SECOND, absent)}
        if kind is Kind.CHOICE:
            return {name: categories(np.where(absent, -1, column), field.words)}
        if kind is Kind.WORD:
            return {name: self._coded(column, absent)}
        if kind is Kind.BITS:
            return {name: fault_names(column)}
        if kind is Kind.TEXT:
            return {name: self._texts(column, absent)}
        if kind in (Kind.IMAGE, Kind.SNAPSHOT):
            return {name: self._ids(kind, column, absent)}
        return {
            name: masked(
                column.astype(np.int64 if kind in (Kind.BIG, Kind.BYTES) else np.int32), absent
            )
        }

    def _calendar(self, column: Array, absent: Array) -> Any:
        offset = np.datetime64(self.start.replace(tzinfo=None), "us").astype(np.int64)
        stamps = np.where(absent, np.iinfo(np.int64).min, column + np.where(absent, 0, offset))
        return pd.DatetimeIndex(stamps.view("M8[us]")).tz_localize("UTC")

    def _coded(self, column: Array, absent: Array) -> Any:
        codes = np.where(absent, -1, column)
        used, codes = np.unique(codes, return_inverse=True)
        has_missing = len(used) > 0 and used[0] == -1
        words = self._words.take(pa.array(used[used >= 0])).to_pylist()
        return categories(codes - int(has_missing), words)

    def _texts(self, column: Array, absent: Array) -> Any:
        """Gather texts from the pool: each lies behind its length in four bytes."""
        data = self.journal.texts
        places = column[~absent]
        texts = pa.array([], pa.large_string())
        if len(places):
            pool = np.frombuffer(data, np.uint8)
            lengths = np.zeros(len(places), np.int64)
            for byte in range(4):
                lengths |= pool[places + byte].astype(np.int64) << (8 * byte)
            offsets = np.zeros(len(places) + 1, np.int64)
            np.cumsum(lengths, out=offsets[1:])
            index = np.repeat(places + 4 - offsets[:-1], lengths) + np.arange(offsets[-1])
            texts = pa.LargeStringArray.from_buffers(
                len(places), pa.py_buffer(offsets), pa.py_buffer(pool[index])
            )
        where = np.cumsum(~absent) - 1
        return strings(texts.take(pa.array(where, mask=absent)))

    def _ids(self, kind: Kind, column: Array, absent: Array) -> Any:
        prefix, named = ("m-", self.journal.image_ids)
        if kind is Kind.SNAPSHOT:
            prefix, named = ("s-", self.journal.snapshot_ids)
        ids = issued(prefix, column, absent)
        if named:
            keys = np.fromiter(named, np.int64, len(named))
            texts = pa.array(list(named.values()), pa.large_string())
            place = pc.index_in(
                pa.array(column.astype(np.int64), mask=absent), value_set=pa.array(keys)
            )
            ids = pc.coalesce(texts.take(place), ids)
        return strings(ids)

    def _stages(self, rows: Array, order: Array) -> dict[str, Any]:
        """Return when the last snapshot of each call began and ended."""
        began = rows["arrived_at"] + rows["turn_wait"] + rows["slot_wait"]
        ended = began + rows["snapshotting"]
        absent = (rows["snapshotting"] == SMALLEST["q"])[order]
        return {
            "began_at": self._calendar(began[order], absent),
            "snapshotted_at": self._calendar(ended[order], absent),
        }

    def _total(self, rows: Array, order: Array, made: Array) -> dict[str, Any]:
        """Return how long it took; of calls that made no image it is missing."""
        made = made & (rows["ended_at"] != SMALLEST["q"])
        times = np.where(made, rows["ended_at"] - rows["arrived_at"], 0)
        return {"total_s": masked(times[order] / SECOND, ~made[order])}

    def _stamps(self, numbers: Array, events: Array, name: str) -> Any:
        """Return the instants of events that belong to things, for the things in order."""
        stamps = np.full(len(numbers), SMALLEST["q"], np.int64)
        stamps[np.searchsorted(numbers, events["number"])] = events[name]
        return self._calendar(stamps, stamps == SMALLEST["q"])
