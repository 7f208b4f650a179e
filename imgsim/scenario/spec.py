"""What a scenario file may say. Unknown keys are errors; each field's docstring describes it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Final, Literal

from pydantic import (
    Field,
    model_validator,
)

from imgsim.fields import Duration, Flag, Instant, Number, Share
from imgsim.processes.registry import AnyProcess
from imgsim.scenario.base import Name, Spec
from imgsim.scenario.baseline import Baseline
from imgsim.scenario.expect import Expectation
from imgsim.scenario.runs import Run
from imgsim.scenario.solve import Solve
from imgsim.scenario.sweep import SweepSpec
from imgsim.scenario.things import Account, Image, Instance, Region, Snapshot
from imgsim.shown import Shown, Shows
from imgsim.units import DAY
from imgsim.workload.clients import Client, Deletion
from imgsim.workload.mix import Ask
from imgsim.workload.patterns import Pattern
from imgsim.workload.uses import Use


class Rules(Spec):
    """Parameters of our readings of the page."""

    too_old_before: Instant = datetime(2013, 7, 16, tzinfo=UTC)
    """A snapshot created before this instant is too old (row 16)."""
    token_lifetime: Duration = DAY
    """How long a ClientToken is remembered."""
    lock_stops_imaging: Flag = False
    """Whether a security lock fails an image that is being made."""


class Stream(Spec):
    """A load stream: when calls arrive, what they ask for, what becomes of the images."""

    arrivals: Pattern
    """When calls arrive."""
    mix: tuple[Ask, ...] = ()
    """What they ask for; may be left out when a trace tells it."""
    scale: Number = 1.0
    """So many times the load, with the same luck for the calls that were there before; 0 is none.
    Rates are multiplied and gaps divided; where calls stand at given instants (cron, trace, the
    calls of a burst) each is made floor(scale) times and once more with the probability of the
    rest; of a closed loop the number of clients is multiplied and rounded, to at least one."""
    mistakes: Mapping[str, Share] = {}
    """Shares of the calls that are broken so that a rule denies them, by name of the rule."""
    client: Client = Client()
    """How clients wait for their images, ask again and give up."""
    delete: Deletion | None = None
    """Clients delete their images; left out: they keep them."""
    use: Use | None = None
    """Clients use the images that they have asked for; left out: they do not."""

    @property
    def carries_tokens(self) -> bool:
        """Whether its calls carry a ClientToken of their own."""
        return self.client.whole.token not in (None, "none")

    @model_validator(mode="after")
    def _can_be_scaled(self) -> Stream:
        self.arrivals.check_scale(self.scale)
        return self


class Scenario(Shows, Spec):
    """A scenario: the initial world, the load, and how to run it."""

    imgsim: Literal[1]
    """Version of the format."""
    name: Name
    """Name; results lie in a folder of this name."""
    description: str = ""
    """The question that the scenario answers."""
    start: Instant = datetime(2026, 1, 5, tzinfo=UTC)
    """Calendar instant at which simulated time begins; a Monday by default."""
    run: Run = Run()
    """How long, and with which luck."""
    account: Account = Account()
    """The account that calls."""
    regions: Annotated[Mapping[Name, Region], Field(min_length=1)]
    """The regions by RegionId."""
    instances: tuple[Instance, ...] = ()
    """The instances."""
    snapshots: tuple[Snapshot, ...] = ()
    """Snapshots that are there from the beginning."""
    images: tuple[Image, ...] = ()
    """Images that are there from the beginning."""
    rules: Rules = Rules()
    """Parameters of our readings of the page."""
    load: Mapping[Name, Stream] = {}
    """The load streams by name."""
    processes: Mapping[Name, AnyProcess] = {}
    """What goes on around the calls, by name: locks, money, retention, faults and so on."""
    sweep: SweepSpec | None = None
    """At which points the scenario is run, and what is told of each."""
    solve: Solve | None = None
    """Which value is sought, and what must hold there."""
    expect: tuple[Expectation, ...] = ()
    """What is expected of the measures; `imgsim test` and pytest hold them against it."""
    baseline: Baseline | None = None
    """What a file beside this one keeps of the numbers, to be compared with later ones."""

    @classmethod
    def from_mapping(
        cls, data: Mapping[str, Any], overrides: Mapping[str, Any] | None = None
    ) -> Scenario:
        """Return the scenario of a mapping with the same keys as a file.

        ``overrides`` sets values by dotted path. Raises `ScenarioError` with every fault.
        """
        from imgsim.scenario.file import from_mapping

        return from_mapping(data, overrides)

    def what_if(self, overrides: Mapping[str, Any]) -> Scenario:
        """Return the scenario with values set by dotted path: numbers, texts or whole blocks.

        Raises `ScenarioError` with every fault.
        """
        return self.from_mapping(self.plain(), overrides)

    def plain(self) -> dict[str, Any]:
        """Return the whole scenario, defaults included, as a file would say it."""
        return self.model_dump(mode="json", exclude_none=True, by_alias=True)

    def shown(self) -> Shown:
        """Return what the scenario says beside its defaults, and whether its load fits."""
        from imgsim.scenario.shown import shown

        return shown(self)

    def __repr__(self) -> str:
        return f"<scenario {self.name}>"

    @property
    def hash(self) -> str:
        """SHA-256, in hexadecimal, of what a run depends on.

        Name and description have no effect on it, nor how often it is run and what is cut.
        Of files that the scenario names, the content counts and not the path.
        """
        said = self.model_dump(
            mode="json", exclude_none=True, exclude=NO_EFFECT, context={"files": "content"}
        )
        text = json.dumps(said, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


NO_EFFECT: Final[Any] = {
    "name": True,
    "description": True,
    "run": {"warmup": True, "replications": True, "confidence": True},
    "solve": True,
    "sweep": True,
    "expect": True,
    "baseline": True,
}
"""What of a scenario has no effect on a run."""
