"""What ``imgsim sweep`` prints, in tables of at most 80 columns: a row a point, or a factor."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from textwrap import shorten
from typing import TYPE_CHECKING, Any, Final

from imgsim.cli.replicate import cells
from imgsim.results.written import duration

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

WIDTH: Final = 80
_MOST_ROWS: Final = 100
_LONGEST: Final = 34


def print_sweep(told: Mapping[str, Any]) -> None:
    """Print what a sweep tells."""
    from rich.console import Console

    console = Console(width=min(Console().width, WIDTH))
    with console.capture() as capture:
        console.print(f"[bold]{told['scenario']}[/bold]", highlight=False)
        if told["question"]:
            console.print(told["question"], highlight=False, markup=False)
        console.print(_head(told) + "\n", highlight=False)
        for table in _tables(told, console):
            console.print(table)
            console.print()
        for name, path in _shortened(told).items():
            console.print(f"{name}: {path}", highlight=False, markup=False)
        console.print()
    print("\n".join(line.rstrip() for line in capture.get().splitlines()))


def _shortened(told: Mapping[str, Any]) -> dict[str, str]:
    """Return the whole path of each factor by the name that is printed."""
    from imgsim.study.factors import short_names

    paths = dict.fromkeys(path for point in told["points"] for path in point["values"])
    return {name: path for path, name in short_names(paths).items() if name != path}


def _head(told: Mapping[str, Any]) -> str:
    head = f"{len(told['points'])} points, {told['replications']} replications each"
    if told["warmup_s"]:
        head += f", {duration(told['warmup_s'])} of warm-up cut"
    if told["failed"]:
        head += f", {told['failed']} of all failed"
    return f"{head}, seed {told['seed']}, {told['confidence'] * 100:g}% intervals"


def _tables(told: Mapping[str, Any], console: Console) -> Iterable[Table]:
    """Return one table of all measures where it is narrow enough, else one a measure.

    Of Sobol indices it is one a measure with a row for each factor.
    """
    if told["indices"]:
        return [_of_factors(told, name) for name in told["measures"]]
    together = _table(told, told["measures"])
    if together.__rich_measure__(console, console.options).maximum <= console.width:
        return [together]
    return [_table(told, [name]) for name in told["measures"]]


def _table(told: Mapping[str, Any], measures: Sequence[str]) -> Table:
    from rich.table import Table

    points = told["points"]
    factors = _factors([point["values"] for point in points])
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in factors:
        table.add_column(name, overflow="fold")
    for name in measures:
        table.add_column(name.replace("@", "\n@"), justify="right", no_wrap=True)
        table.add_column("interval", justify="right", no_wrap=True)
    for number, point in enumerate(points[:_MOST_ROWS]):
        values = (column[number] for column in factors.values())
        numbers = (cell for name in measures for cell in cells(name, point["estimates"][name]))
        table.add_row(*values, *numbers)
    if len(points) > _MOST_ROWS:
        table.add_row(f"... and {len(points) - _MOST_ROWS} more, in points.csv")
    return table


def _of_factors(told: Mapping[str, Any], measure: str) -> Table:
    from rich.table import Table

    from imgsim.study.factors import short_names

    rows = [one for one in told["indices"] if one["measure"] == measure]
    short = short_names([one["path"] for one in rows])
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column(f"share of the variance\nof {measure}", overflow="fold")
    for name in ("alone", "interval", "in all", "interval"):
        table.add_column(name, justify="right", no_wrap=True)
    for one in rows:
        table.add_row(short[one["path"]], *_share(one, "first_order"), *_share(one, "total"))
    if rows[0]["total"] is None:
        table.add_row(rows[0]["method"])
    return table


def _share(row: Mapping[str, Any], index: str) -> tuple[str, str]:
    if row[index] is None:
        return "-", ""
    return f"{row[index]:.0%}", f"{row[f'{index}_low']:.0%} .. {row[f'{index}_high']:.0%}"


def _factors(points: Sequence[Mapping[str, Any]]) -> dict[str, list[str]]:
    """Return a column of short texts for each path, by the shortest name that tells it.

    Of whole blocks that differ in one value alone it is that value.
    """
    from imgsim.study.factors import short_names, text_of

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
