"""What a search tells: points, decisions, and the answer in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from imgsim.shown import Shown, Table
from imgsim.study.solution import Solution
from imgsim.study.telling.cells import cells, folded, head, made_from, question

_HEADS: Final = ("value", "n", "measure", "mean", "bounds", "decision")
_LONG: Final = 24


def facts(solution: Solution) -> dict[str, Any]:
    """Return what is told of a solution as plain data."""
    asked = solution.question
    low, high = solution.bounds
    return {
        "schema_version": 1,
        "interrupted": solution.interrupted,
        "kind": "solution",
        **made_from(solution.points[0].study),
        "confidence": asked.confidence,
        "find": asked.find,
        "path": asked.path,
        "range": [asked.grid.value(0), asked.grid.value(asked.grid.last)],
        "constraints": [str(one) for one in asked.constraints],
        "end": solution.end,
        "answer": solution.answer,
        "low": low,
        "high": high,
        "sentence": solution.sentence,
        "replications": solution.runs,
        "failed": sum(len(point.study.failures) for point in solution.points),
        "made": solution.made,
        "points": [
            {
                "value": point.value,
                "n": point.n,
                "decision": point.decision,
                "error": point.error,
                "measures": {name: check._asdict() for name, check in point.checks.items()},
            }
            for point in sorted(solution.points, key=lambda point: point.number)
        ],
    }


def shown(told: Mapping[str, Any]) -> Shown:
    """Return what is shown of a solution's facts."""
    rows = []
    for point in told["points"]:
        first, last = [str(point["value"]), str(point["n"])], point["decision"]
        for name, check in point["measures"].items():
            rows.append([*first, folded(name, _LONG), *cells(name, check), last])
            first, last = ["", ""], ""
    where = f" at {len(told['points'])} values"
    if found := told["replications"] - told["made"]:
        where += f", {found} of them found in the ledger"
    table = Table(_HEADS, rows, left=(2, 5), folded=(2,))
    return Shown(
        told["scenario"],
        [*question(told), head(told, where)],
        [told["sentence"], table],
    )
