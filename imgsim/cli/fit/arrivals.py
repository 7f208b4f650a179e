"""``imgsim fit arrivals``: which load pattern do recorded calls have?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from imgsim.cli.fit.options import AsJson, LogFile, Seed, Where, explained, rows_where, show
from imgsim.cli.messages import INCOMPLETE, fail, warn
from imgsim.results.written import duration

if TYPE_CHECKING:
    from imgsim.fitting.arrivals import ArrivalFit, PatternCandidate


def arrivals(
    file: LogFile,
    column: Annotated[
        str | None,
        typer.Option(
            help="Column of the arrivals: calendar instants, or seconds; else time or at_s."
        ),
    ] = None,
    start: Annotated[
        str | None, typer.Option(metavar="INSTANT", help="From when seconds are counted.")
    ] = None,
    zone: Annotated[
        str, typer.Option(help="Time zone of the hours and days, such as Asia/Shanghai.")
    ] = "UTC",
    where: Where = None,
    seed: Seed = 1,
    as_json: AsJson = False,
) -> None:
    """Fit load patterns to arrivals, rank them, and say which of them fit.

    The exit code is 3 when none does; then the trace itself can be replayed.
    """
    with explained():
        from imgsim.fitting.arrivals import fit_patterns
        from imgsim.fitting.reading import instants

        fit = fit_patterns(instants(file, column, start, zone, rows_where(where)), seed=seed)
        told = _facts(fit)
    plain = not where and start is None and column is None
    block = (_trace(file) if plain else None) if fit.best is None else dict(fit.best.block)
    if as_json:
        print(json.dumps(told | {"block": block}, indent=2, ensure_ascii=False))
    else:
        from imgsim.fitting.blocks import flow, wrapped

        _print(fit)
        if block is not None:
            print(wrapped(f"arrivals: {flow(block)}"))
    _remark(fit, replayed=block is not None)


def _trace(file: Path) -> dict[str, Any] | None:
    """Return the block that replays the file; None where it is no trace."""
    from imgsim.workload.trace import Trace

    try:
        Trace(file)
    except ValueError:
        return None
    return {"trace": {"file": str(file)}}


def _facts(fit: ArrivalFit) -> dict[str, Any]:
    """Return what is told of a fit as plain data."""
    return {
        "schema_version": 1,
        "arrivals": len(fit.arrivals),
        "span_s": fit.arrivals.span,
        "best": None if fit.best is None else fit.best.name,
        "confidence": 0.9,
        "dispersion": [one._asdict() for one in fit.dispersion],
        "candidates": [
            {
                "pattern": one.name,
                "parameters": {n: p._asdict() for n, p in one.parameters.items()},
                "bic": one.bic if one.parameters else None,
                "p": one.p,
                "tests": one.tests,
                "fits": one.fits,
                "block": one.block,
            }
            for one in fit.candidates
        ],
    }


def _print(fit: ArrivalFit) -> None:
    span = fit.arrivals.span
    print(f"{len(fit.arrivals)} arrivals in {duration(span)}\n")
    if fit.dispersion:
        _print_dispersion(fit)
    _print_candidates(fit)
    if fit.best is None:
        return
    if fit.best.name.startswith("profile"):
        _print_hours(fit.best)
    elif fit.best.parameters:
        _print_parameters(fit.best)


def _table(*heads: str) -> Any:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="dim")
    for place, head in enumerate(heads):
        table.add_column(head, justify="right" if place else "left", no_wrap=True)
    return table


def _print_dispersion(fit: ArrivalFit) -> None:
    table = _table("window", "calls", "dispersion", "90% interval")
    for one in fit.dispersion:
        interval = f"{one.low:.3g} .. {one.high:.3g}"
        table.add_row(duration(one.window_s), f"{one.mean:.3g}", f"{one.ratio:.3g}", interval)
    show(table)
    print("\ndispersion: variance over mean of the calls in a window; 1 when they do not")
    print("know of each other and of the hour, more with bursts or a profile, less when")
    print("regular.\n")


def _print_candidates(fit: ArrivalFit) -> None:
    if not fit.candidates[0].parameters:
        print("the times are regular: every arrival lies on the pattern\n")
        return
    table = _table("pattern", "BIC", "p", "most against it")
    for one in fit.candidates:
        against = "" if one.fits else min(one.tests, key=lambda name: one.tests[name])
        above = f"+{one.bic - fit.candidates[0].bic:.1f}"
        table.add_row(one.name, above, f"{one.p:.3f}", against)
    show(table)
    print("\nRanked by BIC, here above the lowest. p: how often the pattern's own arrivals")
    print("look so unlike it by chance alone; below 0.05 it does not fit, for its gaps,")
    print("their order, their steadiness, the hours of the day, or the counts in windows.\n")


def _print_parameters(best: PatternCandidate) -> None:
    table = _table(best.name, "", "90% interval")
    for name, value in best.parameters.items():
        write = _writer(name)
        table.add_row(name, write(value.value), f"{write(value.low)} .. {write(value.high)}")
    show(table)
    print()


def _writer(name: str) -> Any:
    if name == "rate":
        return "{:.4g}/h".format
    plain = name.split(maxsplit=1)[0] in ("cv", "shape", "sigma", "share")
    return "{:.3g}".format if plain else duration


def _print_hours(best: PatternCandidate) -> None:
    days = list(dict.fromkeys(name.split()[0] for name in best.parameters))
    if len(days) <= 2:
        shown = [f"{day.replace('_', ' ')}, calls an hour" for day in days]
        form = "{0.value:.3g} ({0.low:.3g} .. {0.high:.3g})"
    else:
        shown, form = [day[:3] for day in days], "{0.value:.3g}"
    table = _table("hour", *shown)
    for hour in range(24):
        rates = [best.parameters[f"{day} {hour:02d}:00"] for day in days]
        table.add_row(f"{hour:02d}:00", *(form.format(rate) for rate in rates))
    show(table)
    print()


def _remark(fit: ArrivalFit, *, replayed: bool) -> None:
    if fit.arrivals.since is None:
        warn(["seconds without a calendar: no profile of hours was tried; say --start INSTANT"])
    if fit.best is None:
        what = "no candidate fits; replay the trace itself"
        if not replayed:
            what += ": a file of a column time or at_s and, if need be, request parameters"
        fail([what], INCOMPLETE)
    if "burst" in fit.best.block and fit.arrivals.since is not None:
        warn(["at counts from the begin of the first day; let the scenario start at midnight"])
