"""What the replications of one case tell."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from imgsim.shown import Shown, Table
from imgsim.study.study import Study
from imgsim.study.telling.cells import cells, folded, head, made_from, question

_USUAL: Final = (
    "calls",
    "rejection_rate",
    "failure_rate",
    "time_to_available.mean",
    "time_to_available.p50",
    "time_to_available.p95",
    "slot_wait.mean",
    "quota_use.mean",
    "quota_use.peak",
    "busy_slots.mean",
)
_HEADLINES: Final = ("rejection_rate", "time_to_available.p95")
_LONG: Final = 42


def facts(study: Study, measures: Collection[str] = ()) -> dict[str, Any]:
    """Return what is told of a study as plain data: of some measures, else of the usual ones.

    Raises `IncompleteError` when replications failed and statistics of the others were not wanted.
    """
    estimates = study.estimates
    return {
        "schema_version": 1,
        "interrupted": study.interrupted,
        "kind": "study",
        **made_from(study),
        "replications": study.n,
        "failed": len(study.failures),
        "confidence": study.confidence,
        "wanting": study.wanting,
        "estimates": {name: estimates[name]._asdict() for name in measures or _shown(study)},
    }


def _shown(study: Study) -> Collection[str]:
    """Return the usual measures, with the reasons of refusals that there were; of a case all."""
    estimates = study.estimates
    if not {*_USUAL} <= estimates.keys():
        return [*estimates]
    reasons = [
        name
        for name, estimate in estimates.items()
        if name.startswith("rejection_rate.") and "@" not in name and estimate.mean
    ]
    return [*_USUAL[:2], *reasons, *_USUAL[2:]]


def shown(told: Mapping[str, Any]) -> Shown:
    """Return what is shown of a study's facts."""
    estimates = told["estimates"]
    interval = f"{told['confidence'] * 100:.6g}% interval"
    rows = [(folded(name, _LONG), *cells(name, one)) for name, one in estimates.items()]
    table = Table(["measure", "mean", interval], rows)
    methods = "\n".join(_methods(estimates))
    blocks: list[str | Table] = [verdict(told), table, *filter(None, [methods])]
    lines = [*question(told), head(told)]
    return Shown(told["scenario"], lines, blocks)


def verdict(told: Mapping[str, Any]) -> str:
    """Return in a sentence what is known of the first measures, and what not well enough."""
    estimates = told["estimates"]
    headlines = [name for name in _HEADLINES if name in estimates] or [*estimates][:1]
    known = []
    for name in headlines:
        mean, interval = cells(name, estimates[name])
        known.append(f"{name} is {mean}" + (f" ({interval})" if interval else ""))
    sentence = f"With {told['confidence'] * 100:.6g}% confidence {', '.join(known)}."
    if told["wanting"]:
        sentence += f" Not yet known as well as asked for: {', '.join(told['wanting'])}."
    return sentence


def _methods(estimates: Mapping[str, Any]) -> Iterator[str]:
    methods: dict[str, list[str]] = {}
    for name, one in estimates.items():
        methods.setdefault(one["method"], []).append(name)
    for method, names in methods.items():
        if method != "mean over replications":
            yield f"{method}: {', '.join(names)}"
