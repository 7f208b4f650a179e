"""A scenario file on trial: when to look at its numbers, and what is still open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from imgsim.regression.checked import Checked
from imgsim.regression.verdict import Verdict, confident, exact
from imgsim.scenario.expect import Expectation
from imgsim.study.case import Outcome
from imgsim.study.looks import looks
from imgsim.study.replicate import AT_MOST
from imgsim.study.runs import Means
from imgsim.study.sample import Sample
from imgsim.study.simulated import case_of
from imgsim.study.study import IncompleteError, Study
from imgsim.study.warmup import warmed_up


class Trial:
    """The expectations of a file, decided one by one while replications are added.

    What has a confidence is looked at from 20 replications on, and its looks share the error; what
    has none when all replications are there, of a scenario without any when the first is.
    """

    def __init__(self, checked: Checked, means: Means) -> None:
        """Find the warm-up if need be; raise `NoWarmupError`."""
        [self.scenario] = warmed_up([checked.scenario], means)
        self.checked = checked
        self.case = case_of(
            self.scenario, name=str(checked.path), asked=[one.measure for one in self._expected]
        )
        self.seconds = 0.0
        """How long the replications took, by whomever they were made."""
        said = self.scenario.run.replications
        self._at_most = AT_MOST if said is None else said.at_most
        self._whole = 1 if said is None else self._at_most
        self._looks = [*looks(self._at_most)]
        self._verdicts: dict[Expectation, Verdict] = {}
        self.n = self._next(0)

    @property
    def is_open(self) -> bool:
        """Whether anything may still be decided."""
        return any(self._is_open(one) for one in self._expected)

    @property
    def verdicts(self) -> list[Verdict]:
        """What became of each expectation, in the order of the file."""
        return [self._verdicts[one] for one in self._expected]

    def look(self, outcomes: Sequence[Outcome]) -> None:
        """Judge what can be judged of ``n`` replications, and set ``n`` for the next look."""
        study = Study(self.case, outcomes, 0.95)
        self.seconds = sum(one.seconds for one in outcomes)
        for one in filter(self._is_open, self._expected):
            if one.confidence is not None and self.n not in self._looks:
                continue
            if one.confidence is None and self.n < self._whole:
                continue
            try:
                number = self.n if one.confidence is not None else self._whole
                sample = study.samples_of(range(number))[one.measure]
            except IncompleteError as error:
                self._verdicts[one] = Verdict(one, "undecided", self.n, reason=str(error))
            else:
                self._verdicts[one] = self._judged(one, sample)
        if self.is_open:
            self.n = self._next(self.n)

    @property
    def _expected(self) -> tuple[Expectation, ...]:
        return self.scenario.expect

    def _judged(self, one: Expectation, sample: Sample) -> Verdict:
        if one.confidence is None:
            return exact(one, sample)
        alpha = (1 - float(one.confidence)) / len(self._looks)
        verdict = confident(one, sample, alpha, self._at_most)
        if verdict.is_final or self.n < self._at_most:
            return verdict
        return replace(verdict, is_final=True)

    def _is_open(self, one: Expectation) -> bool:
        return one not in self._verdicts or not self._verdicts[one].is_final

    def _next(self, n: int) -> int:
        """Return the next number of replications at which anything that is open is looked at."""
        is_open = [one.confidence is not None for one in self._expected if self._is_open(one)]
        wanted = [each for each in self._looks if True in is_open]
        wanted += [self._whole] if False in is_open else []
        return min(each for each in wanted if each > n)
