"""What a checklist is filled from, and what it says of an item."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from imgsim.report.provenance import Provenance
from imgsim.scenario.spec import Scenario

Kind = Literal["run", "study", "comparison", "sweep", "solution"]
"""What has been made of a scenario."""


@dataclass(frozen=True)
class Subject:
    """What was made, of which scenario, and which measures are reported.

    Of a sweep and a solution the scenario says in ``sweep`` and ``solve`` what was asked. Of a
    comparison ``others`` tells what of each further case differs from the scenario.
    """

    scenario: Scenario
    kind: Kind
    provenance: Provenance
    measures: Sequence[str] = ()
    others: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Entry:
    """What is said of an item: sentences, perhaps a diagram, and what only the author can state."""

    says: tuple[str, ...] = ()
    open: tuple[str, ...] = ()
    diagram: str = ""


Entries = Mapping[str, Entry]
"""By number of the item."""
