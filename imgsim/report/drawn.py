"""Which pictures a report shows of a result."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from imgsim import plots
from imgsim.report.found import Finding
from imgsim.report.pictures import Picture, picture

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Drawing = tuple[Callable[..., "Axes"], str]
"""What draws on the axes that it is given, and the caption."""

_REGIONS: Final = 3
"""Of so many regions a report has pictures."""
_MEASURES: Final = 4
"""Of so many measures a report has pictures."""
_HEADLINES: Final = ("rejection_rate", "time_to_available.p95", "quota_use.peak")


def pictures(finding: Finding) -> list[Picture]:
    """Return the pictures of a result with their captions."""
    drawings = _DRAWINGS[finding.kind](finding)
    alt = f"Picture of {finding.facts['scenario']}; the tables tell the same in numbers. "
    return [picture(partial(_on, draw), told, alt + told) for draw, told in drawings]


def _on(draw: Callable[..., Axes], ax: Axes) -> Axes:
    return draw(ax=ax)


def _of_run(finding: Finding) -> Iterator[Drawing]:
    run = finding.drawn
    yield partial(plots.outcomes, run), "What became of the calls, over time."
    for region, one in [*finding.scenario.regions.items()][:_REGIONS]:
        of = partial(_of_region, run, region)
        yield of(plots.quota_use), f"Images held in {region}, its quota, and when it was full."
        snapshots = run.tables["snapshots"]
        if (snapshots["region"] == region).any() and snapshots["began_at"].notna().any():
            yield of(plots.queue), f"Snapshots in {region} in progress, and those that waited."
            if one.snapshot_service.bandwidth is not None:
                yield of(plots.bandwidth), f"Data rate of the snapshot service of {region}."
            yield (
                partial(plots.gantt, run, region=region),
                f"The first snapshots in {region}, one by one, by their disks.",
            )
    yield partial(plots.time_to_available, run), "How many images are there within a time."
    yield partial(plots.stages, run), "Where the time of an image went, on average."
    if len(run.tables["ledger"]) > 1:
        yield partial(plots.balance, run), "The account's balance, charges and top-ups."


def _of_region(run: Any, region: str, draw: Callable[..., Axes]) -> Callable[..., Axes]:
    return partial(draw, run, region=region)


def _of_study(finding: Finding) -> Iterator[Drawing]:
    estimates = finding.facts["estimates"]
    known = [name for name, one in estimates.items() if one["mean"] is not None]
    for name in ([one for one in _HEADLINES if one in known] or known)[:_MEASURES]:
        yield (
            partial(plots.replications, finding.drawn, name),
            f"{name} in each replication, and the mean with its interval.",
        )


def _of_comparison(finding: Finding) -> Iterator[Drawing]:
    measures = dict.fromkeys(one["measure"] for one in finding.facts["differences"])
    for name in [*measures][:_MEASURES]:
        yield (
            partial(plots.differences, finding.drawn, name),
            f"By how much {name} differs on the same luck, beside what difference matters.",
        )


def _of_sweep(finding: Finding) -> Iterator[Drawing]:
    factors = dict.fromkeys(path for one in finding.facts["points"] for path in one["values"])
    is_sobol = bool(finding.facts["indices"])
    drawn = finding.drawn
    for name in finding.facts["measures"][:_MEASURES]:
        if is_sobol and any(
            one["measure"] == name and one["total"] is not None for one in finding.facts["indices"]
        ):
            yield (
                partial(plots.sensitivity, drawn, name),
                f"What share of the variance of {name} each factor brings.",
            )
        elif not is_sobol and len(factors) == 1:
            yield partial(plots.lines, drawn, name), f"{name} over {next(iter(factors))}."
        elif not is_sobol and len(factors) == 2 and _is_grid(finding):
            yield partial(plots.heat_map, drawn, name), f"{name} over both factors."


def _is_grid(finding: Finding) -> bool:
    sweep = finding.scenario.sweep
    return sweep is not None and sweep.grid is not None


def _of_solution(finding: Finding) -> Iterator[Drawing]:
    constrained = dict.fromkeys(name for one in finding.facts["points"] for name in one["measures"])
    for name in [*constrained][:_MEASURES]:
        yield (
            partial(plots.solution, finding.drawn, name),
            f"{name} at each value that was looked at, with bounds, beside its limit.",
        )


_DRAWINGS: Final[dict[str, Callable[[Finding], Iterator[Drawing]]]] = {
    "run": _of_run,
    "study": _of_study,
    "comparison": _of_comparison,
    "sweep": _of_sweep,
    "solution": _of_solution,
}
