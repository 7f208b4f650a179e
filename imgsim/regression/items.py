"""What pytest collects: scenario files, and their claims as items."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from imgsim.regression.baselines import Comparing, Mode, values
from imgsim.regression.checked import Checked, checked
from imgsim.regression.claim import Claim, Verdict
from imgsim.regression.kept import KeptError
from imgsim.regression.lines import is_error, is_warning, line
from imgsim.regression.plugin import VALUES
from imgsim.regression.suite import claims, comparing, tried
from imgsim.scenario.file import ScenarioError
from imgsim.study.runs import Means
from imgsim.study.workers import Workers


class NotHeldError(Exception):
    """A claim does not hold, or is undecided: what was found."""


class ScenarioFile(pytest.File):
    """A scenario file; its replications are made when the first of its items is run."""

    checked: Checked

    def collect(self) -> Iterator[ClaimItem]:
        """Yield an item for each claim of the file."""
        try:
            self.checked = checked(self.path)
        except ScenarioError as error:
            raise self.CollectError(str(error)) from None
        stash = self.config.stash
        stash[VALUES] = stash.get(VALUES, 0) + values(self.checked)
        try:
            found = [*claims(self.checked, self._comparing())]
        except KeptError as error:
            raise self.CollectError(str(error)) from None
        for number, claim in enumerate(found):
            yield ClaimItem.from_parent(self, name=claim.name, claim=claim, number=number)

    @cached_property
    def verdicts(self) -> list[tuple[Claim, Verdict]]:
        """What became of the claims, in the order of the items."""
        return tried([self.checked], self._comparing(), self._means()).trials[0].verdicts

    def _comparing(self) -> Comparing:
        """Return how baselines are compared: what was collected so far shares the error."""
        mode: Mode = "frozen" if self.config.getoption("imgsim_frozen") else "compare"
        return comparing(mode, self.config.stash.get(VALUES, 0))

    def _means(self) -> Means:
        """Return all cores and a ledger in pytest's cache; workers of xdist share the ledger."""
        jobs = self.config.getoption("imgsim_jobs")
        if jobs is None and hasattr(self.config, "workerinput"):
            jobs = 1
        cache: pytest.Cache | None = getattr(self.config, "cache", None)
        ledger = None
        if cache is not None:
            ledger = cache.mkdir("imgsim") / f"{self.checked.scenario.hash[:16]}.sqlite"
        return Means(Workers(jobs), ledger, False, lambda _: None)


class ClaimItem(pytest.Item):
    """A claim, which fails when it does not hold or stays undecided."""

    def __init__(self, *, claim: Claim, number: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.claim = claim
        self._number = number

    def runtest(self) -> None:
        """Raise `NotHeldError`, warn, skip, or return when the claim holds."""
        assert isinstance(self.parent, ScenarioFile)
        claim, verdict = self.parent.verdicts[self._number]
        seed = self.parent.checked.scenario.run.seed
        told = f"{line(claim, verdict)}, seed {seed}"
        found = {"measure": claim.measure, "limit": claim.limit, "value": verdict.value}
        found |= {"low": verdict.low, "high": verdict.high, "n": verdict.n, "seed": seed}
        self.user_properties += [(name, each) for name, each in found.items() if each is not None]
        if verdict.status == "skipped":
            pytest.skip(told)
        if is_error(claim, verdict, strict=self.config.getoption("imgsim_strict")):
            raise NotHeldError(f"{verdict.status}: {told}")
        if is_warning(claim, verdict):
            self.warn(pytest.PytestWarning(f"{verdict.status}: {told}"))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Return what was found, and file and line; of other errors what pytest shows."""
        if isinstance(excinfo.value, NotHeldError):
            return f"{excinfo.value}\n{self.claim.place}"
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[os.PathLike[str], int | None, str]:
        """Return where the claim stands, lines from 0, and a heading.

        The heading is not the name alone, of which pytest would write the dots as colons.
        """
        assert isinstance(self.parent, ScenarioFile)
        place = self.claim.place
        number = None if place.line is None else place.line - 1
        return Path(place.source), number, f"{self.parent.checked.scenario.name}: {self.name}"
