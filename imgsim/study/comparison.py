"""What a comparison has found: per measure and case a difference and one word."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple, get_args

import pandas as pd

from imgsim.scenario.tolerance import Tolerance
from imgsim.shown import Shown, Shows
from imgsim.study.differences import Difference, Word, difference, word
from imgsim.study.frames import coded, marked
from imgsim.study.sample import Sample
from imgsim.study.study import IncompleteError, Study


class Told(NamedTuple):
    """A difference, the margin beside which it was held, and the word for it."""

    found: Difference
    margin: float
    word: Word


class Comparison(Shows):
    """Cases against the first of them, paired by replication.

    ``alpha`` is the chance that any of the intervals is wrong; each has an equal part of it
    (Bonferroni). Statistics raise `IncompleteError` when replications failed, unless ``partial``
    was asked for.
    """

    def __init__(
        self,
        studies: Sequence[Study],
        margins: Mapping[str, Tolerance],
        alpha: float,
        higher_is_better: Collection[str],
    ) -> None:
        self.studies = tuple(studies)
        self._margins = dict(margins)
        self._alpha = alpha / (len(margins) * (len(studies) - 1))
        self._higher_is_better = higher_is_better

    @property
    def n(self) -> int:
        """How many replications each case has."""
        return self.studies[0].n

    @property
    def interrupted(self) -> bool:
        """Whether somebody stopped it before all was told, or the budget spent."""
        return self.studies[0].interrupted

    @property
    def is_refused(self) -> bool:
        """Whether replications failed and statistics of the others were not asked for."""
        return any(study.is_refused for study in self.studies)

    @cached_property
    def told(self) -> Mapping[tuple[str, str], Told]:
        """What is told of each measure and case."""
        first, *others = self._samples
        return {
            (name, study.name): self._told(name, first, other)
            for name in self._margins
            for study, other in zip(self.studies[1:], others, strict=True)
        }

    @property
    def undecided(self) -> list[tuple[str, str]]:
        """Measure and case of each difference of which nothing can be said."""
        return [pair for pair, told in self.told.items() if told.word == "undecided"]

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row per measure and case: ``word``, difference with its interval, margin.

        ``baseline`` and ``mean`` are those of the first and of this case; ``variance_ratio`` says
        how much larger the variance of the difference would be with independent luck.
        """
        rows = {
            pair: [told.word, *told.found[:5], told.margin, *told.found[5:]]
            for pair, told in self.told.items()
        }
        numbers = ["baseline", "mean", "difference", "low", "high", "margin", "variance_ratio"]
        frame = pd.DataFrame(
            list(rows.values()),
            index=pd.MultiIndex.from_tuples(rows, names=["measure", "case"]),
            columns=["word", *numbers, "n", "method"],
        )
        words = pd.CategoricalDtype([*get_args(Word)])
        frame = frame.astype({"word": words, **dict.fromkeys(numbers, "float64")})
        return marked(frame, interrupted=self.interrupted)

    @cached_property
    def replications(self) -> pd.DataFrame:
        """One row per case and replication: the case, its number, every measure, and the error."""
        frames = {study.name: study.replications for study in self.studies}
        return pd.concat(frames, names=["case"]).reset_index(level="case").reset_index(drop=True)

    def to_frame(self) -> pd.DataFrame:
        """Return the table with measure and case as columns like the others."""
        return coded(self.table.reset_index(), "measure", "case")

    @cached_property
    def _samples(self) -> list[Mapping[str, Sample]]:
        """The samples of each case, of the replications that failed in none."""
        kept = sorted(set.intersection(*(set(one.succeeded) for one in self.studies)))
        return [study.samples_of(kept) for study in self.studies]

    def _told(self, name: str, first: Mapping[str, Sample], other: Mapping[str, Sample]) -> Told:
        for samples in (first, other):
            if name not in samples:
                raise ValueError(f"there is no measure {name!r}; there are {', '.join(samples)}")
        found = difference(first[name], other[name], self._alpha)
        margin = self._margins[name].of(found.baseline or 0.0)
        higher = name.partition("@")[0] in self._higher_is_better
        return Told(found, margin, word(found, margin, higher_is_better=higher))

    def shown(self) -> Shown:
        """Return the word and the difference of each measure and case."""
        from imgsim.study.telling import comparison

        try:
            return comparison.shown(comparison.facts(self))
        except IncompleteError as error:
            return Shown(self.studies[0].name, [], [str(error)])

    def __repr__(self) -> str:
        names = ", ".join(study.name for study in self.studies)
        mark = ", interrupted" if self.interrupted else ""
        return f"<comparison of {names}, {self.n} replications each{mark}>"
