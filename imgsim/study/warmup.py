"""Where the start of a steady-state run stops to matter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from imgsim.records.rows import MISSING_4
from imgsim.results.levels import level_steps
from imgsim.results.tables import raw
from imgsim.running import run
from imgsim.scenario.spec import Scenario
from imgsim.study.case import Case
from imgsim.study.runs import Means, Runs
from imgsim.study.sample import Floats
from imgsim.units import SECOND, format_duration

Array = NDArray[Any]

BINS: Final = 500
"""Into so many equal parts a run is cut."""
PILOT: Final = 20
"""Replications whose average is looked at, whatever the study's number: so it stays the same."""
_BATCH: Final = 5
_OF: Final = ", part "
_READING: Final = f"levels in {BINS} parts"


class NoWarmupError(Exception):
    """No warm-up was found in the first half of the runs: which level, and what helps."""


def mser5(series: Floats) -> int | None:
    """Return how many leading values of a series to cut; None when it is more than half of them.

    The cut that makes the standard error of the mean of the rest smallest, of means of five values
    (White, Cobb and Spratt, "A comparison of five steady-state truncation heuristics for
    simulation", Winter Simulation Conference 2000).
    """
    whole = len(series) // _BATCH
    if whole <= _BATCH:
        return None
    means = series[: whole * _BATCH].reshape(whole, _BATCH).mean(axis=1)
    tails = means[::-1] - means[-1]  # a level that stays has no variance, not one of rounding
    count = np.arange(1, whole + 1)
    squares = np.cumsum(tails**2) - np.cumsum(tails) ** 2 / count
    errors = (np.maximum(squares, 0) / count**2)[::-1]
    cut = int(np.argmin(errors[: whole - _BATCH]))
    return None if cut > whole // 2 else cut * _BATCH


@dataclass(frozen=True)
class Warmup:
    """The average of each level over pilot runs, and where its start stops to matter by MSER-5.

    ``averages`` holds by level the means of 500 equal parts of a run; ``cuts`` how many parts are
    cut, None where it would be more than half of them.
    """

    name: str
    horizon: int
    averages: Mapping[str, Floats]
    cuts: Mapping[str, int | None]

    @property
    def cut(self) -> int:
        """The largest warm-up of the levels, in microseconds; raise `NoWarmupError` for none."""
        bins = 0
        for what, found in self.cuts.items():
            if found is None:
                raise NoWarmupError(
                    f"{self.name}: no warm-up lies in the first half of a run, by the level of "
                    f"{what}; give a longer horizon, or a warm-up of your own"
                )
            bins = max(bins, found)
        return bins * self.horizon // BINS

    @property
    def series(self) -> pd.DataFrame:
        """One row per level and part of a run: the level, seconds to its middle, its mean."""
        middles = (np.arange(BINS) + 0.5) * (self.horizon / BINS / SECOND)
        frames = {
            level: pd.DataFrame({"at_s": middles, "mean": means})
            for level, means in self.averages.items()
        }
        return pd.concat(frames, names=["level"]).reset_index("level").reset_index(drop=True)

    def cut_s(self, level: str) -> float | None:
        """Return the seconds that are cut by a level; None when it would be more than half."""
        found = self.cuts[level]
        return None if found is None else found * self.horizon / BINS / SECOND


def warmups(scenarios: Sequence[Scenario], means: Means) -> list[Warmup]:
    """Return the warm-up of each scenario, all of which have a horizon, from pilot runs."""
    cases = [Case(levels, one, one.name, one.hash, _READING) for one in scenarios]
    with Runs(cases, means) as runs:
        runs.upto(PILOT)
        each = [_series(runs, place) for place in range(len(cases))]
    return [
        Warmup(
            one.name,
            one.run.horizon or 0,
            averages,
            {level: mser5(series) for level, series in averages.items()},
        )
        for one, averages in zip(scenarios, each, strict=True)
    ]


def warmed_up(scenarios: Sequence[Scenario], means: Means) -> list[Scenario]:
    """Return the scenarios with the largest of their warm-ups, ``auto`` found by pilot runs.

    One warm-up serves all, lest a comparison compares different parts. Raises `NoWarmupError`, and
    `ValueError` when a run is no longer than the warm-up.
    """
    sought = [one for one in scenarios if one.run.warmup == "auto"]
    cuts = [one.run.cut for one in scenarios]
    if sought:
        cuts += [one.cut for one in warmups(sought, means)]
    cut = max(cuts)
    for one in scenarios:
        if one.run.horizon is not None and cut >= one.run.horizon:
            raise ValueError(
                f"{one.name}: the warm-up of {format_duration(cut)}, the largest of all, leaves "
                f"nothing of a run of {format_duration(one.run.horizon)}; give a longer horizon"
            )
    return [_with_warmup(one, cut) for one in scenarios]


def levels(scenario: Scenario, replication: int) -> dict[str, float]:
    """Return the mean of each level in each part of a run: images held, in the making, slots busy.

    Names are the level and the number of the part.
    """
    assert scenario.run.horizon is not None
    finished = run(scenario, replication)
    journal = finished.tables.journal
    images = raw(journal.images)
    made = images[images["intent"] != MISSING_4]
    facts = finished.measures.facts()
    steps = {
        "images held": facts.image_level(),
        "images in the making": level_steps(made["created_at"], made["ended_at"]),
        "slots busy": facts.slot_level(),
    }
    edges = np.arange(BINS + 1) * scenario.run.horizon / BINS
    return {
        f"{what}{_OF}{part}": value
        for what, level in steps.items()
        for part, value in enumerate(_means(*level, edges))
    }


def _means(steps: Array, instants: Array, edges: Floats) -> list[float]:
    """Return the mean of a level between each two edges, the first of which is 0."""
    times = np.concatenate([[0.0], instants.astype(float)])
    level = np.concatenate([[0.0], np.cumsum(steps).astype(float)])
    area = np.concatenate([[0.0], np.cumsum(level[:-1] * np.diff(times))])
    place = np.searchsorted(times, edges, side="right") - 1
    areas = area[place] + level[place] * (edges - times[place])
    means: list[float] = (np.diff(areas) / np.diff(edges)).tolist()
    return means


def _series(runs: Runs, case: int) -> dict[str, Floats]:
    """Return the average of each level across the replications, in order of time."""
    outcomes = runs.outcomes(case)
    failed = next((outcome.error for outcome in outcomes if outcome.error), None)
    if failed is not None:
        raise NoWarmupError(f"{runs.cases[case].name}: a pilot run failed: {failed}")
    told = [outcome.told or {} for outcome in outcomes]
    series: dict[str, list[float]] = {}
    for name in told[0]:
        series.setdefault(name.partition(_OF)[0], []).append(
            float(np.mean([one[name] for one in told]))
        )
    return {what: np.array(values) for what, values in series.items()}


def _with_warmup(scenario: Scenario, cut: int) -> Scenario:
    run = scenario.run.model_copy(update={"warmup": cut})
    return scenario.model_copy(update={"run": run})
