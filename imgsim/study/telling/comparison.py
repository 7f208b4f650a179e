"""What a comparison tells: per measure and case a difference and one word."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from imgsim.results.written import form_of
from imgsim.shown import Shown, Table
from imgsim.study.comparison import Comparison
from imgsim.study.telling.cells import head, made_from, question


def facts(comparison: Comparison) -> dict[str, Any]:
    """Return what is told of a comparison as plain data.

    Raises `IncompleteError` when replications failed and statistics of the others were not wanted.
    """
    first = comparison.studies[0]
    return {
        "schema_version": 1,
        "interrupted": comparison.interrupted,
        "kind": "comparison",
        **made_from(first),
        "cases": [study.name for study in comparison.studies],
        "replications": comparison.n,
        "failed": sum(len(study.failures) for study in comparison.studies),
        "confidence": first.confidence,
        "differences": [
            {"measure": measure, "case": case, "word": told.word, "margin": told.margin}
            | told.found._asdict()
            | {"variance_ratio": _finite(told.found.variance_ratio)}
            for (measure, case), told in comparison.told.items()
        ],
    }


def _finite(ratio: float | None) -> float | None:
    """Return the ratio; None, as JSON knows no infinity, where no pair differed."""
    return ratio if ratio is not None and math.isfinite(ratio) else None


def shown(told: Mapping[str, Any]) -> Shown:
    """Return what is shown of a comparison's facts."""
    lines = [
        *question(told),
        head(told, " of each case"),
        f"all intervals together hold with {told['confidence'] * 100:.6g}%",
    ]
    return Shown(told["scenario"], lines, [verdict(told), *_blocks(told)])


def verdict(told: Mapping[str, Any]) -> str:
    """Return the words for all differences, a line for each case."""
    words = {
        case: ", ".join(f"{one['measure']} {one['word']}" for one in rows)
        for case, rows in _by("case", told["differences"]).items()
    }
    return "\n".join(f"{case}: {said}" for case, said in words.items())


def _by(key: str, rows: Sequence[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    found: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        found.setdefault(row[key], []).append(row)
    return found


def _blocks(told: Mapping[str, Any]) -> Iterator[str | Table]:
    baseline, *_ = told["cases"]
    for measure, rows in _by("measure", told["differences"]).items():
        write = form_of(measure)
        first = [baseline, "-" if rows[0]["baseline"] is None else write(rows[0]["baseline"])]
        others = [
            [one["case"], "-" if one["other"] is None else write(one["other"]), *_cells(one, write)]
            for one in rows
        ]
        heads = ["case", "mean", "difference", ""]
        yield f"{measure}, a difference of {write(rows[0]['margin'])} matters"
        yield Table(heads, [first, *others], left=(0, 3), folded=(0,))
        if ratios := [f"1/{one['variance_ratio']:.3g}" for one in rows if one["variance_ratio"]]:
            yield f"by the same luck the variance is {', '.join(ratios)} of independent runs"


def _cells(one: Mapping[str, Any], write: Callable[[float], str]) -> tuple[str, str]:
    """Return the difference with its interval, and the word for it."""
    if one["difference"] is None:
        return one["method"], one["word"]
    difference, low, high = (
        f"{'+' if one[name] >= 0 else '-'}{write(abs(one[name]))}"
        for name in ("difference", "low", "high")
    )
    return f"{difference} ({low} .. {high})", one["word"]
