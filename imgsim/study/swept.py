"""What a sweep has found: a study of each point, in one tidy frame."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, Final

import numpy as np
import pandas as pd

from imgsim.scenario.sweep import SweepSpec
from imgsim.shown import Shown, Shows
from imgsim.study.factors import factor_columns
from imgsim.study.frames import coded, estimates_frame, marked
from imgsim.study.indices import Indices, sobol_indices, values_of
from imgsim.study.sample import Sample
from imgsim.study.study import IncompleteError, Study

_COLUMNS: Final = {
    *("point", "measure", "mean", "low", "high", "half_width", "n", "at_least", "method"),
    *("replication", "error"),
}


class Sweep(Shows):
    """A study of each point, all of the same replications; ``settings`` is what is set at each.

    Statistics raise `IncompleteError` when replications failed, unless ``partial`` was asked for;
    then they are of the others.
    """

    def __init__(
        self,
        studies: Sequence[Study],
        points: Sequence[Mapping[str, Any]],
        spec: SweepSpec,
        measures: Sequence[str],
    ) -> None:
        self.studies = tuple(studies)
        self.spec = spec
        self.settings = tuple(points)
        self._measures = tuple(measures)

    @property
    def n(self) -> int:
        """How many replications each point has."""
        return self.studies[0].n

    @property
    def interrupted(self) -> bool:
        """Whether somebody stopped it before all replications were there."""
        return self.studies[0].interrupted

    @property
    def confidence(self) -> float:
        """Share of intervals that hold the true value."""
        return self.studies[0].confidence

    @cached_property
    def measures(self) -> tuple[str, ...]:
        """The measures that are told: those asked for, else all. Raises `ValueError`."""
        there = dict.fromkeys(name for study in self.studies for name in study.samples)
        for name in self._measures:
            if name not in there:
                raise ValueError(f"there is no measure {name!r}; there are {', '.join(there)}")
        return self._measures or tuple(there)

    @cached_property
    def points(self) -> pd.DataFrame:
        """One row per point, one column per dotted path: what is set there."""
        taken = {*_COLUMNS, *(name for study in self.studies for name in study.samples)}
        return factor_columns(self.settings, taken)

    def to_frame(self) -> pd.DataFrame:
        """Return a row per point and measure: what is set, mean, interval, and how it was found."""
        told = [
            (number, name, study.estimates[name])
            for number, study in enumerate(self.studies)
            for name in self.measures
            if name in study.estimates
        ]
        frame = estimates_frame((name, one) for _, name, one in told)
        frame = self._with_factors(frame.assign(point=[number for number, *_ in told]))
        return marked(frame, interrupted=self.interrupted)

    @cached_property
    def replications(self) -> pd.DataFrame:
        """One row per point and replication: what is set, every measure, error of one that failed.

        Replication r of all points meets the same luck.
        """
        frames = [study.replications for study in self.studies]
        frame = pd.concat(frames, keys=range(len(frames)), names=["point"])
        return self._with_factors(frame.reset_index(level="point"))

    @cached_property
    def indices(self) -> pd.DataFrame:
        """Sobol indices: a row per measure and factor, each index with its interval.

        ``first_order`` is the share of the variance between points that the factor brings alone,
        ``total`` the share in which it has any part. Raises `ValueError` for other designs.
        """
        if self.spec.sobol is None:
            raise ValueError("Sobol indices need the points of a sobol design")
        kept = sorted(set.intersection(*(set(one.succeeded) for one in self.studies)))
        samples = [one.samples_of(kept) for one in self.studies]
        columns = ["first_order", "first_order_low", "first_order_high"]
        columns += ["total", "total_low", "total_high"]
        frames = []
        for name in self.measures:
            found = self._indices([one[name] for one in samples])
            frame = pd.DataFrame(np.concatenate([found.first_order, found.total]).T)
            frame = frame.set_axis(columns, axis="columns").assign(method=found.method)
            frame.insert(0, "path", [*self.spec.sobol.ranges])
            frame.insert(0, "measure", name)
            frames.append(frame)
        return coded(pd.concat(frames, ignore_index=True), "measure", "path")

    def _indices(self, samples: Sequence[Sample]) -> Indices:
        """Return the indices of a measure, from its sample at each point."""
        assert self.spec.sobol is not None
        factors, base = len(self.spec.sobol.ranges), self.spec.sobol.base
        values = np.array([values_of(one) for one in samples])
        without = sum(np.isnan(values).any(axis=1) | [one.at_least.any() for one in samples])
        if without:
            none = np.full((3, factors), np.nan)
            what = f"none: a value is missing or only a bound at {without} of {len(samples)} points"
            return Indices(none, none, what)
        shaped = values.T.reshape(-1, factors + 2, base)
        return sobol_indices(shaped, self.confidence, self.spec.sobol.seed)

    def _with_factors(self, frame: pd.DataFrame) -> pd.DataFrame:
        set_there = self.points.loc[frame["point"]].reset_index()
        others = frame.drop(columns="point").reset_index(drop=True)
        return pd.concat([set_there, others], axis=1)

    def shown(self) -> Shown:
        """Return the estimates at each point; of a Sobol design the indices."""
        from imgsim.study.telling import sweep

        try:
            return sweep.shown(sweep.facts(self))
        except IncompleteError as error:
            return Shown(repr(self), [], [str(error)])

    def __repr__(self) -> str:
        mark = ", interrupted" if self.interrupted else ""
        return f"<sweep of {len(self.studies)} points, {self.n} replications each{mark}>"
