"""Replications and estimates as DataFrames, the same to the last byte however they were made."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from imgsim.study.case import Outcome
from imgsim.study.estimates import Estimate
from imgsim.study.sample import samples


def replications_frame(outcomes: Sequence[Outcome]) -> pd.DataFrame:
    """Return a row per replication: its number, its measures, and the error of one that failed.

    A measure that is a lower bound somewhere has a second column, ``NAME.at_least``.
    """
    columns: dict[str, object] = {"replication": np.arange(len(outcomes))}
    for name, sample in samples([outcome.measures() for outcome in outcomes]).items():
        columns[name] = sample.column
        if sample.at_least.any():
            columns[f"{name}.at_least"] = sample.at_least
    columns["error"] = pd.array([outcome.error for outcome in outcomes], dtype="string")
    return pd.DataFrame(columns)


def estimates_frame(told: Iterable[tuple[str, Estimate]]) -> pd.DataFrame:
    """Return a row per estimate: its measure, mean, ends, half-width, n, and how it was found."""
    rows = [
        [name, one.mean, one.low, one.high, one.half_width, one.n, one.at_least, one.method]
        for name, one in told
    ]
    ends = ["mean", "low", "high", "half_width"]
    frame = pd.DataFrame(rows, columns=["measure", *ends, "n", "at_least", "method"])
    frame = frame.astype(dict.fromkeys(ends, "float64")).replace({"half_width": np.inf}, np.nan)
    return coded(frame, "measure")


def coded(frame: pd.DataFrame, *names: str) -> pd.DataFrame:
    """Return the frame with columns of words as categories, in the order in which they appear."""
    return frame.astype({name: pd.CategoricalDtype([*frame[name].unique()]) for name in names})


def marked(frame: pd.DataFrame, *, interrupted: bool) -> pd.DataFrame:
    """Return the frame, with ``attrs["interrupted"]`` when it is of a part only."""
    if interrupted:
        frame.attrs["interrupted"] = True
    return frame
