"""``imgsim fit service``: which snapshot service makes images as these were made?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from imgsim.cli.fit.options import (
    AsJson,
    LogFile,
    Picture,
    Where,
    explained,
    rows_where,
    save,
    show,
)
from imgsim.cli.messages import INCOMPLETE, fail

if TYPE_CHECKING:
    import pandas as pd

    from imgsim.fitting.service_fit import Estimate, ServiceFit
    from imgsim.fitting.service_reading import Columns

_NAMES = {
    "setup": ("setup", "s"),
    "bandwidth": ("bandwidth", "MiB/s"),
    "per_snapshot_rate": ("per_snapshot_rate", "MiB/s"),
    "noise": ("noise", "cv"),
}


def service(
    file: LogFile,
    clients: Annotated[
        str | None,
        typer.Option(metavar="N|COLUMN", help="Closed loop: number of clients, or its column."),
    ] = None,
    create: Annotated[
        str | None,
        typer.Option(metavar="COLUMN", help="Closed loop: times of creation, in order of start."),
    ] = None,
    delete: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="Closed loop: times of deletion.")
    ] = None,
    start: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="Pairs: when each was started.")
    ] = None,
    end: Annotated[
        str | None,
        typer.Option(metavar="COLUMN", help="Pairs: when each was done; empty where not seen."),
    ] = None,
    size: Annotated[
        str, typer.Option(metavar="SIZE|COLUMN", help="Size of all, or the column of GiB.")
    ] = "1 GiB",
    series: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="Which series a row belongs to.")
    ] = None,
    fit_on: Annotated[
        list[str] | None,
        typer.Option(metavar="SERIES", help="Fit on this series alone; repeatable."),
    ] = None,
    where: Where = None,
    picture: Picture = None,
    as_json: AsJson = False,
) -> None:
    """Fit set-up, bandwidth, cap and noise of the snapshot service to measured times.

    Series that are not fitted on are predicted. What does not fit is said; the exit code is 3 when
    no service explains the series fitted on, and the block is then the nearest.
    """
    with explained():
        from imgsim.fitting.service_fit import fit_service
        from imgsim.fitting.service_reading import Columns

        count = int(clients) if clients is not None and clients.isdecimal() else clients
        columns = Columns(count, create, delete, start, end, size, series)
        frame = _frame(file, columns, rows_where(where))
        fit = fit_service(frame, fit_on or (), **vars(columns))
    if picture is not None:
        from imgsim.plots.service import predicted

        save(picture, lambda ax: predicted(fit, ax=ax))
    if as_json:
        print(json.dumps(_facts(fit), indent=2, ensure_ascii=False))
    else:
        _print(fit)
    if not fit.found.fits:
        fail(["no service fits; the block is the nearest"], INCOMPLETE)


def _frame(file: Path, columns: Columns, where: dict[str, str]) -> pd.DataFrame:
    """Read the columns that are meant."""
    import pandas as pd

    from imgsim.fitting.reading import names, table

    meant = (columns.create, columns.delete, columns.start, columns.end, columns.series)
    wanted = [name for name in meant if name is not None]
    if isinstance(columns.clients, str):
        wanted.append(columns.clients)
    if columns.size in names(file):
        wanted.append(str(columns.size))
    read = table(file, list(dict.fromkeys(wanted)), where)
    return pd.DataFrame({name: cells.to_pandas() for name, cells in read.columns.items()})


def _facts(fit: ServiceFit) -> dict[str, Any]:
    """Return what is told of a fit as plain data."""
    return {
        "schema_version": 1,
        "confidence": 0.9,
        "fits": fit.found.fits,
        "p": fit.found.probability,
        "runs": fit.found.runs,
        "parameters": {
            name: {"unit": _NAMES[name][1]} | vars(one) for name, one in fit.estimates.items()
        },
        "series": fit.table.to_dict("records"),
        "remarks": list(fit.remarks),
        "block": fit.block,
    }


def _print(fit: ServiceFit) -> None:
    from imgsim.fitting.blocks import wrapped

    table = _table("parameter", "value", "90% interval", "unit")
    for name, one in fit.estimates.items():
        value = "-" if one.value is None else f"{one.value:.4g}"
        table.add_row(name, value, _interval(one), _NAMES[name][1])
    show(table)
    print()
    table = _table("series", "figure", "measured", "simulated", "99 of 100 within")
    for row in fit.table.itertuples():
        table.add_row(
            f"{row.series}{'' if row.fitted else ', predicted'}",
            str(row.figure),
            f"{row.measured:.4g}",
            f"{row.predicted:.4g} ({row.difference_percent:+.0f}%)",
            f"{row.low:.4g} .. {row.high:.4g}{'' if row.fits else ' !'}",
        )
    show(table)
    print("\nmedian and p90 in seconds, throughput in images per second; ! does not fit\n")
    for remark in fit.remarks:
        _say(remark)
    if fit.remarks:
        print()
    print(wrapped(fit.yaml))


def _interval(one: Estimate) -> str:
    low, high = (None if x is None else f"{x:.4g}" for x in (one.low, one.high))
    if low is None and high is None:
        return "any"
    if low is None:
        return f"none .. {high}"
    return f"{low} .. {'any' if high is None else high}"


def _say(remark: str) -> None:
    """Print a remark in lines of at most 80 columns."""
    from textwrap import fill

    print(fill(remark, 80, subsequent_indent="  "))


def _table(*heads: str) -> Any:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="dim")
    for place, head in enumerate(heads):
        table.add_column(head, justify="right" if place else "left", no_wrap=True)
    return table
