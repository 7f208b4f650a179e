"""The run again, watched: what the world was like when the calls of some intents were answered.

A run is fixed by its scenario and replication, so it can be made again and looked at, in the very
place of each call in the order of its instant. What was seen counts only when the calls come out as
they are recorded, row by row.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final

import pandas as pd

from imgsim.api.call import Call
from imgsim.api.rule import Rule
from imgsim.api.rules import RULEBOOK
from imgsim.api.verdict import Verdict
from imgsim.explanation.look import Look, Tell
from imgsim.explanation.of_requests import OF_REQUESTS
from imgsim.explanation.of_room import OF_ROOM
from imgsim.explanation.of_things import OF_THINGS
from imgsim.explanation.recorded import Recorded
from imgsim.processes.wishes import Attempt
from imgsim.processes.world import World
from imgsim.simulation import Simulation

CIRCUMSTANCES: Final[Mapping[str, Tell]] = {
    tell.__name__: tell for tell in (*OF_REQUESTS, *OF_THINGS, *OF_ROOM)
}
"""Why a call has the fault of a rule, by name of the rule."""
RULES: Final[Mapping[str, Rule]] = {rule.name: rule for rule in RULEBOOK}


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault that a call had: the rule, a sentence and the facts in it."""

    rule: str
    text: str
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Sighting:
    """What was seen of a call: every fault it had, and what its region was like."""

    name: str | None
    """ImageName as sent."""
    faults: tuple[Fault, ...]
    region: Mapping[str, int | None]
    """Images, quota, busy slots, slots and waiting snapshots, before anything comes of the call."""


class Witness:
    """Looks at the calls of some intents of a simulation, from its begin on."""

    def __init__(self, world: World, intents: Collection[int]) -> None:
        self.seen: dict[tuple[int, int], Sighting] = {}
        """By intent and attempt."""
        self._world = world
        self._intents = frozenset(intents)
        self._denied: dict[int, str] = {}
        """By intent that will ask again, or has ended since: the rule that denied it last."""
        world.on.answered.append(self._answered)

    def _answered(self, call: Call, attempt: Attempt, verdict: Verdict) -> None:
        self._denied.pop(attempt.intent, None)
        if attempt.intent in self._intents:
            faults = tuple(self._fault(name, call) for name in verdict.faults)
            self.seen[attempt.intent, attempt.attempt] = Sighting(
                call.request.image_name, faults, self._region(call, verdict)
            )
        if verdict.rule is not None:
            self._denied[attempt.intent] = verdict.rule.name

    def _fault(self, name: str, call: Call) -> Fault:
        text, facts = CIRCUMSTANCES[name](Look(call, self._world))
        if not RULES[name].waiting_cures:
            return Fault(name, text, facts)
        others = sum(
            rule == name and intent in self._world.pursuits for intent, rule in self._denied.items()
        )
        if others:
            text += f"; {others} {'other' if others == 1 else 'others'} waited to ask again"
        return Fault(name, text, {**facts, "others_waited": others})

    def _region(self, call: Call, verdict: Verdict) -> dict[str, int | None]:
        if call.region is None:
            return {}
        slots = self._world.services[call.region.id].slots
        return {
            "images": call.region.images - (verdict.status == "accepted"),
            "image_quota": call.region.image_quota,
            "busy_slots": slots.inside,
            "slots": slots.capacity,
            "waiting_snapshots": sum(not one.gone for one in slots.waiting),
        }


def witnessed(
    recorded: Recorded, intents: Collection[int]
) -> tuple[Mapping[tuple[int, int], Sighting], str | None]:
    """Make the run again and return what was seen of the calls of the intents.

    The second is None, or the reason why it cannot be told: the run does not come out the same.
    """
    simulation = Simulation(recorded.scenario, recorded.replication)
    witness = Witness(simulation.world, intents)
    again = recorded.repeat(simulation)
    if _as_read(again.calls).equals(_as_read(recorded.tables["calls"])):
        return witness.seen, None
    other = recorded.other_versions()
    if other:
        why = f"it was made with {' and '.join(other)}"
    elif recorded.tables["intents"]["stream"].isna().any():
        why = "calls were made by hand"
    else:
        why = "the model, or what was done to the run by hand, was another"
    return {}, f"the run does not come out the same when it is made again: {why}"


def _as_read(calls: pd.DataFrame) -> pd.DataFrame:
    """Return the table as it comes out of a file, so that types do not matter."""
    file = BytesIO()
    calls.to_parquet(file, index=False)
    return pd.read_parquet(file)
