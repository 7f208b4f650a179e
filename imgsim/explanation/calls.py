"""A call or an intent of a run, explained."""

from __future__ import annotations

from typing import Any

import pandas as pd

from imgsim.explanation.parts import parted, parts_of, stages
from imgsim.explanation.recorded import ExplanationError, Recorded
from imgsim.explanation.timeline import Moment, Row, timeline
from imgsim.explanation.told import Explanation, indented, paragraph
from imgsim.explanation.witness import Sighting, witnessed


def explain_calls(recorded: Recorded, numbers: list[int]) -> list[Explanation]:
    """Return explanations of calls by their numbers in the calls table, from 0.

    The run is made again once. Raises `ExplanationError` when there is no such call.
    """
    calls = recorded.tables["calls"]
    for number in numbers:
        if not 0 <= number < len(calls):
            raise ExplanationError(f"there is no call {number}: {_there(len(calls), 'calls', 0)}")
    rows = [calls.iloc[number] for number in numbers]
    seen, why = witnessed(recorded, {int(row["intent"]) for row in rows})
    usual = stages(recorded)
    return [
        _explained(recorded, int(row["intent"]), number, seen, why, usual)
        for number, row in zip(numbers, rows, strict=True)
    ]


def explain_intent(recorded: Recorded, intent: int) -> Explanation:
    """Return the explanation of an intent; raise `ExplanationError` when there is none."""
    calls, intents = recorded.tables["calls"], recorded.tables["intents"]
    if intent not in set(intents["intent"]):
        there = _there(len(intents), "intents", 1)
        raise ExplanationError(f"there is no intent {intent}: {there}")
    last = int(calls.index[calls["intent"] == intent][-1])
    seen, why = witnessed(recorded, {intent})
    return _explained(recorded, intent, last, seen, why, stages(recorded))


def _there(number: int, what: str, first: int) -> str:
    if not number:
        return f"the run has no {what}"
    return f"the run has {number} {what}, numbered from {first} to {number - 1 + first}"


def _explained(
    recorded: Recorded,
    intent: int,
    focus: int,
    seen: dict[tuple[int, int], Sighting] | Any,
    why: str | None,
    usual: pd.DataFrame,
) -> Explanation:
    calls = recorded.tables["calls"]
    mine = calls[calls["intent"] == intent]
    call: Row = next(mine.loc[[focus]].itertuples())
    moments = timeline(recorded, mine, seen, focus)
    lines = _head(recorded, call, len(mine))
    if why is not None:
        lines += ["", *paragraph(f"{why}. So the facts of the instants are not told.", "note: ")]
    lines += ["", *_told(recorded, moments)]
    parts = [] if call.outcome in ("denied", "replayed") else parts_of(recorded, call)
    if parts:
        state = {"available": "went", "failed": "went until it failed"}.get(call.outcome)
        lines += ["", f"where the time of {call.image_id} {state or 'has gone so far'}"]
        lines += indented(parted(parts, usual))
    facts = {
        "scenario": recorded.scenario.name,
        "seed": recorded.scenario.run.seed,
        "replication": recorded.replication,
        "call": focus,
        "intent": intent,
        "attempt": int(call.attempt),
        "outcome": str(call.outcome),
        "image_id": None if pd.isna(call.image_id) else str(call.image_id),
        "not_told": why,
        "faults": [_fault(fault) for fault in _faults_at(moments, recorded, call)],
        "region": _region(seen, call),
        "parts": [
            {"part": part.name, "us": part.us, "median_us": _median(usual, part.name)} | part.facts
            for part in parts
        ],
        "timeline": [
            {"at_us": one.at, "at": recorded.shown(one.at), "told": list(one.sentences)}
            for one in moments
        ],
    }
    return Explanation(tuple(lines), facts)


def _head(recorded: Recorded, call: Row, attempts: int) -> list[str]:
    intents = recorded.tables["intents"]
    stream = intents.loc[intents["intent"] == call.intent, "stream"].iloc[0]
    whose = "made by hand" if pd.isna(stream) else f"of {stream}"
    end = {"available": "its image became Available", "failed": "its image failed"}
    what = end.get(call.outcome, str(call.outcome))
    of = f" of {attempts}" if attempts > 1 else ""
    return paragraph(
        f"call {call.Index} of {recorded.scenario.name}, replication {recorded.replication}: "
        f"attempt {call.attempt}{of} of intent {call.intent} {whose}; {what}"
    )


def _told(recorded: Recorded, moments: list[Moment]) -> list[str]:
    lines = []
    day = None
    for moment in moments:
        date, clock = recorded.shown(moment.at).split(" ")
        if date != day:
            lines.append(date)
            day = date
        first, *others = moment.sentences
        lines += paragraph(first, f"  {clock}  ")
        for sentence in others:
            lines += paragraph(sentence, " " * 16)
    return lines


def _faults_at(moments: list[Moment], recorded: Recorded, call: Row) -> Any:
    at, begin = recorded.since(call.arrived_at), f"call {call.Index},"
    for moment in moments:
        if moment.at == at and moment.sentences[0].startswith(begin):
            return moment.faults
    return ()


def _fault(fault: Any) -> dict[str, Any]:
    return {"rule": fault.rule, "told": fault.text, **fault.facts}


def _region(seen: Any, call: Row) -> dict[str, Any] | None:
    sight = seen.get((call.intent, call.attempt))
    return None if sight is None else dict(sight.region)


def _median(usual: pd.DataFrame, part: str) -> float | None:
    return float(usual[part].median()) if len(usual) and part in usual else None
