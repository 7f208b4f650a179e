"""What a study has found: replications, estimates, and what is missing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

import pandas as pd

from imgsim.scenario.tolerance import Tolerance
from imgsim.shown import Shown, Shows
from imgsim.study.case import Case, Outcome
from imgsim.study.estimates import Estimate, estimate, share_of_trials
from imgsim.study.frames import estimates_frame, marked, replications_frame
from imgsim.study.sample import Sample, samples


class IncompleteError(Exception):
    """Replications failed, so that statistics of the others may mislead; which, and why."""


class Study(Shows):
    """The replications of one case and what they tell.

    Statistics raise `IncompleteError` when replications failed, unless ``partial`` was asked for;
    then they are of the others. They are of the measures ``asked`` for, or of all.
    """

    def __init__(
        self,
        case: Case,
        outcomes: Sequence[Outcome],
        confidence: float,
        *,
        until: Mapping[str, Tolerance] | None = None,
        partial: bool = False,
        asked: Collection[str] = (),
        interrupted: bool = False,
    ) -> None:
        self.name = case.name
        self.confidence = confidence
        self.partial = partial
        self.interrupted = interrupted
        """Whether somebody stopped it before all replications were there."""
        self._case = case
        self._outcomes = tuple(outcomes)
        self._until = dict(until or {})
        self._asked = tuple(asked)

    @property
    def parameters(self) -> Any:
        """What the model was given; of a scenario a `Setting`, with the warm-up that was found."""
        return self._case.parameters

    @property
    def n(self) -> int:
        """How many replications were made, failed ones too."""
        return len(self._outcomes)

    @cached_property
    def replications(self) -> pd.DataFrame:
        """One row per replication: its number, every measure, and the error of one that failed."""
        return replications_frame(self._outcomes)

    @property
    def failures(self) -> pd.DataFrame:
        """The number and the error of each replication that failed."""
        rows = self.replications
        failed = rows.loc[rows["error"].notna(), ["replication", "error"]]
        return failed.reset_index(drop=True)

    @property
    def succeeded(self) -> list[int]:
        """The numbers of the replications that did not fail."""
        return [number for number, one in enumerate(self._outcomes) if one.error is None]

    @cached_property
    def summary(self) -> pd.DataFrame:
        """One row per measure: ``mean``, ``low`` and ``high`` of its interval, ``half_width``, n.

        ``method`` says how it was found; ``at_least`` marks a lower bound. Of an interrupted study
        the frame has ``attrs["interrupted"]``.
        """
        return self.to_frame().astype({"measure": "str"}).set_index("measure")

    def to_frame(self) -> pd.DataFrame:
        """Return the summary with the name of the measure as a column like the others."""
        return marked(estimates_frame(self.estimates.items()), interrupted=self.interrupted)

    @cached_property
    def estimates(self) -> Mapping[str, Estimate]:
        """The estimate of every measure, by name."""
        stopped = bool(self._until)
        return {
            name: estimate(one, self.confidence, stopped=stopped)
            for name, one in self.samples.items()
        }

    @cached_property
    def samples(self) -> Mapping[str, Sample]:
        """The values of every measure, by name; of the replications that did not fail."""
        return self.samples_of(self.succeeded)

    def samples_of(self, replications: Iterable[int]) -> Mapping[str, Sample]:
        """Return the values of every measure, by name, of some replications that did not fail."""
        if self.is_refused:
            failed = self.failures
            first = failed.iloc[0]
            raise IncompleteError(
                f"{self.name}: {len(failed)} of {self.n} replications failed, the first is "
                f"replication {first['replication']}: {first['error']}; statistics of the others "
                "may mislead"
            )
        return samples([self._outcomes[number].measures(self._asked) for number in replications])

    @property
    def is_refused(self) -> bool:
        """Whether replications failed and statistics of the others were not asked for."""
        return not self.partial and any(one.error is not None for one in self._outcomes)

    @property
    def wanting(self) -> dict[str, float]:
        """The half-width reached of each measure that is not yet known as well as was asked for."""
        return {
            name: self.estimates[name].half_width
            for name, tolerance in self._until.items()
            if not _reached(self._estimate(name), tolerance)
        }

    def _estimate(self, name: str) -> Estimate:
        if name not in self.estimates:
            raise ValueError(f"there is no measure {name!r}; there are {', '.join(self.estimates)}")
        return self.estimates[name]

    def share_of_replications(self, measure: str, holds: Callable[[float], bool]) -> Estimate:
        """Return the share of replications in which ``holds(value)``, exactly binomial.

        So ``study.share_of_replications("rejection_rate", lambda rate: rate > 0.01)`` is the risk
        that more than 1 % is refused. Where a replication is a night it is a share of nights.
        Raises `KeyError`, and `ValueError` when a value is missing or only a bound.
        """
        sample = self.samples[measure]
        if sample.at_least.any() or pd.isna(sample.column).any():
            raise ValueError(f"{measure} is missing or only a bound in some replications")
        events = sum(bool(holds(float(value))) for value in sample.column)
        return share_of_trials(events, len(sample.column), self.confidence)

    def table(self, name: str) -> pd.DataFrame:
        """Return a table of all replications, their number in front.

        Raises `ValueError` when the tables were not kept, `FileNotFoundError` when they are gone.
        """
        if self._case.tables is None:
            raise ValueError("the tables were not kept; ask for them with tables=True")
        frames = []
        for number, outcome in enumerate(self._outcomes):
            if outcome.error is None:
                folder = self._case.tables / self._case.run_key(number)[:16]
                frame = pd.read_parquet(folder / f"{name}.parquet")
                frame.insert(0, "replication", number)
                frames.append(frame)
        return pd.concat(frames, ignore_index=True)

    def shown(self) -> Shown:
        """Return what is known of the usual measures; of a case, of all."""
        from imgsim.study.telling import study

        try:
            return study.shown(study.facts(self))
        except IncompleteError as error:
            return Shown(self.name, [], [str(error)])

    def __repr__(self) -> str:
        return f"<study of {self.name}, {self.n} replications{self._mark}>"

    @property
    def _mark(self) -> str:
        return " (interrupted)" if self.interrupted else ""


def _reached(estimate: Estimate, tolerance: Tolerance) -> bool:
    return estimate.mean is not None and estimate.half_width <= tolerance.of(estimate.mean)
