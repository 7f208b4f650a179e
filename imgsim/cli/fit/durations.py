"""``imgsim fit durations``: which distribution do measured times have?"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from imgsim.cli.fit.options import (
    AsJson,
    LogFile,
    Picture,
    Seed,
    Where,
    explained,
    rows_where,
    save,
    show,
)
from imgsim.cli.messages import INCOMPLETE, fail, warn
from imgsim.results.written import duration

if TYPE_CHECKING:
    from imgsim.fitting.durations import Candidate, DurationFit
    from imgsim.fitting.reading import Table


def durations(
    file: LogFile,
    column: Annotated[
        str | None, typer.Option(help="Column of the durations; needed where there are several.")
    ] = None,
    censored: Annotated[
        str | None,
        typer.Option(
            metavar="COLUMN",
            help="Column of truth values: true where the duration is only a lower bound, such as "
            "a client's time-out.",
        ),
    ] = None,
    unit: Annotated[str, typer.Option(help="Unit of plain numbers: us, ms, s, min, h or d.")] = "s",
    where: Where = None,
    picture: Picture = None,
    seed: Seed = 1,
    as_json: AsJson = False,
) -> None:
    """Fit distributions to durations, rank them, and say which of them fit.

    The exit code is 3 when none does; then the block holds the values themselves.
    """
    with explained():
        from imgsim.fitting.durations import fit_durations
        from imgsim.fitting.reading import UNITS, names, table

        if unit not in UNITS:
            fail([f"--unit: {unit!r} is no unit; units are {', '.join(UNITS)}"])
        conditions = rows_where(where)
        if column is None:
            there = [name for name in names(file) if name not in (censored, *conditions)]
            if len(there) != 1:
                fail([f"say --column: {file} has the columns {', '.join(there[:20])}"])
            (column,) = there
        read = table(file, [column] if censored is None else [column, censored], conditions)
        values = read.durations(column, unit)
        fit = fit_durations(values, None if censored is None else read.flags(censored), seed=seed)
    block = _block(fit, read, column, plain=not conditions and censored is None and unit == "s")
    if picture is not None:
        from imgsim.plots.durations import qq

        save(picture, lambda ax: qq(fit, ax=ax))
    if as_json:
        print(json.dumps(_facts(fit) | {"block": block}, indent=2, ensure_ascii=False))
    else:
        _print(fit)
        from imgsim.fitting.blocks import flow, wrapped

        print(wrapped(f"duration: {flow(block)}"))
    _remark(fit)


def _block(fit: DurationFit, read: Table, column: str, *, plain: bool) -> dict[str, Any]:
    """Return the block; where none fits and a scenario can read the column itself, its file."""
    from imgsim.fitting.durations import distribution_of

    by_file = {"empirical": {"file": str(read.file), "column": column}}
    if fit.best is None and plain:
        try:
            distribution_of(by_file)
        except ValueError:
            return dict(fit.block)
        return by_file
    return dict(fit.block)


def _facts(fit: DurationFit) -> dict[str, Any]:
    """Return what is told of a fit as plain data."""
    return {
        "schema_version": 1,
        "rows": fit.rows,
        "fitted": len(fit.sample),
        "lower_bounds": int((~fit.sample.seen).sum()),
        "best": None if fit.best is None else fit.best.name,
        "confidence": 0.9,
        "candidates": [
            {
                "distribution": one.name,
                "parameters": {n: p._asdict() for n, p in one.parameters.items()},
                "log_likelihood": one.log_likelihood,
                "aic": one.aic,
                "bic": one.bic,
                "p": one.p,
                "gap": one.gap,
                "fits": one.fits,
                "block": one.block,
            }
            for one in fit.candidates
        ],
    }


def _print(fit: DurationFit) -> None:
    from rich.table import Table

    bounds = int((~fit.sample.seen).sum())
    told = f"{fit.rows} durations"
    if fit.rows > len(fit.sample):
        told += f", of which {len(fit.sample)} drawn at random are fitted"
    if bounds:
        told += f", {bounds} of them lower bounds"
    complete = fit.sample.complete
    print(f"{told}; the complete ones from {duration(complete[0])} to {duration(complete[-1])}\n")
    shown = Table(box=None, pad_edge=False, header_style="dim")
    shown.add_column("distribution", max_width=20)
    shown.add_column("parameter", no_wrap=True)
    for head in ("", "90% interval", "BIC", "gap", "p"):
        shown.add_column(head, justify="right", no_wrap=True)
    for one in fit.candidates:
        _add(shown, one, fit.candidates[0].bic)
    show(shown)
    print(
        "\nRanked by BIC, here above the lowest. gap: largest difference between fitted and"
        "\nmeasured share of durations. p: how often so poor a fit comes by chance alone"
        "\n(Anderson-Darling, parametric bootstrap); below 0.05 it does not fit.\n"
    )


def _add(shown: Any, one: Candidate, lowest: float) -> None:
    tail = [f"+{one.bic - lowest:.1f}", f"{one.gap:.1%}", f"{one.p:.3f}"]
    first = [one.name]
    for name, value in one.parameters.items():
        plain = name.split()[0] in ("cv", "shape", "sigma", "share")
        write = "{:.3g}".format if plain else duration
        interval = f"{write(value.low)} .. {write(value.high)}"
        shown.add_row(*(first or [""]), name, write(value.value), interval, *tail)
        first, tail = [], []


def _remark(fit: DurationFit) -> None:
    from imgsim.fitting.durations import FEW

    complete = len(fit.sample.complete)
    if complete < FEW:
        warn([f"{complete} complete durations are few: a wrong distribution may well seem to fit"])
    if fit.best is None:
        nearest = fit.candidates[0]
        fail(
            [
                "no candidate fits; the block repeats the measured values, and none beyond them.",
                f"Where a gap of {nearest.gap:.1%} does not matter: duration: {nearest.yaml}",
            ],
            INCOMPLETE,
        )
