"""The replications of a study's cases: found in the ledger, or made and recorded."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from imgsim.attended import InterruptedWarning, Interruption, bar, warn
from imgsim.study.case import Case, Outcome
from imgsim.study.execute import Executor, Task
from imgsim.study.ledger import Ledger
from imgsim.study.workers import Workers

Say = Callable[[str], None]


class StudyWarning(UserWarning):
    """Something that a person may want to know while a study is made."""


class InterruptedStudyWarning(StudyWarning, InterruptedWarning):
    """How much of a study was there when somebody interrupted, and how it goes on."""


@dataclass(frozen=True)
class Means:
    """With what a study is made: workers, ledger (None: no file), progress (None: at a terminal).

    ``say`` is told what a person may want to know, such as a wait for the ledger.
    """

    workers: Workers
    ledger: Path | None
    progress: bool | None
    say: Say

    def warn_interrupted(self, what: str, cases: Sequence[Case]) -> None:
        """Warn that ``what`` was there when somebody interrupted."""
        if self.ledger is not None and all(case.key is not None for case in cases):
            rest = f"what was made is kept in {self.ledger}, the same call goes on from there"
        else:
            rest = "what was made is not kept in a ledger, the same call begins again"
        warn(f"interrupted: {what}; {rest}", InterruptedStudyWarning)


class Runs:
    """The replications of some cases, as many as are asked for; entered while more may be made.

    Cases with the same key and reading are run once. With ``or_fewer`` an interrupt leaves the
    first ones, of all cases alike, if there are any: not those that were quick, which may be of
    another kind. Else, and when a second one follows, it raises `KeyboardInterrupt`.
    """

    def __init__(self, cases: Sequence[Case], means: Means, *, or_fewer: bool = False) -> None:
        self.cases = tuple(cases)
        self.made = 0
        """How many replications were run, not found."""
        self.interrupted = False
        """Whether fewer are there than were asked for, as somebody interrupted."""
        self._means = means
        self._or_fewer = or_fewer
        self._interruption = Interruption()
        self._first = _first_alike(self.cases)
        self._numbers: Sequence[int] = ()
        self._outcomes: dict[Task, Outcome] = {}
        self._executor = Executor(self.cases)
        self._open = ExitStack()
        self._ledger: Ledger | None = None

    def __enter__(self) -> Self:
        """Open the ledger and reach the workers; raise `LedgerError` or `WorkersError`."""
        with ExitStack() as opened:
            if self._means.ledger is not None:
                self._ledger = opened.enter_context(Ledger(self._means.ledger, self._means.say))
            opened.enter_context(self._means.workers.at_work())
            if self._or_fewer:
                opened.enter_context(self._interruption.awaited())
            self._open = opened.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def upto(self, n: int) -> None:
        """Find or make replications 0 .. n - 1 of every case; each is recorded when it is made."""
        self.upto_each([n] * len(self.cases))

    def upto_each(self, numbers: Sequence[int]) -> None:
        """Find or make so many replications of each case, in order of the cases."""
        most: dict[int, int] = {}
        for first, n in zip(self._first, numbers, strict=True):
            most[first] = max(n, most.get(first, 0))
        longest = max(numbers, default=0)
        asked = [Task(case, k) for k in range(longest) for case, n in most.items() if k < n]
        todo = [task for task in asked if task not in self._outcomes and not self._found(task)]
        try:
            self._make(todo, len(asked))
        except KeyboardInterrupt:
            whole = self._whole(most)
            if not (self._or_fewer and whole):
                raise
            self.interrupted = True
            numbers = [min(n, whole) for n in numbers]
            self._means.warn_interrupted(f"{whole} of {longest} replications", self.cases)
        self._numbers = numbers

    def outcomes(self, case: int) -> list[Outcome]:
        """Return the outcomes of a case, by number of the replication."""
        return [
            self._outcomes[Task(self._first[case], number)] for number in range(self._numbers[case])
        ]

    def _make(self, todo: Sequence[Task], asked: int) -> None:
        with (
            self._interruption.allowed(),
            bar(self._means.progress, total=asked, initial=asked - len(todo), unit="run") as there,
            closing(self._executor.execute(todo)) as made,
        ):
            for done in made:
                self._record(done)
                self.made += len(done)
                there.update(len(done))

    def _whole(self, most: Mapping[int, int]) -> int:
        """Return how many replications, from the first on, are there of all cases."""
        n = 0
        while any(n < up_to for up_to in most.values()) and all(
            Task(case, n) in self._outcomes for case, up_to in most.items() if n < up_to
        ):
            n += 1
        return n

    def _found(self, task: Task) -> bool:
        case = self.cases[task.case]
        if self._ledger is None or case.key is None or not case.is_there(task.replication):
            return False
        known = self._ledger.known(case, task.replication)
        if known is not None:
            self._outcomes[task] = known
        return known is not None

    def _record(self, done: Sequence[tuple[Task, Outcome]]) -> None:
        self._outcomes.update(done)
        kept = [
            (self.cases[task.case], task.replication, outcome)
            for task, outcome in done
            if self.cases[task.case].key is not None
        ]
        if self._ledger is not None and kept:
            self._ledger.record(kept)


def _first_alike(cases: Sequence[Case]) -> list[int]:
    """Return for each case the place of the first that makes the same runs."""
    places: dict[tuple[object, ...], int] = {}
    return [
        places.setdefault(
            (place,) if case.key is None else (case.key, case.reading, case.tables), place
        )
        for place, case in enumerate(cases)
    ]
