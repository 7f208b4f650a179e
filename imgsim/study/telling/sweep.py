"""What a sweep tells: tables of at most 80 columns, a row a point, or a factor."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from textwrap import shorten
from typing import Any, Final

from imgsim.scenario.oneline import text_of
from imgsim.shown import WIDTH, Shown, Table
from imgsim.study.factors import short_names
from imgsim.study.swept import Sweep
from imgsim.study.telling.cells import cells, head, made_from, question

_MOST_ROWS: Final = 100
_LONGEST: Final = 34


def facts(swept: Sweep) -> dict[str, Any]:
    """Return what is told of a sweep as plain data.

    Raises `IncompleteError` when replications failed and statistics of the others were not wanted.
    """
    estimates = [study.estimates for study in swept.studies]
    return {
        "schema_version": 1,
        "interrupted": swept.interrupted,
        "kind": "sweep",
        **made_from(swept.studies[0]),
        "replications": swept.n,
        "failed": sum(len(study.failures) for study in swept.studies),
        "confidence": swept.confidence,
        "measures": list(swept.measures),
        "points": [
            {
                "values": dict(values),
                "estimates": {name: told[name]._asdict() for name in swept.measures},
            }
            for values, told in zip(swept.settings, estimates, strict=True)
        ],
        "indices": [] if swept.spec.sobol is None else _indices(swept),
    }


def _indices(swept: Sweep) -> list[dict[str, Any]]:
    """Return the rows of the indices as plain data, None where a number is missing."""
    found: list[dict[str, Any]] = json.loads(swept.indices.to_json(orient="records"))
    return found


def shown(told: Mapping[str, Any]) -> Shown:
    """Return what is shown of a sweep's facts."""
    made = head(told, f" at each of {len(told['points'])} points")
    made += f", {told['confidence'] * 100:.6g}% intervals"
    named = "\n".join(f"{name}: {path}" for name, path in _shortened(told).items())
    blocks: list[str | Table] = [verdict(told), *_tables(told), *filter(None, [named])]
    return Shown(told["scenario"], [*question(told), made], blocks)


def verdict(told: Mapping[str, Any]) -> str:
    """Return between which values the measures lie, and at which points; a line a measure."""
    return "\n".join(filter(None, (_span(told, name) for name in told["measures"])))


def _span(told: Mapping[str, Any], measure: str) -> str | None:
    known = [
        (one["estimates"][measure]["mean"], place)
        for place, one in enumerate(told["points"])
        if one["estimates"][measure]["mean"] is not None
    ]
    if not known:
        return None
    (_, first), (_, last) = min(known), max(known)
    low, high = (
        f"{cells(measure, told['points'][place]['estimates'][measure])[0]} {_where(told, place)}"
        for place in (first, last)
    )
    return f"{measure} lies between {low} and {high}."


def _where(told: Mapping[str, Any], place: int) -> str:
    """Return the factors of a point in brackets."""
    factors = _factors([point["values"] for point in told["points"]])
    return f"({', '.join(f'{name} {column[place]}' for name, column in factors.items())})"


def _shortened(told: Mapping[str, Any]) -> dict[str, str]:
    """Return the whole path of each factor by the name that is shown."""
    paths = dict.fromkeys(path for point in told["points"] for path in point["values"])
    return {name: path for path, name in short_names(paths).items() if name != path}


def _tables(told: Mapping[str, Any]) -> Iterator[Table]:
    """Yield one table of all measures where it is narrow enough, else one a measure.

    Of Sobol indices it is one a measure with a row for each factor.
    """
    if told["indices"]:
        yield from (_of_factors(told, name) for name in told["measures"])
        return
    together = _table(told, told["measures"])
    if together.width() <= WIDTH:
        yield together
    else:
        yield from (_table(told, [name]) for name in told["measures"])


def _table(told: Mapping[str, Any], measures: Sequence[str]) -> Table:
    points = told["points"]
    factors = _factors([point["values"] for point in points])
    heads = [*factors]
    for name in measures:
        heads += [name.replace("@", "\n@"), "interval"]
    rows = []
    for number, point in enumerate(points[:_MOST_ROWS]):
        values = (column[number] for column in factors.values())
        numbers = (cell for name in measures for cell in cells(name, point["estimates"][name]))
        rows.append([*values, *numbers])
    if len(points) > _MOST_ROWS:
        rows.append([f"... and {len(points) - _MOST_ROWS} more, in points.csv"])
    named = range(len(factors))
    return Table(heads, rows, left=named, folded=named)


def _of_factors(told: Mapping[str, Any], measure: str) -> Table:
    indices = [one for one in told["indices"] if one["measure"] == measure]
    short = short_names([one["path"] for one in indices])
    heads = [f"share of the variance\nof {measure}", "alone", "interval", "in all", "interval"]
    rows = [
        [short[one["path"]], *_share(one, "first_order"), *_share(one, "total")] for one in indices
    ]
    if indices[0]["total"] is None:
        rows.append([indices[0]["method"]])
    return Table(heads, rows, folded=(0,))


def _share(row: Mapping[str, Any], index: str) -> tuple[str, str]:
    if row[index] is None:
        return "-", ""
    return f"{row[index]:.0%}", f"{row[f'{index}_low']:.0%} .. {row[f'{index}_high']:.0%}"


def _factors(points: Sequence[Mapping[str, Any]]) -> dict[str, list[str]]:
    """Return a column of short texts for each path, by the shortest name that tells it.

    Of whole blocks that differ in one value alone it is that value.
    """
    columns = {}
    for path, name in short_names(dict.fromkeys(path for one in points for path in one)).items():
        keys = [name]
        values: list[Any] = [point.get(path) for point in points]
        while (key := _only_key(values)) is not None:
            keys.append(key)
            values = [value[key] for value in values]
        texts = ("-" if value is None else text_of(value) for value in values)
        columns[".".join(keys)] = [shorten(one, _LONGEST, placeholder="...") for one in texts]
    return columns


def _only_key(values: Sequence[Any]) -> str | None:
    """Return the key that each of the values, all of them mappings, has and no other."""
    keys = {tuple(value) if isinstance(value, Mapping) else () for value in values}
    [only, *others] = keys
    return only[0] if not others and len(only) == 1 else None
