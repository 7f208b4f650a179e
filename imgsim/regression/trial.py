"""A scenario file on trial: when to look at its numbers, and what is still open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from imgsim.regression.checked import Checked
from imgsim.regression.claim import Claim, Verdict
from imgsim.results.digests import DIGESTS
from imgsim.study.case import Outcome
from imgsim.study.runs import Means
from imgsim.study.simulated import case_of
from imgsim.study.study import IncompleteError, Study
from imgsim.study.warmup import warmed_up


class Trial:
    """What is claimed of a file, decided one by one while replications are added."""

    def __init__(self, checked: Checked, claims: Sequence[Claim], means: Means) -> None:
        """Find the warm-up if need be; raise `NoWarmupError`."""
        [scenario] = warmed_up([checked.scenario], means)
        self.checked = checked
        self.claims = tuple(claims)
        self._asked = [*dict.fromkeys(name for one in claims for name in one.asked)]
        wanted = [name for name in self._asked if name not in DIGESTS]
        digested = scenario.baseline is not None and scenario.baseline.exact
        self.case = case_of(scenario, name=str(checked.path), asked=wanted, digested=digested)
        self.seconds = 0.0
        """How long the replications took, by whomever they were made."""
        self._verdicts = [claim.settled for claim in claims]
        self.n = self._next(0)

    @property
    def is_open(self) -> bool:
        """Whether anything may still be decided."""
        return any(True for _ in self._open())

    @property
    def verdicts(self) -> list[tuple[Claim, Verdict]]:
        """What became of each claim that was looked at."""
        told = zip(self.claims, self._verdicts, strict=True)
        return [(claim, verdict) for claim, verdict in told if verdict is not None]

    def look(self, outcomes: Sequence[Outcome]) -> None:
        """Judge what can be judged of ``n`` replications, and set ``n`` for the next look."""
        study = Study(self.case, outcomes, 0.95, asked=self._asked)
        self.seconds = sum(one.seconds for one in outcomes)
        for place, claim in self._open():
            number = max((each for each in claim.planned if each <= self.n), default=0)
            if claim.judge is None or number == 0:
                continue
            try:
                self._verdicts[place] = claim.judge(study.samples_of(range(number)), number)
            except IncompleteError as error:
                self._verdicts[place] = Verdict("undecided", self.n, reason=str(error))
        self.n = self._next(self.n)

    def _open(self) -> Iterator[tuple[int, Claim]]:
        """Yield what may still be decided, and its place."""
        for place, (claim, known) in enumerate(zip(self.claims, self._verdicts, strict=True)):
            if known is None or (not known.is_final and known.n < claim.planned[-1]):
                yield place, claim

    def _next(self, n: int) -> int:
        """Return the next number of replications at which anything that is open is looked at."""
        planned = (each for _, claim in self._open() for each in claim.planned if each > n)
        return min(planned, default=n)
