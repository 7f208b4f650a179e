"""The bottleneck of a run: shares of time, and what the same luck brings without each limit.

A limit is held for what it costs by experiment: the run is made again with it lifted, nothing else
changed. The time it costs is compared for the same intents, those that got their image both times.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Any, Final

import pandas as pd

from imgsim.explanation.limits import LIMITS, Limit, without
from imgsim.explanation.look import time
from imgsim.explanation.parts import stages
from imgsim.explanation.recorded import Recorded, of_run
from imgsim.explanation.told import Explanation, paragraph
from imgsim.explanation.witness import witnessed

_TIMES_THE_CALLS: Final = 20
"""A run without a limit is broken off when it has so many times the calls."""
_MATTERS: Final = 0.01
"""Share of the mean time below which a limit is said to cost none."""

Progress = Callable[[Iterable[Limit]], Iterable[Limit]]


@dataclass(frozen=True, slots=True)
class Effect:
    """What lifting a limit changes; images are intents whose client got one."""

    limit: str
    where: str
    more_images: int | None
    """None when the run was broken off, for it had very many more calls."""
    refused: int | None
    """Calls denied then."""
    compared: int = 0
    """Intents that got their image both times."""
    saved_us: float | None = None
    """Mean time that they took less, from the first call to when the client knew."""


def explain_run(recorded: Recorded, progress: Progress = iter) -> Explanation:
    """Return the explanation of a run: where time went, what was refused, what holds it up."""
    got = _got(recorded)
    _, why = witnessed(recorded, ())
    met = [limit for limit in LIMITS if limit.met(recorded)] if why is None else []
    effects = [_effect(recorded, limit, got) for limit in progress(met)]
    usual, calls = stages(recorded), recorded.calls
    mean = float(got.mean()) if len(got) else None
    more, faster = _most_images(effects), _most_time(effects, mean)
    wanted = len(_intents(recorded))
    facts = {
        "scenario": recorded.scenario.name,
        "seed": recorded.scenario.run.seed,
        "replication": recorded.replication,
        "calls": len(calls),
        "intents": wanted,
        "images": len(got),
        "mean_us": mean,
        "time": _shares(usual),
        "denied": _denied(calls),
        "without": [asdict(effect) for effect in effects],
        "not_told": why,
        "not_met": [] if why else [limit.name for limit in LIMITS if limit not in met],
        "verdict": {
            "images": None if more is None else more.limit,
            "time": None if faster is None else faster.limit,
        },
    }
    return Explanation(tuple(_lines(facts, more, faster)), facts)


def _intents(recorded: Recorded) -> pd.DataFrame:
    """Return the intents behind the warm-up."""
    intents = recorded.tables["intents"]
    return intents[recorded.instants(intents["arrived_at"]) >= recorded.scenario.run.cut]


def _got(recorded: Recorded) -> pd.Series[Any]:
    """Return how long intents took whose client got an image, by stream and ordinal."""
    intents = _intents(recorded)
    there = intents[intents["outcome"] == "available"]
    took = recorded.instants(there["ended_at"]) - recorded.instants(there["arrived_at"])
    keys = [there["stream"].astype(object), there["ordinal"]]
    return pd.Series(took.to_numpy(), pd.MultiIndex.from_arrays(keys))


def _effect(recorded: Recorded, limit: Limit, got: pd.Series[Any]) -> Effect:
    simulation = without(recorded, limit)
    most = _TIMES_THE_CALLS * (len(recorded.tables["calls"]) + 1_000)

    def watch(_: int, calls: int) -> None:
        if calls > most:
            simulation.request_stop()

    again = of_run(recorded.repeat(simulation, watch))
    if again.interrupted:
        return Effect(limit.name, limit.where, None, None)
    then = _got(again)
    both = got.index.intersection(then.index)
    saved = float((got.loc[both] - then.loc[both]).mean()) if len(both) else None
    refused = int((again.calls["outcome"] == "denied").sum())
    return Effect(limit.name, limit.where, len(then) - len(got), refused, len(both), saved)


def _most_images(effects: list[Effect]) -> Effect | None:
    """Return the limit that costs the most images, if any; of several the one of more time."""
    best = max(effects, key=lambda one: (one.more_images or 0, one.saved_us or 0.0), default=None)
    return best if best is not None and (best.more_images or 0) > 0 else None


def _most_time(effects: list[Effect], mean: float | None) -> Effect | None:
    """Return the limit that costs the same images the most time, if any costs some."""
    best = max(effects, key=lambda effect: effect.saved_us or 0, default=None)
    matters = best is not None and mean is not None and (best.saved_us or 0) > _MATTERS * mean
    return best if matters else None


def _shares(usual: pd.DataFrame) -> list[dict[str, Any]]:
    total = int(usual["total"].sum())
    return [
        {
            "part": name,
            "mean_us": float(usual[name].mean()),
            "share": int(usual[name].sum()) / total if total else 0.0,
        }
        for name in usual.columns
        if len(usual) and name != "total"
    ]


def _denied(calls: pd.DataFrame) -> dict[str, int]:
    rules = calls.loc[calls["outcome"] == "denied", "rule"].astype(str).value_counts()
    return {str(rule): int(number) for rule, number in rules.items()}


def _lines(facts: dict[str, Any], more: Effect | None, faster: Effect | None) -> list[str]:
    lines = paragraph(
        f"{facts['scenario']}, replication {facts['replication']}: {facts['images']} of "
        f"{facts['intents']} intents got their image, in {facts['calls']} calls"
    )
    if facts["time"]:
        lines += ["", f"{'where the time of images went':32}{'mean':>9}{'share':>8}"]
        lines += [
            f"  {one['part']:30}{time(one['mean_us']):>9}{one['share']:>8.1%}"
            for one in facts["time"]
        ]
    if facts["denied"]:
        lines += ["", f"{'what calls were denied for':41}{'calls':>8}"]
        lines += [f"  {rule:39}{number:>8}" for rule, number in facts["denied"].items()]
    if facts["without"]:
        lines += [
            "",
            f"{'the same luck without':24}{'images':>9}{'denied':>9}{'an image is there':>23}",
        ]
        lines += [_line(one) for one in facts["without"]]
    lines.append("")
    if facts["not_told"] is not None:
        what = "So what each limit costs is not told."
        return lines + paragraph(f"{facts['not_told']}. {what}", "note: ")
    if more is None and faster is None:
        return lines + paragraph("No limit costs images, or more than 1% of their time.")
    if more is not None:
        lines += paragraph(
            f"For more images: {more.limit}. Without it {more.more_images} more intents get "
            f"theirs ({more.where})."
        )
    if faster is not None:
        lines += paragraph(
            f"For faster images: {faster.limit}. Without it the same {faster.compared} images are "
            f"there {time(faster.saved_us or 0)} sooner on average ({faster.where})."
        )
    return lines


def _line(one: dict[str, Any]) -> str:
    if one["more_images"] is None:
        return f"  {one['limit']:22}  broken off: more than {_TIMES_THE_CALLS} times the calls"
    saved = one["saved_us"]
    what = "-"
    if saved is not None:
        what = "when it was" if abs(saved) < 1_000 else _sooner(saved)
    return f"  {one['limit']:22}{one['more_images']:>+9}{one['refused']:>9}{what:>23}"


def _sooner(saved: float) -> str:
    return f"{time(abs(saved))} {'sooner' if saved > 0 else 'later'}"
