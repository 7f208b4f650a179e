"""What is set at the points of a study: as columns of a frame, and as names that tell it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

import pandas as pd

from imgsim.scenario.oneline import text_of

Values = Mapping[str, Any]
_LONGEST_NAME: Final = 200


def factor_columns(points: Sequence[Values], taken: Collection[str]) -> pd.DataFrame:
    """Return a row per point and a column per path, in order; missing where nothing is set.

    Numbers and truth values stay what they are; where a path has others too, such as quantities or
    whole blocks, all are texts as in a file. A path whose name is taken is ``parameters.PATH``.
    """
    paths = dict.fromkeys(path for point in points for path in point)
    columns = {
        f"parameters.{path}" if path in taken else path: _column([one.get(path) for one in points])
        for path in paths
    }
    return pd.DataFrame(columns, index=pd.RangeIndex(len(points), name="point"))


def _column(values: list[Any]) -> Any:
    kinds = {type(value) for value in values} - {type(None)}
    if kinds <= {int, float}:
        return pd.to_numeric(pd.Series(values))
    if kinds == {bool}:
        return pd.array(values, dtype="boolean")
    told = [None if value is None else text_of(value) for value in values]
    return pd.array(told, dtype="string")


def short_names(paths: Collection[str]) -> dict[str, str]:
    """Return for each path its last parts, as many as tell it from the others."""
    return {path: _shortest(path, [one for one in paths if one != path]) for path in paths}


def _shortest(path: str, others: Sequence[str]) -> str:
    parts = path.split(".")
    for count in range(1, len(parts)):
        name = ".".join(parts[-count:])
        if not any(other == name or other.endswith(f".{name}") for other in others):
            return name
    return path


def point_names(points: Sequence[Values]) -> list[str]:
    """Return what tells each point from the others: ``image_quota=60, rate=30/h``."""
    short = short_names(dict.fromkeys(path for point in points for path in point))
    names = (
        ", ".join(f"{short[path]}={text_of(value)}" for path, value in point.items())
        for point in points
    )
    return [name[:_LONGEST_NAME] or "as it is" for name in names]
