"""Where the tables of two runs first differ: all there is to tell of runs of other versions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

import pandas as pd

from imgsim.divergence import followed
from imgsim.divergence.difference import Difference, First
from imgsim.divergence.folders import Folder, FolderError
from imgsim.divergence.names import Entity
from imgsim.divergence.settings import changes
from imgsim.units import microseconds_between, parse_instant

_KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "intents": ("intent",),
    "calls": ("intent", "attempt"),
    "snapshots": ("snapshot_id",),
    "images": ("image_id",),
}
"""By what rows of both are the same one; of the other tables by their place."""


_CAUSES_FIRST: Final = ("states", "snapshots", "images", "calls", "intents", "uses", "ledger")
"""The tables; of those that differ at the same instant the first is named."""


class Other(NamedTuple):
    """A row that is not the same in both: when, in which table and columns, and both sides."""

    at: pd.Timestamp
    table: str
    key: tuple[Any, ...]
    before: dict[str, Any] | None
    after: dict[str, Any] | None


def diff_tables(
    a: Folder, b: Folder, *, names: tuple[str, str], remarks: tuple[str, ...] = ()
) -> Difference:
    """Return where the tables of two runs first differ; raise `FolderError` for unreadable ones."""
    one, other = a.tables(), b.tables()
    plain = a.plain()
    try:
        found = [
            first
            for name in _CAUSES_FIRST
            if (first := first_other(name, one[name], other[name])) is not None
        ]
        calls = followed.changed_calls(
            (one["calls"], other["calls"]), (one["intents"], other["intents"])
        )
        start = parse_instant(plain["start"])
    except (KeyError, TypeError, ValueError) as error:
        text = f"the tables of {a.path} and {b.path} cannot be compared: {error}"
        raise FolderError(text) from None
    return Difference(
        names=names,
        events=(0, 0),
        digest="",
        first=_first(min(found, key=lambda row: row.at), start) if found else None,
        settings=tuple(changes(plain, b.plain())),
        outcomes=followed.outcomes(calls),
        measures=followed.figures(a.figures(), b.figures()),
        calls=calls,
        remarks=remarks,
    )


def first_other(table: str, a: pd.DataFrame, b: pd.DataFrame) -> Other | None:
    """Return the earliest row of a table that differs, or None.

    Its instant is the earliest of the instants in it that differ, else its first one; columns that
    only one of them has are left out.
    """
    keys = [key for key in _KEYS.get(table, ()) if key in a and key in b]
    columns = [str(name) for name in a if name in b and name not in keys]
    one, other = (_by_key(side, keys, columns) for side in (a, b))
    index = one.index.union(other.index)
    one, other = one.reindex(index), other.reindex(index)
    differs = ~((one == other).fillna(value=False) | (one.isna() & other.isna())).astype(bool)
    rows = differs.any(axis=1)
    if not rows.any():
        return None
    instants = [name for name in columns if isinstance(a[name].dtype, pd.DatetimeTZDtype)]
    when = _when(one[rows], other[rows], differs[rows], instants)
    place = int(when.to_numpy().argmin())
    key: Any = when.index[place]
    wrong = [name for name in columns if differs.loc[key, name]]
    sides = (
        dict(side.loc[key, wrong]) if key in there.index else None
        for side, there in ((one, _by_key(a, keys, columns)), (other, _by_key(b, keys, columns)))
    )
    return Other(when.iloc[place], table, key if isinstance(key, tuple) else (key,), *sides)


def _by_key(frame: pd.DataFrame, keys: list[str], columns: list[str]) -> pd.DataFrame:
    indexed = frame.set_index(keys) if keys else frame.reset_index(drop=True)
    return indexed[columns].astype(object)


def _when(
    one: pd.DataFrame, other: pd.DataFrame, differs: pd.DataFrame, instants: list[str]
) -> pd.Series[pd.Timestamp]:
    """Return the instant of each differing row."""
    both = [side[name].where(differs[name]) for side in (one, other) for name in instants]
    other_instants = pd.concat(both, axis=1).apply(pd.to_datetime, utc=True).min(axis=1)
    usual = one[instants[0]].fillna(other[instants[0]])
    when: pd.Series[pd.Timestamp] = other_instants.fillna(pd.to_datetime(usual, utc=True))
    return when


def _first(row: Other, start: Any) -> First:
    at = row.at.to_pydatetime()
    return First(
        kind="unknown",
        instant=microseconds_between(start, at),
        at=at,
        event=f"row of {row.table}",
        entity=_entity(row),
        before=_told(row.before),
        after=_told(row.after),
    )


def _entity(row: Other) -> Entity:
    if row.table == "calls":
        return Entity("call", f"of intent {row.key[0]}, attempt {row.key[1]}")
    if row.table in _KEYS:
        return Entity(row.table.removesuffix("s"), str(row.key[0]))
    if row.table == "ledger":
        return Entity("account", "")
    told = {**(row.after or {}), **(row.before or {})}
    if row.table == "uses":
        return Entity("use", f"{row.key[0] + 1}")
    return Entity(*(str(told.get(name, "")) for name in ("kind", "id")))


def _told(side: dict[str, Any] | None) -> str:
    return "no such row" if side is None else ", ".join(_cells(side))


def _cells(side: dict[str, Any]) -> Iterator[str]:
    for name, value in side.items():
        yield f"{name} {'-' if pd.isna(value) else value}"
