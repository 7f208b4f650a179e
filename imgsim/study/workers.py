"""Who runs the replications: threads, processes, or a cluster that is there already."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, get_args

from joblib import parallel_config
from joblib.parallel import get_active_backend

Backend = Literal["processes", "threads", "ray"]
_PATIENCE: Final = "10s"
"""How long a scheduler may take to answer."""
_NAMES: Final = {"processes": "loky", "threads": "threading", "ray": "ray"}


class WorkersError(Exception):
    """There is nobody to run the replications: why, and what would help."""


@dataclass(frozen=True)
class Workers:
    """``jobs`` of a kind, all cores by default; or those of a Dask ``scheduler``.

    A scheduler is an address such as ``tcp://10.0.0.1:8786`` or the file that it has written. With
    nothing given, a surrounding `joblib.parallel_config` decides. Raises `ValueError`.
    """

    jobs: int | None = None
    backend: Backend | None = None
    scheduler: str | Path | None = None

    def __post_init__(self) -> None:
        if self.jobs is not None and self.jobs < 1:
            raise ValueError(f"{self.jobs} jobs cannot work; give 1 or more, or none for all cores")
        if self.backend is not None and self.backend not in get_args(Backend):
            kinds = ", ".join(get_args(Backend))
            raise ValueError(f"there are no workers of kind {self.backend!r}; give one of {kinds}")
        if self.backend is not None and self.scheduler is not None:
            raise ValueError("give a scheduler or a kind of workers, not both")

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Let joblib use these workers meanwhile; raise `WorkersError` when they are not there."""
        if self.scheduler is not None:
            with _dask(self.scheduler, self.jobs):
                yield
        elif self.backend is None and self.jobs is None and _is_configured():
            yield
        else:
            if self.backend == "ray":
                _register_ray()
            with parallel_config(
                backend=_NAMES[self.backend or "processes"], n_jobs=self.jobs or _cores()
            ):
                yield


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _is_configured() -> bool:
    """Say whether a surrounding `parallel_config` names a backend or a number of jobs."""
    backend, jobs = get_active_backend()
    return jobs not in (None, 1) or type(backend).__name__ != "LokyBackend"


@contextmanager
def _dask(scheduler: str | Path, jobs: int | None) -> Iterator[None]:
    try:
        from distributed import Client
    except ImportError:
        raise WorkersError(
            "a scheduler needs Dask: python3 -m pip install 'imgsim[dask]'"
        ) from None
    where = {"scheduler_file" if Path(scheduler).is_file() else "address": str(scheduler)}
    if "address" in where and "://" not in where["address"]:
        what = f"{scheduler} is no file of a scheduler, and no address such as tcp://host:8786"
        raise WorkersError(what)
    connect: Callable[..., Any] = Client
    try:
        client = connect(**where, timeout=_PATIENCE, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise WorkersError(f"the scheduler {scheduler} does not answer: {error}") from None
    with client:
        if not client.scheduler_info()["workers"]:
            raise WorkersError(f"the scheduler {scheduler} has no workers yet")
        with parallel_config(backend="dask", client=client, n_jobs=jobs or -1):
            yield


def _register_ray() -> None:
    try:
        from ray.util.joblib import register_ray
    except ImportError:
        raise WorkersError("workers of the kind ray need it: python3 -m pip install ray") from None
    register: Callable[[], object] = register_ray
    register()
