"""Tasks in, outcomes out as they finish, whatever becomes of the workers. joblib alone is used."""

from __future__ import annotations

import math
import os
import signal
import threading
import time
import warnings
from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from functools import cache
from itertools import islice
from multiprocessing import resource_tracker
from typing import Any, Final, NamedTuple

from joblib import Parallel, delayed
from joblib.externals.loky.process_executor import TerminatedWorkerError
from joblib.parallel import get_active_backend

from imgsim.attended import unattended
from imgsim.study.case import Case, Outcome, outcome
from imgsim.study.version import model_version
from imgsim.study.workers import WorkersError

BATCH_SECONDS: Final = 0.25
"""Work that is sent at once, so that sending it costs little beside it."""
_BATCHES_A_WAVE: Final = 4
_WATCH_SECONDS: Final = 0.5
_DEATHS_BEFORE_ALONE: Final = 2
_MOST_DEATHS: Final = 4


class Task(NamedTuple):
    """A replication of a case, by the place of the case in the study."""

    case: int
    replication: int


class Executor:
    """Runs tasks of some cases, in batches that last long enough to be worth sending."""

    def __init__(self, cases: Sequence[Case]) -> None:
        self._cases = cases
        self._seconds: float | None = None

    def execute(self, tasks: Sequence[Task]) -> Generator[list[tuple[Task, Outcome]], None, None]:
        """Yield the outcomes of the tasks, batch by batch, as they finish.

        A worker that dies costs the tasks that were sent and not answered; they are sent again.
        Tasks that were there when two workers died are sent alone, and fail when two more die.
        """
        left = dict.fromkeys(tasks)
        deaths: Counter[Task] = Counter()
        while left:
            together = [task for task in left if deaths[task] < _DEATHS_BEFORE_ALONE]
            sent: dict[Task, None] = {}
            try:
                for done in self._stream(together or [next(iter(left))], sent):
                    for task, _ in done:
                        del left[task], sent[task]
                    yield done
            except Exception as error:
                if not _is_death(error):
                    raise
                deaths.update(sent.keys())
                lost = [task for task in sent if deaths[task] >= _MOST_DEATHS]
                for task in lost:
                    del left[task]
                what = f"its worker died {_MOST_DEATHS} times, alone too; is the memory enough?"
                yield [(task, Outcome(None, what, 0.0)) for task in lost]

    def _stream(
        self, tasks: Sequence[Task], sent: dict[Task, None]
    ) -> Iterator[list[tuple[Task, Outcome]]]:
        jobs = _jobs()
        work = (
            delayed(run_batch)(
                batch,
                [(self._cases[case], number) for case, number in batch],
                model_version(),
                os.getpid(),
            )
            for batch in self._batches(tasks, sent, jobs)
        )
        for batch, outcomes in _parallel(work, jobs):
            self._seconds = sum(one.seconds for one in outcomes) / len(outcomes)
            yield list(zip(batch, outcomes, strict=True))

    def _batches(
        self, tasks: Sequence[Task], sent: dict[Task, None], jobs: int
    ) -> Iterator[tuple[Task, ...]]:
        """Cut the tasks into batches, when each is sent; the last ones are spread over the jobs."""
        first = 0
        while first < len(tasks):
            batch = tuple(tasks[first : first + self._size(len(tasks) - first, jobs)])
            sent.update(dict.fromkeys(batch))
            first += len(batch)
            yield batch

    def _size(self, left: int, jobs: int) -> int:
        if self._seconds is None:
            return 1
        wanted = math.ceil(BATCH_SECONDS / max(self._seconds, 1e-6))
        return max(1, min(wanted, math.ceil(left / jobs)))


def run_batch(
    batch: tuple[Task, ...], work: Sequence[tuple[Case, int]], version: str, asker: int
) -> tuple[tuple[Task, ...], list[Outcome]]:
    """Run the replications one after the other; raise `WorkersError` with another model's code."""
    if os.getppid() == asker:
        _end_with_parent()
    if model_version() != version:
        raise WorkersError(
            f"a worker has another version of the model, {model_version()}, not {version}; "
            "install the same imgsim there"
        )
    with unattended():
        return batch, [outcome(case, replication) for case, replication in work]


@cache
def _end_with_parent() -> None:
    """End this process when its parent does, however that ends; nobody would take its results."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(_WATCH_SECONDS)
        os._exit(1)

    threading.Thread(target=watch, daemon=True, name="end with parent").start()


def _parallel(work: Iterator[Any], jobs: int) -> Iterator[Any]:
    """Yield results as they finish; where joblib cannot, some batches a job at a time."""
    try:
        parallel = Parallel(return_as="generator_unordered", batch_size=1)
    except ValueError:  # Ray and multiprocessing return lists alone
        parallel = Parallel(batch_size=1)
        while wave := list(islice(work, _BATCHES_A_WAVE * jobs)):
            yield from parallel(wave)
    else:
        results: Any = None  # a generator, of which the stubs do not know
        try:
            with _interrupts_kept() if jobs > 1 else nullcontext():
                results = parallel(work)
            for result in results:  # noqa: UP028  # it is closed below, not by yield from
                yield result
        except BaseException:
            if results is not None:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore", UserWarning)  # joblib's, that work is given up
                    results.close()
            raise


@contextmanager
def _interrupts_kept() -> Iterator[None]:
    """Keep interrupts from processes that are begun meanwhile, where signals can be blocked.

    Terminals and notebooks send them to all processes; they are for this one, which ends those.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    resource_tracker.ensure_running()  # when it is begun below, it unblocks them
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _jobs() -> int:
    """Return how many batches run at once with the workers that are configured."""
    backend, jobs = get_active_backend()
    return int(backend.effective_n_jobs(jobs))


def _is_death(error: Exception) -> bool:
    """Say whether joblib's processes or Dask's workers died, and nothing else went wrong."""
    return isinstance(error, TerminatedWorkerError) or type(error).__name__ == "KilledWorker"
