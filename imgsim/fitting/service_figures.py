"""Figures of a series by which parameters are found: what a simulated series must share with it.

Each parameter leaves its mark on some: bandwidth on the length of a closed loop, and on images that
meet many others; set-up on small images and on those that meet few; noise on quantiles. The first
and the last images of a closed loop meet fewer others than those between.
"""

from __future__ import annotations

from functools import partial
from typing import Final, Protocol

import numpy as np

from imgsim.chance.base import Floats
from imgsim.fitting.service_series import Bools, ClosedLoop, Replay, Series, Simulated, met

_QUANTILES: Final = (0.1, 0.5, 0.9)
_TELLING: Final = 0.01
"""Standard deviation above which a term of a regression is told from the terms before it."""


class Figures(Protocol):
    """Figures of a series, measured or simulated: logarithms of seconds, and their differences."""

    def __call__(self, made: Simulated) -> Floats:
        """Return the figures, always as many and in the same order."""


def figures_of(series: Series) -> Figures:
    """Return what is looked at in series like this one."""
    if isinstance(series, ClosedLoop):
        return partial(_of_loop, series.clients)
    assert isinstance(series, Replay)
    return partial(_of_replay, ~np.isnan(series.durations), _terms(series))


def measured(series: Series) -> Simulated:
    """Return the series as it was measured, in the form of a simulated one."""
    return Simulated(series.durations, series.lasted)


def _of_loop(clients: int, made: Simulated) -> Floats:
    logs = _logs(made)
    edge = max(1, min(clients, len(logs) // 3))
    mean = logs.mean()
    ends = (logs[:edge].mean() - mean, logs[-edge:].mean() - mean)
    return np.array([*np.quantile(logs, _QUANTILES), np.log(made.lasted), *ends])


def _of_replay(seen: Bools, terms: Floats, made: Simulated) -> Floats:
    logs = _logs(made)[seen]
    weights, *_ = np.linalg.lstsq(terms, logs, rcond=None)
    rest = logs - terms @ weights
    steps = np.abs(np.diff(rest)).mean()
    return np.array([*weights, *np.quantile(rest, (0.1, 0.9)), np.log(steps + 1e-3)])


def _terms(series: Replay) -> Floats:
    """Return what durations are regressed on: logarithms of size and of load, to second order.

    The load is how many others a typical image of this size would meet that starts then: it is told
    by starts and sizes, which a replay repeats, and not by what became of each image.
    """
    seen = ~np.isnan(series.durations)
    size = np.log(series.sizes)
    line = np.stack([np.ones(len(size)), size - size[seen].mean()], axis=1)
    typical, *_ = np.linalg.lstsq(line[seen], np.log(series.durations[seen]), rcond=None)
    load = np.log(met(series.starts, series.starts + np.exp(line @ typical)))
    columns = [np.ones(len(size))]
    for column in (size, load, size**2, load**2, size * load):
        basis = np.stack(columns, axis=1)[seen]
        rest = column[seen] - basis @ np.linalg.lstsq(basis, column[seen], rcond=None)[0]
        if rest.std() > _TELLING:
            columns.append(column - column[seen].mean())
    return np.stack(columns, axis=1)[seen]


def _logs(made: Simulated) -> Floats:
    logs: Floats = np.log(np.maximum(made.durations, 1e-6))
    return logs
