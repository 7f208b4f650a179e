"""What followed from a difference, in numbers: other outcomes, other measures, changed calls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import pandas as pd

from imgsim.finished.run import Run

NO_CALL: Final = "no such call"
Frames = tuple[pd.DataFrame, pd.DataFrame]
_KEY: Final = ["stream", "ordinal", "attempt", "again"]


def changed_calls(calls: Frames, intents: Frames) -> pd.DataFrame:
    """Return the calls whose outcome or denying rule changed, in order of arrival.

    A call is the same in both when stream, ordinal and attempt are: so it meets the same luck.
    """
    sides = [_calls(*frames) for frames in zip(calls, intents, strict=True)]
    both = sides[0].merge(sides[1], how="outer", on=_KEY, suffixes=("_before", "_after"))
    for side in ("before", "after"):
        both[side] = both[f"outcome_{side}"].fillna(NO_CALL)
    both = both[both["before"] != both["after"]]
    both["arrived_at"] = both["arrived_at_before"].fillna(both["arrived_at_after"])
    both = both.sort_values(["arrived_at", *_KEY], kind="stable")
    columns = ["arrived_at", "stream", "ordinal", "attempt", "before", "after"]
    return both[columns].reset_index(drop=True)


def _calls(calls: pd.DataFrame, intents: pd.DataFrame) -> pd.DataFrame:
    asked = calls[["intent", "attempt", "arrived_at", "outcome", "rule"]].merge(
        intents[["intent", "stream", "ordinal"]], on="intent"
    )
    rule = asked["rule"].astype("string")
    outcome = asked["outcome"].astype("string")
    told = pd.DataFrame(
        {
            "stream": asked["stream"].astype("string").fillna("by hand"),
            "ordinal": asked["ordinal"].astype("int64"),
            "attempt": asked["attempt"].astype("int64"),
            "arrived_at": asked["arrived_at"],
            "outcome": outcome.where(rule.isna(), outcome + ": " + rule),
        }
    )
    told["again"] = told.groupby(_KEY[:3]).cumcount()
    return told


def outcomes(changed: pd.DataFrame) -> pd.DataFrame:
    """Return how many calls went from which outcome and rule to which, the most first."""
    counted = changed.groupby(["before", "after"]).size().rename("calls").reset_index()
    order = ["calls", "before", "after"]
    return counted.sort_values(order, ascending=[False, True, True]).reset_index(drop=True)


def measures(before: Run, after: Run) -> pd.DataFrame:
    """Return the measures that changed, by name: before, after, difference; NaN where none is.

    ``at_least_before`` and ``at_least_after`` mark lower bounds.
    """
    rows = {}
    for name in before.measures:
        one, other = before.measures.of(name), after.measures.of(name)
        if tuple(one) != tuple(other):
            rows[name] = (one.value, other.value, one.at_least, other.at_least)
    return _frame(rows)


def figures(before: Mapping[str, float], after: Mapping[str, float]) -> pd.DataFrame:
    """Return likewise the numbers that changed of two summaries."""
    rows = {
        name: (before.get(name), after.get(name), False, False)
        for name in dict.fromkeys([*before, *after])
        if before.get(name) != after.get(name)
    }
    return _frame(rows)


def _frame(rows: Mapping[str, tuple[Any, ...]]) -> pd.DataFrame:
    columns = ["before", "after", "at_least_before", "at_least_after"]
    index = pd.Index([*rows], dtype="object", name="measure")
    frame = pd.DataFrame([*rows.values()], index=index, columns=columns)
    frame = frame.astype({"before": "float64", "after": "float64"})
    frame.insert(2, "difference", frame["after"] - frame["before"])
    return frame
